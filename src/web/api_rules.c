/* SPDX-License-Identifier: Apache-2.0 */
/* Detection rules: the list, one of them. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "correlate/correlate.h"
#include "detect/correlation.h"
#include "detect/filter.h"
#include "detect/tests.h"
#include "web/route.h"
#include "web/rules.h"

#define DAYS_SHOWN 30

/* -- the list ------------------------------------------------------------------------------------------- */

struct rule_filter {
	struct str words, levels, pack, tactic, technique, source, state;
};

static bool read_filter(struct call *call, struct rule_filter *filter)
{
	static const char *const states[] = {"on",     "off",   "unfed", "alerting", "wrong",
					     "silent", "aside", "local", "excepted"};
	size_t i = 0;

	*filter = (struct rule_filter){
		.words = str_trim(call_text(call, "q")),
		.levels = call_text(call, "level"),
		.pack = call_text(call, "pack"),
		.tactic = call_text(call, "tactic"),
		.technique = call_text(call, "technique"),
		.source = call_text(call, "source"),
		.state = call_text(call, "state"),
	};
	while (i < sizeof(states) / sizeof(states[0]) && !str_eq(filter->state, str_from(states[i])))
		i++;
	if (!filter->state.len || i < sizeof(states) / sizeof(states[0]))
		return true;
	call_fail(call, 400, "bad_state", "there is no such state");
	return false;
}

static bool is_listed(struct str list, struct str word)
{
	struct str part;

	if (!list.len)
		return true;
	while (str_split(&list, ',', &part))
		if (str_ieq(part, word))
			return true;
	return false;
}

static bool contains(struct str text, struct str word)
{
	for (size_t i = 0; i + word.len <= text.len; i++)
		if (str_ieq(str_of(text.ptr + i, word.len), word))
			return true;
	return false;
}

/* Each word stands somewhere in what the rule says of itself. */
static bool has_words(const struct rule_info *info, struct str words)
{
	const struct str texts[] = {info->title,       info->title_zh,       info->id,
				    info->description, info->description_zh, info->author};
	struct str word;

	while (str_split(&words, ' ', &word)) {
		bool found = !word.len;

		for (size_t i = 0; !found && i < sizeof(texts) / sizeof(texts[0]); i++)
			found = contains(texts[i], word);
		for (size_t i = 0; !found && i < info->tag_count; i++)
			found = contains(info->tags[i], word);
		if (!found)
			return false;
	}
	return true;
}

/* A technique stands for its sub-techniques too. */
static bool has_tag(const struct desk *desk, const struct rule_info *info, struct str tactic,
		    struct str technique)
{
	const struct attack *attack = rule_library_attack(desk->call->web->options.rules);
	bool has_tactic = !tactic.len, has_technique = !technique.len;

	for (size_t i = 0; attack && i < info->tag_count; i++) {
		uint32_t index;
		enum attack_kind kind = attack_tag(attack, info->tags[i], &index);

		if (kind == ATTACK_TACTIC)
			has_tactic |= str_ieq(attack->tactics[index].shortname, tactic);
		if (kind != ATTACK_TECHNIQUE)
			continue;
		has_technique |=
			str_ieq(attack->techniques[index].id, technique) ||
			(attack->techniques[index].parent != ATTACK_NONE &&
			 str_ieq(attack->techniques[attack->techniques[index].parent].id, technique));
	}
	return has_tactic && has_technique;
}

static bool has_state(const struct rule_view *view, struct str state)
{
	const struct desk_row *row = view->row;
	int64_t week = 0;

	for (int i = 0; i < DESK_DAYS; i++)
		week += row->days[i];
	return !state.len || (str_eq(state, STR("on")) && view->on) ||
	       (str_eq(state, STR("off")) && !view->on) ||
	       (str_eq(state, STR("unfed")) && view->on && !view->fed) ||
	       (str_eq(state, STR("alerting")) && week > 0) ||
	       (str_eq(state, STR("wrong")) && row->false_positive > 0 &&
		row->false_positive >= row->confirmed) ||
	       (str_eq(state, STR("silent")) && view->info->silent) ||
	       (str_eq(state, STR("aside")) && view->cost.aside) ||
	       (str_eq(state, STR("local")) && view->local) ||
	       (str_eq(state, STR("excepted")) && view->exceptions > 0);
}

static bool has_source(const struct logsource *source, struct str wanted)
{
	return !wanted.len || str_ieq(source->product, wanted) || str_ieq(source->category, wanted) ||
	       str_ieq(source->service, wanted);
}

static bool is_wanted(const struct desk *desk, const struct rule_view *view, const struct rule_filter *filter)
{
	const struct rule_info *info = view->info;

	return info->id.len && is_listed(filter->levels, str_from(rule_level_name(info->level))) &&
	       (!filter->pack.len || str_eq(view->pack, filter->pack)) &&
	       has_source(&info->logsource, filter->source) && has_state(view, filter->state) &&
	       has_tag(desk, info, filter->tactic, filter->technique) && has_words(info, filter->words);
}

/* What alerts most comes first, then what is worst. */
static int compare_views(const void *left, const void *right)
{
	const struct rule_view *a = left, *b = right;
	int64_t difference = 0;

	for (int i = 0; i < DESK_DAYS; i++)
		difference += b->row->days[i] - a->row->days[i];
	if (difference)
		return difference > 0 ? 1 : -1;
	if (a->info->level != b->info->level)
		return (int)b->info->level - (int)a->info->level;
	return a->index < b->index ? -1 : a->index > b->index;
}

static void write_refusals(struct desk *desk)
{
	struct buf *out = desk->call->out;
	const struct rule_shelf *shelf = desk->shelf;

	out_open(out, "broken", '[');
	for (size_t i = 0; i < shelf->refusal_count && i < PAGE_LIMIT_DEFAULT; i++) {
		const struct rule_refusal *refusal = &shelf->refusals[i];
		const char *slash = strrchr(refusal->file.ptr, '/');

		out_open(out, NULL, '{');
		out_text(out, "file", slash ? str_from(slash + 1) : refusal->file);
		out_text(out, "message", refusal->message[words_spoken()]);
		out_integer(out, "line", refusal->line);
		out_integer(out, "column", refusal->column);
		out_close(out, '}');
	}
	out_close(out, ']');
}

/* Pages are counted, not remembered: rules change seldom, and an item twice does no harm. */
static void write_page(struct desk *desk, const struct rule_view *views, size_t count,
		       const struct list_page *page, size_t enabled)
{
	struct buf *out = desk->call->out;
	size_t at = page->first ? 0 : (size_t)page->after_id, end = at + (size_t)page->limit;
	struct list_page next = {0};

	page_open(desk->call);
	for (size_t i = at; i < count && i < end; i++) {
		out_open(out, NULL, '{');
		rule_write_row(desk, &views[i]);
		out_close(out, '}');
	}
	page_close(desk->call, end < count, (int64_t)end, next.after);
	out->len--; /* "}": the list says more */
	out_integer(out, "total", (int64_t)count);
	out_integer(out, "enabled", (int64_t)enabled);
	write_refusals(desk);
	out_close(out, '}');
}

/* Looks at every rule; some milliseconds for thousands. */
void api_list_rules(struct call *call)
{
	struct rule_filter filter;
	struct rule_view *views;
	struct list_page page;
	struct desk desk;
	size_t count = 0, enabled = 0, all;

	if (!read_filter(call, &filter) || !call_page(call, &page) || !desk_open(call, &desk))
		return;
	all = ruleset_count(desk.shelf->set);
	views = arena_array(call->request->arena, struct rule_view, all + 1);
	for (size_t i = 0; i < all; i++) {
		views[count] = desk_view(&desk, i);
		enabled += views[count].on;
		count += is_wanted(&desk, &views[count], &filter);
	}
	qsort(views, count, sizeof(*views), compare_views);
	write_page(&desk, views, count, &page, enabled);
	desk_close(&desk);
}

/* -- one rule ------------------------------------------------------------------------------------------- */

static void write_sources(struct desk *desk, const struct rule_info *info)
{
	struct buf *out = desk->call->out;

	out_open(out, "sources", '[');
	for (size_t i = 0; info->kind == RULE_DETECTION && i < desk->origins.len; i++) {
		const struct log_origin *origin = &desk->origins.items[i];

		if (!origin->id.len || !log_origin_has(origin, &info->logsource))
			continue;
		out_open(out, NULL, '{');
		out_text(out, "id", origin->id);
		out_text(out, "title", origin->title);
		out_bool(out, "heard", origin->heard);
		out_close(out, '}');
	}
	out_close(out, ']');
}

static void write_link(struct buf *out, const struct rule_info *info)
{
	out_open(out, NULL, '{');
	out_text(out, "id", info->id);
	out_text(out, "title", info->title);
	out_optional(out, "title_zh", info->title_zh);
	out_close(out, '}');
}

/* The rules that a correlation refers to, and the correlations that refer to this one. */
static void write_relations(struct desk *desk, size_t index)
{
	const struct ruleset *set = desk->shelf->set;
	const struct correlation *correlation = ruleset_correlation(set, index);
	struct buf *out = desk->call->out;

	out_open(out, "refers_to", '[');
	for (uint32_t i = 0; correlation && i < correlation->rule_count; i++)
		write_link(out, ruleset_info(set, correlation->rules[i]));
	out_close(out, ']');
	out_open(out, "referred_by", '[');
	for (size_t i = 0; i < ruleset_count(set); i++) {
		const struct correlation *other = ruleset_correlation(set, i);

		for (uint32_t k = 0; other && k < other->rule_count; k++)
			if (other->rules[k] == index)
				write_link(out, ruleset_info(set, i));
	}
	out_close(out, ']');
}

static void write_tests(struct desk *desk, size_t index)
{
	struct buf *out = desk->call->out;
	size_t count;
	const struct rule_test *tests = ruleset_tests(desk->shelf->set, index, &count);

	out_open(out, "tests", '[');
	for (size_t i = 0; i < count; i++) {
		out_open(out, NULL, '{');
		out_text(out, "name", tests[i].name);
		out_bool(out, "match", tests[i].match);
		out_integer(out, "line", tests[i].line);
		out_close(out, '}');
	}
	out_close(out, ']');
}

static int write_day(void *context, struct str rule, int64_t day, int64_t alerts)
{
	struct call *call = context;

	(void)rule;
	out_open(call->out, NULL, '{');
	out_time(call->out, "time", day * CLOCK_DAY - call->web->options.zone);
	out_integer(call->out, "count", alerts);
	out_close(call->out, '}');
	return 0;
}

static int write_history(struct desk *desk, const struct rule_info *info)
{
	struct call *call = desk->call;
	int64_t zone = call->web->options.zone, last = 0;
	int64_t from = (desk->today - DAYS_SHOWN + 1) * CLOCK_DAY - zone;
	int r;

	out_open(call->out, "series", '[');
	r = rule_days(call->web->db, info->id, from, call->now + CLOCK_DAY, zone, write_day, call);
	out_close(call->out, ']');
	if (r == 0)
		r = rule_last_alert(call->web->db, info->id, &last);
	if (last)
		out_time(call->out, "last_alert", last);
	return r;
}

static void write_setting(struct buf *out, const struct rule_setting *setting)
{
	if (!setting || !setting->author.len)
		return;
	out_open(out, "setting", '{');
	out_text(out, "by", setting->author);
	out_text(out, "time", setting->changed);
	out_optional(out, "reason", setting->reason);
	out_close(out, '}');
}

static void write_cost(struct buf *out, const struct rule_stats *stats)
{
	out_open(out, "work", '{');
	out_integer(out, "candidates", (int64_t)stats->candidates);
	out_integer(out, "matches", (int64_t)stats->matches);
	out_number(out, "nanoseconds",
		   stats->samples ? (double)stats->nanoseconds / (double)stats->samples : 0);
	out_close(out, '}');
}

static int write_rule(struct desk *desk, size_t index)
{
	struct rule_view view = desk_view(desk, index);
	const struct rule_info *info = view.info;
	struct buf *out = desk->call->out;
	const char *slash = strrchr(info->file.ptr, '/');
	int r;

	call_etag(desk->call, rule_version(&view));
	out_open(out, NULL, '{');
	rule_write_row(desk, &view);
	out_text(out, "yaml", info->yaml);
	out_text(out, "file", slash ? str_from(slash + 1) : info->file);
	out_optional(out, "name", info->name);
	out_optional(out, "description", info->description);
	out_optional(out, "description_zh", info->description_zh);
	out_lines(out, "false_positives", info->false_positives);
	out_lines(out, "false_positives_zh", info->false_positives_zh);
	out_optional(out, "next_steps", info->next_steps);
	out_optional(out, "next_steps_zh", info->next_steps_zh);
	out_optional(out, "author", info->author);
	out_optional(out, "license", info->license);
	write_setting(out, view.setting);
	write_cost(out, &view.cost.stats);
	write_sources(desk, info);
	write_relations(desk, index);
	write_tests(desk, index);
	out_open(out, "exception_list", '[');
	for (size_t i = 0; i < ruleset_filter_count(desk->shelf->set); i++)
		if (filter_names(ruleset_filter(desk->shelf->set, i), info))
			rule_write_exception(desk, ruleset_filter(desk->shelf->set, i));
	out_close(out, ']');
	r = write_history(desk, info);
	out_close(out, '}');
	return r;
}

void api_get_rule(struct call *call)
{
	struct desk desk;
	size_t index;
	int r = 0;

	if (!desk_open(call, &desk))
		return;
	if (desk_find(&desk, &index))
		r = write_rule(&desk, index);
	desk_close(&desk);
	if (r < 0)
		call_fail_code(call, r);
}
