/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "web/private.h"

#define PROBLEM_TYPE "application/problem+json"

/* What RFC 9457 asks of about:blank: the phrase of the status, RFC 9110 and 6585. */
static const char *title_of(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{409, "Conflict"},
		{412, "Precondition Failed"},
		{413, "Content Too Large"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"},
		{428, "Precondition Required"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{502, "Bad Gateway"},
		{503, "Service Unavailable"},
		{504, "Gateway Timeout"},
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Error";
}

void reply_error(struct http_response *response, int status, const char *code, const char *message)
{
	struct buf *out = &response->body;

	response->status = status;
	response->content_type = PROBLEM_TYPE;
	buf_clear(out);
	out_open(out, NULL, '{');
	out_text(out, "type", STR("about:blank"));
	out_text(out, "title", str_from(title_of(status)));
	out_integer(out, "status", status);
	out_text(out, "detail", str_from(message));
	out_text(out, "code", str_from(code));
	out_close(out, '}');
}

void call_fail(struct call *call, int status, const char *code, const char *fmt, ...)
{
	char message[ERR_MESSAGE_MAX];
	va_list args;

	va_start(args, fmt);
	words_print(message, sizeof(message), fmt, args);
	va_end(args);
	reply_error(call->response, status, code, message);
}

void call_fail_more(struct call *call, const char *member, int64_t value)
{
	must(call->out->len && call->response->status >= 400);
	call->out->len--; /* "}" */
	out_integer(call->out, member, value);
	out_close(call->out, '}');
}

void call_fail_code(struct call *call, int code)
{
	if (code == ERR_BUSY)
		call_fail(call, 503, "busy", "the database is busy; try again");
	else
		call_fail(call, 500, "internal", "the request could not be carried out: %s", err_text(code));
}

void call_no_content(struct call *call)
{
	call->response->status = 204;
	call->response->content_type = NULL;
	buf_clear(call->out);
}

/* What was written last says whether a comma is due. */
static void put_key(struct buf *out, const char *key)
{
	char last = out->len ? out->ptr[out->len - 1] : '[';

	if (last != '[' && last != '{')
		buf_add_char(out, ',');
	if (key)
		buf_printf(out, "\"%s\":", key);
}

void out_open(struct buf *out, const char *key, char bracket)
{
	put_key(out, key);
	buf_add_char(out, bracket);
}

void out_close(struct buf *out, char bracket)
{
	buf_add_char(out, bracket);
}

void out_text(struct buf *out, const char *key, struct str text)
{
	put_key(out, key);
	buf_add_json_string(out, text);
}

void out_optional(struct buf *out, const char *key, struct str text)
{
	if (text.len)
		out_text(out, key, text);
}

void out_lines(struct buf *out, const char *key, struct str text)
{
	struct str line;

	if (!text.len)
		return;
	out_open(out, key, '[');
	while (str_split(&text, '\n', &line))
		out_text(out, NULL, line);
	out_close(out, ']');
}

void out_integer(struct buf *out, const char *key, int64_t integer)
{
	put_key(out, key);
	buf_printf(out, "%" PRId64, integer);
}

void out_number(struct buf *out, const char *key, double number)
{
	put_key(out, key);
	buf_printf(out, "%.6g", isfinite(number) ? number : 0.0);
}

void out_bool(struct buf *out, const char *key, bool value)
{
	put_key(out, key);
	buf_add_str(out, value ? STR("true") : STR("false"));
}

void out_time(struct buf *out, const char *key, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	out_text(out, key, str_from(text));
}

void out_json(struct buf *out, const char *key, struct str json)
{
	put_key(out, key);
	buf_add_str(out, json);
}
