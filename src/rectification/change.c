/* SPDX-License-Identifier: Apache-2.0 */
#include "rectification/private.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "cases/incident.h"
#include "notify/outbox.h"

static const struct {
	const char *name;
	unsigned from;
	int to;
	const char *text;
} actions[] = {
#define ACTION(id, n, name, from, to, text) [n] = {name, from, to, text},
	RECTIFICATION_ACTIONS(ACTION)
#undef ACTION
};

const char *rectification_action_name(enum rectification_action action)
{
	return actions[(unsigned)action < RECTIFICATION_ACTION_COUNT ? action : 0].name;
}

bool rectification_may(enum rectification_action action, enum rectification_state state)
{
	return (unsigned)action < RECTIFICATION_ACTION_COUNT && actions[action].from >> state & 1;
}

/* --- the change that all share -------------------------------------------------------------------------- */

struct before {
	int64_t version, incident;
	enum rectification_state state;
	char number[128];
};

static int read_before(struct db_tx *tx, int64_t id, struct before *ret_before)
{
	struct db_rows *rows =
		db_query(tx, "SELECT version, state, incident, number FROM rectifications WHERE id = ?1",
			 DB_ARGS(db_integer(id)));
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	*ret_before = (struct before){.version = db_column_integer(rows, 0),
				      .state = (enum rectification_state)db_column_integer(rows, 1),
				      .incident = db_column_integer(rows, 2)};
	snprintf(ret_before->number, sizeof(ret_before->number), "%.*s", STR_FMT(db_column_text(rows, 3)));
	while ((r = db_next(rows)) > 0)
		;
	return r;
}

static int add_history(struct db_tx *tx, const struct change *change)
{
	static const char sql[] =
		"INSERT INTO rectification_history (rectification, time, action, by_name, of_unit, text)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(change->id), db_integer(change->now), db_integer(change->action),
			       db_text(change->by), db_integer(change->unit), db_text(change->text)));

	return r < 0 ? r : 0;
}

static int note_incident(struct db_tx *tx, const struct change *change, const struct before *before)
{
	struct str said = str_head(change->text, str_utf8_len(str_head(change->text, 600)));
	struct buf text = {0}, data = {0};
	int r;

	buf_add_str(&text, str_from(actions[change->action].text));
	if (before->number[0])
		buf_printf(&text, " %s", before->number);
	if (said.len) {
		buf_add_str(&text, STR("："));
		buf_add_str(&text, said);
	}
	buf_printf(&data, "{\"rectification\":%" PRId64 ",\"action\":\"%s\",\"number\":", change->id,
		   actions[change->action].name);
	buf_add_json_string(&data, str_from(before->number));
	buf_add_str(&data, STR(",\"said\":"));
	buf_add_json_string(&data, said);
	buf_add_char(&data, '}');
	r = incident_note(tx, before->incident, "notification", change->by, buf_str(&text), buf_str(&data),
			  change->now);
	buf_done(&text);
	buf_done(&data);
	return r;
}

int change_note(struct db_tx *tx, const struct change *change)
{
	struct before before;
	int r = read_before(tx, change->id, &before);

	if (r == 0)
		r = add_history(tx, change);
	return r < 0 ? r : note_incident(tx, change, &before);
}

/* What is done many times while a report is written: the incident's timeline hears of its submission. */
static bool is_silent(enum rectification_action action)
{
	return action == RECTIFICATION_DOES_SAVE || action == RECTIFICATION_DOES_EDIT;
}

int change_make(struct db_tx *tx, const struct change *change)
{
	struct before before;
	int r = read_before(tx, change->id, &before), to = actions[change->action].to;

	if (r < 0)
		return r;
	if (change->version != RECTIFICATION_ANY_VERSION && change->version != before.version)
		return ERR_BUSY;
	if (!rectification_may(change->action, before.state))
		return ERR_DENIED;
	r = db_run(tx, "UPDATE rectifications SET version = version + 1, state = ?2 WHERE id = ?1",
		   DB_ARGS(db_integer(change->id), db_integer(to == STAYS ? (int)before.state : to)));
	if (r < 0 || is_silent(change->action))
		return r < 0 ? r : 0;
	r = add_history(tx, change);
	return r < 0 ? r : note_incident(tx, change, &before);
}

/* --- drafts --------------------------------------------------------------------------------------------- */

struct making {
	struct arena *arena;
	struct incident incident;
};

static int copy_incident(void *context, const struct incident *incident)
{
	struct making *making = context;

	making->incident = *incident;
	making->incident.number = arena_copy(making->arena, incident->number);
	making->incident.title = arena_copy(making->arena, incident->title);
	making->incident.unit_name = arena_copy(making->arena, incident->unit_name);
	making->incident.asset_name = arena_copy(making->arena, incident->asset_name);
	return 0;
}

static int copy_unit_name(void *context, const struct owner *owner)
{
	struct making *making = context;

	making->incident.unit_name = arena_copy(making->arena, owner->unit_name);
	return 0;
}

/* What the incident says, for a person to complete. */
static void describe(const struct rectification_office *office, const struct incident *incident,
		     struct buf *out)
{
	char first[LOCAL_TEXT_SIZE], last[LOCAL_TEXT_SIZE];

	local_time(office->zone, incident->first, first);
	local_time(office->zone, incident->last, last);
	buf_printf(out, "网络安全监测发现：%.*s。\n", STR_FMT(incident->title));
	if (incident->asset_name.len)
		buf_printf(out, "涉及资产：%.*s。\n", STR_FMT(incident->asset_name));
	if (incident->first)
		buf_printf(out, "发生时间：%s 至 %s，共 %" PRId64 " 条告警。\n", first, last,
			   incident->alerts);
	buf_printf(out, "事件编号：%.*s。", STR_FMT(incident->number));
}

static struct str text_or(const struct str *text, struct str fallback)
{
	return text ? *text : fallback;
}

static int insert(struct db_tx *tx, const struct rectification_office *office,
		  const struct incident *incident, int64_t unit, const struct rectification_texts *texts,
		  struct str by, int64_t now)
{
	static const char sql[] =
		"INSERT INTO rectifications (incident, incident_number, unit, unit_name, title, facts,"
		" requirements, contact, deadline, created, created_by)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	const struct policy *policy = office->policy;
	int64_t deadline = texts->deadline ? texts->deadline
					   : policy_deadline(policy, office->calendar, office->zone, now,
							     policy->working_days);
	struct buf facts = {0}, title = {0};
	int r;

	describe(office, incident, &facts);
	buf_printf(&title, "%s%.*s", incident->drill ? "【演练】" : "", STR_FMT(incident->title));
	r = db_run(tx, sql,
		   DB_ARGS(db_integer(incident->id), db_text(incident->number), db_integer(unit),
			   db_text(incident->unit_name), db_text(text_or(texts->title, buf_str(&title))),
			   db_text(text_or(texts->facts, buf_str(&facts))),
			   db_text(text_or(texts->requirements, policy->requirements)),
			   db_text(text_or(texts->contact, policy->contact)), db_integer(deadline),
			   db_integer(now), db_text(by)));
	buf_done(&facts);
	buf_done(&title);
	return r;
}

int rectification_make(struct db_tx *tx, const struct rectification_office *office, int64_t incident,
		       int64_t unit, const struct rectification_texts *texts, struct str by, int64_t now,
		       int64_t *ret_id)
{
	struct making making = {.arena = arena_new(0)};
	struct change change = {.action = RECTIFICATION_DOES_CREATE, .by = by, .now = now};
	int r = incident_get(tx, incident, copy_incident, &making);

	if (r == 0 && !unit)
		unit = making.incident.unit;
	if (r == 0 && !unit)
		r = ERR_UNKNOWN;
	if (r == 0 && unit != making.incident.unit)
		r = owner_of_unit(tx, unit, now, copy_unit_name, &making) == ERR_END ? ERR_UNKNOWN : 0;
	if (r == 0)
		r = insert(tx, office, &making.incident, unit, texts, by, now);
	if (r > 0)
		r = db_get_integer(tx, "SELECT max(id) FROM rectifications", DB_NONE, &change.id);
	if (r > 0)
		r = change_note(tx, &change);
	if (r == 0)
		*ret_id = change.id;
	arena_free(making.arena);
	return r;
}

static struct db_value optional(const struct str *text)
{
	return text ? db_text(*text) : (struct db_value){.type = DB_NULL};
}

int rectification_edit(struct db_tx *tx, int64_t id, int64_t version, const struct rectification_texts *texts,
		       struct str by, int64_t now)
{
	static const char sql[] =
		"UPDATE rectifications SET title = coalesce(?2, title), facts = coalesce(?3, facts),"
		" requirements = coalesce(?4, requirements), contact = coalesce(?5, contact),"
		" deadline = CASE ?6 WHEN 0 THEN deadline ELSE ?6 END WHERE id = ?1";
	const struct change change = {RECTIFICATION_DOES_EDIT, id, version, by, {0}, false, now};
	int r = change_make(tx, &change);

	if (r == 0)
		r = db_run(tx, sql,
			   DB_ARGS(db_integer(id), optional(texts->title), optional(texts->facts),
				   optional(texts->requirements), optional(texts->contact),
				   db_integer(texts->deadline)));
	return r < 0 ? r : 0;
}

/* --- words ---------------------------------------------------------------------------------------------- */

void local_time(int64_t zone, int64_t time, char out[LOCAL_TEXT_SIZE])
{
	struct clock_civil civil;

	out[0] = 0;
	if (!time)
		return;
	clock_to_civil(time + zone, &civil);
	snprintf(out, LOCAL_TEXT_SIZE, "%" PRId64 "年%d月%d日 %02d:%02d", civil.year, civil.month, civil.day,
		 civil.hour, civil.minute);
}

void local_day(int64_t zone, int64_t time, char out[LOCAL_TEXT_SIZE])
{
	struct clock_civil civil;

	out[0] = 0;
	if (!time)
		return;
	clock_to_civil(time + zone, &civil);
	snprintf(out, LOCAL_TEXT_SIZE, "%" PRId64 "年%d月%d日", civil.year, civil.month, civil.day);
}
