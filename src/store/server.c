/* SPDX-License-Identifier: Apache-2.0 */
#include "store/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/merges.h"
#include "store/private.h"

#define DISPLAY_NAME "wanglou"
#define HTTP_THREADS 2
#define CONNECTIONS_MAX 256
#define IDLE_SECONDS 300
#define STOP_POLL 20000 /* µs */

struct listener {
	struct store_server *server;
	struct http_server *http;
	bool is_public;
};

struct store_server {
	struct engine *engine;
	struct workers *queries, *inserts;
	struct merges merges;
	struct listener local, public;
	char user[STORE_PASSWORD_MAX], password[STORE_PASSWORD_MAX];
};

static void run_and_resume(struct call *call, bool refuse)
{
	struct http_request *request = call->request;

	if (refuse)
		call_refuse(call);
	else if (call->streaming)
		call_more(call);
	else
		call_run(call);
	http_resume(request);
}

static void set_headers(const struct call *call, struct http_response *response)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "{\"read_rows\":\"%" PRIu64 "\",\"read_bytes\":\"%" PRIu64 "\",\"written_rows\":\"%" PRIu64
		 "\",\"written_bytes\":\"0\",\"total_rows_to_read\":\"0\",\"result_rows\":\"%" PRIu64
		 "\",\"result_bytes\":\"%zu\",\"elapsed_ns\":\"%" PRId64 "\"}",
		 call->totals.read_rows, call->totals.read_bytes, call->totals.written_rows,
		 call->totals.result_rows, call->out.len, call->elapsed * 1000);
	http_set_header(response, "X-ClickHouse-Summary", text);
	http_set_header(response, "X-ClickHouse-Query-Id", call->query_id);
	http_set_header(response, "X-ClickHouse-Format", call->format);
	http_set_header(response, "X-ClickHouse-Timezone", "UTC");
	http_set_header(response, "X-ClickHouse-Server-Display-Name", DISPLAY_NAME);
	if (call->code) {
		snprintf(text, sizeof(text), "%d", call->code);
		http_set_header(response, "X-ClickHouse-Exception-Code", text);
	} else if (call->gzip) {
		http_set_header(response, "Content-Encoding", "gzip");
	}
}

struct stream {
	struct store_server *server;
	struct call *call;
};

/* Sends what is there; at its end asks a worker for the next piece and sleeps until it has come. */
static long stream_read(void *context, char *out, size_t size)
{
	struct stream *stream = context;
	struct call *call = stream->call;
	size_t left = call->out.len - call->sent;

	if (left) {
		if (left < size)
			size = left;
		memcpy(out, call->out.ptr + call->sent, size);
		call->sent += size;
		return (long)size;
	}
	if (!call->streaming)
		return call->broken ? -1 : 0;
	http_suspend(call->request);
	if (workers_push(stream->server->queries, call))
		return HTTP_STREAM_WAIT;
	http_resume(call->request);
	return -1;
}

static void reply(struct store_server *server, struct call *call, struct http_response *response)
{
	response->status = call->status;
	response->content_type = call->code ? "text/plain; charset=UTF-8" : format_content_type(call->format);
	set_headers(call, response);
	if (call->streaming) {
		struct stream *stream = arena_struct(call->request->arena, struct stream);

		*stream = (struct stream){server, call};
		response->stream = stream_read;
		response->stream_context = stream;
	} else {
		response->body = call->out;
		call->out = (struct buf){0};
	}
}

static void reply_error(struct store_server *server, struct call *call, const struct err *err,
			struct http_response *response)
{
	buf_add_str(&call->out, str_from(err->message));
	buf_add_char(&call->out, '\n');
	reply(server, call, response);
}

static bool reply_fixed(const struct http_request *request, struct http_response *response)
{
	static const char *const paths[] = {"/ping", "/replicas_status"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (strcmp(request->path, paths[i]) == 0) {
			http_reply_text(response, 200, "Ok.\n");
			return true;
		}
	if (strcmp(request->path, "/") != 0) {
		http_reply_text(response, 404, "There is /, /ping and /replicas_status.\n");
		return true;
	}
	if (strcmp(request->method, "GET") == 0 && !http_argument(request, "query")) {
		http_reply_text(response, 200, "Ok.\n");
		return true;
	}
	return false;
}

static void begin(struct listener *listener, struct http_request *request, struct http_response *response)
{
	struct store_server *server = listener->server;
	struct call *call = arena_struct(request->arena, struct call);
	struct err err = {0};
	int r;

	request->state = call;
	request->state_free = call_free;
	call->engine = server->engine;
	if (listener->is_public && !call_allowed(request, server->user, server->password)) {
		http_set_header(response, "WWW-Authenticate", "Basic realm=\"wanglou store\"");
		http_set_header(response, "X-ClickHouse-Exception-Code", "516");
		http_reply_text(response, 401,
				"Code: 516. DB::Exception: Authentication failed (AUTHENTICATION_FAILED)\n");
		return;
	}
	r = call_read(call, request, listener->is_public, &err);
	if (r < 0) {
		reply_error(server, call, &err, response);
		return;
	}
	http_suspend(request);
	if (workers_push(call->statement.kind == STATEMENT_INSERT ? server->inserts : server->queries, call))
		return;
	call_refuse(call);
	http_resume(request);
}

static void handle(void *context, struct http_request *request, struct http_response *response)
{
	struct listener *listener = context;
	struct call *call = request->state;

	if (call)
		reply(listener->server, call, response);
	else if (!reply_fixed(request, response))
		begin(listener, request, response);
}

static int start_listener(struct listener *listener, int fd, struct err *ret_err)
{
	struct http_options options = {
		.listen_fd = fd,
		.threads = HTTP_THREADS,
		.connections = CONNECTIONS_MAX,
		.idle_seconds = IDLE_SECONDS,
		.body_max = listener->is_public ? STORE_BODY_MAX : STORE_BLOCK_MAX,
		.body_files = true,
	};

	return http_server_start(&options, handle, listener, &listener->http, ret_err);
}

static int take_password(struct store_server *server, const struct store_server_options *options,
			 struct err *ret_err)
{
	if (options->public_fd < 0)
		return 0;
	if (!options->user || !options->password || !options->user[0] || !options->password[0] ||
	    strlen(options->user) >= STORE_PASSWORD_MAX || strlen(options->password) >= STORE_PASSWORD_MAX)
		return err_set(ret_err, ERR_DENIED, 0, 0,
			       "the store's TCP address needs a user and a password of at most %d bytes",
			       STORE_PASSWORD_MAX - 1);
	strcpy(server->user, options->user);
	strcpy(server->password, options->password);
	return 0;
}

int store_server_start(const struct store_server_options *options, struct store_server **ret_server,
		       struct err *ret_err)
{
	struct engine_options engine_options = {options->folder, options->memory_max};
	struct store_server *server = calloc(1, sizeof(*server));
	int fds[2] = {options->listen_fd, options->public_fd}, r;

	must(server);
	server->local = (struct listener){server, NULL, false};
	server->public = (struct listener){server, NULL, true};
	r = take_password(server, options, ret_err);
	if (r == 0)
		r = engine_open(&engine_options, &server->engine, ret_err);
	if (r == 0) {
		server->queries = workers_start(STORE_QUERY_THREADS, run_and_resume);
		server->inserts = workers_start(1, run_and_resume);
		r = start_listener(&server->local, fds[0], ret_err);
		fds[0] = r == 0 ? -1 : fds[0];
	}
	if (r == 0 && fds[1] >= 0) {
		r = start_listener(&server->public, fds[1], ret_err);
		fds[1] = r == 0 ? -1 : fds[1];
	}
	if (r < 0) {
		store_server_stop(server);
		for (int i = 0; i < 2; i++)
			if (fds[i] >= 0)
				close(fds[i]);
		return r;
	}
	*ret_server = server;
	return 0;
}

void store_server_tend(struct store_server *server)
{
	merges_tend(&server->merges, server->engine, workers_spent(server->inserts));
}

/* A query may begin between a cancellation and the refusal of the rest, so that both are repeated. */
static void stop_workers(struct store_server *server)
{
	while (workers_refuse(server->queries) | workers_refuse(server->inserts)) {
		engine_cancel_all(server->engine);
		usleep(STOP_POLL);
	}
	workers_join(server->queries);
	workers_join(server->inserts);
}

void store_server_stop(struct store_server *server)
{
	if (!server)
		return;
	if (server->queries)
		stop_workers(server);
	http_server_stop(server->local.http);
	http_server_stop(server->public.http);
	workers_free(server->queries);
	workers_free(server->inserts);
	engine_close(server->engine);
	free(server);
}
