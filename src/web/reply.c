/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "web/private.h"

#define JSON_TYPE "application/json; charset=utf-8"

void reply_error(struct http_response *response, int status, const char *code, const char *message)
{
	struct buf *out = &response->body;

	response->status = status;
	response->content_type = JSON_TYPE;
	buf_clear(out);
	out_open(out, NULL, '{');
	out_open(out, "error", '{');
	out_text(out, "code", str_from(code));
	out_text(out, "message", str_from(message));
	out_close(out, '}');
	out_close(out, '}');
}

void call_fail(struct call *call, int status, const char *code, const char *fmt, ...)
{
	char message[ERR_MESSAGE_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	reply_error(call->response, status, code, message);
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
