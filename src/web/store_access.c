/* SPDX-License-Identifier: Apache-2.0 */
#include "web/store_access.h"

#include <errno.h>

#include "base/clock.h"
#include "store/client.h"
#include "web/turns.h"

void store_access_done(struct store_access *access)
{
	for (int i = 0; i < PATIENCE_COUNT; i++)
		store_client_close(access->clients[i]);
}

static const int64_t timeouts[] = {[QUICK] = STORE_QUICK, [PATIENT] = STORE_PATIENT, [LOOK] = STORE_LOOK};

static int open_client(struct call *call, enum patience patience, struct store_client **ret_client,
		       struct err *ret_err)
{
	const struct web_options *web = &call->web->options;
	struct store_options options = {.url = web->store_url,
					.user = web->store_user,
					.password = web->store_password,
					.database = web->store_database,
					.timeout = timeouts[patience]};
	struct store_client **client = &call->store->clients[patience];
	int r = *client ? 0 : store_client_open(&options, client, ret_err);

	if (r == 0)
		*ret_client = *client;
	return r;
}

/* One JSON object a line, as JSONEachRow writes them. */
static int read_rows(struct str text, json_t **ret_rows, struct err *ret_err)
{
	json_t *rows = json_array();
	struct str line;

	must(rows);
	while (str_split(&text, '\n', &line)) {
		json_t *row = line.len ? json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL) : NULL;

		if (line.len && !json_is_object(row)) {
			json_decref(row);
			json_decref(rows);
			return err_set(ret_err, ERR_PROTOCOL, 0, 0,
				       "the event store answered with something else");
		}
		if (row)
			json_array_append_new(rows, row);
	}
	*ret_rows = rows;
	return 0;
}

/* What a question asked at asked says of the store: one that answered others meanwhile is slow, not away. */
static void note(struct web *web, enum patience patience, int64_t asked, int r)
{
	if (r == 0 || r == ERR_REFUSED)
		atomic_store(&web->store_answered, clock_monotonic());
	else if (r == -ETIMEDOUT && patience != LOOK && atomic_load(&web->store_answered) < asked)
		atomic_store(&web->store_rest_until, clock_monotonic() + STORE_REST);
}

static int ask(struct call *call, enum patience patience, const struct sql_query *query, const char *format,
	       struct buf *ret_answer, struct err *ret_err)
{
	const int64_t asked = clock_monotonic();
	struct store_client *client = NULL;
	int r = open_client(call, patience, &client, ret_err);

	if (r < 0)
		return r;
	r = store_query(client, query, format, ret_answer, NULL, ret_err);
	note(call->web, patience, asked, r);
	return r;
}

int store_ask(struct call *call, enum patience patience, const struct sql_query *query, json_t **ret_rows,
	      struct err *ret_err)
{
	struct buf answer = {0};
	int r = store_ask_text(call, patience, query, "JSONEachRow", &answer, ret_err);

	if (r == 0)
		r = read_rows(buf_str(&answer), ret_rows, ret_err);
	buf_done(&answer);
	return r;
}

/* Whether one may ask now, perhaps after others; to be ended with turns_leave(). */
static int enter(struct web *web, enum patience patience, struct err *ret_err)
{
	if (!web->options.store_url)
		return err_set(ret_err, -ENOENT, 0, 0, "there is no event store");
	if (clock_monotonic() < atomic_load(&web->store_rest_until))
		return err_set(ret_err, -ETIMEDOUT, 0, 0, "the event store does not answer");
	if (turns_enter(web->store_turns, timeouts[patience]))
		return 0;
	return err_set(ret_err, ERR_BUSY, 0, 0, "too many searches at once");
}

int store_ask_text(struct call *call, enum patience patience, const struct sql_query *query,
		   const char *format, struct buf *ret_answer, struct err *ret_err)
{
	int r = enter(call->web, patience, ret_err);

	if (r < 0)
		return r;
	r = ask(call, patience, query, format, ret_answer, ret_err);
	turns_leave(call->web->store_turns);
	return r;
}

int store_ask_stream(struct call *call, const struct sql_query *query, const char *format,
		     int (*take)(void *context, struct str piece), void *context,
		     struct store_summary *ret_summary, struct err *ret_err)
{
	struct store_client *client = NULL;
	int r = enter(call->web, PATIENT, ret_err);

	if (r < 0)
		return r;
	r = open_client(call, PATIENT, &client, ret_err);
	if (r == 0)
		r = store_query_stream(client, query, format, take, context, ret_summary, ret_err);
	turns_leave(call->web->store_turns);
	return r;
}

/* A store that is just starting has no tables yet; what else it refuses has to do with the query. */
void store_fail(struct call *call, int code, const struct err *err)
{
	struct str message = str_from(err->message);

	if (code == ERR_REFUSED && str_find(message, STR("UNKNOWN_TABLE")) == STR_NOT_FOUND)
		call_fail(call, 400, "query_refused", "the event store refused the query: %s", err->message);
	else
		call_fail(call, 503, "store_unavailable",
			  "%s; events are kept and will be there when it is back",
			  message.len ? err->message : err_text(code));
}

int64_t row_integer(const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);
	int64_t integer = 0;

	if (json_is_integer(value))
		return json_integer_value(value);
	if (json_is_string(value))
		str_to_i64(str_of(json_string_value(value), json_string_length(value)), &integer);
	return integer;
}

struct str row_text(const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);

	return str_of(json_string_value(value), json_string_length(value));
}
