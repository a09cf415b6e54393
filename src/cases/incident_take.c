/* SPDX-License-Identifier: Apache-2.0 */
/* What an incident learns from each of its alerts. */
#include "base/clock.h"
#include "cases/grouper.h"

struct str incident_title_of(const struct alert *alert)
{
	return alert->rule_title_zh.len ? alert->rule_title_zh
	       : alert->rule_title.len  ? alert->rule_title
					: alert->rule_id;
}

/* version stays: it counts what people and modules change, not what arrives. */
int incident_take_alert(struct grouper *grouper, int64_t id, const struct alert *alert)
{
	static const char sql[] =
		"UPDATE incidents SET alerts = alerts + 1, first = min(first, ?2), last = max(last, ?2),"
		" updated = max(updated, ?3), title = CASE WHEN touched = 0 AND ?4 > severity THEN ?5 ELSE "
		"title"
		" END, severity = max(severity, ?4) WHERE id = ?1";
	int r = db_run(grouper->tx, sql,
		       DB_ARGS(db_integer(id), db_integer(alert->time), db_integer(alert->detected),
			       db_integer(alert->level), db_text(incident_title_of(alert))));

	return r < 0 ? r : 0;
}

/* What is the same of everything that an alert brings. */
struct taking {
	int64_t id, time, seq, received;
};

/* Whether an alert follows on those that came before it by the same clock: received soon after them, and from
   soon after or before them. began to recent is when those were, of the last minutes. */
#define GOES_ON                                                                                        \
	"received > 0 AND ?8 > 0 AND abs(?8 - received) <= ?9 AND abs(?7 - seq) <= ?10 AND ?4 BETWEEN" \
	" began - ?9 AND recent + ?9"

/* 1 where the incident did not know it yet. */
static int take_entity(struct grouper *grouper, const struct taking *t, enum entity_kind kind,
		       struct str value, int64_t strength, unsigned stage)
{
	static const char again[] =
		"UPDATE incident_entities SET first = min(first, ?4), last = max(last, ?4), count = count + "
		"1,"
		" strength = max(strength, ?5), stage = max(stage, ?6), seq = ?7, received = ?8,"
		" began = CASE WHEN " GOES_ON " THEN max(min(began, ?4), max(recent, ?4) - ?9) ELSE ?4 END,"
		" recent = CASE WHEN " GOES_ON " THEN max(recent, ?4) ELSE ?4 END"
		" WHERE incident = ?1 AND kind = ?2 AND value = ?3";
	static const char add[] =
		"INSERT INTO incident_entities VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5, ?6, ?7, ?8, ?4, ?4)";
	const struct case_rules *rules = grouper->rules;
	int64_t count = 0;
	int r = db_run(grouper->tx, again,
		       DB_ARGS(db_integer(t->id), db_integer(kind), db_text(value), db_integer(t->time),
			       db_integer(strength), db_integer(stage), db_integer(t->seq),
			       db_integer(t->received), db_integer(rules->zone_minutes * CLOCK_MINUTE),
			       db_integer(rules->zone_records)));

	if (r != 0)
		return r < 0 ? r : 0;
	r = db_get_integer(grouper->tx, "SELECT count(*) FROM incident_entities WHERE incident = ?1",
			   DB_ARGS(db_integer(t->id)), &count);
	if (r < 0 || count >= rules->entities_max)
		return r < 0 ? r : 0;
	return db_run(grouper->tx, add,
		      DB_ARGS(db_integer(t->id), db_integer(kind), db_text(value), db_integer(t->time),
			      db_integer(strength), db_integer(stage), db_integer(t->seq),
			      db_integer(t->received)));
}

/* Rules, techniques and tactics are kept beside: they make a link stronger, but are none. */
static int take_kinds(struct grouper *grouper, const struct taking *t, struct str rule,
		      const struct subject *subject)
{
	int added = 0, r = take_entity(grouper, t, ENTITY_RULE, rule, 0, 0);

	for (size_t i = 0; i < subject->technique_count && r >= 0; i++) {
		r = take_entity(grouper, t, ENTITY_TECHNIQUE, subject->techniques[i], 0, 0);
		added += r > 0;
	}
	for (size_t i = 0; i < subject->tactic_count && r >= 0; i++) {
		r = take_entity(grouper, t, ENTITY_TACTIC, subject->tactics[i], 0, 0);
		added += r > 0;
	}
	return r < 0 ? r : added;
}

int incident_take_subject(struct grouper *grouper, int64_t id, const struct alert *alert,
			  const struct subject *subject, int64_t strength)
{
	const struct taking t = {id, alert->time, subject->seq, subject->received};
	int r = 0, added = 0;
	int64_t graded = 0;

	strength = strength * grouper->rules->evidence[alert->level] / 1000;

	for (size_t i = 0; i < subject->count && r >= 0; i++) {
		const struct entity *entity = &subject->items[i];
		bool staged = entity->share == SHARE_HOST || entity->share == SHARE_DESTINATION;

		r = take_entity(grouper, &t, share_kind(entity->share), entity->value, strength,
				staged ? subject->stage : 0);
		added += r > 0 && entity->share == SHARE_HOST;
	}
	if (r >= 0)
		r = take_kinds(grouper, &t, alert->rule_id, subject);
	added += r > 0;
	if (r >= 0)
		r = incident_take_asset(grouper->tx, id, subject->asset);
	added += r > 0;
	if (r >= 0)
		r = db_get_integer(grouper->tx, "SELECT graded FROM incidents WHERE id = ?1",
				   DB_ARGS(db_integer(id)), &graded);
	if (r < 0)
		return r;
	return added || graded < alert->level + 1 ? incident_grade(grouper, id) : 0;
}

int incident_recount(struct grouper *grouper, int64_t id)
{
	static const char sql[] =
		"UPDATE incidents SET (alerts, first, last, severity) = (SELECT count(*),"
		" coalesce(min(time), first), coalesce(max(time), last), coalesce(max(level), severity)"
		" FROM alerts WHERE incident = ?1) WHERE id = ?1";
	int r = db_run(grouper->tx, sql, DB_ARGS(db_integer(id)));

	return r < 0 ? r : incident_grade(grouper, id);
}

static int take_again(struct grouper *grouper, int64_t id, const struct alert *alert)
{
	struct subject subject;
	int r = grouper_subject(grouper, alert, &subject);

	return r < 0 ? r : incident_take_subject(grouper, id, alert, &subject, 1000);
}

/* What a person put together belongs together: every link is a strong one. */
int incident_rebuild(struct grouper *grouper, int64_t id)
{
	static const char sql[] = "SELECT " ALERT_COLUMNS ", coalesce(event, '') FROM alerts LEFT JOIN"
				  " alert_details USING (key) WHERE incident = ?1 ORDER BY alerts.key";
	char hex[2 * ALERT_ID_SIZE + 1];
	struct alert alert;
	struct db_rows *rows;
	int r = db_run(grouper->tx, "DELETE FROM incident_entities WHERE incident = ?1",
		       DB_ARGS(db_integer(id)));

	if (r >= 0 && grouper->rules) {
		rows = db_query(grouper->tx, sql, DB_ARGS(db_integer(id)));
		while ((r = db_next(rows)) > 0) {
			alert_read(rows, hex, &alert);
			alert.event = db_column_text(rows, ALERT_COLUMN_COUNT);
			if ((r = take_again(grouper, id, &alert)) < 0)
				break;
		}
	}
	return r < 0 ? r : incident_recount(grouper, id);
}
