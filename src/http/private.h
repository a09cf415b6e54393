/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H
/* Inside http/: what a request carries beside its public face. */
#include <microhttpd.h>
#include <pthread.h>

#include "http/server.h"

/* Files of memory for large bodies, and the one that nobody uses just now. */
struct body_files {
	pthread_mutex_t lock;
	bool wanted;
	int spare;     /* -1: none */
	int64_t since; /* when it was put there; monotonic */
};

struct http_exchange {
	struct http_request request; /* first, so that a request leads to its exchange */
	struct http_response response;
	struct http_server *server;
	struct MHD_Connection *connection;
	struct buf body, decoded;
	struct body_files *files;
	int file; /* with the body in place of the buffer; -1: none */
	size_t file_len;
	char *map; /* of the file once it is whole */
	struct {
		char *name, *value;
	} headers[HTTP_HEADERS_OUT_MAX];
	unsigned header_count;
	size_t counted; /* bytes counted against the server's memory_max */
	int refused;    /* why the body was not kept; 0: it is whole */
	bool suspended;
};

void body_files_init(struct body_files *files, bool wanted);
void body_files_done(struct body_files *files);

/* Puts a piece behind the body. 0, or ERR_BUSY where there is no memory. */
int body_add(struct http_exchange *exchange, const char *data, size_t size);
size_t body_len(const struct http_exchange *exchange);
/* The whole body, as it came. 0, or ERR_BUSY. */
int body_finish(struct http_exchange *exchange, struct str *ret_body);
void body_release(struct http_exchange *exchange);

/* Undoes Content-Encoding into exchange->decoded. 0, ERR_LIMIT past max, ERR_SYNTAX where damaged,
   ERR_UNKNOWN for an encoding we do not know. */
int http_decode_body(struct http_exchange *exchange, size_t max);

#endif
