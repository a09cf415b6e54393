/* SPDX-License-Identifier: Apache-2.0 */
#include "duty/log.h"
#include "duty/private.h"

int duty_log_add(struct db_tx *tx, const struct duty_line *line, int64_t *ret_id)
{
	int r = db_run(tx,
		       "INSERT INTO duty_log (time, kind, by_user, text, about) VALUES (?1, ?2, ?3, ?4, ?5)",
		       DB_ARGS(db_integer(line->time), db_integer(line->kind), db_text(line->by),
			       db_text(line->text), db_integer(line->about)));

	if (r > 0 && ret_id)
		r = db_get_integer(tx, "SELECT last_insert_rowid()", DB_NONE, ret_id);
	return r < 0 ? r : 0;
}

int duty_log_list(struct db_tx *tx, int64_t from, int64_t to, int64_t before, unsigned limit,
		  int (*visit)(void *context, const struct duty_line *line), void *context)
{
	static const char sql[] = "SELECT id, time, kind, by_user, text, about FROM duty_log"
				  " WHERE time >= ?1 AND time < ?2 AND (?3 = 0 OR id < ?3)"
				  " ORDER BY id DESC LIMIT ?4";
	struct db_rows *rows = db_query(
		tx, sql, DB_ARGS(db_integer(from), db_integer(to), db_integer(before), db_integer(limit)));
	int r;

	while ((r = db_next(rows)) == 1) {
		const struct duty_line line = {
			.id = db_column_integer(rows, 0),
			.time = db_column_integer(rows, 1),
			.kind = (enum duty_log_kind)db_column_integer(rows, 2),
			.by = db_column_text(rows, 3),
			.text = db_column_text(rows, 4),
			.about = db_column_integer(rows, 5),
		};

		r = visit(context, &line);
		if (r != 0)
			break;
	}
	return r;
}

/* --- hand-overs ----------------------------------------------------------------------------------------- */

int handover_leave(struct db_tx *tx, struct str by, struct str note, int64_t now)
{
	const struct duty_line line = {.time = now, .kind = LOG_HANDOVER, .by = by, .text = note};
	int r = db_run(tx, "INSERT INTO duty_handovers (time, by_user, note) VALUES (?1, ?2, ?3)",
		       DB_ARGS(db_integer(now), db_text(by), db_text(note)));

	return r < 0 ? r : duty_log_add(tx, &line, NULL);
}

int handover_take(struct db_tx *tx, struct str by, int64_t now)
{
	const struct duty_line line = {.time = now, .kind = LOG_TAKEOVER, .by = by, .text = STR("已接班")};
	int r = db_run(tx,
		       "UPDATE duty_handovers SET taken = ?1, taken_by = ?2"
		       " WHERE taken = 0 AND id = (SELECT max(id) FROM duty_handovers)",
		       DB_ARGS(db_integer(now), db_text(by)));

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	return duty_log_add(tx, &line, NULL);
}

int handover_last(struct db_tx *tx, int (*visit)(void *context, const struct handover *handover),
		  void *context)
{
	struct db_rows *rows = db_query(tx,
					"SELECT id, time, by_user, note, taken, taken_by FROM duty_handovers"
					" ORDER BY id DESC LIMIT 1",
					DB_NONE);
	int r = db_next(rows);

	if (r == 1) {
		const struct handover handover = {
			.id = db_column_integer(rows, 0),
			.time = db_column_integer(rows, 1),
			.by = db_column_text(rows, 2),
			.note = db_column_text(rows, 3),
			.taken = db_column_integer(rows, 4),
			.taken_by = db_column_text(rows, 5),
		};

		r = visit(context, &handover);
	}
	return r < 0 ? r : 0;
}
