/* SPDX-License-Identifier: Apache-2.0 */
/* What all statements have in common: their times, their texts, what they name. */
#include <inttypes.h>
#include <stdarg.h>

#include "base/clock.h"
#include "people/private.h"

int register_last_time(struct db_tx *tx, int64_t *ret_time)
{
	int64_t time = 0;
	int r = db_get_integer(tx, "SELECT max(at) FROM register_changes", DB_NONE, &time);

	if (r >= 0)
		*ret_time = time;
	return r < 0 ? r : 0;
}

int statement_complete(struct db_tx *tx, const struct statement *statement, struct statement *ret_complete)
{
	struct statement complete = *statement;
	int64_t last = 0;
	int r = register_last_time(tx, &last);

	if (r < 0)
		return r;
	/* A wall clock that was set back must not let a statement go before those it knew of. */
	if (complete.now < last)
		complete.now = last;
	if (!complete.from)
		complete.from = complete.now;
	if (!complete.to)
		complete.to = REGISTER_OPEN;
	*ret_complete = complete;
	return 0;
}

void statement_warn(const struct statement *statement, const char *fmt, ...)
{
	struct register_warnings *warnings = statement->warnings;
	va_list args;

	if (!warnings)
		return;
	if (warnings->count < REGISTER_WARNINGS_MAX) {
		char *out = warnings->text[warnings->count];

		va_start(args, fmt);
		words_print(out, sizeof(warnings->text[0]), fmt, args);
		va_end(args);
	}
	warnings->count++;
}

int64_t view_time(const struct register_view *view)
{
	return view->time ? view->time : clock_now();
}

int64_t view_known(const struct register_view *view)
{
	return view->known ? view->known : KNOWN_NOW;
}

int check_text(const char *member, struct str text, size_t max, bool one_line, struct err *ret_err)
{
	if (text.len > max)
		return err_set(ret_err, ERR_RANGE, 0, 0, "%s: more than %zu bytes", member, max);
	if (!str_is_utf8(text))
		return err_set(ret_err, ERR_RANGE, 0, 0, "%s: it is not in UTF-8", member);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if ((c < ' ' || c == 0x7f) && (one_line || (c != '\n' && c != '\t' && c != '\r')))
			return err_set(ret_err, ERR_RANGE, 0, 0, "%s: there is a control character in it",
				       member);
	}
	return 0;
}

/* "2026-01-31" in UTC, or "" where there is no end. */
static const char *day(int64_t time, char out[CLOCK_TEXT_SIZE])
{
	clock_format(time, out);
	out[time == REGISTER_OPEN ? 0 : 10] = 0;
	return out;
}

int check_reference(struct db_tx *tx, enum register_kind kind, int64_t id, const struct statement *statement,
		    struct err *ret_err)
{
	static const char *const nouns[] = {[REGISTER_UNIT] = WORDS("unit"),
					    [REGISTER_PERSON] = WORDS("person"),
					    [REGISTER_ASSET] = WORDS("asset")};
	struct db_rows *rows =
		db_query(tx,
			 "SELECT count(*), min(valid_from), max(valid_to) FROM register_rows WHERE "
			 "thing = ?1 AND kind = ?2 AND superseded = " LIVE,
			 DB_ARGS(db_integer(id), db_integer(kind)));
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];
	int64_t count = 0, from = 0, to = 0;
	int r = db_next(rows);

	if (r > 0) {
		count = db_column_integer(rows, 0);
		from = db_column_integer(rows, 1);
		to = db_column_integer(rows, 2);
		r = db_next(rows);
	}
	if (r < 0)
		return r;
	if (!count)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0, "there is no %s %" PRId64, words_of(nouns[kind]),
			       id);
	if (from > statement->from || to < statement->to)
		statement_warn(statement, "the %s %" PRId64 " is not valid all that time: %s … %s",
			       words_of(nouns[kind]), id, day(from, first), day(to, last));
	return 0;
}

void like_pattern(struct str words, struct buf *out)
{
	if (!words.len)
		return;
	buf_add_char(out, '%');
	for (size_t i = 0; i < words.len; i++) {
		if (words.ptr[i] == '%' || words.ptr[i] == '_' || words.ptr[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, words.ptr[i]);
	}
	buf_add_char(out, '%');
}
