/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/situation.h"

#include "base/clock.h"
#include "cases/private.h"

static int read_incidents(struct db_tx *tx, struct situation *situation)
{
	static const char sql[] =
		"SELECT CASE WHEN level > 0 THEN level ELSE level_proposed END AS grade, count(*), "
		"sum(drill),"
		" sum(status = 0), sum(assignee = '') FROM incidents WHERE status < 4 GROUP BY grade";
	struct db_rows *rows = db_query(tx, sql, DB_NONE);
	int r;

	while ((r = db_next(rows)) > 0) {
		int64_t level = db_column_integer(rows, 0), count = db_column_integer(rows, 1);

		situation->incidents.open += count;
		situation->incidents.drill += db_column_integer(rows, 2);
		situation->incidents.untouched += db_column_integer(rows, 3);
		situation->incidents.unassigned += db_column_integer(rows, 4);
		if (level >= 0 && level <= INCIDENT_LEVEL_MAX)
			situation->incidents.by_level[level] += count;
	}
	return r;
}

static int read_unseen(struct db_tx *tx, int64_t now, struct situation *situation)
{
	static const char sql[] = "SELECT level, sum(count) FROM alert_minutes WHERE minute >= ?1"
				  " AND status = 0 GROUP BY level";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer((now - CLOCK_DAY) / MINUTE)));
	int r;

	while ((r = db_next(rows)) > 0) {
		int64_t level = db_column_integer(rows, 0);

		if (level >= 0 && level < ALERT_LEVEL_COUNT)
			situation->alerts.unseen[level] = db_column_integer(rows, 1);
	}
	return r;
}

static int count_alerts(struct db_tx *tx, int64_t from, int64_t to, int64_t *ret_count)
{
	int r = db_get_integer(
		tx,
		"SELECT coalesce(sum(count), 0) FROM alert_minutes"
		" WHERE minute >= ?1 AND minute < ?2 AND level >= ?3",
		DB_ARGS(db_integer(from / MINUTE), db_integer(to / MINUTE), db_integer(ALERT_MEDIUM)),
		ret_count);

	return r < 0 ? r : 0;
}

static int read_tasks(struct db_tx *tx, int64_t now, struct situation *situation)
{
	static const char sql[] = "SELECT count(*), coalesce(sum(due > 0 AND due < ?1), 0)"
				  " FROM incident_tasks WHERE status = 0";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(now)));
	int r = db_next(rows);

	if (r > 0) {
		situation->tasks_open = db_column_integer(rows, 0);
		situation->tasks_overdue = db_column_integer(rows, 1);
	}
	return r < 0 ? r : 0;
}

int situation_read(struct db_tx *tx, int64_t now, struct situation *ret_situation)
{
	const int64_t week = now - 7 * CLOCK_DAY;
	struct situation situation = {0};
	int r = read_incidents(tx, &situation);

	if (r >= 0)
		r = read_unseen(tx, now, &situation);
	if (r >= 0)
		r = count_alerts(tx, now - CLOCK_DAY, now + MINUTE, &situation.alerts.recent);
	if (r >= 0)
		r = count_alerts(tx, week - CLOCK_DAY, week, &situation.alerts.before);
	if (r >= 0)
		r = read_tasks(tx, now, &situation);
	if (r < 0)
		return r;
	*ret_situation = situation;
	return 0;
}

int situation_most_urgent(struct db_tx *tx, incident_visit *visit, void *context)
{
	static const char sql[] =
		"SELECT id FROM incidents WHERE status < 4 ORDER BY drill,"
		" coalesce(nullif(CASE WHEN level > 0 THEN level ELSE level_proposed END, 0), 9),"
		" score DESC, first, id LIMIT 1";
	int64_t id = 0;
	int r = db_get_integer(tx, sql, DB_NONE, &id);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	return incident_get(tx, id, visit, context);
}

/* An incident's last alert is never before its first: the index by it bounds what is read. */
int incidents_series(struct db_tx *tx, int64_t from, int64_t to, int64_t step,
		     int (*visit)(void *context, int64_t time, int64_t count), void *context)
{
	static const char sql[] = "SELECT first / ?3 AS bucket, count(*) FROM incidents WHERE last >= ?1"
				  " AND first >= ?1 AND first < ?2 AND status <> 6 GROUP BY bucket"
				  " ORDER BY bucket";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(from), db_integer(to), db_integer(step)));
	int r = 0, stop = 0;

	must(step > 0);
	while (stop == 0 && (r = db_next(rows)) > 0)
		stop = visit(context, db_column_integer(rows, 0) * step, db_column_integer(rows, 1));
	return r < 0 ? r : stop;
}

int incidents_by_unit(struct db_tx *tx, int64_t from, int64_t to, unsigned limit,
		      int (*visit)(void *context, const struct unit_row *row), void *context)
{
	static const char sql[] =
		"SELECT unit, max(unit_name), count(*), sum(status < 4) AS open, sum(alerts) AS alerts,"
		" max(severity) FROM incidents WHERE last >= ?1 AND first < ?2 AND unit > 0 AND status <> 6"
		" GROUP BY unit ORDER BY open DESC, alerts DESC, unit LIMIT ?3";
	struct db_rows *rows =
		db_query(tx, sql, DB_ARGS(db_integer(from), db_integer(to), db_integer(limit)));
	int r = 0, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		const struct unit_row row = {
			.unit = db_column_integer(rows, 0),
			.name = db_column_text(rows, 1),
			.incidents = db_column_integer(rows, 2),
			.open = db_column_integer(rows, 3),
			.alerts = db_column_integer(rows, 4),
			.severity = (enum alert_level)db_column_integer(rows, 5),
		};

		stop = visit(context, &row);
	}
	return r < 0 ? r : stop;
}
