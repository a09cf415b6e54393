/* SPDX-License-Identifier: Apache-2.0 */
#include "people/directory.h"

#include <stdio.h>

#include "people/import_private.h"

#define CLOSED_SHARE 5 /* at most one in five */

/* The columns of a row, in this order. */
static const int columns[] = {C_ID, P_NUMBER, P_NAME, P_PHONE, P_MAIL, P_UNIT};
enum { AT_ID, AT_NUMBER, AT_NAME, AT_PHONE, AT_MAIL, AT_UNIT, AT_COUNT };

struct merging {
	struct importing importing;
	const struct directory_options *options;
	struct directory_summary summary;
	int64_t answer; /* the number of this one */
};

/* --- what the directory said last
 * --------------------------------------------------------------------------- */

int directory_said(struct importing *importing, int64_t thing, struct import_cell *cells, bool *ret_known)
{
	struct db_rows *rows =
		db_query(importing->tx,
			 "SELECT number, name, phone, mail, unit FROM register_directory WHERE "
			 "thing = ?1",
			 DB_ARGS(db_integer(thing)));
	struct str texts[AT_COUNT] = {0};
	int r = db_next(rows);

	if (r <= 0)
		return r;
	for (int i = AT_NUMBER; i < AT_COUNT; i++)
		texts[i] = arena_copy(importing->arena, db_column_text(rows, i - 1));
	r = db_next(rows);
	for (int i = AT_NUMBER; i < AT_COUNT && r >= 0; i++) {
		struct import_cell *cell = &cells[columns[i]];

		if (import_cell_read(importing, &person_columns[columns[i]], texts[i], cell, NULL) < 0)
			*cell = (struct import_cell){0}; /* a unit that is no more */
	}
	*ret_known = r >= 0;
	return r;
}

static int remember(struct merging *merging, const struct directory_person *person, int64_t thing)
{
	int r = db_run(
		merging->importing.tx,
		"INSERT INTO register_directory (key, thing, number, name, phone, mail, unit, answer, "
		"missing) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0) ON CONFLICT (key) DO UPDATE SET thing = "
		"?2, number = ?3, name = ?4, phone = ?5, mail = ?6, unit = ?7, answer = ?8, missing = 0",
		DB_ARGS(db_text(person->key), db_integer(thing), db_text(person->number),
			db_text(person->name), db_text(person->phone), db_text(person->mail),
			db_text(person->unit), db_integer(merging->answer)));

	return r < 0 ? r : 0;
}

static int seen(struct merging *merging, struct str key)
{
	int r = db_run(merging->importing.tx,
		       "UPDATE register_directory SET answer = ?2, missing = 0 WHERE key = ?1",
		       DB_ARGS(db_text(key), db_integer(merging->answer)));

	return r < 0 ? r : 0;
}

/* --- units
 * -------------------------------------------------------------------------------------------------- */

/* Whether the register has the unit, or has it now. */
static int find_unit(struct merging *merging, struct str name, bool *ret_found)
{
	struct importing *importing = &merging->importing;
	const struct register_view view = {.time = importing->view_time};
	const struct unit unit = {.name = name, .kind = UNIT_OTHER};
	int64_t id;
	int r = unit_find(importing->tx, name, &view, &id);

	*ret_found = r == 0;
	if (r != ERR_END || !merging->options->add_units)
		return r == ERR_END || r == ERR_DUPLICATE ? 0 : r;
	r = unit_add(importing->tx, &unit, &importing->statement, &id, NULL);
	*ret_found = r == 0;
	merging->summary.units += r == 0;
	return r == ERR_RANGE ? 0 : r;
}

/* --- people
 * ------------------------------------------------------------------------------------------------- */

/* 1: it is there; 2: it is over, by a person's decision, and stays so. */
static int find_known(struct merging *merging, struct str key, int64_t *ret_thing)
{
	int64_t from, to;
	int r = db_get_integer(merging->importing.tx, "SELECT thing FROM register_directory WHERE key = ?1",
			       DB_ARGS(db_text(key)), ret_thing);

	if (r <= 0)
		return r;
	r = thing_span(merging->importing.tx, *ret_thing, 0, &from, &to);
	if (r == ERR_END || (r == 0 && to <= merging->importing.view_time))
		return 2;
	return r < 0 ? r : 1;
}

static void count_row(struct merging *merging, const struct import_row *row)
{
	struct directory_summary *summary = &merging->summary;

	summary->added += row->verdict == IMPORT_NEW;
	summary->changed += row->verdict == IMPORT_CHANGED;
	summary->kept += row->verdict == IMPORT_CONFLICT;
	if (row->verdict != IMPORT_ERROR)
		return;
	summary->failed++;
	for (size_t i = 0; i < row->count && !summary->message[0]; i++)
		if (row->remarks[i].kind == REMARK_ERROR)
			snprintf(summary->message, sizeof(summary->message), "%.*s: %.*s",
				 (int)(row->label.len < 60 ? row->label.len : 60), row->label.ptr,
				 (int)(row->remarks[i].message.len < 160 ? row->remarks[i].message.len : 160),
				 row->remarks[i].message.ptr);
}

static int merge_person(struct merging *merging, const struct directory_person *person, unsigned line)
{
	struct importing *importing = &merging->importing;
	struct import_row *row = arena_struct(importing->arena, struct import_row);
	struct directory_person taken = *person;
	struct str texts[AT_COUNT] = {{0},           person->number, person->name,
				      person->phone, person->mail,   person->unit};
	int64_t thing = 0;
	bool has_unit = true;
	int r = find_known(merging, person->key, &thing);

	if (r == 2)
		return seen(merging, person->key);
	if (r == 1)
		texts[AT_ID] = arena_printf(importing->arena, "%lld", (long long)thing);
	if (r >= 0 && person->unit.len)
		r = find_unit(merging, person->unit, &has_unit);
	row->line = line;
	if (r >= 0)
		r = import_row(importing, texts, columns, has_unit ? AT_COUNT : AT_UNIT, row);
	if (r < 0)
		return r;
	count_row(merging, row);
	if (row->verdict == IMPORT_ERROR) /* as if it had said nothing new */
		return thing ? seen(merging, person->key) : 0;
	if (!has_unit) /* said anew when the register has it */
		taken.unit = (struct str){0};
	return remember(merging, &taken, row->thing);
}

/* --- those it names no more
 * ---------------------------------------------------------------------------------- */

static int close_thing(struct merging *merging, int64_t thing)
{
	struct importing *importing = &merging->importing;
	int64_t version = 0, from, to;
	int r = thing_span(importing->tx, thing, 0, &from, &to);

	if (r == ERR_END || (r == 0 && to <= importing->view_time))
		return 0; /* over already */
	if (r == 0)
		r = thing_version(importing->tx, thing, &version);
	if (r >= 0)
		r = person_close(importing->tx, thing, &importing->statement, NULL);
	merging->summary.closed += r >= 0;
	return r < 0 ? r
		     : import_note(importing, import_def_of(REGISTER_PERSON), thing, IMPORT_UPDATED, version,
				   1u << P_TO);
}

static int close_all(struct merging *merging)
{
	struct {
		VEC_OF(int64_t)
	} things = {0};
	unsigned missing = merging->options->missing ? merging->options->missing : DIRECTORY_MISSING_DEFAULT;
	struct db_rows *rows =
		db_query(merging->importing.tx, "SELECT thing FROM register_directory WHERE missing >= ?1",
			 DB_ARGS(db_integer(missing)));
	int64_t known = 0;
	int r;

	while ((r = db_next(rows)) > 0)
		vec_push(&things, db_column_integer(rows, 0));
	if (r >= 0)
		r = db_get_integer(merging->importing.tx, "SELECT count(*) FROM register_directory", DB_NONE,
				   &known);
	merging->summary.stopped = things.len * CLOSED_SHARE > (size_t)known;
	for (size_t i = 0; i < things.len && r >= 0 && !merging->summary.stopped; i++)
		r = close_thing(merging, things.items[i]);
	if (r >= 0 && !merging->summary.stopped)
		r = db_run(merging->importing.tx, "DELETE FROM register_directory WHERE missing >= ?1",
			   DB_ARGS(db_integer(missing)));
	vec_done(&things);
	return r < 0 ? r : 0;
}

static int close_missing(struct merging *merging)
{
	struct db_tx *tx = merging->importing.tx;
	int r = db_run(tx, "UPDATE register_directory SET missing = missing + 1 WHERE answer < ?1",
		       DB_ARGS(db_integer(merging->answer)));

	if (r >= 0)
		merging->summary.missing = (size_t)r;
	return r > 0 ? close_all(merging) : r;
}

/* --- all of it
 * ---------------------------------------------------------------------------------------------- */

static int merge_all(struct merging *merging, const struct directory_person *people, size_t count)
{
	struct importing *importing = &merging->importing;
	struct import_summary done = {0};
	int r = db_get_integer(importing->tx, "SELECT coalesce(max(answer), 0) + 1 FROM register_directory",
			       DB_NONE, &merging->answer);

	if (r >= 0)
		r = import_begin(importing, "");
	for (size_t i = 0; i < count && r >= 0; i++)
		if (people[i].key.len && people[i].name.len)
			r = merge_person(merging, &people[i], (unsigned)i + 1);
	if (r >= 0)
		r = close_missing(merging);
	done.counts[IMPORT_NEW] = merging->summary.added;
	done.counts[IMPORT_CHANGED] = merging->summary.changed + merging->summary.closed;
	if (r >= 0 && !done.counts[IMPORT_NEW] && !done.counts[IMPORT_CHANGED]) /* nothing to take back */
		r = db_run(importing->tx,
			   "DELETE FROM register_imports WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM "
			   "register_import_things WHERE import = ?1)",
			   DB_ARGS(db_integer(importing->import)));
	else if (r >= 0)
		r = import_finish(importing, &done);
	return r < 0 ? r : 0;
}

int directory_merge(struct db *db, const struct directory_person *people, size_t count,
		    const struct directory_options *options, struct directory_summary *ret_summary,
		    struct err *ret_err)
{
	const struct import_options import = {.kind = IMPORT_PEOPLE,
					      .file = STR("LDAP"),
					      .by = STR(DIRECTORY_BY),
					      .now = options->now,
					      .on_conflict = IMPORT_KEEP};
	struct merging merging = {.options = options,
				  .importing = {.arena = arena_new(0),
						.options = &import,
						.def = &import_defs[IMPORT_PEOPLE],
						.view_time = options->now,
						.base = directory_said,
						.statement = {.now = options->now,
							      .by = import.by,
							      .reason = STR("the directory says so")}}};
	int r;

	must(merging.importing.arena);
	if (count > DIRECTORY_PEOPLE_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d people", DIRECTORY_PEOPLE_MAX);
	merging.summary.people = count;
	r = db_begin(db, DB_WRITE, &merging.importing.tx);
	if (r == 0) {
		merging.importing.seen = map_new();
		r = db_end(merging.importing.tx, merge_all(&merging, people, count));
		map_free(merging.importing.seen);
	}
	arena_free(merging.importing.arena);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s", err_text(r));
	*ret_summary = merging.summary;
	return 0;
}
