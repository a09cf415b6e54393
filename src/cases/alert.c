/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/alert.h"

#include <string.h>

#include "base/hash.h"
#include "cases/private.h"

static const char *const level_names[] = {
#define X(id, n, name) [n] = name,
	ALERT_LEVELS(X)
#undef X
};
static const char *const status_names[] = {
#define X(id, n, name) [n] = name,
	ALERT_STATUSES(X)
#undef X
};

const char *alert_level_name(enum alert_level level)
{
	return (unsigned)level < ALERT_LEVEL_COUNT ? level_names[level] : level_names[0];
}

const char *alert_status_name(enum alert_status status)
{
	return (unsigned)status < ALERT_STATUS_COUNT ? status_names[status] : status_names[0];
}

static int find_name(const char *const *names, int count, struct str name)
{
	for (int i = 0; i < count; i++)
		if (str_eq(name, str_from(names[i])))
			return i;
	return ERR_UNKNOWN;
}

int alert_level_parse(struct str name, enum alert_level *ret_level)
{
	int found = find_name(level_names, ALERT_LEVEL_COUNT, name);

	if (found < 0)
		return found;
	*ret_level = (enum alert_level)found;
	return 0;
}

int alert_status_parse(struct str name, enum alert_status *ret_status)
{
	int found = find_name(status_names, ALERT_STATUS_COUNT, name);

	if (found < 0)
		return found;
	*ret_status = (enum alert_status)found;
	return 0;
}

void alert_read(struct db_rows *rows, char *hex, struct alert *ret_alert)
{
	struct str id = db_column_blob(rows, 1);

	hex_encode(id.ptr, id.len == ALERT_ID_SIZE ? ALERT_ID_SIZE : 0, hex);
	*ret_alert = (struct alert){
		.id = str_from(hex),
		.time = db_column_integer(rows, 2),
		.detected = db_column_integer(rows, 3),
		.level = (enum alert_level)db_column_integer(rows, 4),
		.status = (enum alert_status)db_column_integer(rows, 5),
		.drill = db_column_integer(rows, 6) != 0,
		.rule_id = db_column_text(rows, 7),
		.rule_title = db_column_text(rows, 8),
		.rule_hash = db_column_text(rows, 9),
		.event_seq = (uint64_t)db_column_integer(rows, 10),
		.source = db_column_text(rows, 11),
		.host = db_column_text(rows, 12),
		.user = db_column_text(rows, 13),
		.source_ip = db_column_text(rows, 14),
		.destination_ip = db_column_text(rows, 15),
		.tactics = db_column_text(rows, 16),
		.techniques = db_column_text(rows, 17),
		.note = db_column_text(rows, 18),
		.rule_title_zh = db_column_text(rows, 19),
		.repeats = (uint64_t)db_column_integer(rows, 20),
		.last = db_column_integer(rows, 21),
		.incident = db_column_integer(rows, 22),
		.incident_facts = db_column_text(rows, 23),
	};
}

int alert_get(struct db *db, struct str id, alert_detail_visit *visit, void *context)
{
	static const char sql[] =
		"SELECT " ALERT_COLUMNS ", coalesce(alert_details.why, ''), coalesce(alert_details.event, '')"
		", description, yaml, author, license, next_steps, next_steps_zh"
		", description_zh, false_positives, false_positives_zh"
		" FROM alerts LEFT JOIN alert_details USING (key)"
		" LEFT JOIN (SELECT hash, description, yaml, author, license, next_steps,"
		" next_steps_zh, description_zh, false_positives, false_positives_zh FROM rules) ON hash = "
		"rule_hash WHERE alerts.id = ?1";
	char hex[2 * ALERT_ID_SIZE + 1];
	uint8_t bytes[ALERT_ID_SIZE];
	struct alert_rule rule = {0};
	struct alert alert;
	struct db_rows *rows;
	struct db_tx *tx;
	int r;

	if (hex_decode(id, bytes, sizeof(bytes)) < 0)
		return ERR_END;
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = db_query(tx, sql, DB_ARGS(db_blob(bytes, sizeof(bytes))));
	r = db_next(rows);
	if (r <= 0)
		return db_end(tx, r == 0 ? ERR_END : r);
	alert_read(rows, hex, &alert);
	alert.why = db_column_text(rows, ALERT_COLUMN_COUNT);
	alert.event = db_column_text(rows, ALERT_COLUMN_COUNT + 1);
	rule.id = alert.rule_id;
	rule.hash = alert.rule_hash;
	rule.title = alert.rule_title;
	rule.title_zh = alert.rule_title_zh;
	rule.level = alert.level;
	rule.description = db_column_text(rows, ALERT_COLUMN_COUNT + 2);
	rule.yaml = db_column_text(rows, ALERT_COLUMN_COUNT + 3);
	rule.author = db_column_text(rows, ALERT_COLUMN_COUNT + 4);
	rule.license = db_column_text(rows, ALERT_COLUMN_COUNT + 5);
	rule.next_steps = db_column_text(rows, ALERT_COLUMN_COUNT + 6);
	rule.next_steps_zh = db_column_text(rows, ALERT_COLUMN_COUNT + 7);
	rule.description_zh = db_column_text(rows, ALERT_COLUMN_COUNT + 8);
	rule.false_positives = db_column_text(rows, ALERT_COLUMN_COUNT + 9);
	rule.false_positives_zh = db_column_text(rows, ALERT_COLUMN_COUNT + 10);
	return db_end(tx, visit(context, &alert, &rule));
}

/* The minute's count moves from the old status to the new one. */
static int move_count(struct db_tx *tx, const struct alert *alert, enum alert_status to)
{
	static const char less[] = "UPDATE alert_minutes SET count = count - 1"
				   " WHERE minute = ?1 AND level = ?2 AND status = ?3 AND drill = ?4";
	static const char more[] = "INSERT INTO alert_minutes VALUES (?1, ?2, ?3, ?4, 1)"
				   " ON CONFLICT DO UPDATE SET count = count + 1";
	int64_t minute = floor_to(alert->time, MINUTE) / MINUTE;
	int r = db_run(tx, less,
		       DB_ARGS(db_integer(minute), db_integer(alert->level), db_integer(alert->status),
			       db_integer(alert->drill)));

	if (r < 0)
		return r;
	return db_run(tx, more,
		      DB_ARGS(db_integer(minute), db_integer(alert->level), db_integer(to),
			      db_integer(alert->drill)));
}

/* What the analysts say of the rule. */
static int move_verdict(struct db_tx *tx, const struct alert *alert, enum alert_status to)
{
	const struct rule_delta delta = {
		.confirmed = (to == ALERT_CLOSED) - (alert->status == ALERT_CLOSED),
		.false_positive = (to == ALERT_FALSE_POSITIVE) - (alert->status == ALERT_FALSE_POSITIVE),
	};

	return rule_count_add(tx, alert->rule_id, alert->drill, &delta);
}

static int apply(struct db_tx *tx, int64_t key, const struct alert *alert, const struct alert_change *change)
{
	static const char history[] =
		"INSERT INTO alert_history (alert, time, by_user, status_from, status_to, note)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	enum alert_status to = change->status ? *change->status : alert->status;
	struct db_value note = change->note ? db_text(*change->note) : (struct db_value){0};
	int r = 0;

	if (to != alert->status)
		r = move_count(tx, alert, to);
	if (to != alert->status && r >= 0)
		r = move_verdict(tx, alert, to);
	if (r >= 0)
		r = db_run(tx, "UPDATE alerts SET status = ?2, note = coalesce(?3, note) WHERE key = ?1",
			   DB_ARGS(db_integer(key), db_integer(to), note));
	if (r >= 0)
		r = db_run(tx, history,
			   DB_ARGS(db_integer(key), db_integer(change->at), db_text(change->by),
				   db_integer(alert->status), db_integer(to), note));
	return r;
}

/* rows: of an alert's columns, just begun. */
static int update_row(struct db_tx *tx, struct db_rows *rows, const struct alert_change *change)
{
	char hex[2 * ALERT_ID_SIZE + 1];
	struct alert alert;
	int r = db_next(rows);

	if (r <= 0)
		return r == 0 ? ERR_END : r;
	alert_read(rows, hex, &alert);
	return apply(tx, db_column_integer(rows, 0), &alert, change);
}

int alert_change_in(struct db_tx *tx, int64_t key, const struct alert_change *change)
{
	return update_row(
		tx,
		db_query(tx, "SELECT " ALERT_COLUMNS " FROM alerts WHERE key = ?1", DB_ARGS(db_integer(key))),
		change);
}

int alert_update(struct db *db, struct str id, const struct alert_change *change)
{
	uint8_t bytes[ALERT_ID_SIZE];
	struct db_tx *tx;
	int r;

	if (hex_decode(id, bytes, sizeof(bytes)) < 0)
		return ERR_END;
	r = db_begin(db, DB_WRITE, &tx);
	if (r < 0)
		return r;
	r = db_end(tx, update_row(tx,
				  db_query(tx, "SELECT " ALERT_COLUMNS " FROM alerts WHERE id = ?1",
					   DB_ARGS(db_blob(bytes, sizeof(bytes)))),
				  change));
	return r < 0 ? r : 0;
}

int alert_history(struct db *db, struct str id, int (*visit)(void *context, const struct alert_event *event),
		  void *context)
{
	static const char sql[] =
		"SELECT alert_history.time, by_user, status_from, status_to, alert_history.note IS NOT NULL,"
		" coalesce(alert_history.note, '') FROM alert_history JOIN alerts ON alerts.key = alert"
		" WHERE alerts.id = ?1 ORDER BY number";
	uint8_t bytes[ALERT_ID_SIZE];
	struct db_rows *rows;
	struct db_tx *tx;
	int r, stop = 0;

	if (hex_decode(id, bytes, sizeof(bytes)) < 0)
		return ERR_END;
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = db_query(tx, sql, DB_ARGS(db_blob(bytes, sizeof(bytes))));
	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct alert_event event = {
			.time = db_column_integer(rows, 0),
			.by = db_column_text(rows, 1),
			.from = (enum alert_status)db_column_integer(rows, 2),
			.to = (enum alert_status)db_column_integer(rows, 3),
			.note_changed = db_column_integer(rows, 4) != 0,
			.note = db_column_text(rows, 5),
		};
		stop = visit(context, &event);
	}
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}
