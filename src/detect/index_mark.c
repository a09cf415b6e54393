/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules of an index ask for: nodes that the index answers, and the shortest of their keywords. */
#include "detect/index.h"
#include "detect/witness.h"

/* Shorter values cannot hold what a keyword asks for. */
static uint32_t keyword_min(const struct predicate *predicate)
{
	uint32_t least = UINT32_MAX;

	if (predicate->type != PREDICATE_LITERALS)
		return (uint32_t)witness_literal(predicate).len;
	for (uint32_t i = 0; i < predicate->literals->count; i++)
		if (predicate->literals->texts[i].len < least)
			least = (uint32_t)predicate->literals->texts[i].len;
	return least;
}

static void note_keyword(const struct predicate *predicate, struct index *index)
{
	if (predicate->slot == SLOT_ANY && predicate->type != PREDICATE_EXPIRED &&
	    keyword_min(predicate) < index->keyword_min)
		index->keyword_min = keyword_min(predicate);
}

/* Of a selection that rules of other indices may share, as those of filters: nothing is marked in it. */
static void note_shared(const struct ruleset *set, uint32_t selection, struct index *index)
{
	const struct node *nodes = set->nodes.items;
	uint32_t root = set->selections.items[selection].root;

	for (uint32_t at = root; at < nodes[root].end; at++)
		if (nodes[at].type == NODE_PREDICATE)
			note_keyword(&set->predicates.items[nodes[at].operand], index);
}

static void mark_nodes(struct ruleset *set, const uint64_t *covered, uint32_t root, struct index *index)
{
	struct node *nodes = set->nodes.items;

	for (uint32_t at = root; at < nodes[root].end; at++) {
		uint32_t operand = nodes[at].operand;

		if (nodes[at].type == NODE_SELECTION)
			note_shared(set, operand, index);
		if (nodes[at].type != NODE_PREDICATE)
			continue;
		note_keyword(&set->predicates.items[operand], index);
		if (covered[operand / 64] >> operand % 64 & 1)
			nodes[at].type = NODE_WITNESS;
	}
}

void index_mark(struct ruleset *set, const uint64_t *covered, const uint32_t *rules, uint32_t rule_count,
		struct index *index)
{
	for (uint32_t i = 0; i < rule_count; i++) {
		const struct compiled_rule *rule = &set->rules.items[rules[i]];

		mark_nodes(set, covered, rule->root, index); /* first: then its own are not yet marked */
		for (uint32_t k = 0; k < rule->selection_count; k++)
			mark_nodes(set, covered, set->selections.items[rule->selection_first + k].root,
				   index);
	}
}
