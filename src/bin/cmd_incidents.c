/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou incidents: the incidents of a data folder, and one of them with its alerts and why they are there.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bin/command_audit.h"
#include "bin/store_open.h"
#include "cases/alert_group.h"
#include "cases/incident.h"
#include "people/register.h"

#define LIST_DEFAULT 50
#define ALERTS_SHOWN 1000

struct job {
	const struct command *command;
	const struct config *config;
	struct arguments *arguments;
	const struct case_rules *rules; /* NULL: reasons stay as JSON */
	struct db_tx *tx;
	struct buf out;
	bool json;
};

static void add_time(struct buf *out, const char *key, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	buf_printf(out, ",\"%s\":\"%s\"", key, text);
}

static void add_text(struct buf *out, const char *key, struct str text)
{
	if (!text.len)
		return;
	buf_printf(out, ",\"%s\":", key);
	buf_add_json_string(out, text);
}

static void add_json(struct buf *out, const struct incident *incident)
{
	buf_printf(out, "{\"id\":%" PRId64 ",\"number\":\"%.*s\",\"version\":%" PRId64 ",\"status\":\"%s\"",
		   incident->id, STR_FMT(incident->number), incident->version,
		   incident_status_name(incident->status));
	add_text(out, "title", incident->title);
	buf_printf(out, ",\"severity\":\"%s\",\"score\":%" PRId64 ",\"alerts\":%" PRId64 ",\"drill\":%s",
		   alert_level_name(incident->severity), incident->score, incident->alerts,
		   incident->drill ? "true" : "false");
	add_time(out, "first", incident->first);
	add_time(out, "last", incident->last);
	add_text(out, "category", incident->category);
	add_text(out, "category_proposed", incident->category_proposed);
	buf_printf(out, ",\"level\":%u,\"level_proposed\":%u,\"tactics\":%.*s", incident->level,
		   incident->level_proposed, STR_FMT(incident->tactics));
	add_text(out, "assignee", incident->assignee);
	add_text(out, "asset_name", incident->asset_name);
	add_text(out, "unit_name", incident->unit_name);
	add_text(out, "responsible", incident->responsible);
}

static int list_one(void *context, const struct incident *incident)
{
	struct job *job = context;
	char last[CLOCK_TEXT_SIZE];

	if (job->json) {
		add_json(&job->out, incident);
		buf_add_str(&job->out, STR("}\n"));
		return 0;
	}
	clock_format(incident->last, last);
	buf_printf(&job->out, "%-10.*s %-14s %-13s %4" PRId64 " %6" PRId64 "  %.16sZ  %.*s%s%.*s\n",
		   STR_FMT(incident->number), incident_status_name(incident->status),
		   alert_level_name(incident->severity), incident->score, incident->alerts, last,
		   STR_FMT(incident->title), incident->unit_name.len ? "  · " : "",
		   STR_FMT(incident->unit_name));
	return 0;
}

static int list(struct job *job)
{
	struct incident_filter filter = {.open = !argument_flag(job->arguments, "all"),
					 .limit = LIST_DEFAULT};
	long limit;
	int64_t next = 0;
	int r;

	if (argument_integer(job->arguments, "limit", LIST_DEFAULT, 1, INCIDENT_PAGE_MAX, &limit) < 0)
		return ERR_SYNTAX;
	filter.limit = (unsigned)limit;
	r = incident_list(job->tx, &filter, list_one, job, &next, NULL);
	if (r == 0 && next && !job->json)
		buf_printf(&job->out, "… and older ones: --limit, or the console\n");
	return r;
}

/* The reason in words where the tables are there, else as it is kept. */
static void add_reason(struct job *job, struct str why)
{
	struct buf words = {0};

	if (job->rules)
		case_rules_words(job->rules, why, false, &words);
	if (job->json) {
		buf_printf(&job->out, ",\"why\":%.*s", why.len ? (int)why.len : 2, why.len ? why.ptr : "{}");
		add_text(&job->out, "reason", buf_str(&words));
	} else if (words.len) {
		buf_printf(&job->out, "      %.*s\n", STR_FMT(buf_str(&words)));
	}
	buf_done(&words);
}

static int show_alert(void *context, const struct alert *alert, int64_t score, struct str why)
{
	struct job *job = context;
	const char *comma = job->out.ptr[job->out.len - 1] == '[' ? "" : ",";
	char time[CLOCK_TEXT_SIZE];

	clock_format(alert->time, time);
	if (!job->json) {
		buf_printf(&job->out, "  %.19sZ %-13s %.*s  %.*s %.*s %.*s %.*s\n", time,
			   alert_level_name(alert->level), STR_FMT(alert->rule_title), STR_FMT(alert->host),
			   STR_FMT(alert->user), STR_FMT(alert->source_ip), STR_FMT(alert->destination_ip));
		add_reason(job, why);
		return 0;
	}
	buf_printf(&job->out, "%s{\"id\":\"%.*s\",\"time\":\"%s\",\"level\":\"%s\",\"status\":\"%s\"", comma,
		   STR_FMT(alert->id), time, alert_level_name(alert->level),
		   alert_status_name(alert->status));
	add_text(&job->out, "rule_id", alert->rule_id);
	add_text(&job->out, "rule_title", alert->rule_title);
	add_text(&job->out, "host", alert->host);
	add_text(&job->out, "user", alert->user);
	add_text(&job->out, "source_ip", alert->source_ip);
	add_text(&job->out, "destination_ip", alert->destination_ip);
	buf_printf(&job->out, ",\"incident_score\":%" PRId64, score);
	add_reason(job, why);
	buf_add_char(&job->out, '}');
	return 0;
}

static int show_one(void *context, const struct incident *incident)
{
	struct job *job = context;
	int64_t next = 0;
	int r;

	if (job->json) {
		add_json(&job->out, incident);
		buf_add_str(&job->out, STR(",\"alerts_shown\":["));
	} else {
		list_one(job, incident);
	}
	r = incident_alerts(job->tx, incident->id, 0, ALERTS_SHOWN, show_alert, job, &next);
	if (job->json)
		buf_add_str(&job->out, STR("]}\n"));
	else if (next)
		buf_printf(&job->out, "  … and more\n");
	return r;
}

/* By its number, "2026-0001", or its id. */
static int show(struct job *job, const char *what)
{
	int64_t id = 0;
	int r = str_to_i64(str_from(what), &id) == 0 ? 0 : incident_find(job->tx, str_from(what), &id);

	return r < 0 ? r : incident_get(job->tx, id, show_one, job);
}

static int answer(struct job *job, struct db *db, const char *what)
{
	int r = db_begin(db, DB_READ, &job->tx);

	if (r == 0)
		r = db_end(job->tx, what ? show(job, what) : list(job));
	if (r >= 0 && (store_print(buf_str(&job->out)) < 0 || fflush(stdout) != 0))
		r = -EIO;
	if (r == ERR_SYNTAX)
		return EXIT_USAGE;
	if (r == ERR_END)
		return command_failed(job->command, "there is no incident %s", what);
	if (r < 0)
		return command_failed(job->command, "the incidents cannot be read: %s", err_text(r));
	return EXIT_OK;
}

static int open_and_run(struct job *job, struct arena *arena, const char *what)
{
	static const struct db_schema *const schemas[] = {&register_schema, &cases_schema};
	const char *path = config_path(job->config, arena, "core/" DB_FILE);
	struct case_rules *rules = NULL;
	struct err err = {0};
	struct db *db;
	int status;

	if (access(path, F_OK) < 0)
		return command_failed(job->command, "%s has no incidents yet; start 'wanglou run' on it once",
				      job->config->data);
	status = command_audit(job->command, job->config, AUDIT_READING,
			       what ? "incident.view" : "incident.list",
			       what ? str_from(what) : (struct str){0}, (struct str){0});
	if (status != EXIT_OK)
		return status;
	if (db_open(path, schemas, 2, &db, &err) < 0)
		return command_failed_err(job->command, &err);
	case_rules_load(job->config->content, 0, &rules,
			&err); /* without them reasons stay as they are kept */
	job->rules = rules;
	status = answer(job, db, what);
	db_close(db);
	case_rules_free(rules);
	return status;
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct arena *arena = arena_new(0);
	struct job job = {
		.command = command, .arguments = arguments, .json = argument_flag(arguments, "json")};
	struct config config;
	struct err err = {0};
	size_t cursor = 0;
	const char *verb = argument_next(arguments, NULL, &cursor);
	const char *what = verb ? argument_next(arguments, NULL, &cursor) : NULL;
	bool shows = verb && strcmp(verb, "show") == 0;
	int status;

	job.config = &config;
	if (argument_next(arguments, NULL, &cursor) || shows != (what != NULL) ||
	    (verb && !shows && strcmp(verb, "list") != 0))
		status = usage_error(command, "say list, or show and an incident's number");
	else if (config_load(arguments, arena, &config, &err) < 0)
		status = command_failed_err(command, &err);
	else
		status = open_and_run(&job, arena, what);
	buf_done(&job.out);
	arena_free(arena);
	return status;
}

static const struct option_def options[] = {
	{"all", NULL, "closed ones too"},
	{"limit", "N", "how many at most (default 50)"},
	{"json", NULL, "one JSON object a line"},
	CONFIG_OPTIONS,
	{0},
};

const struct command cmd_incidents = {
	.name = "incidents",
	.summary = "list incidents, or show one with its alerts and why they belong to it",
	.usage = "[list [--all] [--limit N] | show NUMBER] [--json]",
	.details = "Each line: number, status, gravest alert, score (0-1000), alerts, the last one's time, "
		   "title "
		   "and unit.\n"
		   "  wanglou incidents\n"
		   "  wanglou incidents show 2026-0001",
	.options = options,
	.run = run,
};
