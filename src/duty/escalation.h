/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_ESCALATION_H
#define DUTY_ESCALATION_H
/*
 * Who is called when nobody takes an incident up: content/duty/escalation.yaml as a table, the steps that are
 * due for an incident, and the tick that tells the people on duty. Of all that is due in one tick one message
 * goes to each place of the roster, so that a flood of incidents, or a stop of a week, makes no flood of
 * messages.
 */
#include "base/arena.h"
#include "base/yaml.h"
#include "calendar/calendar.h"
#include "cases/alert.h"
#include "duty/period.h"

#define ESCALATION_STEPS_MAX 64
#define ESCALATION_AFTER_MAX (7 * 24 * 60) /* minutes */
#define ESCALATION_INCIDENTS_MAX 500       /* looked at in one tick, the newest first */

enum escalation_hours { HOURS_ANY, HOURS_WORKING, HOURS_OFF, HOURS_KEY };

struct escalation_step {
	unsigned severities; /* bits of enum alert_level */
	enum escalation_hours hours;
	int64_t after;   /* minutes */
	unsigned places; /* bits of enum duty_place */
};

struct escalation_rules {
	int64_t opens, closes; /* minutes of the day */
	size_t count;
	struct escalation_step steps[ESCALATION_STEPS_MAX];
};

/* Reads the file; every test in it must hold. ERR_SYNTAX with file, line and reason. */
int escalation_load(const char *path, struct escalation_rules *ret_rules, struct err *ret_err);
int escalation_parse(struct str text, struct escalation_rules *ret_rules, struct err *ret_err);

/* Whether the step holds for an incident of that severity that began then. state: what the duty plan says of
   that time, which goes before the calendar (NULL: Monday to Friday). */
bool escalation_holds(const struct escalation_rules *rules, const struct escalation_step *step,
		      enum alert_level severity, int64_t began, const struct period_state *state,
		      const struct calendar *calendar, int64_t zone);

struct duty_tick {
	int64_t now, zone;
	const struct escalation_rules *rules;
	const struct calendar *calendar;
	const char *console; /* URL of the console, for links; empty: none */
};

/* Tells who is to be told by now. How many messages were added, or a negative code. */
int escalation_tick(struct db *db, const struct duty_tick *tick);

#endif
