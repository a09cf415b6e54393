/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_MATCH_H
#define DETECT_MATCH_H
/* Inside detect/: a matcher, and the truth of nodes of the program for its event. */
#include "detect/budget.h"
#include "detect/recall.h"
#include "detect/view.h"
#include "detect/logsource.h"

#define GROUPS_PER_EVENT 12 /* of a log source each part is stated by a rule or not; a wider category */

enum { MEMO_FALSE, MEMO_TRUE, MEMO_MAYBE, MEMO_STATE = 3, MEMO_SHIFT = 3 };

struct matcher {
	const struct ruleset *set;
	struct view view;
	struct recall recall;
	struct regex_scratch *scratch;
	uint32_t stamp;   /* of the event at hand */
	int64_t received; /* the event at hand; where it does not say, when the set was built */
	bool plain;       /* without the index: nothing is known of witnesses */
	/* Stamps, above MEMO_SHIFT bits: of rules what clauses were found, of predicates and selections what
	 * is known. */
	uint32_t *rules, *predicates, *selections;
	uint32_t *candidates, *found; /* rules; room for all of them */
	size_t candidate_count, found_count;
	uint64_t *found_bits, *aside; /* bits, by rule */
	struct budget budget;
	uint64_t candidates_total, exceeded;
	uint64_t histogram[CANDIDATES_BUCKETS];
	struct rule_stats *stats; /* by rule */
	/* The log source of the last event that had a short one, and its groups. */
	char source_text[SOURCE_KEY_MAX];
	struct logsource source;
	bool routed;
	const struct group *groups[GROUPS_PER_EVENT];
	unsigned group_count;
	uint32_t keyword_min; /* the least of the groups' */
};

_Static_assert(RULE_CLAUSES_MAX <= MEMO_SHIFT, "a bit for each clause");

static inline bool matcher_knows(const struct matcher *matcher, uint32_t memo)
{
	return memo >> MEMO_SHIFT == matcher->stamp && (memo & MEMO_STATE) != MEMO_MAYBE;
}

/* The rule is a candidate unless its guard says no. */
void match_candidate(struct matcher *matcher, uint32_t rule);

/* A clause of the rule has been found. */
static inline void match_clause(struct matcher *matcher, uint32_t rule, uint32_t clause)
{
	uint32_t *memo = &matcher->rules[rule], before = *memo;

	if (before >> MEMO_SHIFT != matcher->stamp)
		before = matcher->stamp << MEMO_SHIFT;
	*memo = before | clause;
	if (*memo != before && (*memo & ((1u << MEMO_SHIFT) - 1)) == matcher->set->plans[rule].clauses)
		match_candidate(matcher, rule);
}

/* Looks a predicate up in one text value; never called for those that look at the slot as a whole. */
bool predicate_holds_for(struct matcher *matcher, const struct predicate *predicate,
			 struct view_value *value);
/* For the event at hand, remembered. */
bool predicate_look(struct matcher *matcher, uint32_t predicate);
static inline bool predicate_holds(struct matcher *matcher, uint32_t predicate)
{
	uint32_t memo = matcher->predicates[predicate];

	return matcher_knows(matcher, memo) ? memo & MEMO_STATE : predicate_look(matcher, predicate);
}
bool node_holds(struct matcher *matcher, uint32_t node);

#endif
