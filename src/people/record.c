/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements about things. One about [from, to) supersedes every row of the thing that reaches into it; what
 * such a row says of the time before from and behind to is written again, as it was, under its old change. So
 * the rows that nothing supersedes never overlap, and every row that was ever in force can be read again.
 */
#include <inttypes.h>
#include <string.h>

#include "base/vec.h"
#include "people/private.h"

enum action { ACTION_ADD = 1, ACTION_UPDATE, ACTION_SPAN, ACTION_CLOSE };

struct row {
	int64_t row, content, from, to, change;
	struct db_value values[COLUMNS_MAX];
};

struct work {
	struct db_tx *tx;
	const struct content_def *def;
	int64_t thing, version; /* the new one */
	struct statement statement;
	struct arena *arena;
	struct {
		VEC_OF(struct row)
	} rows; /* that nothing supersedes, by time */
	struct err *err;
};

/* --- reading -------------------------------------------------------------------------------------------- */

static int read_thing(struct work *work)
{
	const struct statement *statement = &work->statement;
	int r = db_get_integer(work->tx, "SELECT version FROM register_things WHERE id = ?1 AND kind = ?2",
			       DB_ARGS(db_integer(work->thing), db_integer(work->def->kind)), &work->version);

	if (r == 0)
		return err_set(work->err, ERR_END, 0, 0, "there is no such %s", words_of(work->def->noun));
	if (r > 0 && statement->version && statement->version != work->version)
		return err_set(work->err, ERR_BUSY, 0, 0,
			       "somebody changed the %s meanwhile: it is of version %" PRId64 " now",
			       words_of(work->def->noun), work->version);
	work->version++;
	return r < 0 ? r : 0;
}

static int read_values(struct work *work, struct row *row)
{
	struct db_rows *rows = db_query(work->tx, work->def->select, DB_ARGS(db_integer(row->content)));
	int r = db_next(rows);

	if (r == 0)
		return ERR_CORRUPT;
	for (int i = 0; r > 0 && i < (int)work->def->columns; i++) {
		/* Every column is a number or a text that is not NULL; which of them, the insert said. */
		row->values[i] = work->def->is_text & 1u << i
					 ? db_text(arena_copy(work->arena, db_column_text(rows, i)))
					 : db_integer(db_column_integer(rows, i));
	}
	while (r > 0)
		r = db_next(rows);
	return r;
}

/* The rows in force that reach into [from, to). */
static int read_rows(struct work *work, int64_t from, int64_t to)
{
	struct db_rows *found = db_query(
		work->tx,
		"SELECT row, content, valid_from, valid_to, change FROM register_rows WHERE thing = ?1 "
		"AND superseded = " LIVE " AND valid_from < ?3 AND valid_to > ?2 ORDER BY valid_from",
		DB_ARGS(db_integer(work->thing), db_integer(from), db_integer(to)));
	int r;

	vec_clear(&work->rows);
	while ((r = db_next(found)) > 0) {
		struct row row = {db_column_integer(found, 0), db_column_integer(found, 1),
				  db_column_integer(found, 2), db_column_integer(found, 3),
				  db_column_integer(found, 4)};

		vec_push(&work->rows, row);
	}
	for (size_t i = 0; i < work->rows.len && r == 0; i++)
		r = read_values(work, &work->rows.items[i]);
	return r;
}

static int over_already(struct work *work)
{
	return err_set(work->err, ERR_END, 0, 0, "nothing is said of the %s for that time",
		       words_of(work->def->noun));
}

/* --- writing -------------------------------------------------------------------------------------------- */

static int last_row(struct db_tx *tx, int64_t *ret_row)
{
	int r = db_get_integer(tx, "SELECT last_insert_rowid()", DB_NONE, ret_row);

	return r < 0 ? r : 0;
}

static int write_change(struct work *work, enum action action, int64_t from, int64_t to, int64_t *ret_number)
{
	const struct statement *statement = &work->statement;
	int r;

	if (from < statement->now - REGISTER_GRACE && !str_trim(statement->reason).len)
		return err_set(work->err, ERR_DENIED, 0, 0,
			       "this changes what was so before now: give a reason");
	r = db_run(work->tx,
		   "INSERT INTO register_changes (thing, version, action, at, by_user, reason, valid_from, "
		   "valid_to, past) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		   DB_ARGS(db_integer(work->thing), db_integer(work->version), db_integer(action),
			   db_integer(statement->now), db_text(statement->by), db_text(statement->reason),
			   db_integer(from), db_integer(to), db_integer(from < statement->now)));
	return r < 0 ? r : last_row(work->tx, ret_number);
}

static int write_row(struct work *work, int64_t content, int64_t from, int64_t to, int64_t change)
{
	int r = 0;

	if (from < to)
		r = db_run(work->tx,
			   "INSERT INTO register_rows (thing, kind, content, valid_from, valid_to, recorded, "
			   "change) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			   DB_ARGS(db_integer(work->thing), db_integer(work->def->kind), db_integer(content),
				   db_integer(from), db_integer(to), db_integer(work->statement.now),
				   db_integer(change)));
	return r < 0 ? r : 0;
}

static int write_content(struct work *work, const struct db_value *values, int64_t *ret_content)
{
	int r = db_run(work->tx, work->def->insert, values, work->def->columns);

	if (r >= 0)
		r = last_row(work->tx, ret_content);
	if (r == 0 && work->def->index)
		r = work->def->index(work->tx, *ret_content, values);
	return r;
}

static int supersede(struct work *work, const struct row *row)
{
	int r = db_run(work->tx, "UPDATE register_rows SET superseded = ?2 WHERE row = ?1",
		       DB_ARGS(db_integer(row->row), db_integer(work->statement.now)));

	return r < 0 ? r : 0;
}

/* Behind the last row that is written of a content. */
static int unindex(struct work *work, const struct row *row)
{
	return work->def->unindex ? work->def->unindex(work->tx, row->content) : 0;
}

/* Takes [from, to) out of a row. */
static int cut(struct work *work, const struct row *row, int64_t from, int64_t to)
{
	int r = supersede(work, row);

	if (r == 0)
		r = write_row(work, row->content, row->from, from, row->change);
	if (r == 0)
		r = write_row(work, row->content, to, row->to, row->change);
	return r == 0 ? unindex(work, row) : r;
}

static int write_version(struct work *work)
{
	int r = db_run(work->tx, "UPDATE register_things SET version = ?2 WHERE id = ?1",
		       DB_ARGS(db_integer(work->thing), db_integer(work->version)));

	return r < 0 ? r : 0;
}

/* --- the four statements -------------------------------------------------------------------------------- */

static int begin(struct work *work)
{
	int r;

	work->arena = arena_new(4096);
	must(work->arena);
	r = statement_complete(work->tx, &work->statement, &work->statement);
	if (r == 0 && work->statement.from >= work->statement.to)
		r = err_set(work->err, ERR_RANGE, 0, 0, "it ends before it begins");
	if (r == 0 && work->thing)
		r = read_thing(work);
	return r;
}

static int end(struct work *work, int r)
{
	vec_done(&work->rows);
	arena_free(work->arena);
	if (r < 0 && work->err && !work->err->message[0])
		err_set(work->err, r, 0, 0, "%s", err_text(r));
	return r;
}

static int add(struct work *work, const struct db_value *values)
{
	const struct statement *statement = &work->statement;
	int64_t content = 0, change = 0;
	int r = work->def->check(work->tx, 0, values, statement, work->err);

	if (r == 0)
		r = db_run(work->tx, "INSERT INTO register_things (kind, version) VALUES (?1, 1)",
			   DB_ARGS(db_integer(work->def->kind)));
	if (r >= 0)
		r = last_row(work->tx, &work->thing);
	work->version = 1;
	if (r == 0)
		r = write_change(work, ACTION_ADD, statement->from, statement->to, &change);
	if (r == 0)
		r = write_content(work, values, &content);
	return r == 0 ? write_row(work, content, statement->from, statement->to, change) : r;
}

int record_add(struct db_tx *tx, const struct content_def *def, const struct db_value *values,
	       const struct statement *statement, int64_t *ret_thing, struct err *ret_err)
{
	struct work work = {.tx = tx, .def = def, .statement = *statement, .err = ret_err};
	int r = begin(&work);

	if (r == 0)
		r = add(&work, values);
	if (r == 0)
		*ret_thing = work.thing;
	return end(&work, r);
}

static bool same(const struct db_value *a, const struct db_value *b)
{
	return a->type == b->type && a->integer == b->integer && str_eq(a->text, b->text);
}

static bool same_members(const struct work *work, const struct db_value *a, const struct db_value *b,
			 unsigned members)
{
	for (size_t i = 0; i < work->def->columns; i++)
		if (members & 1u << i && !same(&a[i], &b[i]))
			return false;
	return true;
}

/* How many of the rows a change without an end is about: those that follow one another and agree so far. */
static size_t reach(const struct work *work, unsigned members)
{
	const struct row *rows = work->rows.items;
	size_t n = 1;

	while (n < work->rows.len && rows[n].from == rows[n - 1].to &&
	       same_members(work, rows[0].values, rows[n].values, members))
		n++;
	return n;
}

static int replace(struct work *work, const struct row *row, const struct db_value *values, int64_t from,
		   int64_t to, int64_t change)
{
	int64_t content;
	int r = write_content(work, values, &content);

	if (r == 0)
		r = write_row(work, content, from, to, change);
	return r == 0 ? cut(work, row, from, to) : r;
}

static int update_row(struct work *work, const struct row *row, const struct db_value *values,
		      unsigned members, int64_t *change)
{
	struct statement piece = work->statement;
	struct db_value merged[COLUMNS_MAX];
	int r;

	if (same_members(work, row->values, values, members))
		return 0;
	for (size_t i = 0; i < work->def->columns; i++)
		merged[i] = members & 1u << i ? values[i] : row->values[i];
	piece.from = row->from > piece.from ? row->from : piece.from;
	piece.to = row->to < piece.to ? row->to : piece.to;
	r = work->def->check(work->tx, work->thing, merged, &piece, work->err);
	if (r == 0 && !*change)
		r = write_change(work, ACTION_UPDATE, piece.from, work->statement.to, change);
	return r == 0 ? replace(work, row, merged, piece.from, piece.to, *change) : r;
}

static int update(struct work *work, const struct db_value *values, unsigned members, bool open)
{
	struct statement *statement = &work->statement;
	int64_t change = 0;
	size_t count;
	int r = read_rows(work, statement->from, statement->to);

	if (r < 0)
		return r;
	if (!work->rows.len)
		return over_already(work);
	count = open ? reach(work, members) : work->rows.len;
	if (open && count < work->rows.len)
		statement_warn(statement, "a later state of the %s, which says otherwise, stays",
			       words_of(work->def->noun));
	if (work->rows.items[count - 1].to < statement->to)
		statement->to = work->rows.items[count - 1].to;
	for (size_t i = 0; i < count && r == 0; i++)
		r = update_row(work, &work->rows.items[i], values, members, &change);
	return r == 0 && change ? write_version(work) : r;
}

int record_update(struct db_tx *tx, const struct content_def *def, int64_t thing,
		  const struct db_value *values, unsigned members, const struct statement *statement,
		  struct err *ret_err)
{
	struct work work = {.tx = tx, .def = def, .thing = thing, .statement = *statement, .err = ret_err};
	int r = begin(&work);

	if (r == 0)
		r = update(&work, values, members, statement->to == 0);
	return end(&work, r);
}

/* Takes [from, to) out of all rows: the thing's end where behind it is nothing, or its beginning. */
static int cut_off(struct work *work, enum action action, int64_t from, int64_t to)
{
	int64_t change;
	int r = read_rows(work, from, to);

	if (r == 0 && !work->rows.len)
		r = over_already(work);
	if (r < 0)
		return r;
	from = work->rows.items[0].from > from ? work->rows.items[0].from : from;
	to = work->rows.items[work->rows.len - 1].to < to ? work->rows.items[work->rows.len - 1].to : to;
	r = write_change(work, action, from, to, &change);
	for (size_t i = 0; i < work->rows.len && r == 0; i++)
		r = cut(work, &work->rows.items[i], from, to);
	return r;
}

static int close_at(struct work *work, enum action action)
{
	int r = cut_off(work, action, work->statement.from, REGISTER_OPEN);

	return r == 0 && work->def->end ? work->def->end(work->tx, work->thing, &work->statement, work->err)
					: r;
}

int record_close(struct db_tx *tx, const struct content_def *def, int64_t thing,
		 const struct statement *statement, struct err *ret_err)
{
	struct work work = {.tx = tx, .def = def, .thing = thing, .statement = *statement, .err = ret_err};
	int r;

	work.statement.to = 0;
	r = begin(&work);
	if (r == 0)
		r = close_at(&work, ACTION_CLOSE);
	if (r == 0)
		r = write_version(&work);
	return end(&work, r);
}

/* A row of the thing's border, which holds [from, to) as well from now on. */
static int stretch(struct work *work, const struct row *row, int64_t from, int64_t to)
{
	struct statement piece = work->statement;
	int64_t change = 0;
	int r;

	piece.from = from;
	piece.to = to;
	r = work->def->check(work->tx, work->thing, row->values, &piece, work->err);
	if (r == 0)
		r = write_change(work, ACTION_SPAN, from, to, &change);
	if (r == 0)
		r = supersede(work, row);
	return r == 0 ? write_row(work, row->content, from < row->from ? from : row->from,
				  to > row->to ? to : row->to, change)
		      : r;
}

static int set_span(struct work *work, const struct register_span *span)
{
	struct row first, last;
	int r = read_rows(work, INT64_MIN, REGISTER_OPEN);

	if (r == 0 && !work->rows.len)
		r = over_already(work);
	if (r < 0 || !work->rows.len)
		return r;
	first = work->rows.items[0];
	last = work->rows.items[work->rows.len - 1];
	if ((span->from ? *span->from : first.from) >= (span->to ? *span->to : last.to))
		return err_set(work->err, ERR_RANGE, 0, 0, "it ends before it begins");
	if (span->from && *span->from < first.from)
		r = stretch(work, &first, *span->from, first.from);
	if (r == 0 && span->to && *span->to > last.to) {
		r = read_rows(work, last.to - 1, REGISTER_OPEN); /* it may be the first, too */
		if (r == 0)
			r = stretch(work, &work->rows.items[0], last.to, *span->to);
	}
	if (r == 0 && span->from && *span->from > first.from)
		r = cut_off(work, ACTION_SPAN, first.from, *span->from);
	work->statement.from = span->to ? *span->to : 0;
	return r == 0 && span->to && *span->to < last.to ? close_at(work, ACTION_SPAN) : r;
}

int record_span(struct db_tx *tx, const struct content_def *def, int64_t thing,
		const struct register_span *span, const struct statement *statement, struct err *ret_err)
{
	struct work work = {.tx = tx, .def = def, .thing = thing, .statement = *statement, .err = ret_err};
	int r;

	work.statement.from = work.statement.to = 0;
	r = begin(&work);
	if (r == 0)
		r = set_span(&work, span);
	if (r == 0)
		r = write_version(&work);
	return end(&work, r);
}

/* --- what was said, and when ---------------------------------------------------------------------------- */

int register_history(struct db_tx *tx, int64_t thing, register_change_visit *visit, void *context)
{
	static const char *const actions[] = {[ACTION_ADD] = "add",
					      [ACTION_UPDATE] = "update",
					      [ACTION_SPAN] = "span",
					      [ACTION_CLOSE] = "close"};
	struct db_rows *rows = db_query(
		tx,
		"SELECT thing, version, at, valid_from, valid_to, action, by_user, reason, past FROM "
		"register_changes WHERE thing = ?1 ORDER BY number DESC",
		DB_ARGS(db_integer(thing)));
	int r;

	while ((r = db_next(rows)) > 0) {
		int64_t action = db_column_integer(rows, 5);
		struct register_change change = {
			.thing = db_column_integer(rows, 0),
			.version = db_column_integer(rows, 1),
			.at = db_column_integer(rows, 2),
			.from = db_column_integer(rows, 3),
			.to = db_column_integer(rows, 4),
			.action = action >= ACTION_ADD && action <= ACTION_CLOSE ? actions[action] : "",
			.by = db_column_text(rows, 6),
			.reason = db_column_text(rows, 7),
			.past = db_column_integer(rows, 8) != 0,
		};

		if ((r = visit(context, &change)) != 0)
			return r;
	}
	return r;
}

int register_latest(struct db_tx *tx, int64_t *ret_number)
{
	int64_t number = 0;
	int r = db_get_integer(tx, "SELECT max(number) FROM register_changes", DB_NONE, &number);

	if (r >= 0)
		*ret_number = number;
	return r < 0 ? r : 0;
}
