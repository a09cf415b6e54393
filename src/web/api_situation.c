/* SPDX-License-Identifier: Apache-2.0 */
/* How things stand now: what the first line of the situation says, and the threat index with its parts. */
#include "base/clock.h"
#include "cases/situation.h"
#include "cases/threat.h"
#include "coverage/statement.h"
#include "rectification/rectification.h"
#include "reporting/reporting.h"
#include "web/incident.h"

#define REPORTS_MAX 500        /* running clocks that are counted */
#define RECTIFICATIONS_MAX 500 /* overdue ones that are counted */
#define PRESSING CLOCK_DAY     /* a deadline so near goes before the level of any incident */

struct picture {
	struct call *call;
	struct db_tx *tx;
	struct situation situation;
	struct coverage_counts coverage;
	int64_t reports, reports_overdue, rectifications, rectifications_overdue;
	struct {
		int64_t incident, id, due;
		enum reporting_stage stage;
	} next; /* the nearest deadline; incident 0: none */
};

static int count_report(void *context, const struct reporting_duty *duty)
{
	struct picture *picture = context;

	picture->reports++;
	picture->reports_overdue += duty->due < picture->call->now;
	if (!picture->next.incident) {
		picture->next.incident = duty->incident;
		picture->next.id = duty->id;
		picture->next.due = duty->due;
		picture->next.stage = duty->stage;
	}
	return 0;
}

static int count_rectification(void *context, const struct rectification *rectification)
{
	struct picture *picture = context;

	picture->rectifications++;
	picture->rectifications_overdue += rectification_overdue(rectification, picture->call->now);
	return 0;
}

static int read_picture(struct picture *picture)
{
	const struct rectification_filter with_units = {.states = 1u << RECTIFICATION_SENT |
								  1u << RECTIFICATION_CONFIRMED |
								  1u << RECTIFICATION_RETURNED,
							.limit = RECTIFICATIONS_MAX};
	const int64_t now = picture->call->now;
	int r = situation_read(picture->tx, now, &picture->situation);

	if (r == 0)
		r = reporting_list_due(picture->tx, 0, now, REPORTS_MAX, count_report, picture);
	if (r == 0)
		r = rectification_list(picture->tx, &with_units, now, count_rectification, picture);
	return r;
}

/* --- the answer ---------------------------------------------------------------------------------------- */

static int write_urgent(void *context, const struct incident *incident)
{
	const struct picture *picture = context;
	struct call *call = picture->call;

	out_open(call->out, "urgent", '{');
	out_open(call->out, "incident", '{');
	api_write_incident(call, incident);
	out_close(call->out, '}');
	if (picture->next.incident == incident->id) {
		out_open(call->out, "report", '{');
		out_integer(call->out, "id", picture->next.id);
		out_text(call->out, "stage", str_from(reporting_stage_name(picture->next.stage)));
		out_time(call->out, "due", picture->next.due);
		out_bool(call->out, "overdue", picture->next.due < call->now);
		out_close(call->out, '}');
	}
	out_close(call->out, '}');
	return 0;
}

/* A statutory deadline within the day, else the worst incident, else whatever still has to be reported. */
static int find_urgent(struct picture *picture)
{
	const int64_t next = picture->next.incident;
	int r = ERR_END;

	if (!next || picture->next.due - picture->call->now > PRESSING)
		r = situation_most_urgent(picture->tx, write_urgent, picture);
	if (r == ERR_END && next)
		r = incident_get(picture->tx, next, write_urgent, picture);
	return r == ERR_END ? 0 : r;
}

static void write_incidents(struct buf *out, const struct situation *situation)
{
	out_open(out, "incidents", '{');
	out_integer(out, "open", situation->incidents.open);
	out_integer(out, "drill", situation->incidents.drill);
	out_integer(out, "untouched", situation->incidents.untouched);
	out_integer(out, "unassigned", situation->incidents.unassigned);
	out_open(out, "by_level", '[');
	for (int level = 0; level <= INCIDENT_LEVEL_MAX; level++)
		out_integer(out, NULL, situation->incidents.by_level[level]);
	out_close(out, ']');
	out_close(out, '}');
}

static void write_pair(struct buf *out, const char *key, int64_t open, int64_t overdue)
{
	out_open(out, key, '{');
	out_integer(out, "open", open);
	out_integer(out, "overdue", overdue);
	out_close(out, '}');
}

static void write_counts(const struct picture *picture)
{
	const struct situation *situation = &picture->situation;
	struct buf *out = picture->call->out;

	write_incidents(out, situation);
	out_open(out, "alerts_new", '{');
	for (int level = ALERT_LEVEL_COUNT - 1; level >= 0; level--)
		out_integer(out, alert_level_name((enum alert_level)level), situation->alerts.unseen[level]);
	out_close(out, '}');
	write_pair(out, "reports", picture->reports, picture->reports_overdue);
	write_pair(out, "rectifications", picture->rectifications, picture->rectifications_overdue);
	write_pair(out, "tasks", situation->tasks_open, situation->tasks_overdue);
	out_open(out, "coverage", '{');
	out_integer(out, "sources", picture->coverage.sources);
	out_integer(out, "silent", picture->coverage.silent);
	out_integer(out, "acknowledged", picture->coverage.acknowledged);
	out_integer(out, "blind", picture->coverage.blind);
	out_bool(out, "down", picture->coverage.down);
	if (picture->coverage.until)
		out_time(out, "until", picture->coverage.until);
	out_close(out, '}');
}

static void write_threat(const struct picture *picture)
{
	const struct situation *situation = &picture->situation;
	const struct coverage_counts *coverage = &picture->coverage;
	struct threat_facts facts = {
		.critical = situation->alerts.unseen[ALERT_CRITICAL],
		.high = situation->alerts.unseen[ALERT_HIGH],
		.alerts = situation->alerts.recent,
		.alerts_before = situation->alerts.before,
		.reports_overdue = picture->reports_overdue,
		.rectifications_overdue = picture->rectifications_overdue,
		.tasks_overdue = situation->tasks_overdue,
		.sources = coverage->down ? 0 : coverage->sources,
		.silent = coverage->silent + coverage->blind,
	};
	struct buf *out = picture->call->out;
	struct threat threat;

	for (int level = 0; level < THREAT_LEVELS; level++)
		facts.incidents[level] = situation->incidents.by_level[level];
	threat_index(&facts, &threat);
	out_open(out, "threat", '{');
	out_integer(out, "index", threat.index);
	out_text(out, "band", str_from(threat.band));
	out_open(out, "parts", '[');
	for (int i = 0; i < THREAT_PART_COUNT; i++) {
		out_open(out, NULL, '{');
		out_text(out, "name", str_from(threat.parts[i].name));
		out_integer(out, "points", threat.parts[i].points);
		out_integer(out, "most", threat.parts[i].most);
		out_integer(out, "value", threat.parts[i].value);
		out_close(out, '}');
	}
	out_close(out, ']');
	out_close(out, '}');
}

/* What is open and what is overdue, each from an index of just that; the sources of an hour. */
void api_get_situation(struct call *call)
{
	struct picture picture = {.call = call};
	int r = coverage_count(call->web->db, call->now, &picture.coverage);

	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	picture.tx = call_begin(call, DB_READ);
	if (!picture.tx)
		return;
	out_open(call->out, NULL, '{');
	out_time(call->out, "at", call->now);
	r = read_picture(&picture);
	if (r == 0) {
		write_counts(&picture);
		write_threat(&picture);
		r = find_urgent(&picture);
	}
	out_close(call->out, '}');
	r = db_end(picture.tx, r);
	if (r < 0)
		call_fail_code(call, r);
}
