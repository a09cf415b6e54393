/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/private.h"

#define CONNECTIONS_DEFAULT 1000
#define IDLE_DEFAULT 60
#define CONNECTION_MEMORY (64 * 1024)
#define STREAM_BLOCK (256 * 1024)

struct http_server {
	struct MHD_Daemon *daemon;
	http_handler *handler;
	http_admit *admit;
	http_refuse *refuse;
	void *context;
	size_t body_max;
	struct allowance {
		size_t max;          /* 0: no limit */
		_Atomic size_t held; /* bytes of bodies */
	} usual, large;
	struct body_files files;
};

static void read_peer(struct MHD_Connection *connection, uint8_t ret_peer[16])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;

	memset(ret_peer, 0, 16);
	if (address && address->sa_family == AF_INET) {
		memset(ret_peer + 10, 0xff, 2);
		memcpy(ret_peer + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
	} else if (address && address->sa_family == AF_INET6) {
		memcpy(ret_peer, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
	}
}

static struct http_exchange *exchange_new(struct http_server *server, struct MHD_Connection *connection,
					  const char *url, const char *method)
{
	struct http_exchange *exchange = calloc(1, sizeof(*exchange));

	if (!exchange)
		return NULL;
	exchange->server = server;
	exchange->connection = connection;
	exchange->files = &server->files;
	exchange->file = exchange->request.body_file = -1;
	exchange->request.arena = arena_new(8192);
	if (!exchange->request.arena) {
		free(exchange);
		return NULL;
	}
	exchange->request.method = arena_copy(exchange->request.arena, str_from(method)).ptr;
	exchange->request.path = arena_copy(exchange->request.arena, str_from(url)).ptr;
	exchange->request.body_max = server->body_max;
	exchange->response.status = MHD_HTTP_OK;
	read_peer(connection, exchange->request.peer);
	return exchange;
}

/* Large bodies have an allowance of their own: however many come, the usual ones still fit. */
static struct allowance *allowance_of(struct http_exchange *exchange)
{
	struct http_server *server = exchange->server;

	return exchange->request.body_max > server->body_max ? &server->large : &server->usual;
}

/* Counts bytes that are about to be held. ERR_BUSY where they would be too many together with others'. */
static int count_body(struct http_exchange *exchange, size_t more)
{
	struct allowance *allowance = allowance_of(exchange);

	exchange->counted += more;
	if (atomic_fetch_add(&allowance->held, more) + more > allowance->max && allowance->max)
		return ERR_BUSY;
	return 0;
}

static void release_body(struct http_exchange *exchange)
{
	atomic_fetch_sub(&allowance_of(exchange)->held, exchange->counted);
	exchange->counted = 0;
	body_release(exchange);
}

static void exchange_end(void *context, struct MHD_Connection *connection, void **slot,
			 enum MHD_RequestTerminationCode why)
{
	struct http_exchange *exchange = *slot;

	(void)context, (void)connection, (void)why;
	if (!exchange)
		return;
	*slot = NULL;
	if (exchange->request.state_free)
		exchange->request.state_free(exchange->request.state);
	for (unsigned i = 0; i < exchange->header_count; i++) {
		free(exchange->headers[i].name);
		free(exchange->headers[i].value);
	}
	release_body(exchange);
	buf_done(&exchange->decoded);
	buf_done(&exchange->response.body);
	arena_free(exchange->request.arena);
	free(exchange);
}

static ssize_t stream_read(void *context, uint64_t position, char *out, size_t size)
{
	struct http_response *response = context;
	long n = response->stream(response->stream_context, out, size);

	(void)position;
	if (n == HTTP_STREAM_WAIT)
		return 0;
	return n > 0 ? n : n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void stream_end(void *context)
{
	struct http_response *response = context;

	if (response->stream_free)
		response->stream_free(response->stream_context);
	free(response);
}

/* The body passes to libmicrohttpd, which frees it; a stream's callbacks get a copy of their own. */
static struct MHD_Response *make_response(struct http_response *response)
{
	struct http_response *copy;
	struct MHD_Response *made;

	if (!response->stream) {
		made = MHD_create_response_from_buffer(response->body.len, response->body.ptr,
						       MHD_RESPMEM_MUST_FREE);
		response->body = (struct buf){0};
		return made;
	}
	copy = malloc(sizeof(*copy));
	must(copy);
	*copy = *response;
	copy->body = (struct buf){0};
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
						 copy->stream_block ? copy->stream_block : STREAM_BLOCK,
						 stream_read, copy, stream_end);
}

static enum MHD_Result send_response(struct http_exchange *exchange)
{
	struct http_response *response = &exchange->response;
	struct MHD_Response *made = make_response(response);
	enum MHD_Result queued;

	if (!made)
		return MHD_NO;
	if (response->content_type)
		MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type);
	for (unsigned i = 0; i < exchange->header_count; i++)
		MHD_add_response_header(made, exchange->headers[i].name, exchange->headers[i].value);
	queued = MHD_queue_response(exchange->connection, (unsigned)response->status, made);
	MHD_destroy_response(made);
	return queued;
}

static enum MHD_Result refuse_body(struct http_exchange *exchange, int code)
{
	static const struct {
		int code, status;
		const char *text;
	} answers[] = {
		{ERR_LIMIT, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large\n"},
		{ERR_BUSY, MHD_HTTP_SERVICE_UNAVAILABLE, "too many bodies at once: send again\n"},
		{ERR_UNKNOWN, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
		 "use Content-Encoding gzip, deflate or none\n"},
		{0, MHD_HTTP_BAD_REQUEST, "the body's compression is damaged\n"},
	};
	const struct http_server *server = exchange->server;
	size_t i = 0;

	while (answers[i].code && answers[i].code != code)
		i++;
	http_reply_text(&exchange->response, answers[i].status, answers[i].text);
	if (code == ERR_BUSY)
		http_set_header(&exchange->response, "Retry-After", "1");
	exchange->request.body = exchange->request.body_raw = (struct str){0};
	if (server->refuse)
		server->refuse(server->context, &exchange->request, &exchange->response);
	return send_response(exchange);
}

/* A resumed request is handled on this same pool thread, so the exchange is ours until we return. */
static enum MHD_Result call_handler(struct http_exchange *exchange)
{
	exchange->suspended = false;
	exchange->server->handler(exchange->server->context, &exchange->request, &exchange->response);
	return exchange->suspended ? MHD_YES : send_response(exchange);
}

static enum MHD_Result begin(struct http_exchange *exchange)
{
	const struct http_server *server = exchange->server;

	if (!server->admit || server->admit(server->context, &exchange->request, &exchange->response))
		return MHD_YES;
	return send_response(exchange);
}

static void keep_body(struct http_exchange *exchange, const char *data, size_t size)
{
	if (exchange->refused)
		return;
	if (body_len(exchange) + size > exchange->request.body_max)
		exchange->refused = ERR_LIMIT;
	else
		exchange->refused = count_body(exchange, size);
	if (!exchange->refused)
		exchange->refused = body_add(exchange, data, size);
	if (exchange->refused)
		release_body(exchange);
}

static enum MHD_Result run(struct http_exchange *exchange)
{
	int r = exchange->refused;

	if (r == 0)
		r = http_decode_body(exchange, exchange->request.body_max);
	if (r == 0)
		r = count_body(exchange, exchange->decoded.len);
	return r < 0 ? refuse_body(exchange, r) : call_handler(exchange);
}

static enum MHD_Result access_handler(void *context, struct MHD_Connection *connection, const char *url,
				      const char *method, const char *version, const char *data,
				      size_t *data_size, void **slot)
{
	struct http_exchange *exchange = *slot;

	(void)version;
	if (!exchange) {
		*slot = exchange = exchange_new(context, connection, url, method);
		return exchange ? begin(exchange) : MHD_NO;
	}
	if (*data_size) {
		keep_body(exchange, data, *data_size);
		*data_size = 0;
		return MHD_YES;
	}
	return exchange->suspended ? call_handler(exchange) : run(exchange);
}

static void fill_defaults(struct http_options *options)
{
	if (options->threads < 2)
		options->threads = 2; /* libmicrohttpd 0.9.75 ignores a pool of one */
	if (!options->connections)
		options->connections = CONNECTIONS_DEFAULT;
	if (!options->idle_seconds)
		options->idle_seconds = IDLE_DEFAULT;
	if (!options->body_max)
		options->body_max = HTTP_BODY_DEFAULT;
}

static struct MHD_Daemon *start_daemon(struct http_server *server, const struct http_options *options)
{
	/* Not by epoll: there MHD_quiesce_daemon() and a thread that wakes up meanwhile both take the
	   listening socket out of the thread's set, and the second of them aborts the program (0.9.75). */
	unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->tls_certificate},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->tls_key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, "SECURE128:+SECURE192:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3"},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

	if (options->tls_certificate)
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(
		flags, 0, NULL, NULL, access_handler, server, MHD_OPTION_LISTEN_SOCKET, options->listen_fd,
		MHD_OPTION_THREAD_POOL_SIZE, options->threads, MHD_OPTION_CONNECTION_LIMIT,
		options->connections, MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED,
		exchange_end, NULL, MHD_OPTION_ARRAY, options->tls_certificate ? tls : none, MHD_OPTION_END);
}

int http_server_start(const struct http_options *options, http_handler *handler, void *context,
		      struct http_server **ret_server, struct err *ret_err)
{
	struct http_options effective = *options;
	struct http_server *server = calloc(1, sizeof(*server));

	if (!server)
		return err_set(ret_err, -ENOMEM, 0, 0, "out of memory");
	fill_defaults(&effective);
	server->handler = handler;
	server->context = context;
	server->body_max = effective.body_max;
	server->usual.max = effective.memory_max;
	server->large.max = effective.large_max;
	server->admit = effective.admit;
	server->refuse = effective.refuse;
	body_files_init(&server->files, effective.body_files);
	server->daemon = start_daemon(server, &effective);
	if (!server->daemon) {
		body_files_done(&server->files);
		free(server);
		return err_set(ret_err, ERR_REFUSED, 0, 0, "the HTTP server does not start%s",
			       options->tls_certificate ? "; check certificate and key" : "");
	}
	*ret_server = server;
	return 0;
}

void http_server_stop(struct http_server *server)
{
	MHD_socket listen_fd;

	if (!server)
		return;
	/* Who started us may hold the listening socket too: it is only closed here, while MHD_stop_daemon()
	   alone would shut it down for everybody, and turn away who waits for the next process. */
	listen_fd = MHD_quiesce_daemon(server->daemon);
	MHD_stop_daemon(server->daemon);
	if (listen_fd != MHD_INVALID_SOCKET)
		close(listen_fd);
	body_files_done(&server->files);
	free(server);
}

static struct http_exchange *exchange_of(const struct http_request *request)
{
	return (struct http_exchange *)request;
}

const char *http_header(const struct http_request *request, const char *name)
{
	return MHD_lookup_connection_value(exchange_of(request)->connection, MHD_HEADER_KIND, name);
}

const char *http_argument(const struct http_request *request, const char *name)
{
	return MHD_lookup_connection_value(exchange_of(request)->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_cookie(const struct http_request *request, const char *name)
{
	return MHD_lookup_connection_value(exchange_of(request)->connection, MHD_COOKIE_KIND, name);
}

struct argument_walk {
	void (*visit)(void *context, const char *name, const char *value);
	void *context;
};

static enum MHD_Result visit_argument(void *context, enum MHD_ValueKind kind, const char *name,
				      const char *value)
{
	const struct argument_walk *walk = context;

	(void)kind;
	walk->visit(walk->context, name, value ? value : "");
	return MHD_YES;
}

void http_arguments(const struct http_request *request,
		    void (*visit)(void *context, const char *name, const char *value), void *context)
{
	struct argument_walk walk = {visit, context};

	MHD_get_connection_values(exchange_of(request)->connection, MHD_GET_ARGUMENT_KIND, visit_argument,
				  &walk);
}

void http_set_header(struct http_response *response, const char *name, const char *value)
{
	struct http_exchange *exchange =
		(struct http_exchange *)((char *)response - offsetof(struct http_exchange, response));
	unsigned i = exchange->header_count;

	must(i < HTTP_HEADERS_OUT_MAX);
	exchange->headers[i].name = strdup(name);
	exchange->headers[i].value = strdup(value);
	must(exchange->headers[i].name && exchange->headers[i].value);
	exchange->header_count++;
}

void http_reply_text(struct http_response *response, int status, const char *text)
{
	response->status = status;
	response->content_type = "text/plain; charset=utf-8";
	buf_clear(&response->body);
	buf_add_str(&response->body, str_from(text));
}

void http_suspend(struct http_request *request)
{
	exchange_of(request)->suspended = true;
	MHD_suspend_connection(exchange_of(request)->connection);
}

void http_resume(struct http_request *request)
{
	MHD_resume_connection(exchange_of(request)->connection);
}
