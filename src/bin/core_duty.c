/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/core_duty.h"

#include "base/arena.h"
#include "base/log.h"
#include "bin/process.h"
#include "duty/report.h"

/* Said once an hour, not at every call. */
static void complain(const char *what, int r, const struct err *err, int64_t now)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	if (now % CLOCK_HOUR >= CLOCK_MINUTE)
		return;
	err_format(err, text, sizeof(text));
	log_warning("%s: %s", what, err->message[0] ? text : err_text(r));
}

void core_duty_escalate(const struct core_context *context, int64_t now)
{
	const struct config *config = &context->process->config;
	struct escalation_rules rules;
	struct duty_tick tick = {.now = now,
				 .zone = context->zone,
				 .rules = &rules,
				 .calendar = context->calendar,
				 .console = config->console_url};
	struct arena *arena = arena_new(0);
	struct err err = {0};
	int r = escalation_load(arena_printf(arena, "%s/duty/escalation.yaml", config->content).ptr, &rules,
				&err);

	if (r == 0)
		r = escalation_tick(context->db, &tick);
	if (r < 0)
		complain("nobody is called for incidents that nobody takes up", r, &err, now);
	arena_free(arena);
}

/* "08:30" as µs of the day; -1: not at all. */
static int64_t report_hour(const char *text)
{
	char stamp[32];
	int64_t time;

	snprintf(stamp, sizeof(stamp), "1970-01-01T%.5s:00", text);
	return clock_parse(str_from(stamp), 0, &time) == 0 ? time : -1;
}

void core_duty_report(const struct core_context *context, int64_t now)
{
	const struct config *config = &context->process->config;
	const struct duty_tick tick = {.now = now, .zone = context->zone, .console = config->console_url};
	const int64_t hour = report_hour(config->report_at);
	struct err err = {0};
	int r = 0;

	if (hour >= 0)
		r = report_tick(context->db, &tick, hour, str_from(config->report_to));
	else if (config->report_at[0])
		r = err_set(&err, ERR_SYNTAX, 0, 0,
			    "duty.report_at is a time of day such as 08:30, not '%.20s'", config->report_at);
	if (r < 0)
		complain("daily safety report", r, &err, now);
}
