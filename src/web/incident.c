/* SPDX-License-Identifier: Apache-2.0 */
#include "web/incident.h"

#include "cases/entity.h"
#include "cases/evidence_file.h"
#include "cases/incident_facts.h"
#include "cases/incident_move.h"
#include "cases/timeline.h"
#include "event/ip.h"
#include "people/owner.h"

struct str incident_caller(const struct call *call)
{
	return str_from(call->session.user.name);
}

struct str incident_address(const struct call *call)
{
	char text[IP_TEXT_SIZE];

	ip_format(call->request->peer, text);
	return arena_copy(call->request->arena, str_from(text));
}

const char *incident_files(const struct call *call)
{
	return arena_printf(call->request->arena, "%s/files", call->web->options.data).ptr;
}

const struct case_rules *incident_rules(struct call *call)
{
	if (!call->web->options.cases)
		call_fail(call, 503, "no_case_rules",
			  "the tables of cases could not be read when core started; its log says why");
	return call->web->options.cases;
}

struct seen {
	int64_t unit, first;
};

static int see(void *context, const struct incident *incident)
{
	*(struct seen *)context = (struct seen){incident->unit, incident->first};
	return 0;
}

/* One that the account may not see is not there. */
static int look(struct call *call, struct db_tx *tx, int64_t id)
{
	struct seen seen = {0};
	int r = incident_get(tx, id, see, &seen);

	if (r == 0 && call->scope && !(seen.unit && unit_within(tx, seen.unit, call->scope, seen.first)))
		r = ERR_END;
	return r;
}

bool incident_begin(struct call *call, enum db_mode mode, struct db_tx **ret_tx, int64_t *ret_id)
{
	struct db_tx *tx;
	int64_t id;
	int r;

	if (!call_id(call, 0, &id))
		return false;
	tx = call_begin(call, mode);
	if (!tx)
		return false;
	r = look(call, tx, id);
	if (r < 0)
		return incident_end(call, tx, r);
	*ret_tx = tx;
	*ret_id = id;
	return true;
}

bool incident_end(struct call *call, struct db_tx *tx, int r)
{
	static const struct refusal refusals[] = {
		{ERR_END, 404, "not_found",
		 WORDS("there is no such incident, or nothing of that kind in it")},
		{ERR_DENIED, 409, "wrong_status", WORDS("its status does not allow this")},
		{ERR_RANGE, 400, "bad_value", WORDS("a value is out of range")},
		{ERR_LIMIT, 409, "limit", WORDS("there is no room for more of this")},
	};

	r = db_end(tx, r);
	if (r < 0)
		call_explain(call, r, NULL, refusals, sizeof(refusals) / sizeof(refusals[0]));
	return r >= 0;
}

bool incident_match(struct call *call, int64_t *ret_version)
{
	*ret_version = 0;
	return !http_header(call->request, "If-Match") || call_match_version(call, ret_version);
}

/* --- the incident whole --------------------------------------------------------------------------------- */

static int write_asset(void *context, const struct incident_asset *asset)
{
	struct call *call = context;
	struct buf *out = call->out;

	out_open(out, NULL, '{');
	if (asset->asset)
		out_integer(out, "asset", asset->asset);
	if (asset->unit)
		out_integer(out, "unit", asset->unit);
	out_time(out, "at", asset->at);
	out_text(out, "what", asset->what);
	out_optional(out, "name", asset->name);
	out_optional(out, "kind", asset->kind);
	out_optional(out, "unit_name", asset->unit_name);
	out_optional(out, "responsible", asset->responsible);
	out_optional(out, "criticality", asset->criticality);
	out_integer(out, "mlps_level", asset->mlps_level);
	out_json(out, "people", asset->people.len ? asset->people : STR("[]"));
	out_close(out, '}');
	return 0;
}

static int write_entity(void *context, const struct incident_entity *entity)
{
	struct call *call = context;
	struct buf *out = call->out;

	out_open(out, NULL, '{');
	out_text(out, "kind", str_from(entity_kind_name(entity->kind)));
	out_text(out, "value", entity->value);
	out_optional(out, "name", entity->name);
	out_time(out, "first", entity->first);
	out_time(out, "last", entity->last);
	out_integer(out, "alerts", entity->count);
	out_number(out, "risk", entity->risk);
	out_close(out, '}');
	return 0;
}

static int write_link(void *context, const struct incident_link *link)
{
	struct call *call = context;
	struct buf *out = call->out;

	out_open(out, NULL, '{');
	out_integer(out, "id", link->other);
	out_text(out, "number", link->number);
	out_text(out, "title", link->title);
	out_optional(out, "title_en", link->title_en);
	out_text(out, "status", str_from(incident_status_name(link->status)));
	out_integer(out, "score", link->score);
	out_text(out, "alert", link->alert);
	out_close(out, '}');
	return 0;
}

static int write_file(void *context, const struct evidence_file *file)
{
	struct call *call = context;
	struct buf *out = call->out;

	out_open(out, NULL, '{');
	out_integer(out, "id", file->id);
	out_text(out, "name", file->name);
	out_integer(out, "size", file->size);
	out_text(out, "sha256", file->sha256);
	out_optional(out, "note", file->note);
	out_time(out, "added", file->added);
	out_text(out, "added_by", file->added_by);
	out_close(out, '}');
	return 0;
}

static int write_rule(void *context, const struct incident_rule *rule)
{
	struct call *call = context;
	struct buf *out = call->out;

	out_open(out, NULL, '{');
	out_text(out, "id", rule->id);
	out_text(out, "title", rule->title);
	out_optional(out, "title_zh", rule->title_zh);
	out_text(out, "level", str_from(alert_level_name(rule->level)));
	out_integer(out, "alerts", rule->alerts);
	out_time(out, "first", rule->first);
	out_time(out, "last", rule->last);
	out_json(out, "tactics", rule->tactics);
	out_json(out, "techniques", rule->techniques);
	out_optional(out, "next_steps", rule->next_steps);
	out_optional(out, "next_steps_zh", rule->next_steps_zh);
	out_close(out, '}');
	return 0;
}

int incident_write_task(void *context, const struct task *task)
{
	struct call *call = context;
	struct buf *out = call->out;

	out_open(out, NULL, '{');
	out_integer(out, "id", task->id);
	out_integer(out, "incident", task->incident);
	out_integer(out, "version", task->version);
	out_text(out, "title", task->title);
	out_optional(out, "text", task->text);
	out_optional(out, "assignee", task->assignee);
	out_text(out, "status", str_from(task_status_name(task->status)));
	if (task->due)
		out_time(out, "due", task->due);
	out_bool(out, "overdue", task->status == TASK_OPEN && task->due && task->due < call->now);
	out_time(out, "created", task->created);
	out_text(out, "created_by", task->created_by);
	if (task->done)
		out_time(out, "done", task->done);
	out_optional(out, "done_by", task->done_by);
	out_close(out, '}');
	return 0;
}

static void write_ways(struct call *call, const struct incident *incident)
{
	out_open(call->out, "next", '[');
	for (int i = 0; i < INCIDENT_STATUS_COUNT; i++)
		if (incident_may_go(incident->status, (enum incident_status)i, true))
			out_text(call->out, NULL, str_from(incident_status_name((enum incident_status)i)));
	out_close(call->out, ']');
}

static int write_whole(void *context, const struct incident *incident)
{
	struct call *call = context;

	call_etag(call, incident->version);
	api_write_incident(call, incident);
	out_json(call->out, "why_proposed", incident->why_proposed.len ? incident->why_proposed : STR("{}"));
	write_ways(call, incident);
	return 0;
}

/* Each list of it in turn. */
static int write_parts(struct call *call, struct db_tx *tx, int64_t id)
{
	int r;

	out_open(call->out, "assets", '[');
	r = incident_assets(tx, id, write_asset, call);
	out_close(call->out, ']');
	out_open(call->out, "rules", '[');
	if (r == 0)
		r = incident_rules_of(tx, id, write_rule, call);
	out_close(call->out, ']');
	out_open(call->out, "related", '[');
	if (r == 0)
		r = incident_links(tx, id, write_link, call);
	out_close(call->out, ']');
	out_open(call->out, "tasks", '[');
	if (r == 0)
		r = task_list(tx, id, incident_write_task, call);
	out_close(call->out, ']');
	out_open(call->out, "files", '[');
	if (r == 0)
		r = evidence_list(tx, id, write_file, call);
	out_close(call->out, ']');
	out_open(call->out, "indicators", '[');
	if (r == 0 && call->web->options.cases)
		r = incident_entities(tx, call->web->options.cases, id, call->now, write_entity, call);
	out_close(call->out, ']');
	return r;
}

void incident_answer(struct call *call, int64_t id)
{
	struct db_tx *tx;
	int r = db_begin(call->web->db, DB_READ, &tx);

	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	out_open(call->out, NULL, '{');
	r = incident_get(tx, id, write_whole, call);
	if (r == 0)
		r = write_parts(call, tx, id);
	out_close(call->out, '}');
	incident_end(call, tx, r);
}
