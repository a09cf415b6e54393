/* SPDX-License-Identifier: Apache-2.0 */
/* Why a rule matched the event at hand: its selections that hold, and in them the predicates that hold. */
#include "base/buf.h"
#include "detect/match.h"

#define EXPLAIN_MATCHES_MAX 64 /* of one selection */
#define EXPLAIN_VALUE_MAX 1024 /* bytes of a value */

struct explanation {
	struct matcher *matcher;
	struct buf out;
	unsigned count; /* of matches in the selection at hand */
};

/* The value of the event for which it holds; NULL for predicates that hold because there is none. */
static struct view_value *find_value(struct matcher *matcher, const struct predicate *predicate)
{
	struct view *view = &matcher->view;
	bool keyword = predicate->slot == SLOT_ANY;
	uint32_t at = keyword ? 0 : view_first(view, predicate->slot);

	while (at < view->value_count) {
		struct view_value *value = &view->values[at];

		if (!value->null && predicate_holds_for(matcher, predicate, value))
			return value;
		at = keyword ? at + 1 : value->next;
	}
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
	struct view_value *value = find_value(matcher, predicate);
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

struct str matcher_explain(struct matcher *matcher, uint32_t rule, const struct event *event,
			   struct arena *arena)
{
	const struct compiled_rule *compiled = &matcher->set->rules.items[rule];
	struct explanation explanation = {.matcher = matcher};
	struct buf *out = &explanation.out;
	struct str text;
	bool first = true;

	(void)event;
	matcher->plain = true; /* the rule need not have been a candidate */
	buf_add_str(out, STR("{\"selections\":["));
	for (uint32_t i = 0; i < compiled->selection_count; i++) {
		const struct selection *selection =
			&matcher->set->selections.items[compiled->selection_first + i];

		if (!node_holds(matcher, selection->root))
			continue;
		buf_add_str(out, first ? STR("{\"name\":") : STR(",{\"name\":"));
		buf_add_json_string(out, selection->name);
		buf_add_str(out, STR(",\"matches\":["));
		explanation.count = 0;
		add_node(&explanation, selection->root);
		buf_add_str(out, STR("]}"));
		first = false;
	}
	buf_add_str(out, STR("]}"));
	text = arena_copy(arena, buf_str(out));
	buf_done(out);
	return text;
}
