/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody's own SQL: checked (store/sql_check.h), then run by the store in its readonly mode. */
#include <errno.h>

#include "base/clock.h"
#include "store/client.h"
#include "store/sql_check.h"
#include "web/route.h"
#include "web/search.h"
#include "web/sql_rows.h"
#include "web/store_access.h"

#define SQL_TEXT_MAX 16384 /* characters */

/* A number behind a text of the store's message; 0 where there is none. */
static unsigned number_behind(struct str message, struct str before)
{
	size_t at = str_find(message, before);
	unsigned number = 0;

	if (at == STR_NOT_FOUND)
		return 0;
	for (at += before.len; at < message.len && char_is_digit(message.ptr[at]) && number < 1000000; at++)
		number = 10 * number + (unsigned)(message.ptr[at] - '0');
	return number;
}

static void set_place(struct str sql, size_t offset, struct err *err)
{
	err->line = err->column = 1;
	for (size_t i = 0; i < offset && i < sql.len; i++) {
		err->column = sql.ptr[i] == '\n' ? 1 : err->column + 1;
		err->line += sql.ptr[i] == '\n';
	}
}

/* Where the mistake is, as far as the store says: "(line 1, col 8)", "failed at position 8", "identifier
 * `x`". */
static void find_place(struct str sql, struct err *err)
{
	struct str message = str_from(err->message), name;
	unsigned position = number_behind(message, STR("failed at position "));
	size_t at = str_find(message, STR("identifier `"));

	err->line = number_behind(message, STR("(line "));
	err->column = number_behind(message, STR(", col "));
	if (err->line && err->column)
		return;
	if (position) {
		set_place(sql, position - 1, err);
	} else if (at != STR_NOT_FOUND) {
		name = str_from_offset(message, at + 12);
		name = str_head(name, str_find_char(name, '`'));
		at = name.len ? str_find(sql, name) : STR_NOT_FOUND;
		if (at != STR_NOT_FOUND)
			set_place(sql, at, err);
	}
}

static void refuse(struct call *call, struct str sql, int code, struct err *err)
{
	if (code == -ETIMEDOUT ||
	    str_find(str_from(err->message), STR("TIMEOUT_EXCEEDED")) != STR_NOT_FOUND) {
		call_fail(call, 400, "too_slow", "it took longer than %d s; narrow it, by time for example",
			  (int)(STORE_PATIENT / CLOCK_SECOND));
	} else if (code == ERR_REFUSED &&
		   str_find(str_from(err->message), STR("UNKNOWN_TABLE")) == STR_NOT_FOUND) {
		find_place(sql, err);
		call_fail_query(call, err);
	} else {
		store_fail(call, code, err);
	}
}

static void run(struct call *call, struct str sql)
{
	struct sql_rows rows = {.out = call->out};
	struct store_summary summary = {0};
	struct sql_query query = {0};
	struct err err = {0};
	int r;

	buf_add_str(&query.sql, sql);
	buf_add_char(call->out, '{');
	r = store_ask_stream(call, &query, "TabSeparatedWithNamesAndTypes", sql_rows_take, &rows, &summary,
			     &err);
	if (r < 0 && !rows.full) {
		refuse(call, sql, r, &err);
	} else {
		sql_rows_finish(&rows);
		out_bool(call->out, "more", rows.full);
		out_integer(call->out, "read_rows", (int64_t)summary.read_rows);
		out_number(call->out, "elapsed_ms", (double)summary.elapsed / 1000);
		out_close(call->out, '}');
	}
	sql_rows_done(&rows);
	sql_query_done(&query);
}

void api_sql(struct call *call)
{
	json_t *body = call_body(call);
	struct err err = {0};
	struct str sql;

	if (!body)
		return;
	if (!body_text(call, body, "query", SQL_TEXT_MAX, true, &sql, NULL))
		;
	else if (sql_check(sql, &err) < 0)
		call_fail_query(call, &err);
	else
		run(call, sql);
	json_decref(body);
}
