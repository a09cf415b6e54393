/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says, gathered as JSON. */
#include <stdio.h>
#include <stdlib.h>

#include "cases/alert_count.h"
#include "cases/incident.h"
#include "coverage/text.h"
#include "duty/log.h"
#include "duty/report_private.h"

#define INCIDENT_PAGE 200

/* What is no UTF-8, as names of senders may be, cannot stand in JSON. */
static void set_text(json_t *object, const char *key, struct str text)
{
	json_t *value = json_stringn(text.len ? text.ptr : "", text.len);

	json_object_set_new(object, key, value ? value : json_string("\xef\xbf\xbd"));
}

static void set_time(json_t *object, const char *key, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	json_object_set_new(object, key, json_string(text));
}

static void set_number(json_t *object, const char *key, int64_t number)
{
	json_object_set_new(object, key, json_integer(number));
}

/* --- people and the calendar ---------------------------------------------------------------------------- */

static int add_shift(void *context, const struct shift *shift)
{
	json_t *item = json_object();

	set_text(item, "place", str_from(duty_place_name(shift->place)));
	set_text(item, "name", shift->who.name);
	set_text(item, "phone", shift->who.phone);
	set_time(item, "from", shift->from);
	set_time(item, "to", shift->to);
	json_array_append_new(context, item);
	return 0;
}

static int add_hole(void *context, int64_t from, int64_t to)
{
	json_t *item = json_object();

	set_time(item, "from", from);
	set_time(item, "to", to);
	json_array_append_new(context, item);
	return json_array_size(context) == REPORT_LISTED_MAX;
}

static int add_period(void *context, const struct period *period)
{
	json_t *item = json_object();

	set_text(item, "kind", str_from(period_kind_name(period->kind)));
	set_text(item, "name", period->name);
	json_array_append_new(context, item);
	return 0;
}

static int add_line(void *context, const struct duty_line *line)
{
	json_t *item = json_object();

	set_time(item, "time", line->time);
	set_text(item, "kind", str_from(duty_log_kind_name(line->kind)));
	set_text(item, "by", line->by);
	set_text(item, "text", line->text);
	json_array_insert_new(context, 0, item); /* they come newest first */
	return 0;
}

static int gather_duty(struct db_tx *tx, struct report_facts *facts)
{
	json_t *shifts = json_array(), *holes = json_array(), *periods = json_array(), *log = json_array();
	int r = shift_list(tx, facts->from, facts->to, add_shift, shifts);

	if (r == 0)
		r = shift_holes(tx, PLACE_OFFICER, facts->from, facts->to, add_hole, holes);
	if (r >= 0)
		r = period_list(tx, facts->from, facts->to, add_period, periods);
	if (r == 0)
		r = duty_log_list(tx, facts->from, facts->to, 0, REPORT_LISTED_MAX, add_line, log);
	json_object_set_new(facts->content, "on_duty", shifts);
	json_object_set_new(facts->content, "holes", holes);
	json_object_set_new(facts->content, "periods", periods);
	json_object_set_new(facts->content, "log", log);
	return r < 0 ? r : 0;
}

/* --- incidents ------------------------------------------------------------------------------------------ */

struct incidents {
	struct report_facts *facts;
	json_t *list;
	int64_t opened, closed, open, listed_out;
};

static void list_incident(struct incidents *incidents, const struct incident *incident)
{
	json_t *item;

	if (json_array_size(incidents->list) >= REPORT_LISTED_MAX) {
		incidents->listed_out++;
		return;
	}
	item = json_object();
	set_number(item, "id", incident->id);
	set_text(item, "number", incident->number);
	set_text(item, "title", incident->title);
	set_text(item, "severity", str_from(alert_level_name(incident->severity)));
	set_number(item, "level", incident->level);
	set_text(item, "status", str_from(incident_status_name(incident->status)));
	set_text(item, "unit", incident->unit_name);
	set_text(item, "responsible", incident->responsible);
	set_time(item, "created", incident->created);
	json_array_append_new(incidents->list, item);
}

/* Merged and false ones are no incidents of their own, drills none at all. */
static int note_incident(void *context, const struct incident *incident)
{
	struct incidents *incidents = context;
	const struct report_facts *facts = incidents->facts;
	const bool opened = incident->created >= facts->from && incident->created < facts->to;
	const bool closed = incident->closed >= facts->from && incident->closed < facts->to;
	const bool open =
		incident->created < facts->to && (!incident->closed || incident->closed >= facts->to);

	if (incident->drill || incident->status == INCIDENT_MERGED || incident->status == INCIDENT_FALSE)
		return 0;
	incidents->opened += opened;
	incidents->closed += closed;
	incidents->open += open;
	if (opened || closed || open)
		list_incident(incidents, incident);
	return 0;
}

/* Those that are open, and those closed whose last alert is not older than a month before the span. */
static int gather_incidents(struct db_tx *tx, struct report_facts *facts)
{
	struct incidents incidents = {.facts = facts, .list = json_array()};
	struct incident_filter filters[] = {
		{.open = true, .limit = INCIDENT_PAGE},
		{.statuses = 1u << INCIDENT_CLOSED,
		 .from = facts->from - 30 * CLOCK_DAY,
		 .to = facts->made,
		 .limit = INCIDENT_PAGE},
	};
	json_t *object = json_object();
	int r = 0;

	for (size_t i = 0; i < 2; i++)
		do {
			int64_t next = 0;

			r = r == 0 ? incident_list(tx, &filters[i], note_incident, &incidents, &next, NULL)
				   : r;
			filters[i].cursor = next;
		} while (r == 0 && filters[i].cursor);
	set_number(object, "opened", incidents.opened);
	set_number(object, "closed", incidents.closed);
	set_number(object, "open", incidents.open);
	set_number(object, "listed_out", incidents.listed_out);
	json_object_set_new(object, "list", incidents.list);
	json_object_set_new(facts->content, "incidents", object);
	facts->incidents = incidents.opened;
	return r;
}

/* --- alerts and coverage -------------------------------------------------------------------------------- */

static int gather_alerts(struct db *db, struct report_facts *facts)
{
	json_t *object = json_object(), *levels = json_object();
	struct alert_totals totals = {0};
	int r = alerts_totals(db, facts->from, facts->to, &totals);

	set_number(object, "total", totals.total);
	set_number(object, "open", totals.open);
	for (unsigned level = 0; level < ALERT_LEVEL_COUNT; level++)
		set_number(levels, alert_level_name((enum alert_level)level), totals.by_level[level]);
	json_object_set_new(object, "by_level", levels);
	json_object_set_new(facts->content, "alerts", object);
	return r;
}

static int add_gap(void *context, const struct gap *gap)
{
	struct buf text = {0};
	json_t *item;

	if (json_array_size(context) >= REPORT_LISTED_MAX)
		return 0;
	coverage_gap_json(&text, gap);
	item = json_loadb(text.ptr, text.len, 0, NULL);
	buf_clear(&text);
	if (gap->talker.id)
		coverage_talker_text(&text, &gap->talker);
	if (item) {
		set_text(item, "who", buf_str(&text));
		json_array_append_new(context, item);
	}
	buf_done(&text);
	return 0;
}

static int gather_coverage(struct db *db, struct report_facts *facts)
{
	json_t *object = json_object(), *gaps = json_array();
	struct statement statement = {0};
	int r = statement_make(db, facts->from, facts->to, facts->made, add_gap, gaps, &statement);

	facts->blind = statement.blind || statement.until < facts->to;
	set_text(object, "verdict", facts->blind ? STR("blind") : STR("complete"));
	set_time(object, "until", statement.until);
	set_number(object, "sources", (int64_t)statement.talkers);
	set_number(object, "gap_count", (int64_t)statement.gaps);
	json_object_set_new(object, "gaps", gaps);
	json_object_set_new(facts->content, "coverage", object);
	return r < 0 ? r : 0;
}

int report_gather(struct db *db, struct report_facts *facts)
{
	struct db_tx *tx;
	int r;

	facts->content = json_object();
	set_time(facts->content, "from", facts->from);
	set_time(facts->content, "to", facts->to);
	set_time(facts->content, "made", facts->made);
	r = gather_alerts(db, facts);
	if (r == 0)
		r = gather_coverage(db, facts);
	if (r < 0 || (r = db_begin(db, DB_READ, &tx)) < 0)
		return r;
	r = gather_duty(tx, facts);
	if (r == 0)
		r = gather_incidents(tx, facts);
	return db_end(tx, r);
}
