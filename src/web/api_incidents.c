/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "cases/alert_group.h"
#include "cases/entity.h"
#include "cases/incident_move.h"
#include "cases/timeline.h"
#include "query/time.h"
#include "web/incident.h"

#define WORDS_MAX 200 /* characters, as in api.yaml */
#define USER_MAX 64
#define REASON_MAX 1000

/* The members of api.yaml's Incident, without the braces. */
void api_write_incident(struct call *call, const struct incident *incident)
{
	struct buf *out = call->out;

	out_integer(out, "id", incident->id);
	out_text(out, "number", incident->number);
	out_integer(out, "version", incident->version);
	out_text(out, "title", incident->title);
	out_optional(out, "title_en", incident->title_en);
	out_text(out, "status", str_from(incident_status_name(incident->status)));
	out_optional(out, "category", incident->category);
	out_optional(out, "category_proposed", incident->category_proposed);
	if (incident->level)
		out_integer(out, "level", incident->level);
	if (incident->level_proposed)
		out_integer(out, "level_proposed", incident->level_proposed);
	out_text(out, "severity", str_from(alert_level_name(incident->severity)));
	out_integer(out, "score", incident->score);
	out_time(out, "first", incident->first);
	out_time(out, "last", incident->last);
	out_time(out, "created", incident->created);
	out_time(out, "updated", incident->updated);
	if (incident->closed)
		out_time(out, "closed", incident->closed);
	out_integer(out, "alerts", incident->alerts);
	out_bool(out, "drill", incident->drill);
	out_optional(out, "assignee", incident->assignee);
	if (incident->asset)
		out_integer(out, "asset", incident->asset);
	if (incident->unit)
		out_integer(out, "unit", incident->unit);
	out_optional(out, "asset_name", incident->asset_name);
	out_optional(out, "unit_name", incident->unit_name);
	out_optional(out, "responsible", incident->responsible);
	out_json(out, "tactics", incident->tactics);
	if (incident->merged_into)
		out_integer(out, "merged_into", incident->merged_into);
	if (incident->due) {
		out_open(out, "deadline", '{');
		out_text(out, "kind", incident->due_kind);
		out_time(out, "due", incident->due);
		out_bool(out, "overdue", incident->due < call->now);
		out_close(out, '}');
	}
}

/* --- the list ------------------------------------------------------------------------------------------- */

static int write_row(void *context, const struct incident *incident)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	api_write_incident(call, incident);
	out_close(call->out, '}');
	return 0;
}

static bool read_statuses(struct call *call, struct incident_filter *filter)
{
	struct str rest = call_text(call, "status"), part;
	enum incident_status status;

	while (str_split(&rest, ',', &part)) {
		if (incident_status_parse(part, &status) < 0) {
			call_fail(call, 400, "bad_filter", "status knows no '%.*s'",
				  STR_FMT(str_head(part, 40)));
			return false;
		}
		filter->statuses |= 1u << status;
	}
	return true;
}

static bool read_levels(struct call *call, struct incident_filter *filter)
{
	struct str rest = call_text(call, "level"), part;

	while (str_split(&rest, ',', &part)) {
		int64_t level;

		if (str_to_i64(part, &level) < 0 || level < 0 || level > INCIDENT_LEVEL_MAX) {
			call_fail(call, 400, "bad_filter", "level is 1 to %d, 0 for none",
				  INCIDENT_LEVEL_MAX);
			return false;
		}
		filter->levels |= 1u << level;
	}
	return true;
}

static bool read_flag(struct call *call, const char *name, bool *ret_there, bool *ret_value)
{
	struct str text = call_text(call, name);

	*ret_there = text.len > 0;
	*ret_value = str_eq(text, STR("true"));
	if (!text.len || *ret_value || str_eq(text, STR("false")))
		return true;
	call_fail(call, 400, "bad_filter", "%s is true or false", name);
	return false;
}

static bool read_time(struct call *call, const char *name, int64_t *ret_time)
{
	struct str text = call_text(call, name);
	int64_t end;

	if (!text.len || time_read(text, call->now, ret_time, &end) == 0)
		return true;
	call_fail(call, 400, "bad_time", "%s is a time such as 2026-11-22T08:00:00Z, -24h or now", name);
	return false;
}

/* assignee is a name, or "-": nobody. */
static bool read_work(struct call *call, struct incident_filter *filter)
{
	bool there, overdue;

	filter->assignee = call_text(call, "assignee");
	filter->unassigned = str_eq(filter->assignee, STR("-"));
	if (filter->unassigned)
		filter->assignee = (struct str){0};
	filter->category = call_text(call, "category");
	if (!read_flag(call, "overdue", &there, &overdue))
		return false;
	filter->due_before = overdue ? call->now : 0;
	return true;
}

static bool read_sort(struct call *call, struct incident_filter *filter)
{
	struct str sort = call_text(call, "sort");
	struct list_page page;

	if (sort.len && !str_eq(sort, STR("urgent")) && !str_eq(sort, STR("newest"))) {
		call_fail(call, 400, "bad_filter", "sort is newest or urgent");
		return false;
	}
	if (!call_page(call, &page))
		return false;
	filter->cursor = page.first ? 0 : page.after_id;
	filter->limit = (unsigned)page.limit;
	if (str_eq(sort, STR("urgent")))
		filter->urgent =
			page.first ? "" : arena_printf(call->request->arena, "%.*s", STR_FMT(page.after)).ptr;
	return true;
}

bool incident_read_filter(struct call *call, struct incident_filter *filter)
{
	bool drill, is_drill, there;

	filter->words = call_text(call, "q");
	if (filter->words.len > 4 * WORDS_MAX) {
		call_fail(call, 400, "too_long", "q has more than %d characters", WORDS_MAX);
		return false;
	}
	if (!read_statuses(call, filter) || !read_levels(call, filter) || !read_work(call, filter) ||
	    !read_flag(call, "open", &there, &filter->open) || !read_flag(call, "drill", &drill, &is_drill) ||
	    !read_flag(call, "merged", &there, &filter->merged) || !read_time(call, "from", &filter->from) ||
	    !read_time(call, "to", &filter->to) ||
	    !call_number(call, "unit", 1, INT64_MAX, 0, &filter->unit) ||
	    !call_number(call, "asset", 1, INT64_MAX, 0, &filter->asset) ||
	    !call_number(call, "person", 1, INT64_MAX, 0, &filter->person) || !read_sort(call, filter))
		return false;
	filter->drill = !drill ? ALERT_ANY : is_drill ? ALERT_DRILL : ALERT_REAL;
	filter->unit = call->scope ? call->scope : filter->unit;
	return true;
}

void api_list_incidents(struct call *call)
{
	char urgency[INCIDENT_URGENCY_SIZE] = "";
	struct incident_filter filter = {0};
	struct db_tx *tx;
	int64_t next = 0;
	int r;

	if (!incident_read_filter(call, &filter))
		return;
	tx = call_begin(call, DB_READ);
	if (!tx)
		return;
	page_open(call);
	r = incident_list(tx, &filter, write_row, call, &next, urgency);
	page_close(call, next > 0, next, str_from(urgency));
	incident_end(call, tx, r);
}

void api_get_incident(struct call *call)
{
	struct db_tx *tx;
	int64_t id;

	if (incident_begin(call, DB_READ, &tx, &id) && incident_end(call, tx, 0))
		incident_answer(call, id);
}

/* --- changes -------------------------------------------------------------------------------------------- */

struct patch {
	struct incident_change change;
	struct str status_name, title, category, assignee, note;
	enum incident_status status;
	unsigned level;
};

static bool read_texts(struct call *call, json_t *body, struct patch *patch)
{
	bool status, title, category, assignee, note;

	if (!body_text(call, body, "status", 32, false, &patch->status_name, &status) ||
	    !body_text(call, body, "title", INCIDENT_TITLE_MAX, false, &patch->title, &title) ||
	    !body_text(call, body, "category", 16, false, &patch->category, &category) ||
	    !body_text(call, body, "assignee", USER_MAX, false, &patch->assignee, &assignee) ||
	    !body_text(call, body, "note", INCIDENT_TEXT_MAX, false, &patch->note, &note))
		return false;
	patch->change.status = status ? &patch->status : NULL;
	patch->change.title = title ? &patch->title : NULL;
	patch->change.category = category ? &patch->category : NULL;
	patch->change.assignee = assignee ? &patch->assignee : NULL;
	patch->change.note = note ? &patch->note : NULL;
	if (!status || incident_status_parse(patch->status_name, &patch->status) == 0)
		return true;
	call_fail(call, 400, "bad_status", "there is no status '%.*s'",
		  STR_FMT(str_head(patch->status_name, 40)));
	return false;
}

static bool read_patch(struct call *call, json_t *body, struct patch *patch)
{
	const struct case_rules *rules = call->web->options.cases;
	int64_t level = -1;

	if (!read_texts(call, body, patch) ||
	    !body_number(call, body, "level", 0, INCIDENT_LEVEL_MAX, false, &level))
		return false;
	patch->level = (unsigned)level;
	patch->change.level = level >= 0 ? &patch->level : NULL;
	if (patch->change.category && patch->category.len &&
	    (!rules || !case_rules_find_category(rules, patch->category)))
		call_fail(call, 400, "bad_category", "there is no category '%.*s'", STR_FMT(patch->category));
	else if (patch->change.title && !str_trim(patch->title).len)
		call_fail(call, 400, "bad_body", "an incident has a title");
	else if (!json_object_size(body))
		call_fail(call, 400, "bad_body", "give what is to be changed");
	else
		return true;
	return false;
}

void api_update_incident(struct call *call)
{
	struct patch patch = {.change = {.by = incident_caller(call), .at = call->now}};
	json_t *body = call_body(call);
	struct db_tx *tx;
	int64_t id;

	if (body && read_patch(call, body, &patch) && call_match_version(call, &patch.change.version) &&
	    incident_begin(call, DB_WRITE, &tx, &id) &&
	    incident_end(call, tx, incident_update(tx, id, &patch.change)))
		incident_answer(call, id);
	json_decref(body);
}

/* What every move says: who, when, why, and of which version. */
static bool read_move(struct call *call, json_t *body, struct incident_move *move)
{
	*move = (struct incident_move){.by = incident_caller(call), .at = call->now};
	return body && body_text(call, body, "reason", REASON_MAX, false, &move->reason, NULL) &&
	       incident_match(call, &move->version);
}

void api_merge_incident(struct call *call)
{
	json_t *body = call_body(call);
	struct incident_move move;
	int64_t id, into = 0;
	struct db_tx *tx;

	if (read_move(call, body, &move) && body_number(call, body, "into", 1, INT64_MAX, true, &into) &&
	    incident_begin(call, DB_WRITE, &tx, &id)) {
		int r = call->scope ? ERR_DENIED
				    : incident_merge(tx, call->web->options.cases, id, into, &move);

		if (incident_end(call, tx, r))
			incident_answer(call, into);
	}
	json_decref(body);
}

/* The alerts' ids, views of the body. NULL: has answered. */
static struct str *read_alerts(struct call *call, json_t *body, size_t *ret_count)
{
	json_t *list = json_object_get(body, "alerts"), *item;
	size_t count = json_array_size(list), index;
	struct str *alerts = arena_array(call->request->arena, struct str, count + 1);

	if (!json_is_array(list) || !count || count > INCIDENT_SPLIT_MAX) {
		call_fail(call, 400, "bad_body", "alerts is a list of 1 to %d ids", INCIDENT_SPLIT_MAX);
		return NULL;
	}
	json_array_foreach(list, index, item)
	{
		if (!json_is_string(item)) {
			call_fail(call, 400, "bad_body", "alerts is a list of ids");
			return NULL;
		}
		alerts[index] = str_of(json_string_value(item), json_string_length(item));
	}
	*ret_count = count;
	return alerts;
}

void api_split_incident(struct call *call)
{
	json_t *body = call_body(call);
	struct incident_move move;
	struct str *alerts;
	int64_t id, other = 0;
	size_t count = 0;
	struct db_tx *tx;

	if (read_move(call, body, &move) && (alerts = read_alerts(call, body, &count)) &&
	    incident_begin(call, DB_WRITE, &tx, &id)) {
		int r = incident_split(tx, call->web->options.cases, id, alerts, count, &move, &other);

		if (incident_end(call, tx, r)) {
			call->response->status = 201;
			incident_answer(call, other);
		}
	}
	json_decref(body);
}

void api_reopen_incident(struct call *call)
{
	json_t *body = call_body(call);
	struct incident_move move;
	struct db_tx *tx;
	int64_t id;

	if (read_move(call, body, &move) && incident_begin(call, DB_WRITE, &tx, &id) &&
	    incident_end(call, tx, incident_reopen(tx, call->web->options.cases, id, &move)))
		incident_answer(call, id);
	json_decref(body);
}

void api_add_incident_note(struct call *call)
{
	json_t *body = call_body(call);
	struct str text;
	struct db_tx *tx;
	int64_t id;

	if (body && body_text(call, body, "text", INCIDENT_TEXT_MAX, true, &text, NULL)) {
		if (!str_trim(text).len)
			call_fail(call, 400, "bad_body", "the note is empty");
		else if (incident_begin(call, DB_WRITE, &tx, &id) &&
			 incident_end(call, tx,
				      incident_note(tx, id, "note", incident_caller(call), text,
						    (struct str){0}, call->now)))
			call_no_content(call);
	}
	json_decref(body);
}

/* --- its alerts and its timeline ------------------------------------------------------------------------ */

static int write_alert(void *context, const struct alert *alert, int64_t score, struct str why)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	api_write_alert(call->out, alert);
	out_integer(call->out, "incident_score", score);
	api_write_reason(call, why);
	out_close(call->out, '}');
	return 0;
}

void api_list_incident_alerts(struct call *call)
{
	struct list_page page;
	struct db_tx *tx;
	int64_t id, next = 0;
	int r;

	if (!call_page(call, &page) || !incident_begin(call, DB_READ, &tx, &id))
		return;
	page_open(call);
	r = incident_alerts(tx, id, page.first ? 0 : page.after_id, (unsigned)page.limit, write_alert, call,
			    &next);
	page_close(call, next > 0, next, (struct str){0});
	incident_end(call, tx, r);
}

static int write_line(void *context, const struct timeline_line *line)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "number", line->number);
	out_time(call->out, "time", line->time);
	out_text(call->out, "kind", line->kind);
	out_text(call->out, "by", line->by);
	out_optional(call->out, "text", line->text);
	if (line->data.len)
		out_json(call->out, "data", line->data);
	out_close(call->out, '}');
	return 0;
}

void api_list_incident_timeline(struct call *call)
{
	struct list_page page;
	struct db_tx *tx;
	int64_t id, next = 0;
	int r;

	if (!call_page(call, &page) || !incident_begin(call, DB_READ, &tx, &id))
		return;
	page_open(call);
	r = incident_timeline(tx, id, page.first ? 0 : page.after_id, (unsigned)page.limit, write_line, call,
			      &next);
	page_close(call, next > 0, next, (struct str){0});
	incident_end(call, tx, r);
}
