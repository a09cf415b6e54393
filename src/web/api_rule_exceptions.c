/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions of rules, hunts with a rule that is being written, and what the rules cover. */
#include <string.h>

#include "base/clock.h"
#include "detect/filter.h"
#include "rules/draft.h"
#include "rules/exception.h"
#include "rules/hunt_request.h"
#include "web/route.h"
#include "web/rules.h"

#define FIELD_MAX 256
#define VALUE_MAX 1000
#define TEXT_MAX 60000
#define HUNT_DAYS_MAX 90

/* -- exceptions ----------------------------------------------------------------------------------------- */

void api_list_rule_exceptions(struct call *call)
{
	struct desk desk;

	if (!desk_open(call, &desk))
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "items", '[');
	for (size_t i = 0; i < ruleset_filter_count(desk.shelf->set); i++)
		rule_write_exception(&desk, ruleset_filter(desk.shelf->set, i));
	out_close(call->out, ']');
	out_close(call->out, '}');
	desk_close(&desk);
}

static struct str member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value))
				     : (struct str){0};
}

/* "where": [{"field": "source.ip", "value": "10.1.2.3"}] */
static bool read_where(struct call *call, const json_t *list, struct exception *exception)
{
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count && i < EXCEPTION_WHERE_MAX; i++) {
		const json_t *item = json_array_get(list, i);
		struct str field = member(item, "field"), value = member(item, "value");

		if (!field.len || field.len > FIELD_MAX || value.len > VALUE_MAX)
			break;
		exception->where[exception->where_count].field = field;
		exception->where[exception->where_count++].value = value;
	}
	if (count && exception->where_count == count)
		return true;
	call_fail(call, 422, "bad_where", "say what is excepted: 1 to %d times a field and a value",
		  EXCEPTION_WHERE_MAX);
	return false;
}

static bool read_rules(struct call *call, const struct ruleset *set, const json_t *list,
		       struct exception *exception)
{
	struct err err = {0};

	for (size_t i = 0; i < json_array_size(list) && i < EXCEPTION_RULES_MAX; i++) {
		struct str id = str_from(json_string_value(json_array_get(list, i)) ?: "");

		for (size_t k = 0; k < ruleset_count(set); k++)
			if (id.len && str_ieq(ruleset_info(set, k)->id, id))
				exception->rules[exception->rule_count++] = ruleset_info(set, k);
		if (exception->rule_count != i + 1) {
			call_fail(call, 422, "bad_rules", "there is no rule '%.*s'", STR_FMT(id));
			return false;
		}
		if (exception_check_rule(exception->rules[i], &err) < 0) {
			call_fail(call, 422, "bad_rules", "%s", err.message);
			return false;
		}
	}
	if (exception->rule_count && exception->rule_count == json_array_size(list))
		return true;
	call_fail(call, 422, "bad_rules", "name 1 to %d rules", EXCEPTION_RULES_MAX);
	return false;
}

static bool read_exception(struct call *call, json_t *body, struct exception *exception)
{
	struct err err = {0};
	int64_t expires;
	bool there;

	if (!read_where(call, json_object_get(body, "where"), exception) ||
	    !rule_reason(call, body, true, &exception->reason) ||
	    !body_text(call, body, "title", EXCEPTION_TITLE_MAX / 4, false, &exception->title, &there) ||
	    !body_text(call, body, "expires", 64, true, &exception->expires, &there))
		return false;
	exception->author = str_from(call->session.user.name);
	if (clock_parse(exception->expires, 0, &expires) < 0)
		err_set(&err, ERR_SYNTAX, 0, 0, "expires is a date such as 2027-03-01, or RFC 3339");
	else
		exception_check_end(expires, &err);
	if (!err.message[0])
		return true;
	call_fail(call, 422, "bad_expires", "%s", err.message);
	return false;
}

static void add(struct call *call, struct rule_edit *edit, struct exception *exception)
{
	struct ruleset *set = NULL;
	struct buf text = {0};
	struct err err = {0};
	size_t count = 0;
	int r;

	exception_make_id(exception->id);
	exception_format(exception, &text);
	r = exception_check("exception", buf_str(&text), &set, &err);
	if (r == 0)
		r = exception_add(edit, ruleset_filter(set, 0), buf_str(&text), &count, &err);
	ruleset_free(set);
	if (rule_edit_went(call, r, &err)) {
		call->response->status = 201;
		out_open(call->out, NULL, '{');
		out_text(call->out, "id", str_from(exception->id));
		out_integer(call->out, "rules", (int64_t)count);
		out_close(call->out, '}');
	}
	buf_done(&text);
}

void api_add_rule_exception(struct call *call)
{
	struct exception *exception = arena_struct(call->request->arena, struct exception);
	json_t *body = call_body(call);
	struct rule_edit edit;

	if (body && read_exception(call, body, exception) && rule_edit_open(call, &edit)) {
		if (read_rules(call, edit.set, json_object_get(body, "rules"), exception))
			add(call, &edit, exception);
		rule_edit_done(&edit);
	}
	json_decref(body);
}

void api_end_rule_exception(struct call *call)
{
	struct rule_edit edit;
	struct err err = {0};
	int r;

	if (!rule_edit_open(call, &edit))
		return;
	r = exception_remove(&edit, call->path_values[0], (struct str){0}, &err);
	rule_edit_done(&edit);
	if (rule_edit_went(call, r, &err))
		call_no_content(call);
}

/* -- hunts ---------------------------------------------------------------------------------------------- */

/* What is tried on what the hunt finds, as a filter for the one rule. */
static bool read_trial(struct call *call, const struct ruleset *set, const json_t *where, struct str rule,
		       struct buf *ret_text)
{
	struct exception *exception = arena_struct(call->request->arena, struct exception);
	json_t *ids = json_pack("[s%]", rule.ptr ? rule.ptr : "", rule.len);
	char time[CLOCK_TEXT_SIZE];
	bool good;

	good = read_where(call, where, exception) && read_rules(call, set, ids, exception);
	json_decref(ids);
	if (!good)
		return false;
	clock_format(call->now + 30 * CLOCK_DAY, time);
	exception_make_id(exception->id);
	exception->author = str_from(call->session.user.name);
	exception->reason = STR("trial");
	exception->expires = str_from(time);
	exception_format(exception, ret_text);
	return true;
}

struct asking {
	const struct rule_shelf *shelf;
	struct hunt_request request;
	struct buf except;
};

/* The text in the body, or that of the rule. */
static bool read_text(struct call *call, json_t *body, struct asking *asking)
{
	struct hunt_request *request = &asking->request;
	bool has_rule, has_text;

	if (!body_text(call, body, "rule", 64, false, &request->rule, &has_rule) ||
	    !body_text(call, body, "text", TEXT_MAX, false, &request->text, &has_text))
		return false;
	for (size_t i = 0; has_rule && !has_text && i < ruleset_count(asking->shelf->set); i++)
		if (str_ieq(ruleset_info(asking->shelf->set, i)->id, request->rule))
			request->text = ruleset_info(asking->shelf->set, i)->yaml;
	if (request->text.len)
		return true;
	call_fail(call, has_rule ? 404 : 400, has_rule ? "not_found" : "bad_body",
		  has_rule ? "there is no such rule" : "give a rule, or the text of one");
	return false;
}

static bool read_asking(struct call *call, json_t *body, struct asking *asking)
{
	const json_t *where = json_object_get(body, "where");
	struct hunt_request *request = &asking->request;
	struct draft draft;
	struct err err = {0};
	int64_t days = 7;
	int r;

	if (!read_text(call, body, asking) ||
	    !body_number(call, body, "days", 1, HUNT_DAYS_MAX, false, &days))
		return false;
	r = draft_load(&draft,
		       &(struct draft_options){
			       .others = asking->shelf->set, .id = request->rule, .text = request->text},
		       &err);
	if (!rule_edit_went(call, r, &err))
		return false;
	draft_done(&draft);
	if (where && !read_trial(call, asking->shelf->set, where, request->rule, &asking->except))
		return false;
	request->except = buf_str(&asking->except);
	request->by = str_from(call->session.user.name);
	request->to = call->now + CLOCK_HOUR; /* clocks that are ahead */
	request->from = call->now - days * CLOCK_DAY;
	return true;
}

static void ask(struct call *call, struct asking *asking)
{
	const char *rules = rule_library_paths(call->web->options.rules)->folder;
	struct buf detail = {0};
	int r;

	buf_printf(&detail, "{\"days\":%lld,\"trial\":%s}",
		   (long long)((asking->request.to - asking->request.from) / CLOCK_DAY),
		   asking->except.len ? "true" : "false");
	if (audit_done(call, "rules.hunt", str_from(call->session.user.name), asking->request.rule,
		       buf_str(&detail))) {
		r = hunt_request_add(rules, call->web->options.hunts, &asking->request);
		if (r == ERR_BUSY)
			call_fail(call, 409, "hunts_busy",
				  "others are testing rules now; try again in a minute");
		else if (r < 0)
			call_fail_code(call, r);
		else {
			call->response->status = 202;
			out_open(call->out, NULL, '{');
			out_text(call->out, "id", str_from(asking->request.id));
			out_close(call->out, '}');
		}
	}
	buf_done(&detail);
}

void api_start_rule_hunt(struct call *call)
{
	struct rule_library *library = call->web->options.rules;
	struct asking asking = {0};
	json_t *body = call_body(call);
	struct err err = {0};

	if (body &&
	    (!library || !call->web->options.hunts || rule_library_use(library, &asking.shelf, &err) < 0))
		call_fail(call, 503, "no_rules", "rules cannot be tested here");
	else if (body && read_asking(call, body, &asking))
		ask(call, &asking);
	rule_library_release(asking.shelf);
	buf_done(&asking.except);
	json_decref(body);
}

/* What the hunt process wrote is read as a stranger's: as JSON, and written anew. */
void api_get_rule_hunt(struct call *call)
{
	struct rule_library *library = call->web->options.rules;
	struct str id = call->path_values[0];
	struct buf text = {0};
	json_t *found = NULL;
	char *again;

	if (!library || !call->web->options.hunts || !hunt_id_is_good(id) ||
	    !hunt_request_stands(rule_library_paths(library)->folder, id)) {
		call_fail(call, 404, "not_found", "there is no such test, or it was a day ago");
		return;
	}
	if (hunt_found_read(call->web->options.hunts, id, &text) == 0)
		found = json_loadb(text.ptr, text.len, 0, NULL);
	again = json_is_object(found) ? json_dumps(found, JSON_COMPACT) : NULL;
	buf_add_str(call->out, again ? str_from(again) : STR("{\"state\":\"waiting\"}"));
	free(again);
	json_decref(found);
	buf_done(&text);
}

void api_end_rule_hunt(struct call *call)
{
	struct rule_library *library = call->web->options.rules;
	int r = library ? hunt_request_remove(rule_library_paths(library)->folder, call->path_values[0])
			: ERR_END;

	if (r == ERR_END)
		call_fail(call, 404, "not_found", "there is no such test");
	else if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}

/* -- coverage ------------------------------------------------------------------------------------------- */

static bool is_on(void *context, const struct rule_info *info)
{
	const struct desk *desk = context;

	return rules_is_on(desk->paths, &desk->shelf->settings, info);
}

typedef void write_picture(struct desk *desk, const struct visibility *visibility);

static void with_picture(struct call *call, write_picture *write)
{
	struct rule_library *library = call->web->options.rules;
	const struct attack *attack = library ? rule_library_attack(library) : NULL;
	struct visibility visibility;
	struct desk desk;

	if (!desk_open(call, &desk))
		return;
	if (!attack) {
		call_fail(call, 503, "no_attack", "the tables of ATT&CK cannot be read");
	} else {
		visibility_make(&visibility, desk.shelf->set, attack, &desk.origins, call->request->arena,
				is_on, &desk);
		write(&desk, &visibility);
		visibility_done(&visibility);
	}
	desk_close(&desk);
}

static void write_coverage(struct desk *desk, const struct visibility *visibility)
{
	visibility_json(visibility, &desk->origins, UINT32_MAX, desk->call->out);
}

static void write_layer(struct desk *desk, const struct visibility *visibility)
{
	call_attachment(desk->call, "application/json", STR("wanglou-attack-layer.json"));
	visibility_layer(visibility, STR("Wanglou"), desk->call->out);
}

void api_get_rule_coverage(struct call *call)
{
	with_picture(call, write_coverage);
}

void api_get_rule_layer(struct call *call)
{
	with_picture(call, write_layer);
}
