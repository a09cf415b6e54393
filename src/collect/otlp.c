/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/otlp.h"

#include "collect/otlp_read.h"
#include "collect/wire.h"

#define PATH_LOGS "/v1/logs"
#define TYPE_PROTOBUF "application/x-protobuf"
#define TYPE_JSON "application/json"
#define HINT "otlp" /* the id of the records' source in content/sources */
#define RECORDS_FIRST 64

/* The codes of google.rpc.Status that are used here (google/rpc/code.proto). */
enum {
	RPC_INVALID = 3,
	RPC_NOT_FOUND = 5,
	RPC_EXHAUSTED = 8,
	RPC_UNAVAILABLE = 14,
	RPC_UNAUTHENTICATED = 16
};

/* What the answers hold: the numbers of the members of google.rpc.Status, ExportLogsServiceResponse and
   ExportLogsPartialSuccess. */
enum { STATUS_CODE = 1, STATUS_MESSAGE = 2 };
enum { RESPONSE_PARTIAL = 1, PARTIAL_REJECTED = 1, PARTIAL_MESSAGE = 2 };

struct otlp_call {
	struct submission submission; /* first, so that one leads to the other */
	struct collect_record common;
	size_t capacity; /* of its records */
	size_t rejected;
};

/* --- answers ------------------------------------------------------------------------------------- */

static bool is_type(const struct http_request *request, const char *type)
{
	const char *value = http_header(request, "Content-Type");
	size_t len = strlen(type);

	return value && strncasecmp(value, type, len) == 0 && (!value[len] || strchr("; \t", value[len]));
}

static void put_number(struct buf *out, unsigned field, uint64_t value)
{
	buf_add_varint(out, field << 3 | WIRE_VARINT);
	buf_add_varint(out, value);
}

static void put_bytes(struct buf *out, unsigned field, struct str bytes)
{
	buf_add_varint(out, field << 3 | WIRE_BYTES);
	buf_add_varint(out, bytes.len);
	buf_add_str(out, bytes);
}

/* As protobuf only where that was sent. */
static void reply_status(struct http_request *request, struct http_response *response, int status, int code,
			 const char *message)
{
	struct buf *out = &response->body;
	bool protobuf = is_type(request, TYPE_PROTOBUF);

	buf_clear(out);
	response->status = status;
	response->content_type = protobuf ? TYPE_PROTOBUF : TYPE_JSON;
	if (protobuf) {
		put_number(out, STATUS_CODE, (uint64_t)code);
		put_bytes(out, STATUS_MESSAGE, str_from(message));
	} else {
		buf_printf(out, "{\"code\":%d,\"message\":", code);
		buf_add_json_string(out, str_from(message));
		buf_add_char(out, '}');
	}
}

#define TOO_LONG "records longer than 1048576 bytes"

/* The empty message says that all is well. */
static void reply_exported(struct http_request *request, struct http_response *response, size_t rejected)
{
	struct buf *out = &response->body, partial = {0};
	bool protobuf = is_type(request, TYPE_PROTOBUF);

	response->content_type = protobuf ? TYPE_PROTOBUF : TYPE_JSON;
	if (protobuf && rejected) {
		put_number(&partial, PARTIAL_REJECTED, rejected);
		put_bytes(&partial, PARTIAL_MESSAGE, STR(TOO_LONG));
		put_bytes(out, RESPONSE_PARTIAL, buf_str(&partial));
		buf_done(&partial);
	} else if (rejected) {
		buf_printf(out,
			   "{\"partialSuccess\":{\"rejectedLogRecords\":\"%zu\",\"errorMessage\":\"" TOO_LONG
			   "\"}}",
			   rejected);
	} else if (!protobuf) {
		buf_add_str(out, STR("{}"));
	}
}

static void answer(struct submission *submission, struct http_response *response)
{
	const struct otlp_call *call = (const struct otlp_call *)submission;
	int status;

	if (submission->error < 0) {
		status = submission_refusal(submission->error, response);
		reply_status(submission->request, response, status,
			     status == 429 ? RPC_EXHAUSTED : RPC_UNAVAILABLE, err_text(submission->error));
	} else {
		reply_exported(submission->request, response, call->rejected);
	}
}

/* --- the request --------------------------------------------------------------------------------- */

static void add_record(void *context, struct str line)
{
	struct otlp_call *call = context;
	struct submission *submission = &call->submission;
	struct arena *arena = submission->request->arena;
	struct collect_record *record;

	if (submission->count == call->capacity) {
		size_t capacity = call->capacity ? 2 * call->capacity : RECORDS_FIRST;

		record = arena_array(arena, struct collect_record, capacity);
		if (submission->count)
			memcpy(record, submission->records, submission->count * sizeof(*record));
		submission->records = record;
		call->capacity = capacity;
	}
	record = &submission->records[submission->count++];
	*record = call->common;
	record->bytes = arena_copy(arena, line);
}

static int read_body(struct otlp_call *call, const struct http_request *request, bool protobuf)
{
	struct otlp otlp = {.line_max = COLLECT_RECORD_MAX, .record = add_record, .context = call};
	const struct feed *feed = &call->submission.feed;
	struct json_parser *json;
	int r;

	if (protobuf) {
		r = otlp_read_protobuf(&otlp, request->body);
	} else {
		must((json = json_parser_new()));
		r = otlp_read_json(&otlp, json, request->body);
		json_parser_free(json);
	}
	call->rejected = otlp.rejected;
	feed_count(feed, COLLECT_RECEIVED, otlp.records);
	feed_count(feed, COLLECT_BYTES, request->body.len);
	feed_count(feed, COLLECT_MALFORMED, otlp.rejected + (r < 0));
	otlp_done(&otlp);
	return r;
}

static void export_logs(const struct door *door, struct http_request *request, struct http_response *response,
			bool protobuf)
{
	struct otlp_call *call = arena_struct(request->arena, struct otlp_call);
	struct submission *submission = &call->submission;
	int r;

	*submission = (struct submission){.request = request, .answer = answer};
	submission->feed = door_feed(door, LISTENER_HTTP_OTLP);
	call->common = door_record(door, &submission->feed, request);
	call->common.hint = STR(HINT);
	r = read_body(call, request, protobuf);
	if (r == ERR_LIMIT)
		reply_status(request, response, 413, RPC_INVALID,
			     "too much for one request: send less at once");
	else if (r < 0)
		reply_status(request, response, 400, RPC_INVALID, "the body is no ExportLogsServiceRequest");
	else
		submission_run(door->submissions, submission, response);
}

bool otlp_is_path(const char *path)
{
	static const char *const paths[] = {PATH_LOGS, "/v1/traces", "/v1/metrics",
					    "/v1development/profiles"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (strcmp(path, paths[i]) == 0)
			return true;
	return false;
}

void otlp_handle(const struct door *door, struct http_request *request, struct http_response *response)
{
	bool protobuf = is_type(request, TYPE_PROTOBUF);

	if (strcmp(request->path, PATH_LOGS) != 0) {
		reply_status(request, response, 404, RPC_NOT_FOUND, "only logs are taken here: " PATH_LOGS);
	} else if (strcmp(request->method, "POST") != 0) {
		http_set_header(response, "Allow", "POST");
		reply_status(request, response, 405, RPC_INVALID, "use POST");
	} else if (!protobuf && !is_type(request, TYPE_JSON)) {
		reply_status(request, response, 415, RPC_INVALID,
			     "use Content-Type " TYPE_PROTOBUF " or " TYPE_JSON);
	} else {
		export_logs(door, request, response, protobuf);
	}
}

void otlp_unauthorized(struct http_request *request, struct http_response *response)
{
	reply_status(request, response, 401, RPC_UNAUTHENTICATED, "send Authorization: Bearer TOKEN");
}

void otlp_refuse(struct http_request *request, struct http_response *response)
{
	bool busy = response->status == 503;

	reply_status(request, response, response->status, busy ? RPC_UNAVAILABLE : RPC_INVALID,
		     busy ? "too many bodies at once: send again" : "the body cannot be taken");
}
