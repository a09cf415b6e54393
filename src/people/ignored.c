/* SPDX-License-Identifier: Apache-2.0 */
#include "people/ignored.h"

int ignored_add(struct db_tx *tx, const struct ignored *thing, int64_t *ret_id)
{
	int r = db_run(tx,
		       "UPDATE register_ignored SET ends = ?3 WHERE kind = ?1 AND value = ?2 AND ends > ?3",
		       DB_ARGS(db_integer(thing->kind), db_text(thing->value), db_integer(thing->said)));

	if (r >= 0)
		r = db_run(tx,
			   "INSERT INTO register_ignored (kind, value, said, until, ends, by_user, reason)"
			   " VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
			   DB_ARGS(db_integer(thing->kind), db_text(thing->value), db_integer(thing->said),
				   db_integer(thing->until), db_text(thing->by), db_text(thing->reason)));
	if (r >= 0)
		r = db_get_integer(tx, "SELECT last_insert_rowid()", DB_NONE, ret_id);
	return r < 0 ? r : 0;
}

int ignored_end(struct db_tx *tx, int64_t id, int64_t now)
{
	int r = db_run(tx, "UPDATE register_ignored SET ends = ?2 WHERE number = ?1 AND ends > ?2",
		       DB_ARGS(db_integer(id), db_integer(now)));

	if (r < 0)
		return r;
	return r ? 0 : ERR_END;
}

int ignored_holds(struct db_tx *tx, enum identifier_kind kind, struct str value, int64_t now)
{
	int64_t count = 0;
	int r = db_get_integer(
		tx, "SELECT count(*) FROM register_ignored WHERE kind = ?1 AND value = ?2 AND ends > ?3",
		DB_ARGS(db_integer(kind), db_text(value), db_integer(now)), &count);

	return r < 0 ? r : count > 0;
}

int ignored_list(struct db_tx *tx, enum identifier_kind kind, int64_t now, ignored_visit *visit,
		 void *context)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT number, value, said, until, by_user, reason FROM register_ignored"
			 " WHERE kind = ?1 AND ends > ?2 ORDER BY number DESC LIMIT ?3",
			 DB_ARGS(db_integer(kind), db_integer(now), db_integer(IGNORED_MAX)));
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		const struct ignored thing = {.id = db_column_integer(rows, 0),
					      .kind = kind,
					      .value = db_column_text(rows, 1),
					      .said = db_column_integer(rows, 2),
					      .until = db_column_integer(rows, 3),
					      .by = db_column_text(rows, 4),
					      .reason = db_column_text(rows, 5)};

		stop = visit(context, &thing);
	}
	return stop ? stop : r;
}
