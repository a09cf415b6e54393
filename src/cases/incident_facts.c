/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/incident_facts.h"

#include "base/hash.h"
#include "cases/grouper.h"

int incident_rules_of(struct db_tx *tx, int64_t id,
		      int (*visit)(void *context, const struct incident_rule *rule), void *context)
{
	/* Titles and texts are those of one of its alerts: they differ where the rule was changed meanwhile.
	 */
	static const char sql[] =
		"SELECT rule_id, alerts.title, coalesce(title_zh, ''), coalesce(next_steps, ''),"
		" coalesce(next_steps_zh, ''), tactics, techniques, sum(1), min(time), max(time), "
		"max(alerts.level)"
		" FROM alerts LEFT JOIN rules ON hash = rule_hash WHERE incident = ?1"
		" GROUP BY rule_id ORDER BY 11 DESC, 8 DESC, rule_id LIMIT ?2";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(id), db_integer(INCIDENT_RULES_MAX)));
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct incident_rule rule = {
			.id = db_column_text(rows, 0),
			.title = db_column_text(rows, 1),
			.title_zh = db_column_text(rows, 2),
			.next_steps = db_column_text(rows, 3),
			.next_steps_zh = db_column_text(rows, 4),
			.tactics = db_column_text(rows, 5),
			.techniques = db_column_text(rows, 6),
			.alerts = db_column_integer(rows, 7),
			.first = db_column_integer(rows, 8),
			.last = db_column_integer(rows, 9),
			.level = (enum alert_level)db_column_integer(rows, 10),
		};

		stop = visit(context, &rule);
	}
	return stop ? stop : r;
}

/* What lies in incidents only is left out. */
static void take_parts(const struct subject *subject, struct incident_subject *ret_subject)
{
	for (size_t i = 0; i < subject->count && ret_subject->count < SUBJECT_PARTS_MAX; i++) {
		const struct entity *entity = &subject->items[i];

		if (share_kind(entity->share) > ENTITY_ASSET)
			continue;
		ret_subject->parts[ret_subject->count].part = str_from(share_name(entity->share));
		ret_subject->parts[ret_subject->count].kind = share_kind(entity->share);
		if (entity->share == SHARE_ASSET && subject->asset)
			ret_subject->parts[ret_subject->count].name = subject->asset->name;
		ret_subject->parts[ret_subject->count++].value = entity->value;
	}
}

static int visit_rows(struct grouper *grouper, struct db_rows *rows,
		      int (*visit)(void *context, const struct incident_subject *subject), void *context)
{
	char hex[2 * ALERT_ID_SIZE + 1];
	struct subject subject;
	struct alert alert;
	int r;

	while ((r = db_next(rows)) > 0) {
		struct incident_subject found = {.alert = &alert};

		alert_read(rows, hex, &alert);
		alert.event = db_column_text(rows, ALERT_COLUMN_COUNT);
		r = grouper_subject(grouper, &alert, &subject);
		if (r < 0)
			return r;
		take_parts(&subject, &found);
		r = visit(context, &found);
		if (r)
			return r;
	}
	return r;
}

int incident_subjects(struct db_tx *tx, const struct case_rules *rules, int64_t id, unsigned limit,
		      int (*visit)(void *context, const struct incident_subject *subject), void *context)
{
	static const char sql[] = "SELECT " ALERT_COLUMNS
				  ", coalesce(alert_details.event, '') FROM alerts LEFT JOIN alert_details"
				  " USING (key) WHERE incident = ?1 ORDER BY level DESC, alerts.key LIMIT ?2";
	struct grouper grouper;
	int r;

	must(limit <= INCIDENT_SUBJECTS_MAX);
	grouper_init(&grouper, tx, rules);
	r = visit_rows(&grouper, db_query(tx, sql, DB_ARGS(db_integer(id), db_integer(limit))), visit,
		       context);
	grouper_done(&grouper);
	return r;
}
