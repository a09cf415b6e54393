/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/incident_move.h"

#include "base/clock.h"
#include "cases/grouper.h"

struct place {
	enum incident_status status;
	int64_t version, merged_into;
	bool drill;
	char number[INCIDENT_NUMBER_SIZE];
};

static int read_place(struct db_tx *tx, int64_t id, struct place *ret_place)
{
	static const char sql[] =
		"SELECT status, version, merged_into, drill, number FROM incidents WHERE id = ?1";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(id)));
	int r = db_next(rows);

	if (r <= 0)
		return r == 0 ? ERR_END : r;
	*ret_place =
		(struct place){(enum incident_status)db_column_integer(rows, 0), db_column_integer(rows, 1),
			       db_column_integer(rows, 2), db_column_integer(rows, 3) != 0, ""};
	snprintf(ret_place->number, sizeof(ret_place->number), "%.*s", STR_FMT(db_column_text(rows, 4)));
	return 0;
}

/* The moves's number is that of its row. */
static int remember_move(struct db_tx *tx, const char *kind, int64_t id, int64_t other,
			 enum incident_status status, const struct incident_move *move, int64_t *ret_number)
{
	static const char sql[] =
		"INSERT INTO incident_moves (kind, incident, other, at, by_user, reason, status)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	int r = db_run(tx, sql,
		       DB_ARGS(db_text(str_from(kind)), db_integer(id), db_integer(other),
			       db_integer(move->at), db_text(move->by), db_text(move->reason),
			       db_integer(status)));

	if (r >= 0)
		r = db_get_integer(tx, "SELECT max(id) FROM incident_moves", DB_NONE, ret_number);
	return r < 0 ? r : 0;
}

/* A line in the timelines of both, and a new version of each. */
static int tell(struct db_tx *tx, const char *kind, int64_t id, int64_t other, const char *number,
		const struct incident_move *move, const char *role)
{
	struct buf data = {0};
	int r;

	buf_printf(&data, "{\"%s\":%lld,\"number\":\"%s\"}", role, (long long)other, number);
	r = incident_note(tx, id, kind, move->by, move->reason, buf_str(&data), move->at);
	buf_done(&data);
	if (r == 0)
		r = db_run(tx,
			   "UPDATE incidents SET version = version + 1, touched = max(touched, ?3),"
			   " updated = max(updated, ?2) WHERE id = ?1",
			   DB_ARGS(db_integer(id), db_integer(move->at),
				   db_integer(!str_eq(move->by, str_from(INCIDENT_PROGRAM)))));
	return r < 0 ? r : 0;
}

/* All of id's, and remembers what it was. */
static int move_all(struct db_tx *tx, int64_t number, int64_t id, int64_t into)
{
	static const char *const sql[] = {
		"INSERT INTO incident_moved SELECT ?1, 'alert', key FROM alerts WHERE incident = ?2 AND ?3 > "
		"0",
		"INSERT INTO incident_moved SELECT ?1, 'task', id FROM incident_tasks WHERE incident = ?2 "
		"AND ?3 > 0",
		"INSERT INTO incident_moved SELECT ?1, 'file', id FROM incident_files WHERE incident = ?2 "
		"AND ?3 > 0",
		"UPDATE alerts SET incident = ?3 WHERE incident = ?2 AND ?1 > 0",
		"UPDATE incident_tasks SET incident = ?3 WHERE incident = ?2 AND ?1 > 0",
		"UPDATE incident_files SET incident = ?3 WHERE incident = ?2 AND ?1 > 0",
		"INSERT INTO incident_entities SELECT ?3, kind, value, first, last, count, strength, stage, "
		"seq, received,"
		" recent, began"
		" FROM incident_entities WHERE incident = ?2 AND ?1 > 0 ON CONFLICT DO UPDATE SET"
		" first = min(first, excluded.first), last = max(last, excluded.last),"
		" count = count + excluded.count, strength = max(strength, excluded.strength),"
		" stage = max(stage, excluded.stage), seq = max(seq, excluded.seq),"
		" received = max(received, excluded.received),"
		" recent = CASE WHEN excluded.seq > seq THEN excluded.recent ELSE recent END,"
		" began = CASE WHEN excluded.seq > seq THEN excluded.began ELSE began END",
		"INSERT OR IGNORE INTO incident_assets SELECT ?3, asset, unit, at, what, name, kind, "
		"unit_name,"
		" responsible, criticality, mlps_level, people FROM incident_assets WHERE incident = ?2 AND "
		"?1 > 0",
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]) && r >= 0; i++)
		r = db_run(tx, sql[i], DB_ARGS(db_integer(number), db_integer(id), db_integer(into)));
	return r < 0 ? r : 0;
}

static int merge(struct grouper *grouper, int64_t id, const struct place *from, int64_t into,
		 const struct place *to, const struct incident_move *move)
{
	struct db_tx *tx = grouper->tx;
	int64_t number = 0;
	int r = remember_move(tx, "merge", id, into, from->status, move, &number);

	if (r == 0)
		r = move_all(tx, number, id, into);
	if (r == 0)
		r = db_run(tx,
			   "UPDATE incidents SET status = 6, merged_into = ?2, closed = ?3, alerts = 0 WHERE "
			   "id = ?1",
			   DB_ARGS(db_integer(id), db_integer(into), db_integer(move->at)));
	if (r >= 0)
		r = incident_recount(grouper, into);
	if (r == 0)
		r = tell(tx, "merge", id, into, to->number, move, "into");
	return r < 0 ? r : tell(tx, "merge", into, id, from->number, move, "from");
}

int incident_merge(struct db_tx *tx, const struct case_rules *rules, int64_t id, int64_t into,
		   const struct incident_move *move)
{
	struct place from, to;
	struct grouper grouper;
	int r = read_place(tx, id, &from);

	if (r == 0)
		r = read_place(tx, into, &to);
	if (r < 0)
		return r;
	if (move->version && move->version != from.version)
		return ERR_BUSY;
	if (id == into || !incident_is_open(from.status) || !incident_is_open(to.status) ||
	    from.drill != to.drill)
		return ERR_DENIED;
	grouper_init(&grouper, tx, rules);
	r = merge(&grouper, id, &from, into, &to, move);
	grouper_done(&grouper);
	return r;
}

/* --- without anybody asking ----------------------------------------------------------------------------- */

/* 1 where nobody has touched either and both together are within the caps. */
static int may_merge(struct grouper *grouper, int64_t a, int64_t b)
{
	static const char sql[] =
		"SELECT count(*) = 2 AND sum(alerts) <= ?3 AND max(last) - min(first) <= ?4 AND"
		" (SELECT count(DISTINCT value) FROM incident_entities WHERE incident IN (?1, ?2) AND kind = "
		"1)"
		" <= ?5 FROM incidents WHERE id IN (?1, ?2) AND status = 0 AND touched = 0";
	const struct case_rules *rules = grouper->rules;
	int64_t may = 0;
	int r = db_get_integer(grouper->tx, sql,
			       DB_ARGS(db_integer(a), db_integer(b), db_integer(rules->alerts_max),
				       db_integer(rules->hours_max * CLOCK_HOUR),
				       db_integer(rules->hosts_max)),
			       &may);

	return r < 0 ? r : may != 0;
}

int incident_merge_untouched(struct grouper *grouper, int64_t a, int64_t b, int64_t at, int64_t *ret_id)
{
	const int64_t into = a < b ? a : b, id = a < b ? b : a;
	const struct incident_move move = {.by = STR(INCIDENT_PROGRAM), .at = at};
	struct place from, to;
	int r = may_merge(grouper, a, b);

	if (r <= 0)
		return r;
	r = read_place(grouper->tx, id, &from);
	if (r == 0)
		r = read_place(grouper->tx, into, &to);
	if (r == 0)
		r = merge(grouper, id, &from, into, &to, &move);
	if (r == 0)
		*ret_id = into;
	return r < 0 ? r : 1;
}

int incident_relate(struct db_tx *tx, int64_t a, int64_t b, int64_t score, struct str alert, int64_t at)
{
	static const char sql[] =
		"INSERT INTO incident_links VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"
		" SET score = excluded.score, why = excluded.why WHERE excluded.score > score";
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(a < b ? a : b), db_integer(a < b ? b : a), db_integer(at),
			       db_integer(score), db_text(alert)));

	return r < 0 ? r : 0;
}

int incident_links(struct db_tx *tx, int64_t id,
		   int (*visit)(void *context, const struct incident_link *link), void *context)
{
	static const char sql[] =
		"SELECT i.id, l.at, l.score, i.number, i.title, l.why, i.status, " INCIDENT_TITLE_EN(
			"i.title") " FROM (SELECT other AS id, "
				   "at, score,"
				   " why FROM incident_links WHERE incident = ?1 UNION ALL SELECT incident, "
				   "at, score, why"
				   " FROM incident_links WHERE other = ?1) AS l JOIN incidents AS i ON i.id "
				   "= l.id"
				   " ORDER BY l.score DESC, i.id LIMIT 100";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(id)));
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct incident_link link = {
			.other = db_column_integer(rows, 0),
			.at = db_column_integer(rows, 1),
			.score = db_column_integer(rows, 2),
			.number = db_column_text(rows, 3),
			.title = db_column_text(rows, 4),
			.alert = db_column_text(rows, 5),
			.status = (enum incident_status)db_column_integer(rows, 6),
			.title_en = db_column_text(rows, 7),
		};

		stop = visit(context, &link);
	}
	return stop ? stop : r;
}
