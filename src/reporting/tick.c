/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "reporting/duties.h"

#define INCIDENTS_STEP 200 /* in one transaction */
#define STEPS_MAX 50       /* in one call: the rest at the next */

struct ids {
	VEC_OF(int64_t)
};

/* Open incidents that changed since we saw them, and those we know as open that are not any more. The tables
   of cases are read, not changed: to go through all incidents a minute would cost more than to look where
   versions differ. */
static int find_changed(struct db_tx *tx, struct ids *ids)
{
	struct db_rows *rows = db_query(
		tx,
		"SELECT i.id FROM incidents AS i LEFT JOIN reporting_incidents AS r ON r.incident = i.id"
		" WHERE i.status < 4 AND r.version IS NOT i.version"
		" UNION ALL SELECT i.id FROM reporting_incidents AS r JOIN incidents AS i ON"
		" i.id = r.incident WHERE r.settled = 0 AND i.status >= 4 LIMIT ?",
		DB_ARGS(db_integer(INCIDENTS_STEP)));
	int r;

	while ((r = db_next(rows)) > 0)
		vec_push(ids, db_column_integer(rows, 0));
	return r;
}

struct tables {
	const struct reporting *reporting;
	struct arena *arena;
	struct deadlines *deadlines; /* NULL: not read yet */
};

static int make_one(struct db_tx *tx, struct tables *tables, int64_t incident, int64_t now,
		    struct err *ret_err)
{
	struct subject subject;
	bool changed = false;
	int r = subject_read(tx, incident, now, &subject);

	if (r == 0)
		r = subject_changed(tx, &subject, &changed);
	if (r == 0 && changed && !tables->deadlines)
		r = deadlines_load(tables->reporting->folder, tables->reporting->own, tables->arena,
				   &tables->deadlines, ret_err);
	if (r == 0 && changed)
		r = duties_make(tx, tables->deadlines, &subject, now);
	if (r == 0)
		r = duties_seen(tx, &subject);
	subject_done(&subject);
	return r;
}

/* The number of incidents looked at, or a negative code. */
static int make_some(struct db *db, struct tables *tables, int64_t now, struct err *ret_err)
{
	struct ids ids = {0};
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	r = db_end(tx, find_changed(tx, &ids));
	if (r == 0 && ids.len)
		r = db_begin(db, DB_WRITE, &tx);
	if (r == 0 && ids.len) {
		for (size_t i = 0; i < ids.len && r == 0; i++)
			r = make_one(tx, tables, ids.items[i], now, ret_err);
		r = db_end(tx, r);
	}
	r = r < 0 ? r : (int)ids.len;
	vec_done(&ids);
	return r;
}

static int warn_some(struct db *db, const struct reporting *reporting, int64_t now)
{
	struct db_tx *tx;
	int64_t due = 0;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	r = db_end(tx,
		   db_get_integer(tx,
				  "SELECT 1 FROM reporting_duties WHERE state = 1 AND next > 0 AND next <= ?"
				  " LIMIT 1",
				  DB_ARGS(db_integer(now)), &due));
	if (r < 0 || !due)
		return r;
	r = db_begin(db, DB_WRITE, &tx);
	return r < 0 ? r : db_end(tx, duties_warn(tx, reporting, now));
}

int reporting_tick(struct db *db, const struct reporting *reporting, int64_t now, struct err *ret_err)
{
	struct tables tables = {.reporting = reporting, .arena = arena_new(0)};
	struct err err = {0};
	int r = INCIDENTS_STEP, warned;

	for (int i = 0; i < STEPS_MAX && r == INCIDENTS_STEP; i++)
		r = make_some(db, &tables, now, &err);
	arena_free(tables.arena);
	/* Clocks that run are warned of even where the tables cannot be read. */
	warned = warn_some(db, reporting, now);
	if (r >= 0 && warned < 0)
		r = warned;
	if (r >= 0)
		return 0;
	if (!err.message[0])
		err_set(&err, r, 0, 0, "%s", err_text(r));
	if (ret_err)
		*ret_err = err;
	return r;
}
