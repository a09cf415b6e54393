/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou audit coverage: who talked, who should have, and where nothing could be heard. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bin/audit_words.h"
#include "coverage/text.h"
#include "query/time.h"

#define SPAN_DEFAULT CLOCK_DAY
#define SPAN_MAX (400 * CLOCK_DAY)

enum by { BY_HOUR, BY_DAY, BY_ALL };

struct report {
	const struct command *command;
	int64_t from, to, now, zone;
	struct str source;
	enum by by;
	bool json, blind; /* blind: by the gaps that concern the source */
	struct buf out;
	size_t lines;
	/* The line that is being added up */
	struct ledger_hour line;
	struct buf who;
	bool open;
};

/* --- times in the operator's zone ----------------------------------------------------------------------- */

/* "2026-11-22 02:10" */
static void format_minute(const struct report *report, int64_t time, char out[CLOCK_TEXT_SIZE])
{
	clock_format(time + report->zone, out);
	out[10] = ' ';
	out[16] = 0;
}

static void format_line_time(const struct report *report, int64_t time, char out[CLOCK_TEXT_SIZE])
{
	format_minute(report, time, out);
	if (report->by == BY_DAY)
		out[10] = 0;
	if (report->by == BY_ALL)
		out[0] = 0;
}

/* --- lines ---------------------------------------------------------------------------------------------- */

static void flush_line(struct report *report)
{
	const struct ledger_hour *line = &report->line;
	char time[CLOCK_TEXT_SIZE], expected[24] = "?";

	if (!report->open)
		return;
	if (line->expected != EXPECTED_UNKNOWN)
		snprintf(expected, sizeof(expected), "%" PRId64, line->expected);
	format_line_time(report, line->hour, time);
	buf_printf(&report->out, "%-17s %-38.*s %10" PRId64 " %10s %7" PRId64 " %8" PRId64 "%s %9" PRId64,
		   time, STR_FMT(buf_str(&report->who)), line->received, expected,
		   line->silent / CLOCK_MINUTE, line->lost, line->unsure ? "?" : " ", line->unparsed);
	buf_printf(&report->out, " %8.1f %9.1f\n", (double)line->delay / CLOCK_SECOND,
		   (double)line->clock_error / CLOCK_SECOND);
	report->open = false;
	report->lines++;
}

/* Hours and days begin in the operator's zone. */
static int64_t bucket_of(const struct report *report, int64_t hour)
{
	if (report->by == BY_HOUR)
		return hour;
	return report->by == BY_DAY ? (hour + report->zone) / CLOCK_DAY * CLOCK_DAY - report->zone : 0;
}

static void add_up(struct ledger_hour *line, const struct ledger_hour *hour)
{
	line->received += hour->received;
	line->unparsed += hour->unparsed;
	line->lost += hour->lost;
	line->silent += hour->silent;
	line->unsure = line->unsure || hour->unsure;
	if (hour->expected != EXPECTED_UNKNOWN)
		line->expected =
			line->expected == EXPECTED_UNKNOWN ? hour->expected : line->expected + hour->expected;
	if (hour->received) { /* of the last hour with any */
		line->delay = hour->delay;
		line->clock_error = hour->clock_error;
	}
}

static int take_hour(void *context, const struct ledger_hour *hour)
{
	struct report *report = context;
	int64_t bucket = bucket_of(report, hour->hour);

	if (report->json) {
		buf_add_str(&report->out, report->lines++ ? STR(",") : STR(""));
		coverage_hour_json(&report->out, hour);
		return 0;
	}
	if (report->open && report->line.talker.id == hour->talker.id && report->line.hour == bucket) {
		add_up(&report->line, hour);
		return 0;
	}
	flush_line(report);
	report->line = *hour;
	report->line.hour = bucket;
	report->line.talker = (struct ledger_talker){.id = hour->talker.id};
	buf_clear(&report->who);
	coverage_talker_text(&report->who, &hour->talker);
	report->open = true;
	return 0;
}

/* --- gaps ----------------------------------------------------------------------------------------------- */

static void describe_gap(struct report *report, const struct gap *gap)
{
	if (gap->reason == GAP_LOST)
		buf_printf(&report->out, ", %" PRId64 " messages", gap->count);
	if (gap->reason == GAP_UNPARSED)
		buf_printf(&report->out, ", %" PRId64 " of %" PRId64 " messages", gap->count, gap->received);
	if (gap->lasts)
		buf_add_str(&report->out, STR(", and still"));
	if (gap->learning)
		buf_add_str(&report->out, STR(" (its rhythm is still being learnt)"));
}

static int take_gap(void *context, const struct gap *gap)
{
	struct report *report = context;
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	struct buf who = {0};

	if (report->source.len && gap->talker.source.len && !str_eq(gap->talker.source, report->source))
		return 0;
	report->blind = report->blind || !gap->learning;
	if (report->json) {
		buf_add_str(&report->out, report->lines++ ? STR(",") : STR(""));
		coverage_gap_json(&report->out, gap);
		return 0;
	}
	format_minute(report, gap->from, from);
	format_minute(report, gap->to, to);
	if (gap->talker.id && gap->reason != GAP_DOWN)
		coverage_talker_text(&who, &gap->talker);
	else
		buf_add_str(&who, STR("everything"));
	buf_printf(&report->out, "  %s  %s  %-8s %.*s", from, to, gap_reason_name(gap->reason),
		   STR_FMT(buf_str(&who)));
	describe_gap(report, gap);
	buf_add_char(&report->out, '\n');
	buf_done(&who);
	report->lines++;
	return 0;
}

/* --- the report ----------------------------------------------------------------------------------------- */

static void head(struct report *report)
{
	static const char *const words[] = {[BY_HOUR] = "HOUR", [BY_DAY] = "DAY", [BY_ALL] = ""};

	if (report->json)
		buf_add_str(&report->out, STR("{\"hours\":["));
	else
		buf_printf(&report->out, "%-17s %-38s %10s %10s %7s %9s %9s %8s %9s\n", words[report->by],
			   "SOURCE", "RECEIVED", "EXPECTED", "SILENT", "DROPPED ", "UNPARSED", "DELAY s",
			   "CLOCK s");
}

static void between(struct report *report)
{
	flush_line(report);
	if (report->json)
		buf_add_str(&report->out, STR("],\"gaps\":["));
	else if (!report->lines)
		buf_add_str(&report->out, STR("(nobody was heard)\n"));
	if (!report->json)
		buf_add_str(&report->out, STR("\nGaps:\n"));
	report->lines = 0;
}

static void verdict(struct report *report, const struct statement *statement)
{
	char from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];

	if (report->json) {
		clock_format(statement->from, from);
		clock_format(statement->until, until);
		buf_printf(&report->out,
			   "],\"from\":\"%s\",\"until\":\"%s\",\"verdict\":\"%s\",\"sources\":%zu}\n", from,
			   until, report->blind ? "blind" : "complete", statement->talkers);
		return;
	}
	if (!report->lines)
		buf_add_str(&report->out, STR("  none\n"));
	format_minute(report, statement->from, from);
	format_minute(report, statement->until, until);
	buf_printf(&report->out, "\n%s: %s to %s, %zu sources\n", report->blind ? "BLIND" : "complete", from,
		   until, statement->talkers);
}

static int make(struct report *report, struct db *db)
{
	struct statement statement = {0};
	int r;

	head(report);
	r = ledger_hours(db, report->from / CLOCK_HOUR * CLOCK_HOUR, report->to, report->source, take_hour,
			 report);
	between(report);
	if (r == 0)
		r = statement_make(db, report->from, report->to, report->now, take_gap, report, &statement);
	if (r < 0)
		return command_failed(report->command, "the coverage cannot be read: %s", err_text(r));
	verdict(report, &statement);
	fwrite(report->out.ptr, 1, report->out.len, stdout);
	return report->blind ? EXIT_FINDING : EXIT_OK;
}

static int read_by(const struct arguments *arguments, struct report *report)
{
	static const char *const names[] = {[BY_HOUR] = "hour", [BY_DAY] = "day", [BY_ALL] = "all"};
	const char *text = argument_value(arguments, "by", NULL);

	report->by = report->to - report->from > 2 * CLOCK_DAY ? BY_DAY : BY_HOUR;
	for (int i = 0; text && i <= BY_ALL; i++)
		if (strcmp(text, names[i]) == 0) {
			report->by = (enum by)i;
			return EXIT_OK;
		}
	return text ? usage_error(report->command, "--by is hour, day or all, not '%s'", text) : EXIT_OK;
}

/* Days and minutes are the operator's, as they are printed; RFC 3339 says its own offset. */
static int read_time(const struct report *report, const char *text, int64_t *ret_begin, int64_t *ret_end)
{
	int64_t zone = strchr(text, 'T') ? 0 : report->zone, begin, end;
	int r = time_read(str_from(text), report->now + zone, &begin, &end);

	if (r < 0)
		return r;
	*ret_begin = begin - zone;
	*ret_end = end - zone;
	return 0;
}

/* A day or a minute named at --to is meant with all of it. */
static int read_options(const struct arguments *arguments, struct report *report)
{
	const char *from = argument_value(arguments, "from", NULL),
		   *to = argument_value(arguments, "to", NULL);
	int64_t unused;

	report->from = report->now - SPAN_DEFAULT;
	report->to = report->now;
	if (from && read_time(report, from, &report->from, &unused) < 0)
		return usage_error(report->command, "--from is a time such as 2026-11-22 or -24h, not '%s'",
				   from);
	if (to && read_time(report, to, &unused, &report->to) < 0)
		return usage_error(report->command, "--to is a time such as 2026-11-22 or now, not '%s'", to);
	if (report->from >= report->to || report->to - report->from > SPAN_MAX)
		return usage_error(report->command, "--from must be before --to, by 400 days at most");
	report->source = str_from(argument_value(arguments, "source", ""));
	report->json = argument_flag(arguments, "json");
	return read_by(arguments, report);
}

static int open_and_make(struct report *report, const struct config *config, struct arena *arena)
{
	static const struct db_schema *const schemas[] = {&coverage_schema};
	const char *path = config_path(config, arena, "core/" DB_FILE);
	struct db *db = NULL;
	struct err err = {0};
	int status;

	if (access(path, F_OK) < 0)
		return command_failed(report->command,
				      "there is no coverage in %s yet; start 'wanglou run' on it once",
				      config->data);
	if (db_open(path, schemas, 1, &db, &err) < 0)
		return command_failed_err(report->command, &err);
	status = make(report, db);
	db_close(db);
	return status;
}

/* EXIT_FINDING where it was blind. */
int audit_word_coverage(struct audit_call *call)
{
	struct report report = {.command = call->command, .now = clock_now()};
	struct err err = {0};
	int status;

	if (argument_next(call->arguments, NULL, &call->cursor))
		return usage_error(call->command, "there are too many words");
	if (config_zone(call->config, &report.zone, &err) < 0)
		return command_failed_err(call->command, &err);
	status = read_options(call->arguments, &report);
	if (status == EXIT_OK)
		status = open_and_make(&report, call->config, call->arena);
	buf_done(&report.out);
	buf_done(&report.who);
	return status;
}
