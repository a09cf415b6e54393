/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/witness.h"

#include "detect/probe.h"

/* Priors, by looking at what real events hold: most name few distinct programs and long command lines. */
#define COST_KEY 1.0
#define COST_EXACT 0.02
#define COST_TAIL 0.01
#define COST_NUMBER 0.05
#define COST_LITERAL 0.08 /* of four bytes; each byte more halves it */
#define COST_LITERAL_MIN 0.001
#define COST_HIGH 0.02
#define COST_SUM_MAX 0.9 /* many rare things are still better than the key alone */

struct str witness_literal(const struct predicate *predicate)
{
	struct str best = {0};

	if (predicate->type == PREDICATE_REGEX)
		return predicate->literal;
	if (predicate->type != PREDICATE_GLOB)
		return predicate->type <= PREDICATE_CONTAINS ? predicate->text : best;
	for (uint32_t i = 0; i < predicate->pattern.count; i++)
		if (predicate->pattern.parts[i].text.len > best.len)
			best = predicate->pattern.parts[i].text;
	return best;
}

bool witness_is_tail(const struct predicate *predicate)
{
	struct str text = predicate->text;

	return predicate->type == PREDICATE_SUFFIX && text.len > 1 && text_tail(text).len == text.len;
}

/* What rules speak of often is common: the share grows with how often the rarest part of the text is met in
 * them. */
static double commonness(const struct witness_costs *costs, struct str text)
{
	return 1 + gram_counts_rarest(costs->counts, text) / 4.0;
}

/* Of a text inside a value. */
static double literal_cost(const struct witness_costs *costs, struct str literal)
{
	double cost = COST_LITERAL;

	if (literal.len < GRAM_SIZE)
		return text_is_ascii(literal) ? WITNESS_NONE : COST_HIGH;
	for (size_t i = GRAM_SIZE; i < literal.len && cost > COST_LITERAL_MIN; i++)
		cost /= 2;
	return cost * commonness(costs, literal);
}

static double literals_cost(const struct witness_costs *costs, const struct literal_set *literals)
{
	double sum = 0;

	for (uint32_t i = 0; i < literals->count; i++)
		sum += literal_cost(costs, literals->texts[i]);
	return sum < WITNESS_NONE && sum > COST_SUM_MAX ? COST_SUM_MAX : sum;
}

/* For what the index finds in a field otherwise than by a literal; WITNESS_NONE for the rest. */
static double field_cost(const struct witness_costs *costs, const struct predicate *predicate)
{
	double common = 1 + predicate->uses / 4.0;

	if (predicate->type == PREDICATE_SET)
		return COST_EXACT;
	if (predicate->type == PREDICATE_EXACT)
		return COST_EXACT * common;
	if (predicate->type == PREDICATE_NUMBER)
		return COST_NUMBER * common;
	return witness_is_tail(predicate) ? COST_TAIL * commonness(costs, predicate->text) : WITNESS_NONE;
}

static double predicate_cost(const struct witness_costs *costs, const struct predicate *predicate)
{
	bool field = predicate->slot != SLOT_ANY;
	double cost = field ? field_cost(costs, predicate) : WITNESS_NONE;

	if (predicate->type == PREDICATE_NULL || (predicate->type == PREDICATE_EXISTS && !predicate->exists))
		return WITNESS_NONE;
	if (predicate->type == PREDICATE_LITERALS)
		cost = literals_cost(costs, predicate->literals);
	else if (cost >= WITNESS_NONE)
		cost = literal_cost(costs, witness_literal(predicate));
	if (!field)
		return cost < WITNESS_NONE ? cost : WITNESS_NONE;
	return cost < COST_KEY ? cost : COST_KEY;
}

/* True where, for a node in this polarity, all children must hold. */
static bool needs_all(const struct node *node, bool negated)
{
	return (node->type == NODE_AND) != negated;
}

static double node_cost(const struct witness_costs *costs, uint32_t at, bool negated)
{
	const struct node *nodes = costs->set->nodes.items, *node = &nodes[at];
	double best = WITNESS_NONE, worst = 0, sum = 0;

	if (node->type == NODE_PREDICATE)
		return negated ? WITNESS_NONE : costs->predicates[node->operand];
	if (node->type == NODE_SELECTION)
		return costs->selections[negated][node->operand];
	if (node->type == NODE_NOT)
		return node_cost(costs, at + 1, !negated);
	for (uint32_t child = at + 1; child < node->end; child = nodes[child].end) {
		double cost = node_cost(costs, child, negated);

		best = cost < best ? cost : best;
		worst = cost > worst ? cost : worst;
		sum += cost;
	}
	if (needs_all(node, negated))
		return best;
	if (worst >= WITNESS_NONE)
		return WITNESS_NONE;
	return worst < COST_KEY && sum > COST_SUM_MAX ? COST_SUM_MAX : sum;
}

static void collect(const struct witness_costs *costs, uint32_t at, bool negated, struct witnesses *witnesses)
{
	const struct node *nodes = costs->set->nodes.items, *node = &nodes[at];
	uint32_t best = 0;
	double lowest = WITNESS_NONE;

	if (node->type == NODE_PREDICATE) {
		vec_push(witnesses, node->operand);
		return;
	}
	if (node->type == NODE_SELECTION || node->type == NODE_NOT) {
		bool inside = node->type == NODE_NOT;

		collect(costs, inside ? at + 1 : costs->set->selections.items[node->operand].root,
			inside ? !negated : negated, witnesses);
		return;
	}
	for (uint32_t child = at + 1; child < node->end; child = nodes[child].end) {
		double cost = node_cost(costs, child, negated);

		if (!needs_all(node, negated))
			collect(costs, child, negated, witnesses);
		else if (cost < lowest) {
			lowest = cost;
			best = child;
		}
	}
	if (best)
		collect(costs, best, negated, witnesses);
}

void witness_costs_init(struct witness_costs *costs, const struct ruleset *set,
			const struct gram_counts *counts)
{
	costs->set = set;
	costs->counts = counts;
	costs->predicates = calloc(set->predicates.len + 1, sizeof(double));
	must(costs->predicates);
	for (size_t i = 0; i < set->predicates.len; i++)
		costs->predicates[i] = predicate_cost(costs, &set->predicates.items[i]);
	for (int negated = 0; negated < 2; negated++) {
		costs->selections[negated] = calloc(set->selections.len + 1, sizeof(double));
		must(costs->selections[negated]);
		for (size_t i = 0; i < set->selections.len; i++)
			costs->selections[negated][i] =
				node_cost(costs, set->selections.items[i].root, negated);
	}
}

void witness_costs_done(struct witness_costs *costs)
{
	free(costs->predicates);
	free(costs->selections[0]);
	free(costs->selections[1]);
}

void witness_choose(const struct witness_costs *costs, uint32_t rule, struct witnesses *ret_witnesses)
{
	uint32_t root = costs->set->rules.items[rule].root;

	vec_clear(ret_witnesses);
	if (node_cost(costs, root, false) < WITNESS_NONE)
		collect(costs, root, false, ret_witnesses);
}
