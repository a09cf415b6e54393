/* SPDX-License-Identifier: Apache-2.0 */
#include "duty/escalation.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/vec.h"
#include "cases/incident.h"
#include "duty/log.h"
#include "duty/private.h"
#include "notify/outbox.h"

#define LISTED_MAX 20 /* incidents in one message; it says how many more there are */
#define PLACES_END (PLACE_LEADER + 1)

static bool is_working(const struct escalation_rules *rules, int64_t began, const struct period_state *state,
		       const struct calendar *calendar, int64_t zone)
{
	bool assumed = false;
	const int64_t local = began + zone;
	const int64_t minute = (local % CLOCK_DAY + CLOCK_DAY) % CLOCK_DAY / CLOCK_MINUTE;
	const bool day = state->workday ||
			 (!state->holiday && calendar_is_working(calendar, local / CLOCK_DAY, &assumed));

	return day && minute >= rules->opens && minute < rules->closes;
}

bool escalation_holds(const struct escalation_rules *rules, const struct escalation_step *step,
		      enum alert_level severity, int64_t began, const struct period_state *state,
		      const struct calendar *calendar, int64_t zone)
{
	if (!(step->severities & 1u << severity))
		return false;
	switch (step->hours) {
	case HOURS_WORKING:
		return is_working(rules, began, state, calendar, zone);
	case HOURS_OFF:
		return !is_working(rules, began, state, calendar, zone);
	case HOURS_KEY:
		return state->key;
	default:
		return true;
	}
}

/* --- the tick ------------------------------------------------------------------------------------------- */

struct waiting {
	int64_t id, created;
	enum alert_level severity;
	char line[512]; /* what is said of it */
};

struct escalation {
	struct db_tx *tx;
	const struct duty_tick *tick;
	VEC_OF(struct waiting)
};

/* What is said of each place in this tick. */
struct message {
	struct buf lines;
	size_t count;
	int64_t newest; /* incident */
	enum alert_level highest;
};

static int note_waiting(void *context, const struct incident *incident)
{
	struct escalation *escalation = context;
	struct waiting waiting = {incident->id, incident->created, incident->severity, ""};

	if (incident->drill)
		return 0;
	snprintf(waiting.line, sizeof(waiting.line), "%.*s %.*s%s%.*s（已 %" PRId64 " 分钟）",
		 STR_FMT(outbox_cut(incident->number, 24)), STR_FMT(outbox_cut(incident->title, 300)),
		 incident->unit_name.len ? "，" : "", STR_FMT(outbox_cut(incident->unit_name, 90)),
		 (escalation->tick->now - incident->created) / CLOCK_MINUTE);
	vec_push(escalation, waiting);
	return 0;
}

/* 1 where it has not been told before. */
static int note_told(struct escalation *escalation, const struct waiting *incident, int64_t after,
		     enum duty_place place)
{
	return db_run(escalation->tx,
		      "INSERT OR IGNORE INTO duty_escalations (incident, after, place, time, told)"
		      " VALUES (?1, ?2, ?3, ?4, '')",
		      DB_ARGS(db_integer(incident->id), db_integer(after), db_integer(place),
			      db_integer(escalation->tick->now)));
}

static void add_line(struct message *message, const struct waiting *incident)
{
	if (message->newest == incident->id)
		return; /* by two steps at once */
	if (message->count++ < LISTED_MAX) {
		buf_add_str(&message->lines, str_from(incident->line));
		buf_add_char(&message->lines, '\n');
	}
	message->newest = incident->id;
	message->highest = incident->severity > message->highest ? incident->severity : message->highest;
}

static int escalate(struct escalation *escalation, const struct waiting *incident,
		    struct message messages[PLACES_END])
{
	const struct duty_tick *tick = escalation->tick;
	struct period_state state;
	int r = period_at(escalation->tx, incident->created, &state);

	for (size_t i = 0; r == 0 && i < tick->rules->count; i++) {
		const struct escalation_step *step = &tick->rules->steps[i];

		if (incident->created + step->after * CLOCK_MINUTE > tick->now ||
		    !escalation_holds(tick->rules, step, incident->severity, incident->created, &state,
				      tick->calendar, tick->zone))
			continue;
		for (unsigned place = PLACE_OFFICER; place < PLACES_END && r >= 0; place++) {
			if (!(step->places & 1u << place))
				continue;
			r = note_told(escalation, incident, step->after, (enum duty_place)place);
			if (r > 0)
				add_line(&messages[place], incident);
		}
		r = r < 0 ? r : 0;
	}
	return r;
}

/* --- who is there --------------------------------------------------------------------------------------- */

struct present {
	unsigned want; /* the place looked for */
	bool found;
	enum duty_place place;
	char name[4 * DUTY_NAME_MAX + 1], mail[16 * DUTY_NAME_MAX + 1];
};

static int note_present(void *context, const struct shift *shift)
{
	struct present *present = context;

	if (shift->place < present->want || (present->found && shift->place >= present->place))
		return 0;
	present->found = true;
	present->place = shift->place;
	snprintf(present->name, sizeof(present->name), "%.*s", STR_FMT(shift->who.name));
	snprintf(present->mail, sizeof(present->mail), "%.*s", STR_FMT(shift->who.mail));
	return 0;
}

static int add_log(struct escalation *escalation, const struct message *message,
		   const struct present *present, enum duty_place place)
{
	char text[512];
	struct duty_line line = {
		.time = escalation->tick->now,
		.kind = LOG_ESCALATION,
		.by = STR("wanglou"),
		.about = message->newest,
	};

	if (present->found)
		snprintf(text, sizeof(text), "%zu 起事件无人研判，已通知%s %.200s", message->count,
			 duty_place_term(present->place), present->name);
	else
		snprintf(text, sizeof(text), "%zu 起事件无人研判，应通知%s，但无人值班", message->count,
			 duty_place_term(place));
	line.text = str_from(text);
	return duty_log_add(escalation->tx, &line, NULL);
}

/* To the person on duty by mail, and to the channels that escalations go to. */
static int send(struct escalation *escalation, const struct message *message, enum duty_place place)
{
	struct present present = {.want = place};
	const struct duty_tick *tick = escalation->tick;
	char key[96], subject[160];
	struct outbox_message out = {.kind = STR("duty")};
	struct buf text = {0};
	int r = shift_list(escalation->tx, tick->now, tick->now + 1, note_present, &present), sent = 0;

	snprintf(subject, sizeof(subject), "【望楼】%zu 起事件无人研判，最高严重程度 %s", message->count,
		 alert_level_name(message->highest));
	buf_printf(&text, "%s：\n", present.found ? present.name : "值班表此刻无人，请值班负责人安排");
	buf_add_str(&text, buf_str(&message->lines));
	if (message->count > LISTED_MAX)
		buf_printf(&text, "……另有 %zu 起\n", message->count - LISTED_MAX);
	out.subject = str_from(subject);
	out.text = buf_str(&text);
	out.link = str_from(tick->console);
	for (int to_channel = present.mail[0] ? 0 : 1; r == 0 && to_channel < 2; to_channel++) {
		snprintf(key, sizeof(key), "duty/%" PRId64 "/%d/%" PRId64 "/%s", tick->now / CLOCK_SECOND,
			 (int)place, message->newest, to_channel ? "channel" : "mail");
		out.key = str_from(key);
		out.channel = to_channel ? STR("") : STR("mail");
		out.to = to_channel ? STR("") : str_from(present.mail);
		r = outbox_add(escalation->tx, &out, tick->now);
		sent += r > 0;
		r = r < 0 ? r : 0;
	}
	if (r == 0)
		r = add_log(escalation, message, &present, place);
	buf_done(&text);
	return r < 0 ? r : sent;
}

static int tell(struct escalation *escalation)
{
	struct message messages[PLACES_END] = {0};
	const struct incident_filter filter = {
		.statuses = 1u << INCIDENT_NEW, .open = true, .limit = ESCALATION_INCIDENTS_MAX};
	int64_t next;
	int r = incident_list(escalation->tx, &filter, note_waiting, escalation, &next, NULL), sent = 0;

	for (size_t i = 0; i < escalation->len && r == 0; i++)
		r = escalate(escalation, &escalation->items[i], messages);
	for (unsigned place = PLACE_OFFICER; place < PLACES_END; place++) {
		if (r >= 0 && messages[place].count) {
			r = send(escalation, &messages[place], (enum duty_place)place);
			sent += r > 0 ? r : 0;
		}
		buf_done(&messages[place].lines);
	}
	return r < 0 ? r : sent;
}

int escalation_tick(struct db *db, const struct duty_tick *tick)
{
	struct escalation escalation = {.tick = tick};
	int r = db_begin(db, DB_WRITE, &escalation.tx);

	if (r == 0)
		r = db_end(escalation.tx, tell(&escalation));
	vec_done(&escalation);
	return r;
}
