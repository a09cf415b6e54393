/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/rule_count.h"

#include "base/clock.h"
#include "cases/alert_count.h"
#include "cases/private.h"

int rule_count_add(struct db_tx *tx, struct str rule_id, bool drill, const struct rule_delta *delta)
{
	static const char sql[] =
		"INSERT INTO rule_counts VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
		" alerts = alerts + excluded.alerts, repeats = repeats + excluded.repeats,"
		" confirmed = confirmed + excluded.confirmed,"
		" false_positive = false_positive + excluded.false_positive";

	if (!delta->alerts && !delta->repeats && !delta->confirmed && !delta->false_positive)
		return 0;
	return db_run(tx, sql,
		      DB_ARGS(db_text(rule_id), db_integer(drill), db_integer(delta->alerts),
			      db_integer(delta->repeats), db_integer(delta->confirmed),
			      db_integer(delta->false_positive)));
}

/* Beside max(), SQLite takes the other columns from the row that has it. */
int rule_counts(struct db *db, int (*visit)(void *context, const struct rule_count *count), void *context)
{
	static const char sql[] =
		"SELECT rule_id, alerts, repeats, confirmed, false_positive, coalesce(title, ''),"
		" coalesce(title_zh, ''), coalesce(level, 0) FROM rule_counts LEFT JOIN"
		" (SELECT id, title, title_zh, level, max(first_seen) FROM rules GROUP BY id) ON id = rule_id"
		" WHERE drill = 0 ORDER BY rule_id";
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx), stop = 0;

	if (r < 0)
		return r;
	rows = db_query(tx, sql, DB_NONE);
	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct rule_count count = {
			.rule_id = db_column_text(rows, 0),
			.alerts = db_column_integer(rows, 1),
			.repeats = db_column_integer(rows, 2),
			.confirmed = db_column_integer(rows, 3),
			.false_positive = db_column_integer(rows, 4),
			.title = db_column_text(rows, 5),
			.title_zh = db_column_text(rows, 6),
			.level = (enum alert_level)db_column_integer(rows, 7),
		};

		stop = visit(context, &count);
	}
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}

int rule_days(struct db *db, struct str rule, int64_t from, int64_t to, int64_t zone,
	      int (*visit)(void *context, struct str rule, int64_t day, int64_t alerts), void *context)
{
	static const char sql[] =
		"SELECT value, (hour + ?4) / 24 AS day, sum(count) FROM alert_hours WHERE kind = ?1"
		" AND hour >= ?2 AND hour < ?3 AND (?5 = '' OR value = ?5) GROUP BY value, day ORDER BY "
		"value, day";
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx), stop = 0;

	if (r < 0)
		return r;
	rows = db_query(tx, sql,
			DB_ARGS(db_integer(ALERT_TOP_RULE), db_integer(from / CLOCK_HOUR),
				db_integer((to + CLOCK_HOUR - 1) / CLOCK_HOUR), db_integer(zone / CLOCK_HOUR),
				db_text(rule)));
	while (stop == 0 && (r = db_next(rows)) > 0)
		stop = visit(context, db_column_text(rows, 0), db_column_integer(rows, 1),
			     db_column_integer(rows, 2));
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}

int rule_last_alert(struct db *db, struct str rule, int64_t *ret_time)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	*ret_time = 0;
	if (r == 0)
		r = db_end(tx, db_get_integer(tx, "SELECT max(time) FROM alerts WHERE rule_id = ?1",
					      DB_ARGS(db_text(rule)), ret_time));
	return r < 0 ? r : 0;
}
