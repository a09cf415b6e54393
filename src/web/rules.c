/* SPDX-License-Identifier: Apache-2.0 */
#include "web/rules.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "coverage/ledger.h"
#include "detect/filter.h"
#include "rules/exception.h"

#define HEARD_WITHIN (7 * CLOCK_DAY)
#define EXCEPTION_TEXT_MAX (64u * 1024)

/* -- the desk ------------------------------------------------------------------------------------------- */

static struct desk_row *row_of(struct desk *desk, struct str rule)
{
	bool is_new;
	uint64_t *place = map_put(desk->at, rule, &is_new);

	if (is_new) {
		*place = desk->rows.len + 1;
		vec_add_zero(&desk->rows);
	}
	return &desk->rows.items[*place - 1];
}

static int take_count(void *context, const struct rule_count *count)
{
	struct desk_row *row = row_of(context, count->rule_id);

	row->alerts = count->alerts;
	row->repeats = count->repeats;
	row->confirmed = count->confirmed;
	row->false_positive = count->false_positive;
	return 0;
}

static int take_day(void *context, struct str rule, int64_t day, int64_t alerts)
{
	struct desk *desk = context;
	int64_t ago = desk->today - day;

	if (ago >= 0 && ago < DESK_DAYS)
		row_of(desk, rule)->days[DESK_DAYS - 1 - ago] = alerts;
	return 0;
}

static int hear(void *context, const struct ledger_hour *hour)
{
	if (hour->received)
		log_origins_hear(context, hour->talker.source);
	return 0;
}

static int read_desk(struct desk *desk)
{
	struct call *call = desk->call;
	const struct web_options *options = &call->web->options;
	int64_t now = call->now, zone = options->zone, from;
	int r = rule_counts(call->web->db, take_count, desk);

	desk->today = (now + zone) / CLOCK_DAY;
	from = (desk->today - DESK_DAYS + 1) * CLOCK_DAY - zone;
	if (r == 0)
		r = rule_days(call->web->db, (struct str){0}, from, now + CLOCK_DAY, zone, take_day, desk);
	if (r == 0 && options->content)
		r = log_origins_read(&desk->origins,
				     arena_printf(call->request->arena, "%s/sources", options->content).ptr,
				     call->request->arena);
	if (r == 0)
		r = ledger_hours(call->web->db, now - HEARD_WITHIN, now, (struct str){0}, hear,
				 &desk->origins);
	return r;
}

static void add_costs(struct desk *desk)
{
	for (size_t i = 0; i < ruleset_count(desk->shelf->set); i++) {
		struct rule_cost cost = rule_costs_get(desk->costs, ruleset_info(desk->shelf->set, i)->id);

		desk->cost_time += rule_cost_time(&cost.stats);
	}
}

bool desk_open(struct call *call, struct desk *desk)
{
	const struct web_options *options = &call->web->options;
	struct err err = {0};
	int r;

	*desk = (struct desk){.call = call};
	if (!options->rules) {
		call_fail(call, 503, "no_rules", "this server knows of no rules");
		return false;
	}
	desk->paths = rule_library_paths(options->rules);
	r = rule_library_use(options->rules, &desk->shelf, &err);
	if (r < 0) {
		call_fail(call, 503, "no_rules", "the rules cannot be read: %s", err.message);
		return false;
	}
	desk->at = map_new();
	must(desk->at);
	desk->costs = rule_costs_open(options->rule_costs ? options->rule_costs : "");
	r = read_desk(desk);
	if (r < 0) {
		desk_close(desk);
		call_fail_code(call, r);
		return false;
	}
	add_costs(desk);
	return true;
}

void desk_close(struct desk *desk)
{
	log_origins_done(&desk->origins);
	rule_costs_free(desk->costs);
	map_free(desk->at);
	vec_done(&desk->rows);
	rule_library_release(desk->shelf);
}

const struct rule_info *desk_find(struct desk *desk, size_t *ret_index)
{
	struct str id = desk->call->path_values[0];

	for (size_t i = 0; i < ruleset_count(desk->shelf->set); i++) {
		const struct rule_info *info = ruleset_info(desk->shelf->set, i);

		if (info->id.len && str_ieq(info->id, id)) {
			*ret_index = i;
			return info;
		}
	}
	call_fail(desk->call, 404, "not_found", "there is no such rule");
	return NULL;
}

/* -- one rule ------------------------------------------------------------------------------------------- */

static bool replaces_shipped(const struct desk *desk, const struct rule_info *info)
{
	for (size_t i = 0; i < desk->shelf->replaced_count; i++)
		if (str_ieq(desk->shelf->replaced[i], info->id))
			return true;
	return false;
}

struct rule_view desk_view(const struct desk *desk, size_t index)
{
	static const struct desk_row nothing;
	const struct ruleset *set = desk->shelf->set;
	const struct rule_info *info = ruleset_info(set, index);
	uint64_t *place = map_get(desk->at, info->id);
	struct rule_view view = {
		.info = info,
		.index = index,
		.pack = rules_pack_of(desk->paths, info),
		.on = rules_is_on(desk->paths, &desk->shelf->settings, info),
		.fed = visibility_missing(set, index, &desk->origins) == NULL,
		.setting = info->id.len ? settings_rule(&desk->shelf->settings, info->id) : NULL,
		.row = place ? &desk->rows.items[*place - 1] : &nothing,
		.cost = rule_costs_get(desk->costs, info->id),
	};

	view.local = str_eq(view.pack, STR(RULES_LOCAL));
	view.replaces = view.local && replaces_shipped(desk, info);
	for (size_t i = 0; i < ruleset_filter_count(set); i++)
		view.exceptions += filter_names(ruleset_filter(set, i), info) &&
				   ruleset_filter(set, i)->expires > desk->call->now;
	return view;
}

int64_t rule_version(const struct rule_view *view)
{
	uint64_t hash = hash_str(view->info->yaml);

	hash = hash_bytes_seeded(&view->on, sizeof(view->on), hash);
	if (view->setting) {
		hash = hash_bytes_seeded(view->setting->suppress_for.ptr, view->setting->suppress_for.len,
					 hash);
		hash = hash_bytes_seeded(view->setting->changed.ptr, view->setting->changed.len, hash);
	}
	return (int64_t)(hash & 0xfffffffffffff) + 1; /* what JSON's readers can hold */
}

static void write_tags(struct desk *desk, const struct rule_info *info)
{
	const struct attack *attack = rule_library_attack(desk->call->web->options.rules);
	struct buf *out = desk->call->out;
	uint32_t tactics = 0;

	out_open(out, "techniques", '[');
	for (size_t i = 0; attack && i < info->tag_count; i++) {
		uint32_t index;
		enum attack_kind kind = attack_tag(attack, info->tags[i], &index);

		if (kind == ATTACK_TECHNIQUE)
			out_text(out, NULL, attack->techniques[index].id);
		if (kind == ATTACK_TACTIC)
			tactics |= 1u << index;
	}
	out_close(out, ']');
	out_open(out, "tactics", '[');
	for (uint32_t i = 0; attack && i < attack->tactic_count; i++)
		if (tactics & 1u << i)
			out_text(out, NULL, attack->tactics[i].shortname);
	out_close(out, ']');
}

static void write_source(struct buf *out, const struct logsource *source)
{
	out_open(out, "logsource", '{');
	out_optional(out, "product", source->product);
	out_optional(out, "category", source->category);
	out_optional(out, "service", source->service);
	out_close(out, '}');
}

static void write_figures(struct desk *desk, const struct rule_view *view)
{
	struct buf *out = desk->call->out;
	const struct desk_row *row = view->row;
	double time = rule_cost_time(&view->cost.stats);
	int64_t week = 0;

	out_open(out, "days", '[');
	for (int i = 0; i < DESK_DAYS; i++) {
		out_integer(out, NULL, row->days[i]);
		week += row->days[i];
	}
	out_close(out, ']');
	out_integer(out, "alerts_week", week);
	out_integer(out, "alerts", row->alerts);
	out_integer(out, "repeats", row->repeats);
	out_integer(out, "confirmed", row->confirmed);
	out_integer(out, "false_positive", row->false_positive);
	out_number(out, "cost", desk->cost_time > 0 ? time / desk->cost_time : 0);
	out_bool(out, "aside", view->cost.aside);
}

void rule_write_row(struct desk *desk, const struct rule_view *view)
{
	const struct rule_info *info = view->info;
	struct buf *out = desk->call->out, suppress = {0};

	rule_suppress_text(&info->suppress, &suppress);
	out_text(out, "id", info->id);
	out_integer(out, "version", rule_version(view));
	out_text(out, "title", info->title);
	out_optional(out, "title_zh", info->title_zh);
	out_text(out, "kind", info->kind == RULE_CORRELATION ? STR("correlation") : STR("detection"));
	out_text(out, "level", str_from(rule_level_name(info->level)));
	out_optional(out, "status", info->status);
	out_text(out, "pack", view->pack);
	out_bool(out, "enabled", view->on);
	out_bool(out, "silent", info->silent);
	out_bool(out, "fed", view->fed);
	out_bool(out, "local", view->local);
	out_bool(out, "replaces", view->replaces);
	out_optional(out, "suppress", buf_str(&suppress));
	out_integer(out, "exceptions", (int64_t)view->exceptions);
	write_source(out, &info->logsource);
	write_tags(desk, info);
	write_figures(desk, view);
	buf_done(&suppress);
}

static void write_named(struct desk *desk, const struct filter_info *filter)
{
	struct buf *out = desk->call->out;

	out_open(out, "rules", '[');
	for (size_t i = 0; i < ruleset_count(desk->shelf->set); i++) {
		const struct rule_info *info = ruleset_info(desk->shelf->set, i);

		if (filter->any || !filter_names(filter, info))
			continue;
		out_open(out, NULL, '{');
		out_text(out, "id", info->id);
		out_text(out, "title", info->title);
		out_optional(out, "title_zh", info->title_zh);
		out_close(out, '}');
	}
	out_close(out, ']');
}

void rule_write_exception(struct desk *desk, const struct filter_info *filter)
{
	struct buf *out = desk->call->out, text = {0};
	struct str folder = arena_printf(desk->call->request->arena, "%s/exceptions/", desk->paths->folder);
	const char *state = filter->expires <= desk->call->now ? "expired"
			    : filter->applied                  ? "holds"
							       : "idle";

	out_open(out, NULL, '{');
	out_text(out, "id", filter->id);
	out_text(out, "title", filter->title);
	out_text(out, "author", filter->author);
	out_text(out, "reason", filter->description);
	out_text(out, "state", str_from(state));
	if (filter->expires != FILTER_NEVER)
		out_time(out, "expires", filter->expires);
	out_bool(out, "any", filter->any);
	out_integer(out, "applied", filter->applied);
	out_bool(out, "removable", str_starts(filter->file, folder));
	write_named(desk, filter);
	if (io_read_file(filter->file.ptr, EXCEPTION_TEXT_MAX, &text) == 0)
		out_text(out, "text", buf_str(&text));
	out_close(out, '}');
	buf_done(&text);
}

/* -- changing ------------------------------------------------------------------------------------------- */

static void ignore(void *context, const struct err *err)
{
	(void)context;
	(void)err;
}

static int record(void *context, const char *action, struct str object, struct str detail)
{
	struct call *call = context;

	return audit_done(call, action, str_from(call->session.user.name), object, detail) ? 0 : ERR_DENIED;
}

bool rule_edit_open(struct call *call, struct rule_edit *edit)
{
	struct rule_library *library = call->web->options.rules;
	struct rule_edit_options options = {
		.author = str_from(call->session.user.name),
		.record = record,
		.context = call,
		.report = ignore,
	};
	struct err err = {0};
	int r;

	if (!library) {
		call_fail(call, 503, "no_rules", "this server knows of no rules");
		return false;
	}
	options.paths = rule_library_paths(library);
	r = rule_edit_begin(edit, &options, &err);
	if (r < 0)
		call_fail(call, 503, r == ERR_BUSY ? "busy" : "no_rules", "%s", err.message);
	return r == 0;
}

bool rule_edit_went(struct call *call, int r, const struct err *err)
{
	static const struct refusal refusals[] = {
		{ERR_END, 404, "not_found", NULL},    {ERR_BUSY, 409, "changed_since", NULL},
		{ERR_DUPLICATE, 409, "exists", NULL}, {ERR_SYNTAX, 422, "bad_rule", NULL},
		{ERR_UNKNOWN, 422, "bad_rule", NULL}, {ERR_RANGE, 422, "bad_rule", NULL},
		{ERR_LIMIT, 422, "bad_rule", NULL},   {ERR_DENIED, 409, "not_ours", NULL},
	};

	if (r >= 0)
		return true;
	if (r == ERR_DENIED && !err->message[0])
		return false; /* the audit trail: answered */
	call_explain(call, r, err, refusals, sizeof(refusals) / sizeof(refusals[0]));
	if (err->line)
		call_fail_more(call, "line", err->line);
	if (err->line)
		call_fail_more(call, "column", err->column);
	return false;
}

const struct rule_info *rule_edit_find(struct call *call, const struct rule_edit *edit, struct str id)
{
	for (size_t i = 0; id.len && i < ruleset_count(edit->set); i++)
		if (str_ieq(ruleset_info(edit->set, i)->id, id))
			return ruleset_info(edit->set, i);
	call_fail(call, 404, "not_found", "there is no such rule");
	return NULL;
}

bool rule_reason(struct call *call, json_t *body, bool needed, struct str *ret_reason)
{
	bool there;

	if (!body_text(call, body, "reason", RULE_REASON_MAX, needed, ret_reason, &there))
		return false;
	*ret_reason = str_trim(*ret_reason);
	if (!needed || ret_reason->len)
		return true;
	call_fail(call, 400, "bad_body", "say why: reason is empty");
	return false;
}
