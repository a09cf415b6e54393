/* SPDX-License-Identifier: Apache-2.0 */
/* Running a rule set over an event: groups, candidates, conditions. */
#include "detect/match.h"

#include <time.h>

#include "base/clock.h"
#include "detect/logsource.h"

#define STAMP_MAX (UINT32_MAX >> MEMO_SHIFT)

struct matcher *matcher_new(const struct ruleset *set)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));

	must(matcher);
	matcher->set = set;
	view_init(&matcher->view, set);
	recall_init(&matcher->recall);
	matcher->scratch = regex_scratch_new(0);
	matcher->rules = calloc(set->rules.len + 1, sizeof(uint32_t));
	matcher->predicates = calloc(set->predicates.len + 1, sizeof(uint32_t));
	matcher->selections = calloc(set->selections.len + 1, sizeof(uint32_t));
	matcher->candidates = calloc(set->rules.len + 1, sizeof(uint32_t));
	matcher->found = calloc(set->rules.len + 1, sizeof(uint32_t));
	matcher->found_bits = calloc(set->rules.len / 64 + 1, sizeof(uint64_t));
	matcher->aside = calloc(set->rules.len / 64 + 1, sizeof(uint64_t));
	matcher->stats = calloc(set->rules.len + 1, sizeof(*matcher->stats));
	budget_init(&matcher->budget, set->rules.len);
	must(matcher->rules && matcher->predicates && matcher->selections && matcher->candidates &&
	     matcher->found && matcher->found_bits && matcher->aside && matcher->stats);
	return matcher;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	view_done(&matcher->view);
	recall_done(&matcher->recall);
	regex_scratch_free(matcher->scratch);
	free(matcher->rules);
	free(matcher->predicates);
	free(matcher->selections);
	free(matcher->candidates);
	free(matcher->found);
	free(matcher->found_bits);
	free(matcher->aside);
	budget_done(&matcher->budget);
	free(matcher->stats);
	free(matcher);
}

/* Once in two thousand million events the stamps begin anew. */
static void clear_stamps(struct matcher *matcher)
{
	const struct ruleset *set = matcher->set;

	memset(matcher->rules, 0, set->rules.len * sizeof(uint32_t));
	memset(matcher->predicates, 0, set->predicates.len * sizeof(uint32_t));
	memset(matcher->selections, 0, set->selections.len * sizeof(uint32_t));
	memset(matcher->view.slots, 0, set->slots.len * sizeof(*matcher->view.slots));
	matcher->stamp = 0;
}

/* -- conditions ---------------------------------------------------------------------------------------- */

static bool selection_holds(struct matcher *matcher, uint32_t index)
{
	uint32_t *memo = &matcher->selections[index];

	if (!matcher_knows(matcher, *memo)) {
		bool result = node_holds(matcher, matcher->set->selections.items[index].root);

		if (matcher->budget.out)
			return false;
		*memo = matcher->stamp << MEMO_SHIFT | result;
	}
	return *memo & MEMO_STATE;
}

/* What the index did not find does not hold. */
static inline bool witness_holds(struct matcher *matcher, uint32_t predicate)
{
	uint32_t memo = matcher->predicates[predicate];

	if (matcher->plain)
		return predicate_holds(matcher, predicate);
	if (memo >> MEMO_SHIFT != matcher->stamp)
		return false;
	return (memo & MEMO_STATE) == MEMO_MAYBE ? predicate_holds(matcher, predicate) : memo & MEMO_STATE;
}

bool node_holds(struct matcher *matcher, uint32_t at)
{
	const struct node *nodes = matcher->set->nodes.items, *node = &nodes[at];
	bool wanted = node->type == NODE_OR; /* the child that decides */

	switch ((enum node_type)node->type) {
	case NODE_PREDICATE:
		return predicate_holds(matcher, node->operand);
	case NODE_WITNESS:
		return witness_holds(matcher, node->operand);
	case NODE_SELECTION:
		return selection_holds(matcher, node->operand);
	case NODE_NOT:
		return !node_holds(matcher, at + 1);
	case NODE_AND:
	case NODE_OR:
		break;
	}
	for (uint32_t child = at + 1; child < node->end; child = nodes[child].end)
		if (node_holds(matcher, child) == wanted)
			return wanted;
	return !wanted;
}

/* -- candidates ---------------------------------------------------------------------------------------- */

void match_candidate(struct matcher *matcher, uint32_t rule)
{
	const struct rule_plan *plan = &matcher->set->plans[rule];

	if (plan->guard == PREDICATE_NONE || predicate_holds(matcher, plan->guard) != plan->guard_negated)
		matcher->candidates[matcher->candidate_count++] = rule;
}

/* -- an event ------------------------------------------------------------------------------------------ */

/* Adds the groups of rules that state just some parts of the source; always: parts that must be among them.
 */
static void add_groups(struct matcher *matcher, const struct logsource *source, unsigned always)
{
	const struct ruleset *set = matcher->set;
	unsigned stated = (source->product.len ? SOURCE_PRODUCT : 0) |
			  (source->category.len ? SOURCE_CATEGORY : 0) |
			  (source->service.len ? SOURCE_SERVICE : 0);
	char key[SOURCE_KEY_MAX];

	for (unsigned parts = 0; parts <= SOURCE_ALL; parts++) {
		size_t len =
			(parts & ~stated) || (parts & always) != always ? 0 : source_key(source, parts, key);
		const uint64_t *group = len ? map_get(set->group_by_source, str_of(key, len)) : NULL;

		if (!group)
			continue;
		must(matcher->group_count < GROUPS_PER_EVENT);
		matcher->groups[matcher->group_count++] = &set->groups.items[*group];
		if (set->groups.items[*group].index.keyword_min < matcher->keyword_min)
			matcher->keyword_min = set->groups.items[*group].index.keyword_min;
	}
}

static bool same_source(const struct logsource *a, const struct logsource *b)
{
	return str_eq(a->product, b->product) && str_eq(a->category, b->category) &&
	       str_eq(a->service, b->service);
}

static struct str keep_text(struct str text, char *buffer, size_t *used)
{
	char *copy = buffer + *used;

	if (text.len)
		memcpy(copy, text.ptr, text.len);
	*used += text.len;
	return str_of(copy, text.len);
}

static void keep_source(struct matcher *matcher, const struct logsource *source)
{
	size_t used = 0;

	matcher->routed = source->product.len + source->category.len + source->service.len <= SOURCE_KEY_MAX;
	if (!matcher->routed)
		return;
	matcher->source.product = keep_text(source->product, matcher->source_text, &used);
	matcher->source.category = keep_text(source->category, matcher->source_text, &used);
	matcher->source.service = keep_text(source->service, matcher->source_text, &used);
}

/* The groups of rules that the event's log source admits; the last answer is kept. */
static void route(struct matcher *matcher, const struct logsource *given)
{
	struct logsource source = matcher->set->all_rules ? (struct logsource){0} : *given;

	if (matcher->routed && same_source(&source, &matcher->source))
		return;
	keep_source(matcher, &source);
	matcher->group_count = 0;
	matcher->keyword_min = UINT32_MAX;
	add_groups(matcher, &source, 0);
	source.category = category_wider(source.category);
	if (source.category.len)
		add_groups(matcher, &source, SOURCE_CATEGORY);
}

static void begin(struct matcher *matcher, const struct event *event)
{
	if (matcher->stamp == STAMP_MAX)
		clear_stamps(matcher);
	matcher->stamp++;
	matcher->candidate_count = 0;
	matcher->received = event->received ? event->received : matcher->set->built;
	route(matcher, &event->logsource);
	view_make(&matcher->view, event, matcher->stamp, matcher->keyword_min);
}

/* -- candidates to matches ------------------------------------------------------------------------------ */

bool matcher_is_aside(const struct matcher *matcher, uint32_t rule)
{
	uint64_t shared =
		atomic_load_explicit(&aside_flags(matcher->set->aside)[rule / 64], memory_order_relaxed);

	return (matcher->aside[rule / 64] | shared) >> rule % 64 & 1;
}

void matcher_set_aside(struct matcher *matcher, uint32_t rule)
{
	must(rule < matcher->set->rules.len);
	matcher->aside[rule / 64] |= UINT64_C(1) << rule % 64;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The one place where a rule's condition is looked at. Cut short, it does not hold. */
static bool condition_holds(struct matcher *matcher, uint32_t rule)
{
	bool holds;

	budget_begin(&matcher->budget);
	holds = node_holds(matcher, matcher->set->plans[rule].root);
	if (!matcher->budget.cut)
		return holds;
	matcher->exceeded++;
	budget_suspect(matcher, rule);
	holds &= !matcher->budget.out;
	matcher->budget.out = false;
	return holds;
}

/* For one event in many, and for rules on trial. */
static bool timed_condition_holds(struct matcher *matcher, uint32_t rule, bool sampled)
{
	struct trial *trial = budget_trial(&matcher->budget, rule);
	uint64_t thread = trial ? clock_thread() : 0, start = sampled ? nanoseconds() : 0;
	bool holds = condition_holds(matcher, rule);

	if (sampled) {
		uint64_t taken = nanoseconds() - start;

		matcher->stats[rule].nanoseconds += taken;
		matcher->stats[rule].samples++;
		budget_sample(matcher, rule, taken);
	}
	trial = trial ? budget_trial(&matcher->budget, rule) : NULL; /* sampling may have ended it */
	if (trial)
		budget_judge(matcher, trial, clock_thread() - thread);
	return holds;
}

/* Spread so that nothing that comes at regular distances is always or never met (Weyl's sequence). */
static bool is_sampled(uint32_t stamp)
{
	return stamp * UINT32_C(2654435769) < UINT32_MAX / MATCHER_SAMPLING;
}

static bool rule_holds(struct matcher *matcher, uint32_t rule)
{
	struct rule_stats *stats = &matcher->stats[rule];
	bool sampled = is_sampled(matcher->stamp), holds;

	if (matcher_is_aside(matcher, rule))
		return false;
	if (sampled || matcher->budget.trial_count)
		holds = timed_condition_holds(matcher, rule, sampled);
	else
		holds = condition_holds(matcher, rule);
	stats->candidates++;
	stats->matches += holds;
	return holds;
}

/* Evaluates the candidates; those that match come out ascending. */
static size_t evaluate(struct matcher *matcher, const uint32_t **ret_rules)
{
	size_t first = SIZE_MAX, last = 0; /* words of found_bits that are not 0 */

	for (size_t i = 0; i < matcher->candidate_count; i++) {
		uint32_t rule = matcher->candidates[i];

		if (!rule_holds(matcher, rule))
			continue;
		matcher->found_bits[rule / 64] |= UINT64_C(1) << rule % 64;
		first = rule / 64 < first ? rule / 64 : first;
		last = rule / 64 > last ? rule / 64 : last;
	}
	matcher->found_count = 0;
	for (size_t word = first; word <= last; word++) {
		for (uint64_t bits = matcher->found_bits[word]; bits; bits &= bits - 1)
			matcher->found[matcher->found_count++] =
				(uint32_t)(word * 64 + (unsigned)__builtin_ctzll(bits));
		matcher->found_bits[word] = 0;
	}
	*ret_rules = matcher->found;
	return matcher->found_count;
}

size_t matcher_run(struct matcher *matcher, const struct event *event, const uint32_t **ret_rules)
{
	begin(matcher, event);
	matcher->plain = false;
	for (unsigned i = 0; i < matcher->group_count; i++)
		index_probe(matcher, &matcher->groups[i]->index);
	matcher->candidates_total += matcher->candidate_count;
	matcher->histogram[matcher->candidate_count < CANDIDATES_BUCKETS ? matcher->candidate_count
									 : CANDIDATES_BUCKETS - 1]++;
	return evaluate(matcher, ret_rules);
}

size_t matcher_run_all(struct matcher *matcher, const struct event *event, const uint32_t **ret_rules)
{
	begin(matcher, event);
	matcher->plain = true;
	for (unsigned i = 0; i < matcher->group_count; i++)
		for (uint32_t k = 0; k < matcher->groups[i]->rule_count; k++)
			matcher->candidates[matcher->candidate_count++] = matcher->groups[i]->rules[k];
	return evaluate(matcher, ret_rules);
}

uint64_t matcher_candidates(const struct matcher *matcher)
{
	return matcher->candidates_total;
}

uint64_t matcher_exceeded(const struct matcher *matcher)
{
	return matcher->exceeded;
}

const uint64_t *matcher_candidates_histogram(const struct matcher *matcher)
{
	return matcher->histogram;
}

void matcher_rule_stats(const struct matcher *matcher, uint32_t rule, struct rule_stats *ret_stats)
{
	must(rule < matcher->set->rules.len);
	*ret_stats = matcher->stats[rule];
}
