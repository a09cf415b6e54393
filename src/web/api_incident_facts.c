/* SPDX-License-Identifier: Apache-2.0 */
/* What surrounds incidents: how many wait for whom, who may take them, and what each of their alerts is
 * about. */
#include "cases/incident_facts.h"
#include "web/incident.h"

/* --- how many ------------------------------------------------------------------------------------------- */

struct counts {
	struct call *call;
	int64_t open, unassigned, mine, overdue;
	int64_t statuses[INCIDENT_STATUS_COUNT], levels[INCIDENT_LEVEL_MAX + 1];
};

static int count_one(void *context, const struct incident *incident)
{
	struct counts *counts = context;
	const unsigned level = incident->level ? incident->level : incident->level_proposed;

	counts->open++;
	counts->unassigned += !incident->assignee.len;
	counts->mine += str_eq(incident->assignee, incident_caller(counts->call));
	counts->overdue += incident->due && incident->due < counts->call->now;
	counts->statuses[incident->status]++;
	counts->levels[level <= INCIDENT_LEVEL_MAX ? level : 0]++;
	return 0;
}

static void write_counts(struct buf *out, const struct counts *counts)
{
	out_open(out, NULL, '{');
	out_integer(out, "open", counts->open);
	out_integer(out, "unassigned", counts->unassigned);
	out_integer(out, "mine", counts->mine);
	out_integer(out, "overdue", counts->overdue);
	out_open(out, "status", '{');
	for (int i = 0; i < INCIDENT_STATUS_COUNT; i++)
		if (incident_is_open((enum incident_status)i))
			out_integer(out, incident_status_name((enum incident_status)i), counts->statuses[i]);
	out_close(out, '}');
	out_open(out, "level", '[');
	for (int i = 0; i <= INCIDENT_LEVEL_MAX; i++)
		buf_printf(out, "%s%lld", i ? "," : "", (long long)counts->levels[i]);
	out_close(out, ']');
	out_close(out, '}');
}

/* Reads every open incident, of which there are as many as people have not dealt with; about 5 µs each. */
void api_get_incident_summary(struct call *call)
{
	struct incident_filter filter = {.open = true, .limit = INCIDENT_SCAN_MAX, .unit = call->scope};
	struct str drill = call_text(call, "drill");
	struct counts counts = {.call = call};
	struct db_tx *tx = call_begin(call, DB_READ);
	int64_t next = 0;
	int r;

	if (!tx)
		return;
	filter.drill = !drill.len ? ALERT_ANY : str_eq(drill, STR("true")) ? ALERT_DRILL : ALERT_REAL;
	r = incident_list(tx, &filter, count_one, &counts, &next, NULL);
	if (incident_end(call, tx, r))
		write_counts(call->out, &counts);
}

/* --- who ------------------------------------------------------------------------------------------------ */

static int write_assignee(void *context, const struct user *user)
{
	struct call *call = context;

	if (user->disabled || !role_may(user->role, PERMIT_INCIDENT_CHANGE))
		return 0;
	out_open(call->out, NULL, '{');
	out_text(call->out, "name", str_from(user->name));
	out_text(call->out, "role", str_from(role_name(user->role)));
	out_close(call->out, '}');
	return 0;
}

/* Names alone: what else an account is, only those who keep accounts may see. */
void api_list_assignees(struct call *call)
{
	int r;

	page_open(call);
	r = user_list(call->web->db, write_assignee, call);
	page_close(call, false, 0, (struct str){0});
	if (r < 0)
		call_fail_code(call, r);
}

/* --- what alerts are about ------------------------------------------------------------------------------ */

static int write_subject(void *context, const struct incident_subject *subject)
{
	const struct alert *alert = subject->alert;
	struct call *call = context;
	struct buf *out = call->out;

	out_open(out, NULL, '{');
	out_text(out, "id", alert->id);
	out_time(out, "time", alert->time);
	out_text(out, "level", str_from(alert_level_name(alert->level)));
	out_text(out, "rule_id", alert->rule_id);
	out_text(out, "rule_title", alert->rule_title);
	out_optional(out, "rule_title_zh", alert->rule_title_zh);
	out_open(out, "parts", '[');
	for (size_t i = 0; i < subject->count; i++) {
		out_open(out, NULL, '{');
		out_text(out, "part", subject->parts[i].part);
		out_text(out, "kind", str_from(entity_kind_name(subject->parts[i].kind)));
		out_text(out, "value", subject->parts[i].value);
		out_optional(out, "name", subject->parts[i].name);
		out_close(out, '}');
	}
	out_close(out, ']');
	out_close(out, '}');
	return 0;
}

void api_list_incident_entities(struct call *call)
{
	const struct case_rules *rules = incident_rules(call);
	struct db_tx *tx;
	int64_t id, limit;
	int r;

	if (!rules || !call_number(call, "limit", 1, INCIDENT_SUBJECTS_MAX, INCIDENT_SUBJECTS_MAX, &limit) ||
	    !incident_begin(call, DB_READ, &tx, &id))
		return;
	page_open(call);
	r = incident_subjects(tx, rules, id, (unsigned)limit, write_subject, call);
	page_close(call, false, 0, (struct str){0});
	incident_end(call, tx, r);
}
