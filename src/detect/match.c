/* SPDX-License-Identifier: Apache-2.0 */
/* Running a rule set over an event: groups, candidates, conditions. */
#include "detect/match.h"

#include <time.h>

#include "detect/probe.h"

#define STAMP_MAX (UINT32_MAX >> 1)

struct matcher *matcher_new(const struct ruleset *set)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));

	must(matcher);
	matcher->set = set;
	view_init(&matcher->view, set);
	matcher->scratch = regex_scratch_new(0);
	matcher->rules = calloc(set->rules.len + 1, sizeof(uint32_t));
	matcher->predicates = calloc(set->predicates.len + 1, sizeof(uint32_t));
	matcher->selections = calloc(set->selections.len + 1, sizeof(uint32_t));
	matcher->candidates = calloc(set->rules.len + 1, sizeof(uint32_t));
	matcher->found = calloc(set->rules.len + 1, sizeof(uint32_t));
	matcher->found_bits = calloc(set->rules.len / 64 + 1, sizeof(uint64_t));
	matcher->aside = calloc(set->rules.len / 64 + 1, sizeof(uint64_t));
	matcher->stats = calloc(set->rules.len + 1, sizeof(*matcher->stats));
	must(matcher->rules && matcher->predicates && matcher->selections && matcher->candidates &&
	     matcher->found && matcher->found_bits && matcher->aside && matcher->stats);
	return matcher;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	view_done(&matcher->view);
	regex_scratch_free(matcher->scratch);
	free(matcher->rules);
	free(matcher->predicates);
	free(matcher->selections);
	free(matcher->candidates);
	free(matcher->found);
	free(matcher->found_bits);
	free(matcher->aside);
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

	if (*memo >> 1 != matcher->stamp) {
		bool result = node_holds(matcher, matcher->set->selections.items[index].root);

		*memo = matcher->stamp << 1 | result;
	}
	return *memo & 1;
}

bool node_holds(struct matcher *matcher, uint32_t at)
{
	const struct node *nodes = matcher->set->nodes.items, *node = &nodes[at];
	bool wanted = node->type == NODE_OR; /* the child that decides */

	switch ((enum node_type)node->type) {
	case NODE_PREDICATE:
		return predicate_holds(matcher, node->operand);
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

static void add_candidates(void *context, const uint32_t *rules, uint32_t count)
{
	struct matcher *matcher = context;

	for (uint32_t i = 0; i < count; i++) {
		if (matcher->rules[rules[i]] == matcher->stamp)
			continue;
		matcher->rules[rules[i]] = matcher->stamp;
		matcher->candidates[matcher->candidate_count++] = rules[i];
	}
}

/* Texts that are part of the raw record are found in it. */
static bool is_within(struct str text, struct str raw)
{
	return text.ptr >= raw.ptr && text.ptr + text.len <= raw.ptr + raw.len;
}

static void probe_everything(struct matcher *matcher, const struct index *index, const struct probe *probe)
{
	struct view *view = &matcher->view;
	struct view_value *last = view->value_count ? &view->values[view->value_count - 1] : NULL;
	struct str raw = last && last->raw ? last->text : (struct str){0};

	for (uint32_t i = 0; i < view->value_count; i++) {
		struct view_value *value = &view->values[i];

		if (!value->null && (value->raw || !raw.ptr || !is_within(value->text, raw)))
			probe_inside(index, probe, view_lower(view, value), add_candidates, matcher);
	}
}

static void find_candidates(struct matcher *matcher, const struct index *index)
{
	struct view *view = &matcher->view;

	add_candidates(matcher, index->always, index->always_count);
	for (uint32_t i = 0; i < index->probe_count; i++) {
		const struct probe *probe = &index->probes[i];

		if (probe->slot == SLOT_ANY) {
			probe_everything(matcher, index, probe);
			continue;
		}
		for (uint32_t at = view_first(view, probe->slot); at != VIEW_END; at = view->values[at].next)
			if (!view->values[at].null)
				probe_text(index, probe, view_lower(view, &view->values[at]), add_candidates,
					   matcher);
	}
}

/* -- an event ------------------------------------------------------------------------------------------ */

/* Categories that Sigma's taxonomy has once more as part of a wider one. */
static const struct {
	struct str category, wider;
} wider_categories[] = {
	{{"registry_add", 12}, {"registry_event", 14}},
	{{"registry_delete", 15}, {"registry_event", 14}},
	{{"registry_rename", 15}, {"registry_event", 14}},
	{{"registry_set", 12}, {"registry_event", 14}},
};

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
	add_groups(matcher, &source, 0);
	for (size_t i = 0; i < sizeof(wider_categories) / sizeof(wider_categories[0]); i++)
		if (str_ieq(source.category, wider_categories[i].category)) {
			source.category = wider_categories[i].wider;
			add_groups(matcher, &source, SOURCE_CATEGORY);
			break;
		}
}

static void begin(struct matcher *matcher, const struct event *event)
{
	if (matcher->stamp == STAMP_MAX)
		clear_stamps(matcher);
	matcher->stamp++;
	matcher->candidate_count = 0;
	matcher->received = event->received ? event->received : matcher->set->built;
	route(matcher, &event->logsource);
	view_make(&matcher->view, event, matcher->stamp);
}

/* -- candidates to matches ------------------------------------------------------------------------------ */

bool matcher_is_aside(const struct matcher *matcher, uint32_t rule)
{
	return matcher->aside[rule / 64] >> rule % 64 & 1;
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

/* The one place where a rule's condition is looked at; what bounds a rule's time belongs here. */
static bool rule_holds(struct matcher *matcher, uint32_t rule)
{
	struct rule_stats *stats = &matcher->stats[rule];
	bool timed = matcher->stamp % MATCHER_SAMPLING == 0, holds;
	uint64_t start;

	if (matcher_is_aside(matcher, rule))
		return false;
	start = timed ? nanoseconds() : 0;
	holds = node_holds(matcher, matcher->set->rules.items[rule].root);
	if (timed) {
		stats->nanoseconds += nanoseconds() - start;
		stats->samples++;
	}
	stats->candidates++;
	stats->matches += holds;
	return holds;
}

/* Evaluates the candidates; those that match come out ascending. */
static size_t evaluate(struct matcher *matcher, const uint32_t **ret_rules)
{
	bool any = false;

	for (size_t i = 0; i < matcher->candidate_count; i++) {
		uint32_t rule = matcher->candidates[i];

		if (!rule_holds(matcher, rule))
			continue;
		matcher->found_bits[rule / 64] |= UINT64_C(1) << rule % 64;
		any = true;
	}
	matcher->found_count = 0;
	for (size_t word = 0; any && word <= matcher->set->rules.len / 64; word++) {
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
	for (unsigned i = 0; i < matcher->group_count; i++)
		find_candidates(matcher, &matcher->groups[i]->index);
	matcher->candidates_total += matcher->candidate_count;
	matcher->histogram[matcher->candidate_count < CANDIDATES_BUCKETS ? matcher->candidate_count
									 : CANDIDATES_BUCKETS - 1]++;
	return evaluate(matcher, ret_rules);
}

size_t matcher_run_all(struct matcher *matcher, const struct event *event, const uint32_t **ret_rules)
{
	begin(matcher, event);
	for (unsigned i = 0; i < matcher->group_count; i++)
		add_candidates(matcher, matcher->groups[i]->rules, matcher->groups[i]->rule_count);
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
