/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks and files of incidents, risk, and the tables that incidents are named by. */
#include "cases/entity.h"
#include "cases/evidence_file.h"
#include "web/incident.h"

#define USER_MAX 64
#define DUE_DEFAULT 200
#define PLACE_MAX 10000 /* of a task; incidents that were merged have more tasks than one may get */

/* --- tasks ---------------------------------------------------------------------------------------------- */

struct task_body {
	struct task task;
	struct str status_name;
	enum task_status status;
	bool title, text, assignee, has_status, due;
	int64_t place; /* 0: stays */
};

static bool read_task(struct call *call, json_t *body, bool adding, struct task_body *read)
{
	json_t *due = json_object_get(body, "due");

	if (!body_text(call, body, "title", TASK_TITLE_MAX, adding, &read->task.title, &read->title) ||
	    !body_text(call, body, "text", TASK_TEXT_MAX, false, &read->task.text, &read->text) ||
	    !body_text(call, body, "assignee", USER_MAX, false, &read->task.assignee, &read->assignee) ||
	    !body_text(call, body, "status", 16, false, &read->status_name, &read->has_status))
		return false;
	if (!body_number(call, body, "place", 1, PLACE_MAX, false, &read->place))
		return false;
	read->due = due != NULL;
	if (due && !json_is_null(due) && !body_time(call, body, "due", false, &read->task.due))
		return false;
	if (read->has_status && task_status_parse(read->status_name, &read->status) < 0)
		call_fail(call, 400, "bad_status", "status is open, done or dropped");
	else if (read->title && !str_trim(read->task.title).len)
		call_fail(call, 400, "bad_body", "a task has a title");
	else
		return true;
	return false;
}

static void answer_task(struct call *call, struct db_tx *tx, int64_t id, int r)
{
	if (r == 0)
		r = task_get(tx, id, incident_write_task, call);
	incident_end(call, tx, r);
}

void api_add_task(struct call *call)
{
	json_t *body = call_body(call);
	struct task_body read = {.title = false};
	int64_t incident, id = 0;
	struct db_tx *tx;

	if (body && read_task(call, body, true, &read) && incident_begin(call, DB_WRITE, &tx, &incident)) {
		int r = task_add(tx, incident, &read.task, incident_caller(call), call->now, &id);

		call->response->status = 201;
		call_etag(call, 1);
		answer_task(call, tx, id, r);
	}
	json_decref(body);
}

static int check_incident(void *context, const struct task *task)
{
	return task->incident == *(int64_t *)context ? 0 : ERR_END;
}

static int update_task(struct db_tx *tx, int64_t incident, int64_t id, const struct task_change *change)
{
	int r = task_get(tx, id, check_incident, &incident);

	return r < 0 ? r : task_update(tx, id, change);
}

void api_update_task(struct call *call)
{
	json_t *body = call_body(call);
	struct task_body read = {.title = false};
	struct task_change change = {.by = incident_caller(call), .at = call->now};
	int64_t incident, id;
	struct db_tx *tx;

	if (body && read_task(call, body, false, &read) && call_match_version(call, &change.version) &&
	    call_id(call, 1, &id) && incident_begin(call, DB_WRITE, &tx, &incident)) {
		change.title = read.title ? &read.task.title : NULL;
		change.text = read.text ? &read.task.text : NULL;
		change.assignee = read.assignee ? &read.task.assignee : NULL;
		change.status = read.has_status ? &read.status : NULL;
		change.place = (unsigned)read.place;
		change.due = read.due ? &read.task.due : NULL;
		answer_task(call, tx, id, update_task(tx, incident, id, &change));
	}
	json_decref(body);
}

/* The work list: open tasks of all incidents that have a deadline. */
void api_list_tasks(struct call *call)
{
	struct db_tx *tx;
	int64_t limit;
	int r;

	if (!call_number(call, "limit", 1, PAGE_LIMIT_MAX, DUE_DEFAULT, &limit))
		return;
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	page_open(call);
	r = task_due(tx, INT64_MAX, call_text(call, "assignee"), (unsigned)limit, incident_write_task, call);
	page_close(call, false, 0, (struct str){0});
	incident_end(call, tx, r);
}

/* --- files ---------------------------------------------------------------------------------------------- */

/* UTF-8 of at most so many characters without control characters or a path's slashes: it becomes a file's
   name again at the other end. */
static bool read_name(struct call *call, struct str *ret_name)
{
	struct str name = call_text(call, "name");
	bool fine = name.len > 0 && name.len <= 4 * EVIDENCE_NAME_MAX && str_is_utf8(name);

	for (size_t i = 0; i < name.len && fine; i++)
		fine = (unsigned char)name.ptr[i] >= ' ' && name.ptr[i] != '/' && name.ptr[i] != '\\' &&
		       name.ptr[i] != 127;
	if (!fine)
		call_fail(call, 400, "bad_name", "name is a file's name of at most %d characters",
			  EVIDENCE_NAME_MAX);
	*ret_name = name;
	return fine;
}

void api_add_incident_file(struct call *call)
{
	struct evidence_file file = {.note = call_text(call, "note")};
	int64_t incident, id = 0;
	struct db_tx *tx;

	if (!read_name(call, &file.name))
		return;
	if (file.note.len > 4 * EVIDENCE_NOTE_MAX || !str_is_utf8(file.note)) {
		call_fail(call, 400, "too_long", "note has more than %d characters", EVIDENCE_NOTE_MAX);
		return;
	}
	if (!incident_begin(call, DB_WRITE, &tx, &incident))
		return;
	if (incident_end(call, tx,
			 evidence_add(tx, incident_files(call), incident, &file, call->request->body,
				      incident_caller(call), incident_address(call), call->now, &id))) {
		call->response->status = 201;
		out_open(call->out, NULL, '{');
		out_integer(call->out, "id", id);
		out_integer(call->out, "size", (int64_t)call->request->body.len);
		out_close(call->out, '}');
	}
}

struct copy {
	struct call *call;
	struct str name, sha256;
	int64_t size;
};

static int copy_file(void *context, const struct evidence_file *file)
{
	struct copy *copy = context;

	copy->name = arena_copy(copy->call->request->arena, file->name);
	copy->sha256 = arena_copy(copy->call->request->arena, file->sha256);
	copy->size = file->size;
	return 0;
}

/* Who gets it is written down, and durable, before it is sent. */
void api_get_incident_file(struct call *call)
{
	struct copy copy = {.call = call};
	int64_t incident, id;
	struct db_tx *tx;
	int r;

	if (!call_id(call, 1, &id) || !incident_begin(call, DB_WRITE, &tx, &incident))
		return;
	r = evidence_get(tx, incident, id, copy_file, &copy);
	if (r == 0)
		r = evidence_note(tx, id, "exported", incident_caller(call), incident_address(call),
				  call->now);
	if (!incident_end(call, tx, r))
		return;
	call_attachment(call, "application/octet-stream", copy.name);
	r = evidence_read(incident_files(call), copy.sha256, copy.size, call->out);
	if (r == ERR_CORRUPT)
		call_fail(call, 500, "damaged",
			  "the file is not what its SHA-256 says: it was changed or damaged");
	else if (r < 0)
		call_fail_code(call, r);
}

static int write_custody(void *context, const struct custody *custody)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_time(call->out, "time", custody->time);
	out_text(call->out, "by", custody->by);
	out_text(call->out, "action", custody->action);
	out_optional(call->out, "address", custody->address);
	out_close(call->out, '}');
	return 0;
}

void api_get_file_custody(struct call *call)
{
	struct copy copy = {.call = call};
	int64_t incident, id;
	struct db_tx *tx;
	int r;

	if (!call_id(call, 1, &id) || !incident_begin(call, DB_WRITE, &tx, &incident))
		return;
	r = evidence_get(tx, incident, id, copy_file, &copy);
	if (r == 0)
		r = evidence_note(tx, id, "viewed", incident_caller(call), incident_address(call), call->now);
	page_open(call);
	if (r == 0)
		r = evidence_custody(tx, id, write_custody, call);
	page_close(call, false, 0, (struct str){0});
	incident_end(call, tx, r);
}

/* --- risk and tables ------------------------------------------------------------------------------------ */

static int write_risk(void *context, const struct risk_row *row)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_text(call->out, "kind", str_from(entity_kind_name(row->kind)));
	out_text(call->out, "value", row->value);
	out_optional(call->out, "name", row->name);
	out_number(call->out, "risk", row->risk);
	out_integer(call->out, "alerts", row->alerts);
	out_time(call->out, "first", row->first);
	out_time(call->out, "last", row->last);
	out_close(call->out, '}');
	return 0;
}

void api_list_risk(struct call *call)
{
	const struct case_rules *rules = incident_rules(call);
	struct str kind_name = call_text(call, "kind"), value = call_text(call, "value");
	bool drill = str_eq(call_text(call, "drill"), STR("true"));
	enum entity_kind kind = ENTITY_HOST;
	struct db_tx *tx;
	int64_t limit;
	int r;

	if (!rules || !call_number(call, "limit", 1, ENTITY_TOP_MAX, 20, &limit))
		return;
	if (kind_name.len && (entity_kind_parse(kind_name, &kind) < 0 || kind >= ENTITY_RULE)) {
		call_fail(call, 400, "bad_filter",
			  "kind is host, user, address, file_hash, domain, asset or unit");
		return;
	}
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	page_open(call);
	r = value.len ? risk_of(tx, rules, kind, value, drill, call->now, write_risk, call)
		      : risk_top(tx, rules, kind, drill, call->now, (unsigned)limit, write_risk, call);
	page_close(call, false, 0, (struct str){0});
	incident_end(call, tx, r);
}

void api_list_categories(struct call *call)
{
	const struct case_rules *rules = incident_rules(call);

	if (!rules)
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "categories", '[');
	for (size_t i = 0; i < case_rules_category_count(rules); i++) {
		const struct incident_category *category = case_rules_category(rules, i);

		out_open(call->out, NULL, '{');
		out_text(call->out, "code", category->code);
		out_optional(call->out, "parent", category->parent);
		out_text(call->out, "name", category->name);
		out_text(call->out, "name_zh", category->name_zh);
		out_optional(call->out, "standard_code", category->text);
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
	out_open(call->out, "levels", '[');
	for (unsigned level = 1; level <= INCIDENT_LEVEL_MAX; level++) {
		const struct incident_grade *grade = case_rules_grade(rules, level);

		out_open(call->out, NULL, '{');
		out_integer(call->out, "level", level);
		out_text(call->out, "name", grade->name);
		out_text(call->out, "name_zh", grade->name_zh);
		out_text(call->out, "text", grade->text);
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
	out_close(call->out, '}');
}
