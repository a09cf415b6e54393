/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "cases/grouper.h"
#include "cases/incident_move.h"

struct home {
	enum incident_status status;
	int64_t version, alerts, merged_into;
	bool drill;
};

static int read_home(struct db_tx *tx, int64_t id, struct home *ret_home)
{
	struct db_rows *rows = db_query(tx,
					"SELECT status, version, alerts, merged_into, drill FROM incidents"
					" WHERE id = ?1",
					DB_ARGS(db_integer(id)));
	int r = db_next(rows);

	if (r <= 0)
		return r == 0 ? ERR_END : r;
	*ret_home = (struct home){(enum incident_status)db_column_integer(rows, 0),
				  db_column_integer(rows, 1), db_column_integer(rows, 2),
				  db_column_integer(rows, 3), db_column_integer(rows, 4) != 0};
	return 0;
}

static int changed(struct db_tx *tx, int64_t id, int64_t at)
{
	int r = db_run(tx,
		       "UPDATE incidents SET version = version + 1, touched = 1, updated = max(updated, ?2)"
		       " WHERE id = ?1",
		       DB_ARGS(db_integer(id), db_integer(at)));

	return r < 0 ? r : 0;
}

/* The earliest of the alerts names the new incident until the gravest does. */
static int open_empty(struct grouper *grouper, bool drill, const struct incident_move *move, int64_t *ret_id)
{
	const struct alert none = {
		.rule_title = STR("-"), .drill = drill, .time = INT64_MAX / 2, .detected = move->at};

	return incident_open(grouper->tx, &none, grouper->rules ? grouper->rules->zone : 0, move->at, ret_id);
}

static int remember(struct db_tx *tx, int64_t id, int64_t other, const struct incident_move *move,
		    int64_t *ret_number)
{
	static const char sql[] =
		"INSERT INTO incident_moves (kind, incident, other, at, by_user, reason, status)"
		" VALUES ('split', ?1, ?2, ?3, ?4, ?5, 0)";
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(id), db_integer(other), db_integer(move->at), db_text(move->by),
			       db_text(move->reason)));

	if (r >= 0)
		r = db_get_integer(tx, "SELECT max(id) FROM incident_moves", DB_NONE, ret_number);
	return r < 0 ? r : 0;
}

static int move_alert(struct db_tx *tx, struct str alert, int64_t id, int64_t other, int64_t number,
		      struct str by)
{
	static const char reason[] =
		"INSERT OR REPLACE INTO alert_reasons SELECT key, 0, json_object('by_hand', ?2) FROM alerts"
		" WHERE id = ?1";
	uint8_t bytes[ALERT_ID_SIZE];
	int r;

	if (hex_decode(alert, bytes, sizeof(bytes)) < 0)
		return ERR_END;
	r = db_run(tx, "UPDATE alerts SET incident = ?3 WHERE id = ?1 AND incident = ?2",
		   DB_ARGS(db_blob(bytes, sizeof(bytes)), db_integer(id), db_integer(other)));
	if (r == 0)
		return ERR_END;
	if (r > 0)
		r = db_run(tx, "INSERT INTO incident_moved SELECT ?2, 'alert', key FROM alerts WHERE id = ?1",
			   DB_ARGS(db_blob(bytes, sizeof(bytes)), db_integer(number)));
	if (r >= 0)
		r = db_run(tx, reason, DB_ARGS(db_blob(bytes, sizeof(bytes)), db_text(by)));
	return r < 0 ? r : 0;
}

static int name_after_gravest(struct db_tx *tx, int64_t id)
{
	static const char sql[] =
		"UPDATE incidents SET (title, first) = (SELECT coalesce(nullif((SELECT title_zh FROM rules"
		" WHERE hash = rule_hash), ''), title), (SELECT min(time) FROM alerts WHERE incident = ?1)"
		" FROM alerts WHERE incident = ?1 ORDER BY level DESC, key LIMIT 1) WHERE id = ?1";
	int r = db_run(tx, sql, DB_ARGS(db_integer(id)));

	return r < 0 ? r : 0;
}

static int tell_both(struct db_tx *tx, int64_t id, int64_t other, const struct incident_move *move)
{
	struct buf data = {0};
	int r;

	buf_printf(&data, "{\"into\":%lld}", (long long)other);
	r = incident_note(tx, id, "split", move->by, move->reason, buf_str(&data), move->at);
	buf_clear(&data);
	buf_printf(&data, "{\"from\":%lld}", (long long)id);
	if (r == 0)
		r = incident_note(tx, other, "split", move->by, move->reason, buf_str(&data), move->at);
	buf_done(&data);
	if (r == 0)
		r = changed(tx, id, move->at);
	return r < 0 ? r : changed(tx, other, move->at);
}

static int split(struct grouper *grouper, int64_t id, const struct home *home, const struct str *alerts,
		 size_t count, const struct incident_move *move, int64_t *ret_id)
{
	struct db_tx *tx = grouper->tx;
	int64_t other = 0, number = 0;
	int r = open_empty(grouper, home->drill, move, &other);

	if (r == 0)
		r = remember(tx, id, other, move, &number);
	for (size_t i = 0; i < count && r == 0; i++)
		r = move_alert(tx, alerts[i], id, other, number, move->by);
	if (r == 0)
		r = name_after_gravest(tx, other);
	if (r == 0)
		r = incident_rebuild(grouper, other);
	if (r == 0)
		r = incident_rebuild(grouper, id);
	if (r == 0)
		r = tell_both(tx, id, other, move);
	if (r == 0)
		*ret_id = other;
	return r;
}

int incident_split(struct db_tx *tx, const struct case_rules *rules, int64_t id, const struct str *alerts,
		   size_t count, const struct incident_move *move, int64_t *ret_id)
{
	struct grouper grouper;
	struct home home;
	int r = read_home(tx, id, &home);

	if (r < 0)
		return r;
	if (move->version && move->version != home.version)
		return ERR_BUSY;
	if (!incident_is_open(home.status))
		return ERR_DENIED;
	if (count > INCIDENT_SPLIT_MAX)
		return ERR_LIMIT;
	if (!count || (int64_t)count >= home.alerts)
		return ERR_RANGE;
	grouper_init(&grouper, tx, rules);
	r = split(&grouper, id, &home, alerts, count, move, ret_id);
	grouper_done(&grouper);
	return r;
}

/* --- reopening ------------------------------------------------------------------------------------------ */

/* Where what it brought is now: the one that it went into may have gone into another. */
static int follow(struct db_tx *tx, int64_t id, int64_t *ret_last)
{
	for (int i = 0; i < 100; i++) {
		struct home home;
		int r = read_home(tx, id, &home);

		if (r < 0)
			return r;
		if (home.status != INCIDENT_MERGED) {
			*ret_last = id;
			return 0;
		}
		id = home.merged_into;
	}
	return ERR_LIMIT;
}

struct merged {
	int64_t number, status;
};

static int find_merge(struct db_tx *tx, int64_t id, struct merged *ret_merged)
{
	struct db_rows *rows = db_query(tx,
					"SELECT id, status FROM incident_moves WHERE incident = ?1 AND"
					" kind = 'merge' AND undone = 0 ORDER BY id DESC LIMIT 1",
					DB_ARGS(db_integer(id)));
	int r = db_next(rows);

	if (r <= 0)
		return r == 0 ? ERR_CORRUPT : r;
	*ret_merged = (struct merged){db_column_integer(rows, 0), db_column_integer(rows, 1)};
	return 0;
}

/* ?1 the move, ?2 where things are, ?3 where they belong, ?4 when. */
static int move_back(struct db_tx *tx, int64_t number, int64_t from, int64_t id, int64_t at)
{
	static const char *const sql[] = {
		"UPDATE alerts SET incident = ?3 WHERE incident = ?2 AND ?4 > 0 AND key IN"
		" (SELECT id FROM incident_moved WHERE move = ?1 AND what = 'alert')",
		"UPDATE incident_tasks SET incident = ?3 WHERE incident = ?2 AND ?4 > 0 AND id IN"
		" (SELECT id FROM incident_moved WHERE move = ?1 AND what = 'task')",
		"UPDATE incident_files SET incident = ?3 WHERE incident = ?2 AND ?4 > 0 AND id IN"
		" (SELECT id FROM incident_moved WHERE move = ?1 AND what = 'file')",
		"UPDATE incident_moves SET undone = ?4 WHERE id = ?1 AND ?2 <> ?3",
		"UPDATE incidents SET merged_into = 0, closed = 0, status = 0 WHERE id = ?3 AND ?1 + ?2 + ?4 "
		"> 0",
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]) && r >= 0; i++)
		r = db_run(tx, sql[i],
			   DB_ARGS(db_integer(number), db_integer(from), db_integer(id), db_integer(at)));
	return r < 0 ? r : 0;
}

static int unmerge(struct grouper *grouper, int64_t id, const struct incident_move *move)
{
	struct db_tx *tx = grouper->tx;
	struct merged merged = {0};
	int64_t from = 0;
	int r = find_merge(tx, id, &merged);

	if (r == 0)
		r = follow(tx, id, &from);
	if (r == 0)
		r = move_back(tx, merged.number, from, id, move->at);
	if (r == 0)
		r = db_run(tx, "UPDATE incidents SET status = ?2 WHERE id = ?1",
			   DB_ARGS(db_integer(id), db_integer(merged.status)));
	if (r >= 0)
		r = incident_rebuild(grouper, id);
	if (r == 0)
		r = incident_rebuild(grouper, from);
	return r < 0 ? r : tell_both(tx, from, id, move);
}

int incident_reopen(struct db_tx *tx, const struct case_rules *rules, int64_t id,
		    const struct incident_move *move)
{
	const enum incident_status triage = INCIDENT_TRIAGE;
	struct grouper grouper;
	struct home home;
	int r = read_home(tx, id, &home);

	if (r < 0)
		return r;
	if (move->version && move->version != home.version)
		return ERR_BUSY;
	if (incident_is_open(home.status))
		return ERR_DENIED;
	if (home.status != INCIDENT_MERGED) {
		const struct incident_change change = {.status = &triage,
						       .note = move->reason.len ? &move->reason : NULL,
						       .by = move->by,
						       .at = move->at};

		return incident_update(tx, id, &change);
	}
	grouper_init(&grouper, tx, rules);
	r = unmerge(&grouper, id, move);
	grouper_done(&grouper);
	return r;
}
