/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/alert_count.h"

#include "cases/private.h"

int alerts_series(struct db *db, int64_t from, int64_t to, int64_t step,
		  int (*visit)(void *context, int64_t time, enum alert_level level, int64_t count),
		  void *context)
{
	static const char sql[] = "SELECT minute / ?3 AS bucket, level, sum(count) FROM alert_minutes"
				  " WHERE minute >= ?1 AND minute < ?2 GROUP BY bucket, level"
				  " HAVING sum(count) > 0 ORDER BY bucket, level";
	struct db_rows *rows;
	struct db_tx *tx;
	int r, stop = 0;

	must(from % MINUTE == 0 && to % MINUTE == 0 && step > 0 && step % MINUTE == 0);
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = db_query(
		tx, sql,
		DB_ARGS(db_integer(from / MINUTE), db_integer(to / MINUTE), db_integer(step / MINUTE)));
	while (stop == 0 && (r = db_next(rows)) > 0)
		stop = visit(context, db_column_integer(rows, 0) * step,
			     (enum alert_level)db_column_integer(rows, 1), db_column_integer(rows, 2));
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}

int alerts_totals(struct db *db, int64_t from, int64_t to, struct alert_totals *ret_totals)
{
	static const char sql[] = "SELECT level, status, sum(count) FROM alert_minutes"
				  " WHERE minute >= ?1 AND minute < ?2 GROUP BY level, status";
	struct alert_totals totals = {0};
	struct db_rows *rows;
	struct db_tx *tx;
	int r;

	must(from % MINUTE == 0 && to % MINUTE == 0);
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = db_query(tx, sql, DB_ARGS(db_integer(from / MINUTE), db_integer(to / MINUTE)));
	while ((r = db_next(rows)) > 0) {
		int64_t level = db_column_integer(rows, 0), status = db_column_integer(rows, 1);
		int64_t count = db_column_integer(rows, 2);

		totals.total += count;
		if (status == ALERT_NEW || status == ALERT_ACKNOWLEDGED)
			totals.open += count;
		if (level >= 0 && level < ALERT_LEVEL_COUNT)
			totals.by_level[level] += count;
	}
	r = db_end(tx, r);
	if (r == 0)
		*ret_totals = totals;
	return r;
}

/* Whole hours from their counts, both ends from the alerts: ?1 kind, ?2 ?3 hours, ?4 … ?11 the two ends as
   key range and time range, ?12 limit. */
#define END_OF(source, value, low, high, from, to)                                                          \
	" UNION ALL SELECT " value ", 1 FROM " source " WHERE alerts.key >= " low " AND alerts.key < " high \
	" AND time >= " from " AND time < " to " AND " value " <> ''"
#define TOP_SQL(source, value)                                                                        \
	"SELECT value, sum(n) AS total FROM (SELECT value, count AS n FROM alert_hours"               \
	" WHERE kind = ?1 AND hour >= ?2 AND hour < ?3" END_OF(source, value, "?4", "?5", "?6", "?7") \
		END_OF(source, value, "?8", "?9", "?10",                                              \
		       "?11") ") GROUP BY value ORDER BY total DESC, value LIMIT ?12"
#define OF_NEWEST_RULE(column, otherwise)                                                   \
	"coalesce((SELECT " column " FROM rules WHERE id = value ORDER BY first_seen DESC " \
	"LIMIT 1), " otherwise ")"
#define TOP_RULE_SQL                                                                            \
	"SELECT value, total, " OF_NEWEST_RULE("title", "value") ", " OF_NEWEST_RULE(           \
		"title_zh", "''") ", " OF_NEWEST_RULE("level", "0") " FROM (" TOP_SQL("alerts", \
										      "rule_id") ")"

/* What the alert's copy of its event says of a field. */
#define OF_EVENT(field) \
	TOP_SQL("alerts JOIN alert_details USING (key)", ALERT_EVENT_TEXT("alert_details.event", field))

static const char *const top_sql[ALERT_TOP_KINDS] = {
	[ALERT_TOP_TACTIC] = TOP_SQL("alerts, json_each(alerts.tactics) AS tactic", "tactic.value"),
	[ALERT_TOP_SOURCE] = TOP_SQL("alerts", "source_ip"),
	[ALERT_TOP_DESTINATION] = TOP_SQL("alerts", "destination_ip"),
	[ALERT_TOP_RULE] = TOP_RULE_SQL,
	[ALERT_TOP_SOURCE_COUNTRY] = OF_EVENT("source.geo.country_iso_code"),
	[ALERT_TOP_DESTINATION_COUNTRY] = OF_EVENT("destination.geo.country_iso_code"),
	[ALERT_TOP_SOURCE_REGION] = OF_EVENT("source.geo.region_iso_code"),
};

static struct db_rows *query_top(struct db_tx *tx, enum alert_top kind, int64_t from, int64_t to,
				 unsigned limit)
{
	int64_t first = floor_to(from + HOUR - 1, HOUR), last = floor_to(to, HOUR);
	struct key_range head, tail;

	if (first > last) /* all within one hour: the head is the whole */
		first = last = to;
	head = alert_keys(from, first);
	tail = alert_keys(last, to);
	return db_query(tx, top_sql[kind],
			DB_ARGS(db_integer(kind), db_integer(first / HOUR), db_integer(last / HOUR),
				db_integer(head.low), db_integer(head.high), db_integer(from),
				db_integer(first), db_integer(tail.low), db_integer(tail.high),
				db_integer(last), db_integer(to), db_integer(limit)));
}

int alerts_top(struct db *db, enum alert_top kind, int64_t from, int64_t to, unsigned limit,
	       int (*visit)(void *context, const struct alert_top_row *row), void *context)
{
	struct db_rows *rows;
	struct db_tx *tx;
	int r, stop = 0;

	must(kind < ALERT_TOP_KINDS && limit >= 1 && limit <= ALERT_VALUES_MAX);
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = query_top(tx, kind, from, to, limit);
	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct alert_top_row row = {.key = db_column_text(rows, 0),
					    .count = db_column_integer(rows, 1)};

		if (kind == ALERT_TOP_RULE) {
			row.title = db_column_text(rows, 2);
			row.title_zh = db_column_text(rows, 3);
			row.level = (enum alert_level)db_column_integer(rows, 4);
		}
		stop = visit(context, &row);
	}
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}
