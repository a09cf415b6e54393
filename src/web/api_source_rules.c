/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules look at what a sender says: those that see less, or nothing, while it is silent. */
#include "base/clock.h"
#include "web/route.h"
#include "web/rules.h"
#include "web/source.h"

#define LIST_MAX 200

struct asking {
	struct call *call;
	struct str source;
	bool found;
};

static int take_source(void *context, const struct ledger_source *source)
{
	struct asking *asking = context;

	asking->found = true;
	asking->source = arena_copy(asking->call->request->arena, source->talker.source);
	return 0;
}

/* The log format of the sender that the path names; false: has answered. */
static bool read_source(struct call *call, struct asking *asking)
{
	const struct ledger_span span = {call->now - CLOCK_HOUR, call->now};
	uint64_t id;
	bool more;
	int r;

	*asking = (struct asking){.call = call};
	if (!source_read_id(call, call->path_values[0], &id))
		return false;
	r = ledger_sources(call->web->db, id, &span, 1, take_source, asking, &more);
	if (r < 0)
		call_fail_code(call, r);
	else if (!asking->found)
		call_fail(call, 404, "not_found", "there is no such source");
	return r == 0 && asking->found;
}

static const struct log_origin *find_origin(const struct desk *desk, struct str source)
{
	for (size_t i = 0; source.len && i < desk->origins.len; i++)
		if (str_eq(desk->origins.items[i].id, source))
			return &desk->origins.items[i];
	return NULL;
}

/* Whether no other format that was heard lately has the log source of the rule. */
static bool is_sole(const struct desk *desk, const struct log_origin *origin, const struct rule_info *info)
{
	for (size_t i = 0; i < desk->origins.len; i++) {
		const struct log_origin *other = &desk->origins.items[i];

		if (other != origin && other->id.len && other->heard &&
		    log_origin_has(other, &info->logsource))
			return false;
	}
	return true;
}

struct counts {
	int64_t total, sole, shown;
};

/* Those that depend on it alone, or the others. */
static void write_rules(const struct desk *desk, const struct log_origin *origin, bool sole,
			struct counts *counts)
{
	struct buf *out = desk->call->out;

	for (size_t i = 0; i < ruleset_count(desk->shelf->set); i++) {
		const struct rule_info *info = ruleset_info(desk->shelf->set, i);

		if (info->kind != RULE_DETECTION || !log_origin_has(origin, &info->logsource) ||
		    is_sole(desk, origin, info) != sole ||
		    !rules_is_on(desk->paths, &desk->shelf->settings, info))
			continue;
		counts->total++;
		counts->sole += sole;
		if (counts->shown == LIST_MAX)
			continue;
		counts->shown++;
		out_open(out, NULL, '{');
		out_text(out, "id", info->id);
		out_text(out, "title", info->title);
		out_optional(out, "title_zh", info->title_zh);
		out_text(out, "level", str_from(rule_level_name(info->level)));
		out_bool(out, "sole", sole);
		out_close(out, '}');
	}
}

/* Looks at every rule twice; some milliseconds for thousands. */
void api_list_source_rules(struct call *call)
{
	const struct log_origin *origin;
	struct counts counts = {0};
	struct asking asking;
	struct desk desk;

	if (!read_source(call, &asking) || !desk_open(call, &desk))
		return;
	origin = find_origin(&desk, asking.source);
	out_open(call->out, NULL, '{');
	out_open(call->out, "items", '[');
	for (int others = 0; origin && others < 2; others++)
		write_rules(&desk, origin, !others, &counts);
	out_close(call->out, ']');
	out_integer(call->out, "total", counts.total);
	out_integer(call->out, "sole", counts.sole);
	out_close(call->out, '}');
	desk_close(&desk);
}
