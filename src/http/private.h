/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H
/* Inside http/: what a request carries beside its public face. */
#include <microhttpd.h>

#include "http/server.h"

struct http_exchange {
	struct http_request request; /* first, so that a request leads to its exchange */
	struct http_response response;
	struct http_server *server;
	struct MHD_Connection *connection;
	struct buf body, decoded;
	struct {
		char *name, *value;
	} headers[HTTP_HEADERS_OUT_MAX];
	unsigned header_count;
	size_t counted; /* bytes counted against the server's memory_max */
	int refused;    /* why the body was not kept; 0: it is whole */
	bool suspended;
};

/* Undoes Content-Encoding into exchange->decoded. 0, ERR_LIMIT past max, ERR_SYNTAX where damaged,
   ERR_UNKNOWN for an encoding we do not know. */
int http_decode_body(struct http_exchange *exchange, size_t max);

#endif
