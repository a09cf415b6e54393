/* SPDX-License-Identifier: Apache-2.0 */
/* An import taken back: corrections of all that it stated, if nothing was stated upon it since. */
#include <inttypes.h>

#include "people/import_private.h"

struct done {
	int64_t thing, before, after;
	const struct import_def *def;
	enum import_action action;
	unsigned columns;
};

struct undoing {
	struct importing importing;
	struct import_options options;
	struct {
		VEC_OF(struct done)
	} things; /* latest first */
};

static int read_import(struct undoing *undoing, struct err *ret_err)
{
	struct db_rows *rows = db_query(
		undoing->importing.tx, "SELECT undone_at, valid_from, at FROM register_imports WHERE id = ?1",
		DB_ARGS(db_integer(undoing->importing.import)));
	int r = db_next(rows);
	int64_t undone = 0, from = 0, at = 0;

	if (r == 0)
		return err_set(ret_err, ERR_END, 0, 0, "there is no such import");
	if (r > 0) {
		undone = db_column_integer(rows, 0);
		from = db_column_integer(rows, 1);
		at = db_column_integer(rows, 2);
		r = db_next(rows);
	}
	if (r >= 0 && undone)
		return err_set(ret_err, ERR_DENIED, 0, 0, "the import was taken back already");
	undoing->options.from = from;
	undoing->importing.view_time = from ? from : at;
	return r;
}

static int read_things(struct undoing *undoing)
{
	struct db_rows *rows =
		db_query(undoing->importing.tx,
			 "SELECT thing, version_before, version_after, kind, action, columns FROM "
			 "register_import_things WHERE import = ?1 ORDER BY number DESC",
			 DB_ARGS(db_integer(undoing->importing.import)));
	int r;

	while ((r = db_next(rows)) > 0) {
		struct done done = {db_column_integer(rows, 0),
				    db_column_integer(rows, 1),
				    db_column_integer(rows, 2),
				    import_def_of((enum register_kind)db_column_integer(rows, 3)),
				    (enum import_action)db_column_integer(rows, 4),
				    (unsigned)db_column_integer(rows, 5)};

		if (!done.def)
			return ERR_CORRUPT;
		vec_push(&undoing->things, done);
	}
	return r;
}

/* That nothing was said of these things since, and nothing that names one of them. */
static int check_built_upon(struct undoing *undoing, struct err *ret_err)
{
	static const char changed[] =
		"SELECT t.thing FROM register_import_things t JOIN register_things g ON g.id = t.thing WHERE "
		"t.import = ?1 AND g.version > (SELECT max(version_after) FROM register_import_things WHERE "
		"import "
		"= ?1 AND thing = t.thing) LIMIT 1";
	static const char named[] =
		"WITH added (thing) AS (SELECT thing FROM register_import_things WHERE import = ?1 AND "
		"action = 1), "
		"live (kind, content, thing) AS (SELECT kind, content, thing FROM register_rows WHERE "
		"superseded "
		"= " LIVE " AND thing NOT IN (SELECT thing FROM register_import_things WHERE import = ?1)) "
		"SELECT a.thing FROM added a JOIN register_units u ON u.parent = a.thing JOIN live l ON "
		"l.kind = 1 "
		"AND l.content = u.content UNION ALL SELECT a.thing FROM added a JOIN register_persons p ON "
		"p.unit = a.thing JOIN live l ON l.kind = 2 AND l.content = p.content UNION ALL SELECT "
		"a.thing "
		"FROM added a JOIN register_assets s ON s.unit = a.thing JOIN live l ON l.kind = 4 AND "
		"l.content = "
		"s.content UNION ALL SELECT a.thing FROM added a JOIN register_duties d ON a.thing IN "
		"(d.person, "
		"d.unit, d.asset) JOIN live l ON l.kind = 3 AND l.content = d.content LIMIT 1";
	static const struct {
		const char *sql, *what;
	} checks[] = {{changed, WORDS("changed since")},
		      {named, WORDS("used by something that was added since")}};
	int64_t thing;
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0; i++) {
		r = db_get_integer(undoing->importing.tx, checks[i].sql,
				   DB_ARGS(db_integer(undoing->importing.import)), &thing);
		if (r > 0)
			return err_set(ret_err, ERR_DENIED, 0, 0,
				       "the import cannot be taken back: number %" PRId64 " was %s", thing,
				       words_of(checks[i].what));
	}
	return r;
}

static int undo_added(struct undoing *undoing, const struct done *done, struct err *ret_err)
{
	struct statement statement = undoing->importing.statement;
	int64_t to;
	int r = thing_span(undoing->importing.tx, done->thing, 0, &statement.from, &to);

	if (r == ERR_END) /* it ended with another */
		return 0;
	return r < 0 ? r : done->def->close(undoing->importing.tx, done->thing, &statement, ret_err);
}

static int undo_span(struct undoing *undoing, const struct done *done, int64_t known, struct err *ret_err)
{
	struct db_tx *tx = undoing->importing.tx;
	int64_t from, to, from_now, to_now;
	int r = thing_span(tx, done->thing, known, &from, &to);

	if (r == 0)
		r = thing_span(tx, done->thing, 0, &from_now, &to_now);
	if (r == 0 && (from != from_now || to != to_now)) {
		const struct register_span span = {&from, &to};

		r = done->def->span(tx, done->thing, &span, &undoing->importing.statement, ret_err);
	}
	return r;
}

static int undo_changed(struct undoing *undoing, const struct done *done, struct err *ret_err)
{
	struct importing *importing = &undoing->importing;
	const struct import_def *def = done->def;
	struct import_cell cells[IMPORT_COLUMNS_MAX] = {0};
	struct register_view view = {.time = importing->view_time};
	struct statement statement = importing->statement;
	unsigned members = 0;
	int64_t from = 0, to = 0;
	int r = version_time(importing->tx, done->thing, done->before, &view.known);

	for (size_t i = 0; i < def->count; i++)
		members |= done->columns & 1u << i ? def->columns[i].member : 0;
	if (r >= 0)
		r = undo_span(undoing, done, view.known, ret_err);
	if (r == 0 && members)
		r = thing_span(importing->tx, done->thing, 0, &from, &to);
	if (r < 0 || !members)
		return r;
	if (view.time < from)
		view.time = from;
	statement.from = view.time;
	r = def->get(importing, done->thing, &view, cells);
	return r < 0 ? r : def->update(importing, done->thing, cells, members, &statement, ret_err);
}

static int undo_thing(struct undoing *undoing, struct done done, struct err *ret_err)
{
	return done.action == IMPORT_ADDED ? undo_added(undoing, &done, ret_err)
					   : undo_changed(undoing, &done, ret_err);
}

static int undo_all(struct undoing *undoing, struct err *ret_err)
{
	struct importing *importing = &undoing->importing;
	int r = read_import(undoing, ret_err);

	if (r >= 0)
		r = check_built_upon(undoing, ret_err);
	if (r >= 0)
		r = read_things(undoing);
	for (size_t i = 0; i < undoing->things.len && r >= 0; i++)
		r = undo_thing(undoing, undoing->things.items[i], ret_err);
	if (r >= 0)
		r = db_run(importing->tx,
			   "UPDATE register_imports SET undone_at = ?2, undone_by = ?3 WHERE id = ?1",
			   DB_ARGS(db_integer(importing->import), db_integer(importing->statement.now),
				   db_text(importing->statement.by)));
	return r < 0 ? r : 0;
}

int import_undo(struct db *db, int64_t import, struct str by, int64_t now, struct err *ret_err)
{
	struct undoing undoing = {.importing = {.arena = arena_new(0), .import = import},
				  .options = {.by = by, .now = now}};
	int r;

	must(undoing.importing.arena);
	undoing.importing.options = &undoing.options;
	undoing.importing.statement = (struct statement){
		.now = now,
		.by = by,
		.reason = arena_printf(undoing.importing.arena, "import %" PRId64 " was taken back", import)};
	r = db_begin(db, DB_WRITE, &undoing.importing.tx);
	if (r == 0)
		r = db_end(undoing.importing.tx, undo_all(&undoing, ret_err));
	vec_done(&undoing.things);
	arena_free(undoing.importing.arena);
	if (r < 0 && ret_err && !ret_err->message[0])
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	return r < 0 ? r : 0;
}
