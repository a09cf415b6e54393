/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/witness.h"

#include "detect/probe.h"

/* Priors; of texts see frequency.c. */
#define COST_KEY 1.0
#define COST_SHORT_EXACT 0.02 /* of a whole value too short to say much */
#define COST_NUMBER 0.05
#define COST_SUM_MAX 0.9 /* many rare things are still better than the key alone */
#define USES_COMMON 8    /* what so many rules speak of is twice as common */

/* What things cost, in nanoseconds: an evaluation, and noting that a clause of a rule has been found. */
#define TIME_EVALUATION 80
#define TIME_HIT 2.5

#define GUARD_COST_MIN 0.1  /* rules that are candidates less often need no guard */
#define GUARD_SHARE_MIN 0.4 /* of events that a guard must turn away */

/* The clauses of a node, cheapest first. */
struct clauses {
	struct {
		double cost;
		uint32_t node;
	} items[RULE_CLAUSES_MAX];
	unsigned count;
};

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

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

bool witness_is_tail(const struct predicate *predicate)
{
	struct str text = predicate->text;

	if (predicate->type != PREDICATE_SUFFIX || text.len < 2 || !is_separator(text.ptr[0]))
		return false;
	for (size_t i = 1; i < text.len; i++)
		if (is_separator(text.ptr[i]))
			return false;
	return true;
}

/* -- costs --------------------------------------------------------------------------------------------- */

#define TEXT_MAX 256 /* of a text its first part is as common at least */

static struct str lower_head(struct str text, char out[TEXT_MAX])
{
	text = str_head(text, TEXT_MAX);
	for (size_t i = 0; i < text.len; i++)
		out[i] = char_lower(text.ptr[i]);
	return str_of(out, text.len);
}

static double text_cost(const struct witness_costs *costs, struct str text)
{
	char lower[TEXT_MAX];

	return text.len ? frequency_of(costs->frequencies, lower_head(text, lower)) : WITNESS_NONE;
}

static double exact_cost(const struct witness_costs *costs, struct str text)
{
	return text.len < GRAM_SIZE ? COST_SHORT_EXACT : text_cost(costs, text);
}

static double list_cost(const struct witness_costs *costs, const struct predicate *predicate)
{
	double sum = 0;
	size_t cursor = 0;
	struct str text;
	uint64_t value;

	if (predicate->type == PREDICATE_LITERALS)
		for (uint32_t i = 0; i < predicate->literals->count; i++)
			sum += text_cost(costs, predicate->literals->texts[i]);
	else
		while (map_next(predicate->set, &cursor, &text, &value))
			sum += exact_cost(costs, text);
	return sum < COST_SUM_MAX ? sum : COST_SUM_MAX;
}

static double predicate_cost(const struct witness_costs *costs, const struct predicate *predicate)
{
	bool field = predicate->slot != SLOT_ANY;
	double common = 1 + (double)predicate->uses / USES_COMMON, cost;

	if (predicate->type == PREDICATE_NULL || (predicate->type == PREDICATE_EXISTS && !predicate->exists))
		return WITNESS_NONE;
	if (predicate->type == PREDICATE_LITERALS || (field && predicate->type == PREDICATE_SET))
		cost = list_cost(costs, predicate);
	else if (field && predicate->type == PREDICATE_NUMBER)
		cost = COST_NUMBER * common;
	else if (field && predicate->type == PREDICATE_EXACT && predicate->text.len < GRAM_SIZE)
		cost = COST_SHORT_EXACT * common;
	else
		cost = text_cost(costs, witness_literal(predicate));
	if (!field)
		return cost;
	return cost < COST_KEY ? cost : COST_KEY;
}

/* -- clauses ------------------------------------------------------------------------------------------- */

static uint32_t add_node(struct witness_costs *costs, uint32_t left, uint32_t right, uint32_t predicate)
{
	vec_push(&costs->nodes, ((struct witness_node){left, right, predicate}));
	return (uint32_t)costs->nodes.len - 1;
}

/* Keeps the cheapest. */
static void insert(struct clauses *clauses, double cost, uint32_t node)
{
	unsigned at = clauses->count;

	while (at > 0 && cost < clauses->items[at - 1].cost)
		at--;
	if (at == RULE_CLAUSES_MAX)
		return;
	clauses->count += clauses->count < RULE_CLAUSES_MAX;
	for (unsigned i = clauses->count - 1; i > at; i--)
		clauses->items[i] = clauses->items[i - 1];
	clauses->items[at].cost = cost;
	clauses->items[at].node = node;
}

/* Of two trees of which one must hold; the shorter list repeats its last clause. */
static struct clauses join(struct witness_costs *costs, const struct clauses *a, const struct clauses *b)
{
	struct clauses both = {0};

	if (a->count == 0 || b->count == 0)
		return both;
	for (unsigned i = 0; i < a->count || i < b->count; i++) {
		unsigned of_a = i < a->count ? i : a->count - 1, of_b = i < b->count ? i : b->count - 1;
		double left = a->items[of_a].cost, right = b->items[of_b].cost, sum = left + right;

		if (left < COST_KEY && right < COST_KEY && sum > COST_SUM_MAX)
			sum = COST_SUM_MAX;
		insert(&both, sum, add_node(costs, a->items[of_a].node, b->items[of_b].node, 0));
	}
	return both;
}

/* True where, for a node in this polarity, all children must hold. */
static bool needs_all(const struct node *node, bool negated)
{
	return (node->type == NODE_AND) != negated;
}

static bool is_predicate(const struct node *node)
{
	return node->type == NODE_PREDICATE || node->type == NODE_WITNESS;
}

static struct clauses clauses_of(struct witness_costs *costs, uint32_t at, bool negated)
{
	const struct node *nodes = costs->set->nodes.items, *node = &nodes[at];
	struct clauses all = {0};
	bool first = true;

	if (is_predicate(node)) {
		double cost = costs->predicates[node->operand];

		if (!negated && cost < WITNESS_NONE) {
			uint32_t leaf = (uint32_t)costs->nodes.len;

			insert(&all, cost, add_node(costs, leaf, leaf, node->operand));
		}
		return all;
	}
	if (node->type == NODE_SELECTION)
		return clauses_of(costs, costs->set->selections.items[node->operand].root, negated);
	if (node->type == NODE_NOT)
		return clauses_of(costs, at + 1, !negated);
	for (uint32_t child = at + 1; child < node->end; child = nodes[child].end) {
		struct clauses more = clauses_of(costs, child, negated);

		if (needs_all(node, negated))
			for (unsigned i = 0; i < more.count; i++)
				insert(&all, more.items[i].cost, more.items[i].node);
		else
			all = first ? more : join(costs, &all, &more);
		first = false;
	}
	return all;
}

/* -- guards -------------------------------------------------------------------------------------------- */

/* Of values that the predicate holds for; 0 where that is not known, and for searches, which are left to the
   evaluation: that has a budget. */
static double known_share(const struct witness_costs *costs, const struct predicate *predicate)
{
	char lower[TEXT_MAX];

	if (predicate->type > PREDICATE_CONTAINS || predicate->slot == SLOT_ANY)
		return 0;
	return frequency_known(costs->frequencies, lower_head(predicate->text, lower));
}

/* The negated predicate, of those that all must fail, that holds most often. */
static void find_guard(const struct witness_costs *costs, uint32_t at, bool negated, double *share,
		       struct witnesses *witnesses)
{
	const struct node *nodes = costs->set->nodes.items, *node = &nodes[at];

	if (is_predicate(node)) {
		const struct predicate *predicate = &costs->set->predicates.items[node->operand];
		double known = known_share(costs, predicate);

		if (negated && known > *share) {
			*share = known;
			witnesses->guard = node->operand;
			witnesses->guard_negated = true;
		}
	} else if (node->type == NODE_SELECTION) {
		find_guard(costs, costs->set->selections.items[node->operand].root, negated, share,
			   witnesses);
	} else if (node->type == NODE_NOT) {
		find_guard(costs, at + 1, !negated, share, witnesses);
	} else if (needs_all(node, negated)) {
		for (uint32_t child = at + 1; child < node->end; child = nodes[child].end)
			find_guard(costs, child, negated, share, witnesses);
	}
}

/* -- the choice ---------------------------------------------------------------------------------------- */

/* Trees lean to the left, where lists are long; to the right they are as deep as the rule's. */
static void collect(const struct witness_costs *costs, uint32_t at, struct witnesses *witnesses,
		    unsigned clause)
{
	const struct witness_node *node = &costs->nodes.items[at];

	for (; node->left != node->right; node = &costs->nodes.items[node->left])
		collect(costs, node->right, witnesses, clause);
	vec_push(&witnesses->clauses[clause], node->predicate);
}

/* The clause that, added to those taken, saves most; clauses->count where none does. */
static unsigned best_clause(const struct clauses *clauses, unsigned taken, double cost)
{
	unsigned best = clauses->count;
	double most = 0;

	for (unsigned i = 0; i < clauses->count; i++) {
		double share = clauses->items[i].cost;
		double saved = cost * (1 - share) * TIME_EVALUATION - share * TIME_HIT;

		if (!(taken >> i & 1) && share < COST_KEY && saved > most) {
			most = saved;
			best = i;
		}
	}
	return best;
}

void witness_choose(struct witness_costs *costs, uint32_t rule, struct witnesses *ret_witnesses)
{
	uint32_t root = costs->set->rules.items[rule].root;
	struct clauses clauses;
	double cost = COST_KEY, share = GUARD_SHARE_MIN;
	unsigned taken = 0, next;

	vec_clear(&costs->nodes);
	for (unsigned i = 0; i < RULE_CLAUSES_MAX; i++)
		vec_clear(&ret_witnesses->clauses[i]);
	ret_witnesses->count = 0;
	ret_witnesses->guard = PREDICATE_NONE;
	clauses = clauses_of(costs, root, false);
	for (next = 0; next < clauses.count; next = best_clause(&clauses, taken, cost)) {
		collect(costs, clauses.items[next].node, ret_witnesses, ret_witnesses->count++);
		cost *= clauses.items[next].cost;
		taken |= 1u << next;
	}
	if (cost > GUARD_COST_MIN)
		find_guard(costs, root, false, &share, ret_witnesses);
}

/* -- burdens ------------------------------------------------------------------------------------------- */

#define CLAUSE_PREDICATES_MAX 256
#define CLAUSE_SHORTS_MAX 32
#define PARTS_MANY 16

/* Short texts that are met often; those beyond ASCII, as of signs that nobody types, are not. */
static bool is_short(struct str text)
{
	if (text.len >= GRAM_SIZE)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] >= 0x80)
			return false;
	return true;
}

/* A long pattern that has no more than a letter between its wildcards may be met at each place of a text. */
static uint32_t count_short(const struct predicate *predicate)
{
	struct str text = witness_literal(predicate);

	if (predicate->type < PREDICATE_CONTAINS || !is_short(text))
		return 0;
	return predicate->type == PREDICATE_GLOB && predicate->pattern.count > PARTS_MANY && text.len == 1
		       ? CLAUSE_SHORTS_MAX + 1
		       : 1;
}

static uint32_t count_shorts(const struct predicate *predicate)
{
	uint32_t count = 0;

	if (predicate->type != PREDICATE_LITERALS)
		return count_short(predicate);
	for (uint32_t i = 0; i < predicate->literals->count; i++)
		count += is_short(predicate->literals->texts[i]);
	return count;
}

bool witnesses_burden(const struct ruleset *set, const struct witnesses *witnesses)
{
	for (unsigned clause = 0; clause < witnesses->count; clause++) {
		uint32_t shorts = 0;

		if (witnesses->clauses[clause].len > CLAUSE_PREDICATES_MAX)
			return true;
		for (size_t k = 0; k < witnesses->clauses[clause].len; k++)
			shorts += count_shorts(&set->predicates.items[witnesses->clauses[clause].items[k]]);
		if (shorts > CLAUSE_SHORTS_MAX)
			return true;
	}
	return false;
}

void witnesses_done(struct witnesses *witnesses)
{
	for (unsigned i = 0; i < RULE_CLAUSES_MAX; i++)
		vec_done(&witnesses->clauses[i]);
}

void witness_costs_init(struct witness_costs *costs, const struct ruleset *set,
			const struct frequencies *frequencies)
{
	*costs = (struct witness_costs){.set = set, .frequencies = frequencies};
	costs->predicates = calloc(set->predicates.len + 1, sizeof(double));
	must(costs->predicates);
	for (size_t i = 0; i < set->predicates.len; i++)
		costs->predicates[i] = predicate_cost(costs, &set->predicates.items[i]);
}

void witness_costs_done(struct witness_costs *costs)
{
	free(costs->predicates);
	vec_done(&costs->nodes);
}
