/* SPDX-License-Identifier: Apache-2.0 */
/* What duty goes by: who is called when nobody takes an incident up, read as core reads it, and the days that
   are worked. */
#include "base/clock.h"
#include "duty/escalation.h"
#include "web/duty.h"
#include "web/house.h"

static const enum duty_place places[] = {
#define PLACE(id, n, name, chinese) PLACE_##id,
	DUTY_PLACES(PLACE)
#undef PLACE
};

static const char *hours_name(enum escalation_hours hours)
{
	static const char *const names[] = {"any", "working", "off", "key"};

	must((size_t)hours < sizeof(names) / sizeof(names[0]));
	return names[hours];
}

static void write_step(struct buf *out, const struct escalation_step *step)
{
	out_open(out, NULL, '{');
	out_open(out, "severity", '[');
	for (unsigned i = 0; i < ALERT_LEVEL_COUNT; i++)
		if (step->severities & 1u << i)
			out_text(out, NULL, str_from(alert_level_name((enum alert_level)i)));
	out_close(out, ']');
	out_text(out, "hours", str_from(hours_name(step->hours)));
	out_integer(out, "after", step->after);
	out_open(out, "tell", '[');
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (step->places & 1u << places[i])
			out_text(out, NULL, str_from(duty_place_name(places[i])));
	out_close(out, ']');
	out_close(out, '}');
}

void api_get_escalation(struct call *call)
{
	const struct web_house *house = call->web->options.house;
	struct escalation_rules rules;
	struct err err = {0};
	int r;

	if (!house) {
		call_fail(call, 404, "not_found", "no rules are known here");
		return;
	}
	r = escalation_load(house->escalation_file, &rules, &err);
	out_open(call->out, NULL, '{');
	out_text(call->out, "file", str_from(house->escalation_file));
	if (r < 0) {
		out_integer(call->out, "line", err.line);
		out_text(call->out, "refused", str_from(err.message[0] ? err.message : err_text(r)));
	} else {
		out_integer(call->out, "opens", rules.opens);
		out_integer(call->out, "closes", rules.closes);
	}
	out_open(call->out, "steps", '[');
	for (size_t i = 0; r == 0 && i < rules.count; i++)
		write_step(call->out, &rules.steps[i]);
	out_close(call->out, ']');
	out_close(call->out, '}');
}

/* --- the calendar --------------------------------------------------------------------------------------- */

#define CALENDAR_SPAN_MAX (400 * CLOCK_DAY)
#define THURSDAY 4 /* 1970-01-01, counted from Sunday */

static bool is_weekday(int64_t day)
{
	int64_t weekday = (day + THURSDAY) % 7;

	return weekday >= 1 && weekday <= 5;
}

static void write_day(struct buf *out, int64_t day, bool working, bool assumed)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(day * CLOCK_DAY, text);
	out_open(out, NULL, '{');
	out_text(out, "day", str_head(str_from(text), STR("1970-01-01").len));
	out_bool(out, "working", working);
	out_bool(out, "assumed", assumed);
	out_close(out, '}');
}

/* Only days that are not what their weekday says. */
void api_list_calendar(struct call *call)
{
	const struct web_house *house = call->web->options.house;
	const struct calendar *calendar = house ? house->calendar : NULL;
	int64_t zone = calendar ? calendar_zone(calendar) : 0, from, to;

	if (!call_span(call, &from, &to))
		return;
	if (from < 0 || to - from > CALENDAR_SPAN_MAX) {
		call_fail(call, 400, "bad_range", "at most 400 days");
		return;
	}
	page_open(call);
	for (int64_t day = (from + zone) / CLOCK_DAY; calendar && day <= (to + zone) / CLOCK_DAY; day++) {
		bool assumed = false, working = calendar_is_working(calendar, day, &assumed);

		if (working != is_weekday(day))
			write_day(call->out, day, working, assumed);
	}
	page_close(call, false, 0, (struct str){0});
}
