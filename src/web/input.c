/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/clock.h"
#include "query/time.h"
#include "web/private.h"

#define SPAN_DEFAULT CLOCK_DAY
#define TIME_MIN (-62167219200 * CLOCK_SECOND) /* the years 0 to 9999, which RFC 3339 can write */
#define TIME_MAX (253402300800 * CLOCK_SECOND)
#define SPAN_MAX (36525 * CLOCK_DAY) /* a hundred years */

struct str call_text(struct call *call, const char *name)
{
	const char *value = http_argument(call->request, name);

	return value ? str_from(value) : (struct str){0};
}

/* A day or a minute named stands for its beginning. */
static bool read_time(struct call *call, const char *name, int64_t *time)
{
	struct str text = call_text(call, name);
	int64_t end;

	if (!text.len ||
	    (time_read(text, call->now, time, &end) == 0 && *time >= TIME_MIN && *time < TIME_MAX))
		return true;
	call_fail(call, 400, "bad_time", "%s is a time such as 2026-11-22T08:00:00Z, -24h or now", name);
	return false;
}

bool call_span(struct call *call, int64_t *ret_from, int64_t *ret_to)
{
	int64_t from = call->now - SPAN_DEFAULT, to = call->now;

	if (!read_time(call, "from", &from) || !read_time(call, "to", &to))
		return false;
	if (from >= to || from < to - SPAN_MAX) {
		call_fail(call, 400, "bad_time", "from must be before to, by a hundred years at most");
		return false;
	}
	*ret_from = from;
	*ret_to = to;
	return true;
}

bool call_number(struct call *call, const char *name, int64_t min, int64_t max, int64_t fallback,
		 int64_t *ret_value)
{
	struct str text = call_text(call, name);
	int64_t value = fallback;

	if (text.len && (str_to_i64(text, &value) < 0 || value < min || value > max)) {
		call_fail(call, 400, "bad_number", "%s is a whole number from %" PRId64 " to %" PRId64, name,
			  min, max);
		return false;
	}
	*ret_value = value;
	return true;
}

json_t *call_body(struct call *call)
{
	struct str body = call->request->body;
	json_error_t where;
	json_t *root = json_loadb(body.len ? body.ptr : "", body.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
				  &where);

	if (json_is_object(root))
		return root;
	call_fail(call, 400, "bad_body", "the body must be one JSON object%s%s", root ? "" : ": ",
		  root ? "" : where.text);
	json_decref(root);
	return NULL;
}

/* jansson has checked that it is UTF-8. */
static size_t count_characters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return n;
}

bool body_text(struct call *call, json_t *body, const char *key, size_t max, bool required,
	       struct str *ret_text, bool *ret_there)
{
	json_t *value = json_object_get(body, key);
	struct str text = {0};

	if (json_is_string(value))
		text = str_of(json_string_value(value), json_string_length(value));
	if ((value && !json_is_string(value)) || (!value && required)) {
		call_fail(call, 400, "bad_body", "%s must be text", key);
		return false;
	}
	if (count_characters(text) > max) {
		call_fail(call, 400, "too_long", "%s has more than %zu characters", key, max);
		return false;
	}
	*ret_text = text;
	if (ret_there)
		*ret_there = value != NULL;
	return true;
}

bool body_time(struct call *call, json_t *body, const char *key, bool required, int64_t *ret_value)
{
	const json_t *value = json_object_get(body, key);
	int64_t time, end;

	if (!value && !required)
		return true;
	if (json_is_string(value) &&
	    time_read_zoned(str_of(json_string_value(value), json_string_length(value)), call->now,
			    call->web->options.zone, &time, &end) == 0 &&
	    time >= TIME_MIN && time < TIME_MAX) {
		*ret_value = time;
		return true;
	}
	call_fail(call, 400, "bad_time", "%s is a time such as 2026-11-22T08:00:00+08:00", key);
	return false;
}

bool body_number(struct call *call, json_t *body, const char *key, int64_t min, int64_t max, bool required,
		 int64_t *ret_value)
{
	const json_t *value = json_object_get(body, key);

	if (!value && !required)
		return true;
	if (json_is_integer(value) && json_integer_value(value) >= min && json_integer_value(value) <= max) {
		*ret_value = json_integer_value(value);
		return true;
	}
	call_fail(call, 400, "bad_number", "%s is a whole number from %" PRId64 " to %" PRId64, key, min,
		  max);
	return false;
}

bool call_id(struct call *call, unsigned which, int64_t *ret_id)
{
	int64_t id;

	if (str_to_i64(call->path_values[which], &id) == 0 && id > 0) {
		*ret_id = id;
		return true;
	}
	call_fail(call, 404, "not_found", "there is nothing at this address");
	return false;
}
