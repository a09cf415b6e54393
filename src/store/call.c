/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "store/private.h"

#define FORMAT_DEFAULT "TabSeparated"
#define PARAM_PREFIX "param_"
#define READER_SECONDS_MAX 600
#define STRINGIFY_(x) #x
#define STRINGIFY(x) STRINGIFY_(x)

static int fail(struct call *call, struct err *ret_err, int code, const char *what, const char *name,
		const char *value)
{
	call->code = code;
	call->status = exception_status(code);
	return err_set(ret_err, ERR_REFUSED, 0, 0, "Code: %d. DB::Exception: %s %.64s%s%.64s", code, what,
		       name, value[0] ? ": " : "", value);
}

struct argument_reader {
	struct call *call;
	struct err *err;
	int result;
};

static void add_setting(struct call *call, const char *name, const char *value)
{
	buf_printf(&call->settings, "%s%s=", call->settings.len ? "," : "", name);
	add_literal(&call->settings, str_from(value));
}

/* Readers may ask for less time than this, not for more or for no limit. */
static const char *capped_time(const char *value)
{
	double seconds;

	if (str_to_double(str_from(value), &seconds) == 0 && seconds > 0 && seconds <= READER_SECONDS_MAX)
		return value;
	return STRINGIFY(READER_SECONDS_MAX);
}

static bool flag(const char *value)
{
	return value && value[0] && strcmp(value, "0") != 0 && strcmp(value, "false") != 0;
}

static void read_argument(void *context, const char *name, const char *value)
{
	struct argument_reader *reader = context;
	struct call *call = reader->call;

	if (reader->result < 0)
		return;
	if (strncmp(name, PARAM_PREFIX, strlen(PARAM_PREFIX)) == 0) {
		if (call->names.len == CALL_PARAMS_MAX)
			reader->result = fail(call, reader->err, 36, "too many parameters at", name, "");
		vec_push(&call->names, name + strlen(PARAM_PREFIX));
		vec_push(&call->values, value);
		return;
	}
	if ((strcmp(name, "compress") == 0 || strcmp(name, "decompress") == 0) && flag(value)) {
		reader->result =
			fail(call, reader->err, 48,
			     "only HTTP compression is understood (Accept-Encoding: gzip), not", name, "");
		return;
	}
	switch (setting_rule(str_from(name))) {
	case SETTING_TAKEN:
		if (call->readonly && strcmp(name, "max_execution_time") == 0)
			value = capped_time(value);
		add_setting(call, name, value);
		break;
	case SETTING_REFUSED:
		if (strcmp(name, "compress") != 0 && strcmp(name, "decompress") != 0)
			reader->result = fail(
				call, reader->err, 115,
				"this store takes no such setting in a URL (UNKNOWN_SETTING):", name, "");
		break;
	case SETTING_IGNORED:
		break;
	}
}

static void take_format(struct call *call, struct str name)
{
	size_t len = name.len < CALL_FORMAT_MAX ? name.len : CALL_FORMAT_MAX - 1;

	memcpy(call->format, name.ptr, len);
	call->format[len] = 0;
}

/* The answer's format: in the statement, else in a header, else in the URL. */
static void choose_format(struct call *call)
{
	const char *header = http_header(call->request, "X-ClickHouse-Format");
	const char *argument = http_argument(call->request, "default_format");
	const char *fallback = header && header[0]       ? header
			       : argument && argument[0] ? argument
							 : FORMAT_DEFAULT;

	if (call->statement.kind != STATEMENT_INSERT && call->statement.format.len)
		take_format(call, call->statement.format);
	else
		take_format(call, str_from(fallback));
}

/* Behind "FORMAT name" the data begins after blanks and at most one line end. */
static struct str inline_data(struct str data)
{
	while (data.len && (data.ptr[0] == ' ' || data.ptr[0] == '\t' || data.ptr[0] == '\r'))
		data = str_from_offset(data, 1);
	return data.len && data.ptr[0] == '\n' ? str_from_offset(data, 1) : data;
}

/* A statement may come in the URL, in the body, or begin in the URL and go on in the body. */
static int read_statement(struct call *call, struct err *ret_err)
{
	const char *argument = http_argument(call->request, "query");
	struct str query = str_from(argument), body = call->request->body;
	int r;

	if (!str_trim(query).len)
		query = body;
	r = statement_read(query, &call->statement, ret_err);
	if (r < 0 || query.ptr == body.ptr || !body.len) {
		call->data = inline_data(call->statement.data);
	} else if (call->statement.kind == STATEMENT_INSERT && !str_trim(call->statement.data).len) {
		call->data = body;
	} else {
		buf_add_str(&call->sql, query);
		buf_add_char(&call->sql, '\n');
		buf_add_str(&call->sql, body);
		r = statement_read(buf_str(&call->sql), &call->statement, ret_err);
		call->data = inline_data(call->statement.data);
	}
	if (r < 0) {
		call->code = 62;
		call->status = 400;
	}
	return r;
}

static bool accepts_gzip(const struct http_request *request)
{
	const char *encodings = http_header(request, "Accept-Encoding");

	return encodings && strstr(encodings, "gzip") &&
	       flag(http_argument(request, "enable_http_compression"));
}

static const char *take_query_id(struct http_request *request)
{
	const char *given = http_argument(request, "query_id");
	uint8_t random[16];
	char *text;

	if (given && given[0] && strlen(given) <= 128 && !strpbrk(given, "\r\n"))
		return given;
	text = arena_alloc(request->arena, 2 * sizeof(random) + 1);
	random_bytes(random, sizeof(random));
	hex_encode(random, sizeof(random), text);
	return text;
}

int call_read(struct call *call, struct http_request *request, bool readonly, struct err *ret_err)
{
	struct argument_reader reader = {call, ret_err, 0};
	int r;

	call->request = request;
	call->started = clock_monotonic();
	call->query_id = take_query_id(request);
	call->database = http_argument(request, "database");
	if (!call->database || !call->database[0])
		call->database = http_header(request, "X-ClickHouse-Database");
	call->readonly =
		readonly || strcmp(request->method, "GET") == 0 || flag(http_argument(request, "readonly"));
	call->gzip = accepts_gzip(request);
	if (http_argument(request, "client_protocol_version"))
		call->revision =
			(unsigned)strtoul(http_argument(request, "client_protocol_version"), NULL, 10);
	call->wait_end = flag(http_argument(request, "wait_end_of_query"));
	take_format(call, STR(FORMAT_DEFAULT));
	r = read_statement(call, ret_err);
	if (r < 0)
		return r;
	choose_format(call);
	http_arguments(request, read_argument, &reader);
	if (reader.result < 0)
		return reader.result;
	if (call->readonly) {
		r = statement_check_readonly(&call->statement, ret_err);
		if (r < 0) {
			call->code = exception_code(str_from(ret_err->message));
			call->status = exception_status(call->code);
		}
	}
	return r;
}

void call_free(void *context)
{
	struct call *call = context;

	engine_session_close(call->session);
	if (call->deflating)
		deflateEnd(&call->deflate);
	buf_done(&call->out);
	buf_done(&call->native);
	buf_done(&call->sql);
	buf_done(&call->settings);
	vec_done(&call->names);
	vec_done(&call->values);
}
