/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/eval_incidents.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/vec.h"
#include "bin/alert_link.h"
#include "cases/incident.h"
#include "people/register.h"

#define SEND_AT (1024 * 1024) /* bytes of alerts that are added in one go */
#define PATH_SIZE 256

struct part {
	uint64_t first; /* number of its first event */
	const char *file;
	char *member;
	uint64_t alerts, incidents, grave_incidents;
};

struct eval_incidents {
	const struct ruleset *rules;
	const struct case_rules *cases;
	struct finding_plan *plan;
	struct correlator *correlator;
	struct db *db;
	char folder[PATH_SIZE];
	uint64_t next;
	struct {
		VEC_OF(struct part)
	} parts;
	struct buf alerts;
	uint64_t lost; /* correlations whose event is in no file at hand */
	int status;
	/* of eval_incidents_run() */
	struct eval_drafts *drafts;
	size_t draft;
	eval_incidents_make *make;
	void *context;
};

static int open_db(struct eval_incidents *incidents, struct err *ret_err)
{
	static const struct db_schema *const schemas[] = {&register_schema, &cases_schema};
	const char *temp = getenv("TMPDIR");
	char path[PATH_SIZE + 16];

	snprintf(incidents->folder, sizeof(incidents->folder), "%s/wanglou-eval-XXXXXX",
		 temp && *temp ? temp : "/tmp");
	if (!mkdtemp(incidents->folder)) {
		int r = -errno;

		incidents->folder[0] = 0;
		return err_set(ret_err, r, 0, 0, "no folder for the incidents: %s", err_text(r));
	}
	snprintf(path, sizeof(path), "%s/" DB_FILE, incidents->folder);
	return db_open(path, schemas, 2, &incidents->db, ret_err);
}

int eval_incidents_new(const struct ruleset *rules, const struct case_rules *cases,
		       struct eval_incidents **ret_incidents, struct err *ret_err)
{
	struct eval_incidents *incidents = calloc(1, sizeof(*incidents));
	int r;

	must(incidents);
	incidents->rules = rules;
	incidents->cases = cases;
	incidents->next = 1;
	incidents->plan = finding_plan_new(rules);
	incidents->correlator = correlator_new(rules, NULL);
	must(incidents->correlator);
	r = open_db(incidents, ret_err);
	if (r < 0)
		eval_incidents_free(incidents);
	else
		*ret_incidents = incidents;
	return r;
}

static void remove_folder(const char *folder)
{
	static const char *const names[] = {"", "-wal", "-shm"};
	char path[PATH_SIZE + 16];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/" DB_FILE "%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

void eval_incidents_free(struct eval_incidents *incidents)
{
	if (!incidents)
		return;
	finding_plan_free(incidents->plan);
	correlator_free(incidents->correlator);
	db_close(incidents->db);
	if (incidents->folder[0])
		remove_folder(incidents->folder);
	for (size_t i = 0; i < incidents->parts.len; i++)
		free(incidents->parts.items[i].member);
	vec_done(&incidents->parts);
	buf_done(&incidents->alerts);
	free(incidents);
}

void eval_drafts_done(struct eval_drafts *drafts)
{
	findings_free(drafts->findings);
	buf_done(&drafts->alerts);
	vec_done(&drafts->items);
}

uint64_t eval_incidents_number(struct eval_incidents *incidents, const char *file, const char *member)
{
	const struct part *last =
		incidents->parts.len ? &incidents->parts.items[incidents->parts.len - 1] : NULL;

	if (!last || last->file != file || strcmp(last->member, member) != 0) {
		struct part part = {.first = incidents->next, .file = file, .member = strdup(member)};

		must(part.member);
		vec_push(&incidents->parts, part);
	}
	return incidents->next++;
}

void eval_incidents_note(const struct eval_incidents *incidents, struct eval_drafts *drafts,
			 const struct matcher *matcher, const uint32_t *rules, size_t count,
			 struct event *event, uint32_t record)
{
	const struct field *field = event_get(event, FIELD_ID_TIMESTAMP);
	const int64_t time = field ? field->integer : event->received;
	const int64_t received = event->received;

	if (!drafts->findings)
		drafts->findings = findings_new();
	for (size_t i = 0; i < count; i++) {
		const struct rule_info *info = ruleset_info(incidents->rules, rules[i]);
		struct eval_draft draft = {record, rules[i], drafts->alerts.len};

		event->received = 0; /* what a file holds may be from any time */
		findings_add(drafts->findings, incidents->plan, matcher, rules[i], event, LANE_IMPORT, time,
			     record);
		event->received = received;
		if (info->silent)
			continue;
		alert_link_add(&drafts->alerts, info, event, time, STR("{}"));
		vec_push(&drafts->items, draft);
	}
}

static const struct eval_draft *find_draft(struct eval_incidents *incidents,
					   const struct correlator_alert *alert)
{
	const struct eval_drafts *drafts = incidents->drafts;

	for (; drafts && incidents->draft < drafts->items.len; incidents->draft++) {
		const struct eval_draft *draft = &drafts->items.items[incidents->draft];

		if (draft->record == alert->record && draft->rule == alert->rule)
			return draft;
		if (draft->record > alert->record)
			return NULL;
	}
	return NULL;
}

static void send(struct eval_incidents *incidents)
{
	int r;

	if (!incidents->alerts.len || incidents->status < 0)
		return;
	r = alert_link_receive(incidents->db, incidents->cases, IPC_ALERTS, buf_str(&incidents->alerts));
	if (r < 0)
		incidents->status = r;
	buf_clear(&incidents->alerts);
}

static void take(void *context, const struct correlator_alert *alert)
{
	struct eval_incidents *incidents = context;
	const struct rule_info *info = ruleset_info(incidents->rules, alert->rule);
	const struct eval_draft *draft;
	size_t at = incidents->alerts.len;

	if (alert->repeats)
		return;
	if (info->kind == RULE_DETECTION) {
		draft = find_draft(incidents, alert);
		if (!draft)
			return;
		buf_add_str(&incidents->alerts, alert_link_item(&incidents->drafts->alerts, draft->at));
	} else if (alert->record != CORRELATOR_NO_RECORD && incidents->make) {
		incidents->make(incidents->context, alert->record, info, alert->time, alert->why,
				&incidents->alerts);
	} else {
		incidents->lost++;
		return;
	}
	alert_link_name(&incidents->alerts, at, alert->cause);
}

void eval_incidents_run(struct eval_incidents *incidents, struct eval_drafts *drafts,
			eval_incidents_make *make, void *context)
{
	struct findings *last = drafts ? NULL : findings_new();
	struct findings *given = drafts ? drafts->findings : last;

	incidents->drafts = drafts;
	incidents->draft = 0;
	incidents->make = make;
	incidents->context = context;
	if (last)
		findings_add_time(last, LANE_IMPORT, INT64_MAX);
	if (given)
		correlator_run(incidents->correlator, given, take, incidents);
	if (last || incidents->alerts.len >= SEND_AT)
		send(incidents);
	findings_free(last);
	if (drafts && drafts->findings) {
		findings_clear(drafts->findings);
		buf_clear(&drafts->alerts);
		vec_clear(&drafts->items);
	}
}

/* --- the report ----------------------------------------------------------------------------------------- */

static struct part *part_of(struct eval_incidents *incidents, uint64_t number)
{
	size_t low = 0, high = incidents->parts.len;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		*(incidents->parts.items[middle].first <= number ? &low : &high) = middle;
	}
	return &incidents->parts.items[low];
}

/* Which incidents hold alerts of which files: pairs of incident and part, in the order of incidents. */
struct pair {
	int64_t incident;
	size_t part;
	uint64_t alerts, grave; /* grave: more than informational */
};
struct pairs {
	VEC_OF(struct pair)
};

static void count_alert(struct eval_incidents *incidents, struct pairs *pairs, int64_t incident,
			uint64_t number, bool grave)
{
	struct part *part = part_of(incidents, number);
	size_t index = (size_t)(part - incidents->parts.items);

	part->alerts++;
	for (size_t i = pairs->len; i-- > 0 && pairs->items[i].incident == incident;)
		if (pairs->items[i].part == index) {
			pairs->items[i].alerts++;
			part->grave_incidents += grave && !pairs->items[i].grave++;
			return;
		}
	part->incidents++;
	part->grave_incidents += grave;
	vec_push(pairs, ((struct pair){incident, index, 1, grave}));
}

static int read_pairs(struct eval_incidents *incidents, struct db_tx *tx, struct pairs *pairs,
		      uint64_t *ret_alerts)
{
	struct db_rows *rows =
		db_query(tx, "SELECT incident, event_seq, level FROM alerts ORDER BY incident, key", DB_NONE);
	int r;

	while ((r = db_next(rows)) > 0) {
		count_alert(incidents, pairs, db_column_integer(rows, 0),
			    (uint64_t)db_column_integer(rows, 1),
			    db_column_integer(rows, 2) > ALERT_INFORMATIONAL);
		++*ret_alerts;
	}
	return r;
}

static void print_part(FILE *out, const struct part *part)
{
	struct buf line = {0};

	buf_add_json_string(&line, str_from(part->file));
	if (part->member[0]) {
		buf_add_str(&line, STR(",\"member\":"));
		buf_add_json_string(&line, str_from(part->member));
	}
	fwrite(line.ptr, 1, line.len, out);
	buf_done(&line);
}

struct printer {
	struct eval_incidents *incidents;
	const struct pairs *pairs;
	FILE *out;
};

static int print_incident(void *context, const struct incident *incident)
{
	const struct printer *printer = context;
	const char *comma = "";
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];
	struct buf line = {0};

	clock_format(incident->first, first);
	clock_format(incident->last, last);
	buf_printf(&line,
		   "{\"incident\":\"%.*s\",\"first\":\"%s\",\"last\":\"%s\",\"alerts\":%" PRId64
		   ",\"severity\":\"%s\",\"score\":%" PRId64
		   ",\"category\":\"%.*s\",\"level\":%u,\"tactics\":%.*s,\"title\":",
		   STR_FMT(incident->number), first, last, incident->alerts,
		   alert_level_name(incident->severity), incident->score,
		   STR_FMT(incident->category_proposed), incident->level_proposed,
		   STR_FMT(incident->tactics));
	buf_add_json_string(&line, incident->title);
	fprintf(printer->out, "%s,\"files\":[", buf_cstr(&line));
	for (size_t i = 0; i < printer->pairs->len; i++) {
		const struct pair *pair = &printer->pairs->items[i];

		if (pair->incident != incident->id)
			continue;
		fprintf(printer->out, "%s{\"file\":", comma);
		print_part(printer->out, &printer->incidents->parts.items[pair->part]);
		fprintf(printer->out, ",\"alerts\":%" PRIu64 "}", pair->alerts);
		comma = ",";
	}
	fprintf(printer->out, "]}\n");
	buf_done(&line);
	return 0;
}

struct totals {
	uint64_t alerts, incidents;
	uint64_t informational;            /* incidents of nothing more */
	uint64_t mixed;                    /* incidents with alerts of more than one file */
	uint64_t files, whole;             /* whole: in one incident */
	uint64_t grave_files, grave_whole; /* of what is more than informational */
};

/* first: of the pairs that belong to one incident. */
static void count_incident(struct totals *totals, const struct pairs *pairs, size_t first)
{
	size_t end = first;
	uint64_t grave = 0;

	for (; end < pairs->len && pairs->items[end].incident == pairs->items[first].incident; end++)
		grave += pairs->items[end].grave;
	totals->incidents++;
	totals->informational += grave == 0;
	totals->mixed += end - first > 1;
}

static void print_file(FILE *out, const struct part *part, struct totals *totals)
{
	totals->files++;
	totals->whole += part->incidents == 1;
	totals->grave_files += part->grave_incidents > 0;
	totals->grave_whole += part->grave_incidents == 1;
	fprintf(out, "{\"file\":");
	print_part(out, part);
	fprintf(out,
		",\"alerts\":%" PRIu64 ",\"incidents\":%" PRIu64 ",\"incidents_above_informational\":%" PRIu64
		"}\n",
		part->alerts, part->incidents, part->grave_incidents);
}

static void print_totals(FILE *out, const struct totals *totals, uint64_t lost)
{
	fprintf(out,
		"{\"alerts\":%" PRIu64 ",\"incidents\":%" PRIu64 ",\"reduction\":%.1f"
		",\"incidents_informational\":%" PRIu64 ",\"incidents_of_more_files\":%" PRIu64
		",\"files\":%" PRIu64 ",\"files_in_one_incident\":%" PRIu64
		",\"files_above_informational\":%" PRIu64 ",\"files_in_one_above_informational\":%" PRIu64
		",\"correlations_without_event\":%" PRIu64 "}\n",
		totals->alerts, totals->incidents,
		totals->incidents ? (double)totals->alerts / (double)totals->incidents : 0,
		totals->informational, totals->mixed, totals->files, totals->whole, totals->grave_files,
		totals->grave_whole, lost);
}

static int print_all(struct eval_incidents *incidents, struct db_tx *tx, FILE *out)
{
	struct pairs pairs = {0};
	struct printer printer = {incidents, &pairs, out};
	struct totals totals = {0};
	int r = read_pairs(incidents, tx, &pairs, &totals.alerts);

	for (size_t i = 0; i < pairs.len && r >= 0; i++)
		if (i == 0 || pairs.items[i].incident != pairs.items[i - 1].incident) {
			count_incident(&totals, &pairs, i);
			r = incident_get(tx, pairs.items[i].incident, print_incident, &printer);
		}
	for (size_t i = 0; i < incidents->parts.len && r >= 0; i++)
		if (incidents->parts.items[i].alerts)
			print_file(out, &incidents->parts.items[i], &totals);
	if (r >= 0)
		print_totals(out, &totals, incidents->lost);
	vec_done(&pairs);
	return r < 0 ? r : 0;
}

int eval_incidents_report(struct eval_incidents *incidents, FILE *out)
{
	struct db_tx *tx = NULL;
	int r = incidents->status;

	if (r == 0)
		r = db_begin(incidents->db, DB_READ, &tx);
	return r < 0 ? r : db_end(tx, print_all(incidents, tx, out));
}
