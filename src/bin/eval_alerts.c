/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/eval_alerts.h"

#include <stdlib.h>

#include "base/clock.h"

struct eval_alerts {
	const struct ruleset *rules;
	struct finding_plan *plan;
	struct correlator *correlator;
	eval_alerts_begin *begin;
	void *context;
	struct buf *lines;
};

struct eval_alerts *eval_alerts_new(const struct ruleset *rules)
{
	struct eval_alerts *alerts;
	size_t first = 0;

	while (first < ruleset_count(rules) && !ruleset_correlation(rules, first))
		first++;
	if (first == ruleset_count(rules))
		return NULL;
	alerts = calloc(1, sizeof(*alerts));
	must(alerts);
	alerts->rules = rules;
	alerts->plan = finding_plan_new(rules);
	alerts->correlator = correlator_new(rules, NULL);
	return alerts;
}

void eval_alerts_free(struct eval_alerts *alerts)
{
	if (!alerts)
		return;
	finding_plan_free(alerts->plan);
	correlator_free(alerts->correlator);
	free(alerts);
}

/* What a file holds may be from any time: when it is read says nothing about that. */
void eval_alerts_note(const struct eval_alerts *alerts, struct findings *findings,
		      const struct matcher *matcher, const uint32_t *rules, size_t count, struct event *event,
		      uint32_t record)
{
	const struct field *time = event_get(event, FIELD_ID_TIMESTAMP);
	int64_t at = time ? time->integer : event->received;

	event->received = 0;
	for (size_t i = 0; i < count; i++)
		findings_add(findings, alerts->plan, matcher, rules[i], event, LANE_IMPORT, at, record);
}

static void add_line(void *context, const struct correlator_alert *alert)
{
	const struct eval_alerts *alerts = context;
	const struct rule_info *info = ruleset_info(alerts->rules, alert->rule);
	struct buf *lines = alerts->lines;
	char time[CLOCK_TEXT_SIZE];

	if (info->kind != RULE_CORRELATION || alert->repeats)
		return;
	buf_add_char(lines, '{');
	if (alert->record != CORRELATOR_NO_RECORD && alerts->begin)
		alerts->begin(alerts->context, alert->record, lines);
	clock_format(alert->time, time);
	buf_printf(lines, "\"time\":\"%s\",\"rule\":", time);
	buf_add_json_string(lines, info->id);
	buf_add_str(lines, STR(",\"title\":"));
	buf_add_json_string(lines, info->title);
	buf_printf(lines, ",\"level\":\"%s\",\"correlation\":", rule_level_name(info->level));
	buf_add_str(lines, alert->why);
	buf_add_str(lines, STR("}\n"));
}

void eval_alerts_run(struct eval_alerts *alerts, const struct findings *findings, eval_alerts_begin *begin,
		     void *context, struct buf *lines)
{
	struct findings *last = findings ? NULL : findings_new();

	alerts->begin = begin;
	alerts->context = context;
	alerts->lines = lines;
	if (last)
		findings_add_time(last, LANE_IMPORT, INT64_MAX);
	correlator_run(alerts->correlator, findings ? findings : last, add_line, alerts);
	findings_free(last);
}
