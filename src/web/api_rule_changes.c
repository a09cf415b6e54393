/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of detection rules: texts, switches, suppression, exceptions; their history, and back. Each loads
   the rules anew under the lock of rules/edit.h, some 0.1 ms a rule. */
#include <string.h>

#include "base/clock.h"
#include "base/yaml.h"
#include "detect/ast.h"
#include "rules/draft.h"
#include "rules/exception.h"
#include "web/route.h"
#include "web/rules.h"

#define SWITCHED_MAX 1000 /* rules at once */
#define TEXT_MAX 60000    /* characters: what a body holds */
#define FIELD_MAX 256
#define VALUE_MAX 1000

/* -- texts ---------------------------------------------------------------------------------------------- */

/* The id that the text gives to the rule that is meant; empty where it has none. */
static struct str id_of(const struct ruleset *others, struct str text, struct arena *arena,
			struct err *ret_err)
{
	struct draft draft;
	struct str id = {0};
	int r = draft_load(&draft, &(struct draft_options){.others = others, .text = text}, ret_err);

	if (r < 0)
		return id;
	id = arena_copy(arena, ruleset_info(draft.set, draft.rule)->id);
	if (!id.len)
		err_set(ret_err, ERR_SYNTAX, 1, 1, "the rule needs an id: a UUID");
	draft_done(&draft);
	return id;
}

static bool exists(const struct rule_edit *edit, struct str id)
{
	for (size_t i = 0; i < ruleset_count(edit->set); i++)
		if (str_ieq(ruleset_info(edit->set, i)->id, id))
			return true;
	return false;
}

/* A new rule is not in force before somebody enables it. */
static int save_new(struct rule_edit *edit, struct str text, struct str reason, struct arena *arena,
		    struct str *ret_id, struct err *ret_err)
{
	struct str id = id_of(edit->set, text, arena, ret_err);

	if (!id.len)
		return ret_err->code;
	*ret_id = id;
	if (exists(edit, id))
		return err_set(ret_err, ERR_DUPLICATE, 0, 0, "there is a rule of that id already");
	return rule_edit_save(edit, id, text, reason, ret_err);
}

static void answer_id(struct call *call, int status, struct str id)
{
	call->response->status = status;
	out_open(call->out, NULL, '{');
	out_text(call->out, "id", id);
	out_close(call->out, '}');
}

static int switch_off(struct rule_edit *edit, struct str id, struct str title, struct err *ret_err)
{
	const struct rule_info info = {.id = id, .title = title, .file = STR("")};

	return rule_edit_switch(edit, &info, false, STR("new"), ret_err);
}

void api_add_rule(struct call *call)
{
	json_t *body = call_body(call);
	struct str text, reason, id = {0};
	struct rule_edit edit;
	struct err err = {0};
	bool there;
	int r;

	if (body && body_text(call, body, "text", TEXT_MAX, true, &text, &there) &&
	    rule_reason(call, body, false, &reason) && rule_edit_open(call, &edit)) {
		r = save_new(&edit, text, reason, call->request->arena, &id, &err);
		if (r == 0 && !json_is_true(json_object_get(body, "enabled")))
			r = switch_off(&edit, id, STR(""), &err);
		rule_edit_done(&edit);
		if (rule_edit_went(call, r, &err))
			answer_id(call, 201, id);
	}
	json_decref(body);
}

/* If-Match: against what is in memory, which is what was shown. */
static bool is_current(struct call *call)
{
	struct desk desk;
	size_t index;
	bool same = false;

	if (!desk_open(call, &desk))
		return false;
	if (desk_find(&desk, &index)) {
		struct rule_view view = desk_view(&desk, index);

		same = call_match(call, rule_version(&view));
	}
	desk_close(&desk);
	return same;
}

void api_save_rule(struct call *call)
{
	json_t *body = call_body(call);
	struct str text, reason;
	struct rule_edit edit;
	struct err err = {0};
	bool there;
	int r;

	if (body && body_text(call, body, "text", TEXT_MAX, true, &text, &there) &&
	    rule_reason(call, body, false, &reason) && is_current(call) && rule_edit_open(call, &edit)) {
		r = rule_edit_save(&edit, call->path_values[0], text, reason, &err);
		rule_edit_done(&edit);
		if (rule_edit_went(call, r, &err))
			api_get_rule(call);
	}
	json_decref(body);
}

void api_restore_rule(struct call *call)
{
	struct rule_edit edit;
	struct err err = {0};
	int r;

	if (!is_current(call) || !rule_edit_open(call, &edit))
		return;
	r = rule_edit_remove(&edit, call->path_values[0], (struct str){0}, &err);
	rule_edit_done(&edit);
	if (rule_edit_went(call, r, &err))
		call_no_content(call);
}

static void write_finding(void *context, const struct finding *finding)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_text(call->out, "severity", str_from(severity_name(finding->severity)));
	out_text(call->out, "code", str_from(finding->code));
	out_text(call->out, "message", str_from(finding->message));
	out_integer(call->out, "line", finding->line);
	out_integer(call->out, "column", finding->column);
	out_close(call->out, '}');
}

void api_check_rule(struct call *call)
{
	struct rule_library *library = call->web->options.rules;
	const struct rule_shelf *shelf = NULL;
	json_t *body = call_body(call);
	struct err err = {0};
	struct str text;
	bool there, loads;

	if (body && body_text(call, body, "text", TEXT_MAX, true, &text, &there)) {
		if (!library || rule_library_use(library, &shelf, &err) < 0) {
			call_fail(call, 503, "no_rules", "the rules cannot be read");
		} else {
			out_open(call->out, NULL, '{');
			out_open(call->out, "findings", '[');
			loads = draft_check(shelf->set, text, rule_library_attack(library),
					    rule_library_taxonomy(library), write_finding, call);
			out_close(call->out, ']');
			out_bool(call->out, "loads", loads);
			out_close(call->out, '}');
			rule_library_release(shelf);
		}
	}
	json_decref(body);
}

/* -- switches and suppression --------------------------------------------------------------------------- */

static struct str text_at(const json_t *array, size_t i)
{
	const json_t *item = json_array_get(array, i);

	return json_is_string(item) ? str_of(json_string_value(item), json_string_length(item))
				    : (struct str){0};
}

/* All or, where one is not there, none. */
static void switch_rules(struct call *call, struct rule_edit *edit, const json_t *ids, bool on,
			 struct str reason)
{
	size_t count = json_array_size(ids), changed = 0;
	struct err err = {0};

	for (size_t i = 0; i < count; i++)
		if (!rule_edit_find(call, edit, text_at(ids, i)))
			return;
	for (size_t i = 0; i < count; i++) {
		int r = rule_edit_switch(edit, rule_edit_find(call, edit, text_at(ids, i)), on, reason, &err);

		if (!rule_edit_went(call, r, &err))
			return;
		changed += r == 0;
	}
	out_open(call->out, NULL, '{');
	out_integer(call->out, "changed", (int64_t)changed);
	out_close(call->out, '}');
}

void api_switch_rules(struct call *call)
{
	json_t *body = call_body(call);
	const json_t *ids = json_object_get(body, "ids"), *enabled = json_object_get(body, "enabled");
	struct rule_edit edit;
	struct str reason;
	bool on;

	if (body &&
	    (!json_is_boolean(enabled) || !json_array_size(ids) || json_array_size(ids) > SWITCHED_MAX)) {
		call_fail(call, 400, "bad_body", "give enabled, and 1 to %d ids", SWITCHED_MAX);
	} else if (body) {
		on = json_is_true(enabled);
		if (rule_reason(call, body, !on, &reason) && rule_edit_open(call, &edit)) {
			switch_rules(call, &edit, ids, on, reason);
			rule_edit_done(&edit);
		}
	}
	json_decref(body);
}

/* {"by": ["source.ip"], "for": "1h"}, or null: every match is an alert. */
static bool read_suppress(struct call *call, const json_t *from, struct rule_suppress *suppress,
			  struct str *span)
{
	const json_t *list = json_object_get(from, "by"), *text = json_object_get(from, "for");
	size_t count = json_array_size(list);
	struct yaml_node node = {.type = YAML_SCALAR};
	struct str *by = arena_array(call->request->arena, struct str, SUPPRESS_FIELDS_MAX);
	struct err err = {0};

	*suppress = (struct rule_suppress){0};
	if (json_is_null(from))
		return true;
	if (!json_is_object(from) || !json_is_string(text) || count > SUPPRESS_FIELDS_MAX) {
		call_fail(call, 400, "bad_body", "suppress is null, or by (at most %d fields) and for",
			  SUPPRESS_FIELDS_MAX);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		by[i] = text_at(list, i);
	*suppress = (struct rule_suppress){.by = by, .by_count = count};
	*span = node.text = str_from(json_string_value(text));
	if (rule_parse_timespan(&node, &suppress->span, &err) == 0)
		return true;
	call_fail(call, 422, "bad_rule", "%s", err.message);
	return false;
}

static void update(struct call *call, const json_t *body, struct str reason)
{
	const json_t *enabled = json_object_get(body, "enabled"), *said = json_object_get(body, "suppress");
	const struct rule_info *info;
	struct rule_suppress suppress;
	struct str span = {0};
	struct rule_edit edit;
	struct err err = {0};
	int r = 0;

	if ((said && !read_suppress(call, said, &suppress, &span)) || !is_current(call) ||
	    !rule_edit_open(call, &edit))
		return;
	info = rule_edit_find(call, &edit, call->path_values[0]);
	if (info && enabled)
		r = rule_edit_switch(&edit, info, json_is_true(enabled), reason, &err);
	if (info && r >= 0 && said)
		r = rule_edit_suppress(&edit, info, &suppress, span, reason, &err);
	rule_edit_done(&edit);
	if (info && rule_edit_went(call, r, &err))
		api_get_rule(call);
}

void api_update_rule(struct call *call)
{
	json_t *body = call_body(call);
	const json_t *enabled = json_object_get(body, "enabled");
	struct str reason;

	if (body && enabled && !json_is_boolean(enabled))
		call_fail(call, 400, "bad_body", "enabled is true or false");
	else if (body && rule_reason(call, body, json_is_false(enabled), &reason))
		update(call, body, reason);
	json_decref(body);
}

/* -- history -------------------------------------------------------------------------------------------- */

static int write_change(void *context, const struct rule_change *change)
{
	struct buf *out = context;

	out_open(out, NULL, '{');
	out_integer(out, "number", (int64_t)change->number);
	out_text(out, "time", change->time);
	out_text(out, "by", change->by);
	out_text(out, "action", change->action);
	out_text(out, "thing", str_from(rule_thing_name(change->thing)));
	out_text(out, "key", change->key);
	out_text(out, "title", change->title);
	out_optional(out, "reason", change->reason);
	if (change->existed)
		out_text(out, "before", change->before);
	if (change->exists)
		out_text(out, "after", change->after);
	out_close(out, '}');
	return 0;
}

void api_list_rule_changes(struct call *call)
{
	struct rule_library *library = call->web->options.rules;
	int r;

	if (!library) {
		call_fail(call, 503, "no_rules", "this server knows of no rules");
		return;
	}
	out_open(call->out, NULL, '{');
	out_open(call->out, "items", '[');
	r = rule_changes(rule_library_paths(library), call->path_values[0], write_change, call->out);
	out_close(call->out, ']');
	out_close(call->out, '}');
	if (r < 0)
		call_fail_code(call, r);
}

void api_undo_rule_change(struct call *call)
{
	struct rule_edit edit;
	struct err err = {0};
	struct str rule = {0};
	int64_t number;
	int r;

	if (!call_id(call, 0, &number) || !rule_edit_open(call, &edit))
		return;
	r = rule_edit_undo(&edit, (uint64_t)number, &rule, &err);
	rule = arena_copy(call->request->arena, rule);
	rule_edit_done(&edit);
	if (rule_edit_went(call, r, &err))
		answer_id(call, 200, rule);
}
