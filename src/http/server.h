/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H
/*
 * An HTTP/1.1 server over libmicrohttpd for the three places that speak HTTP:
 * collect's ingest, the store's interface, the console's API. It collects the
 * whole body (capped, gzip and deflate undone), calls one handler per request on a pool thread, and sends
 * what the handler left in the response.
 *
 * A handler that must wait (for the journal to be durable, say) calls
 * http_suspend() before it hands the request over, then returns; whoever finishes the work calls
 * http_resume() from any thread, and the handler is called again with request->state as it left it.
 *
 * Requests and responses belong to the server; the handler may use them until it
 * returns, or until it has been called again after a resume.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define HTTP_HEADERS_OUT_MAX 16
#define HTTP_STREAM_WAIT (-2)
#define HTTP_BODY_DEFAULT (16u * 1024 * 1024)

struct http_request {
	const char *method;              /* "GET" */
	const char *path;                /* decoded, without the query */
	struct str body;                 /* whole, content encoding undone */
	struct str body_raw;             /* as it came */
	int body_file;                   /* a file that holds body and nothing else; -1: none */
	size_t body_max;                 /* the server's, unless its http_admit says otherwise */
	uint8_t peer[16];                /* IPv4 mapped; all zero over a Unix socket */
	struct arena *arena;             /* lives as long as the request */
	void *state;                     /* the handler's own; NULL at the first call */
	void (*state_free)(void *state); /* called when the request ends, also when the peer went away */
};

struct http_response {
	int status; /* 200 unless set */
	struct buf body;
	const char *content_type; /* static or in the request's arena */
	/* To stream instead of sending body: fills out with up to size bytes and returns how many,
	   0 to end, -1 to break the connection, HTTP_STREAM_WAIT after http_suspend() to be called
	   again after the http_resume(). Called on a pool thread; stream_free when done. */
	long (*stream)(void *context, char *out, size_t size);
	void (*stream_free)(void *context);
	void *stream_context;
	size_t stream_block; /* the most out is offered; 0: 256 KiB */
};

typedef void http_handler(void *context, struct http_request *request, struct http_response *response);

/* Called when the headers are in and the body is not: false sends the response as it is left and the body
   is never read. May change request->body_max. */
typedef bool http_admit(void *context, struct http_request *request, struct http_response *response);

/* Called in place of the handler where the body was not taken: too large, too many at once, of an encoding
   unknown or damaged. The response has status 413, 503, 415 or 400 and a line of text, and may be rewritten;
   the request has no body. */
typedef void http_refuse(void *context, struct http_request *request, struct http_response *response);

struct http_options {
	int listen_fd;         /* bound and listening, TCP or Unix; closed by http_server_stop() */
	unsigned threads;      /* at least 2 */
	unsigned connections;  /* most at once; 0: 1000 */
	unsigned idle_seconds; /* a silent connection is closed; 0: 60 */
	size_t body_max;       /* after decoding too; 0: HTTP_BODY_DEFAULT */
	size_t memory_max;     /* of all bodies held at once, beyond which requests get 503; 0: no limit */
	size_t large_max;      /* the same of those with a body_max beyond the server's, counted apart */
	bool body_files;       /* bodies beyond a mebibyte shall be in files of memory: request->body_file */
	http_admit *admit;     /* NULL: all are */
	http_refuse *refuse;   /* NULL: the response goes as it is */
	const char *tls_certificate, *tls_key; /* PEM text; both or neither */
};

struct http_server;

int http_server_start(const struct http_options *options, http_handler *handler, void *context,
		      struct http_server **ret_server, struct err *ret_err);
/* Stops listening, ends open connections, joins the threads. Suspended requests must have been resumed. */
void http_server_stop(struct http_server *server);

/* NULL where absent. Header names in any case; argument values decoded. */
const char *http_header(const struct http_request *request, const char *name);
const char *http_argument(const struct http_request *request, const char *name);
const char *http_cookie(const struct http_request *request, const char *name);

/* Calls visit for every query argument; a missing value is "". */
void http_arguments(const struct http_request *request,
		    void (*visit)(void *context, const char *name, const char *value), void *context);

/* Adds a header; name and value are copied. At most HTTP_HEADERS_OUT_MAX. */
void http_set_header(struct http_response *response, const char *name, const char *value);

/* Status and a short text body in one go. */
void http_reply_text(struct http_response *response, int status, const char *text);

void http_suspend(struct http_request *request);
void http_resume(struct http_request *request);

/* A listening socket. "127.0.0.1:8443", "[::1]:80", ":8443" (every address, both families) or "unix:/path"
   (an old socket file is replaced, mode 0660). Returns the descriptor, or a negative code. */
int http_listen(const char *address, struct err *ret_err);

/* The same for any type of socket: resolves "host:port" and calls open_one for each result until one gives a
   descriptor. ERR_SYNTAX, ERR_UNKNOWN, or open_one's last code. */
struct addrinfo;
int http_open_address(const char *address, int socket_type, int (*open_one)(const struct addrinfo *info),
		      struct err *ret_err);

#endif
