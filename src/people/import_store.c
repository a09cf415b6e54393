/* SPDX-License-Identifier: Apache-2.0 */
/* What imports did, for taking them back and for knowing what a row without a version was based on. */
#include <inttypes.h>

#include "people/import_private.h"

/* version_before: of the thing as the import found it, 0 where it added it; version_after: as it left it.
   columns: bits of those of import_columns.c that it changed; they are only ever appended to. */
static const char tables[] =
	"CREATE TABLE register_imports ("
	"  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, file TEXT NOT NULL, token TEXT NOT NULL,"
	"  at INTEGER NOT NULL, by_user TEXT NOT NULL, valid_from INTEGER NOT NULL,"
	"  added INTEGER NOT NULL, changed INTEGER NOT NULL,"
	"  undone_at INTEGER NOT NULL DEFAULT 0, undone_by TEXT NOT NULL DEFAULT ''"
	") STRICT;"
	"CREATE TABLE register_import_things ("
	"  number INTEGER PRIMARY KEY, import INTEGER NOT NULL REFERENCES register_imports (id),"
	"  thing INTEGER NOT NULL, kind INTEGER NOT NULL, action INTEGER NOT NULL,"
	"  version_before INTEGER NOT NULL, version_after INTEGER NOT NULL, columns INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX register_import_things_by_import ON register_import_things (import, thing);"
	"CREATE INDEX register_import_things_by_thing ON register_import_things (thing, number);";

/* What the directory said last of each of its people. answer: the number of the last answer that named the
   person; missing: how many have not since. */
static const char directory[] =
	"CREATE TABLE register_directory ("
	"  key TEXT PRIMARY KEY, thing INTEGER NOT NULL,"
	"  number TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL, mail TEXT NOT NULL,"
	"  unit TEXT NOT NULL, answer INTEGER NOT NULL, missing INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX register_directory_by_thing ON register_directory (thing);";

static const char *const steps[] = {tables, directory};

const struct db_schema import_schema = {"register_import", steps, sizeof(steps) / sizeof(steps[0])};

int thing_version(struct db_tx *tx, int64_t thing, int64_t *ret_version)
{
	return db_get_integer(tx, "SELECT version FROM register_things WHERE id = ?1",
			      DB_ARGS(db_integer(thing)), ret_version);
}

int version_time(struct db_tx *tx, int64_t thing, int64_t version, int64_t *ret_at)
{
	return db_get_integer(
		tx,
		"SELECT at FROM register_changes WHERE thing = ?1 AND version <= ?2 ORDER BY number "
		"DESC LIMIT 1",
		DB_ARGS(db_integer(thing), db_integer(version)), ret_at);
}

int last_import(struct db_tx *tx, int64_t thing, int64_t *ret_version)
{
	return db_get_integer(
		tx,
		"SELECT t.version_after FROM register_import_things t JOIN register_imports i ON "
		"i.id = t.import WHERE t.thing = ?1 AND i.undone_at = 0 ORDER BY t.number DESC LIMIT 1",
		DB_ARGS(db_integer(thing)), ret_version);
}

int thing_span(struct db_tx *tx, int64_t thing, int64_t known, int64_t *ret_from, int64_t *ret_to)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT count(*), min(valid_from), max(valid_to) FROM register_rows r WHERE "
			 "thing = ?1 AND " IS_KNOWN("r", "?2"),
			 DB_ARGS(db_integer(thing), db_integer(known ? known : KNOWN_NOW)));
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	if (db_column_integer(rows, 0) == 0) {
		db_next(rows);
		return ERR_END;
	}
	*ret_from = db_column_integer(rows, 1);
	*ret_to = db_column_integer(rows, 2);
	r = db_next(rows);
	return r < 0 ? r : 0;
}

int import_begin(struct importing *importing, const char *token)
{
	const struct import_options *options = importing->options;
	int r = db_run(
		importing->tx,
		"INSERT INTO register_imports (kind, file, token, at, by_user, valid_from, added, changed) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0)",
		DB_ARGS(db_integer(options->kind), db_text(options->file), db_text(str_from(token)),
			db_integer(options->now), db_text(options->by), db_integer(options->from)));

	return r < 0 ? r
		     : db_get_integer(importing->tx, "SELECT last_insert_rowid()", DB_NONE,
				      &importing->import);
}

int import_finish(struct importing *importing, const struct import_summary *summary)
{
	return db_run(importing->tx, "UPDATE register_imports SET added = ?2, changed = ?3 WHERE id = ?1",
		      DB_ARGS(db_integer(importing->import), db_integer((int64_t)summary->counts[IMPORT_NEW]),
			      db_integer((int64_t)(summary->counts[IMPORT_CHANGED] +
						   summary->counts[IMPORT_CONFLICT]))));
}

int import_note(struct importing *importing, const struct import_def *def, int64_t thing,
		enum import_action action, int64_t version_before, unsigned columns)
{
	int64_t version_after = 0;
	int r = thing_version(importing->tx, thing, &version_after);

	if (r >= 0)
		r = db_run(importing->tx,
			   "INSERT INTO register_import_things (import, thing, kind, action, version_before, "
			   "version_after, columns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			   DB_ARGS(db_integer(importing->import), db_integer(thing), db_integer(def->kind),
				   db_integer(action), db_integer(version_before), db_integer(version_after),
				   db_integer(columns)));
	return r < 0 ? r : 0;
}

int import_list(struct db_tx *tx, int64_t cursor, unsigned limit, import_done_visit *visit, void *context)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT id, at, undone_at, kind, file, by_user, undone_by, added, changed "
			 "FROM register_imports WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
			 DB_ARGS(db_integer(cursor ? cursor : INT64_MAX), db_integer(limit)));
	int r, stopped = 0;

	while ((r = db_next(rows)) > 0 && !stopped) {
		const struct import_done done = {
			.import = db_column_integer(rows, 0),
			.at = db_column_integer(rows, 1),
			.undone_at = db_column_integer(rows, 2),
			.kind = (enum import_kind)db_column_integer(rows, 3),
			.file = db_column_text(rows, 4),
			.by = db_column_text(rows, 5),
			.undone_by = db_column_text(rows, 6),
			.added = db_column_integer(rows, 7),
			.changed = db_column_integer(rows, 8),
		};

		stopped = visit(context, &done);
	}
	return r < 0 ? r : stopped < 0 ? stopped : 0;
}
