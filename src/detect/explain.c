/* SPDX-License-Identifier: Apache-2.0 */
/* Why a rule matched the event at hand: its condition, whether each selection holds, and in those that do the
   predicates that hold. Exceptions are part of the condition; their selections are named in it alone. */
#include "base/buf.h"
#include "detect/match.h"

#define EXPLAIN_MATCHES_MAX 64 /* of one selection */
#define EXPLAIN_VALUE_MAX 1024 /* bytes of a value */
#define EXPLAIN_CONDITION_MAX 4096
#define EXPLAIN_FALSE_MAX 64 /* selections that do not hold */

struct explanation {
	struct matcher *matcher;
	struct buf out;
	unsigned count; /* of matches in the selection at hand */
};

/* The value of the event for which it holds; NULL for predicates that hold because there is none. */
static struct view_value *find_value(struct matcher *matcher, const struct predicate *predicate)
{
	struct view *view = &matcher->view;
	struct view_value *value;

	for (uint32_t at = view_first(view, predicate->slot); at != VIEW_END; at = value->next) {
		value = &view->values[at];
		if (!value->null && predicate_holds_for(matcher, predicate, value))
			return value;
	}
	return NULL;
}

static struct view_value *find_keyword(struct matcher *matcher, const struct predicate *predicate)
{
	struct view *view = &matcher->view;

	view_list(view);
	for (uint32_t i = 0; i < view->listed_count; i++)
		if (predicate_holds_for(matcher, predicate, &view->listed[i]))
			return &view->listed[i];
	return NULL;
}

/* The value of the rule that was met; of many, the one. */
static struct str written_pattern(struct matcher *matcher, const struct predicate *predicate,
				  struct view_value *value)
{
	if (!value || (predicate->type != PREDICATE_SET && predicate->type != PREDICATE_LITERALS))
		return predicate->written;
	if (predicate->type == PREDICATE_SET)
		return value->text;
	return literal_set_find(predicate->literals,
				predicate->cased ? value->text : view_lower(&matcher->view, value));
}

static void add_match(struct explanation *explanation, const struct predicate *predicate)
{
	struct matcher *matcher = explanation->matcher;
	struct view_value *value = predicate->slot == SLOT_ANY ? find_keyword(matcher, predicate)
							       : find_value(matcher, predicate);
	struct buf *out = &explanation->out;

	if (explanation->count >= EXPLAIN_MATCHES_MAX)
		return;
	buf_add_str(out, explanation->count++ ? STR(",{\"field\":") : STR("{\"field\":"));
	if (predicate->slot == SLOT_ANY)
		buf_add_str(out, STR("null"));
	else
		buf_add_json_string(out, matcher->set->slots.items[predicate->slot].name);
	buf_add_str(out, STR(",\"value\":"));
	if (value)
		buf_add_json_string(out, str_head(value->text, EXPLAIN_VALUE_MAX));
	else
		buf_add_str(out, STR("null"));
	buf_add_str(out, STR(",\"pattern\":"));
	buf_add_json_string(out, written_pattern(matcher, predicate, value));
	buf_add_char(out, '}');
}

/* The predicates that made the node hold. What is negated has none to show. */
static void add_node(struct explanation *explanation, uint32_t at)
{
	const struct ruleset *set = explanation->matcher->set;
	const struct node *node = &set->nodes.items[at];

	if (node->type == NODE_NOT || !node_holds(explanation->matcher, at))
		return;
	if (node->type == NODE_PREDICATE || node->type == NODE_WITNESS) {
		add_match(explanation, &set->predicates.items[node->operand]);
		return;
	}
	for (uint32_t child = at + 1; child < node->end; child = set->nodes.items[child].end)
		add_node(explanation, child);
}

static void write_condition(const struct ruleset *set, uint32_t at, bool inside, struct buf *out);

/* What is negated stands last, as people write it. */
static void write_children(const struct ruleset *set, uint32_t at, bool inside, struct buf *out)
{
	const struct node *node = &set->nodes.items[at];
	struct str word = node->type == NODE_AND ? STR(" and ") : STR(" or ");
	bool first = true;

	for (int negated = 0; negated < 2; negated++)
		for (uint32_t child = at + 1; child < node->end; child = set->nodes.items[child].end) {
			if ((set->nodes.items[child].type == NODE_NOT) != (negated == 1))
				continue;
			buf_add_str(out, first ? STR("") : word);
			write_condition(set, child, inside, out);
			first = false;
		}
}

/* As it is evaluated: "1 of x*" is spelled out. */
static void write_condition(const struct ruleset *set, uint32_t at, bool inside, struct buf *out)
{
	const struct node *node = &set->nodes.items[at];
	bool single = at + 1 < set->nodes.len && set->nodes.items[at + 1].end == node->end;

	if (out->len > EXPLAIN_CONDITION_MAX)
		return;
	if (node->type == NODE_SELECTION) {
		buf_add_str(out, set->selections.items[node->operand].name);
	} else if (node->type == NODE_PREDICATE) {
		buf_add_str(out, STR("…")); /* an exception's date */
	} else if (node->type == NODE_NOT) {
		buf_add_str(out, STR("not "));
		write_condition(set, at + 1, true, out);
	} else {
		buf_add_str(out, inside && !single ? STR("(") : STR(""));
		write_children(set, at, inside || !single, out);
		buf_add_str(out, inside && !single ? STR(")") : STR(""));
	}
}

static void add_condition(struct buf *out, const struct ruleset *set, uint32_t root)
{
	struct buf text = {0};

	write_condition(set, root, false, &text);
	if (text.len > EXPLAIN_CONDITION_MAX) {
		text.len = str_utf8_len(str_head(buf_str(&text), EXPLAIN_CONDITION_MAX));
		buf_add_str(&text, STR("…"));
	}
	buf_add_str(out, STR("{\"condition\":"));
	buf_add_json_string(out, buf_str(&text));
	buf_done(&text);
}

struct str matcher_explain(struct matcher *matcher, uint32_t rule, const struct event *event,
			   struct arena *arena)
{
	const struct compiled_rule *compiled = &matcher->set->rules.items[rule];
	struct explanation explanation = {.matcher = matcher};
	struct buf *out = &explanation.out;
	unsigned written = 0, not_held = 0;
	struct str text;

	(void)event;
	budget_begin(&matcher->budget);
	matcher->plain = true; /* the rule need not have been a candidate */
	add_condition(out, matcher->set, compiled->root);
	buf_add_str(out, STR(",\"selections\":["));
	for (uint32_t i = 0; i < compiled->selection_count; i++) {
		const struct selection *selection =
			&matcher->set->selections.items[compiled->selection_first + i];

		bool holds = node_holds(matcher, selection->root);

		if (!holds && not_held++ >= EXPLAIN_FALSE_MAX)
			continue;
		buf_add_str(out, written++ ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_add_json_string(out, selection->name);
		buf_add_str(out, holds ? STR(",\"holds\":true,\"matches\":[")
				       : STR(",\"holds\":false,\"matches\":["));
		explanation.count = 0;
		if (holds)
			add_node(&explanation, selection->root);
		buf_add_str(out, STR("]}"));
	}
	buf_add_str(out, STR("]}"));
	text = arena_copy(arena, buf_str(out));
	buf_done(out);
	return text;
}
