/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_MATCH_H
#define DETECT_MATCH_H
/* Inside detect/: a matcher, and the truth of nodes of the program for its event. */
#include "detect/view.h"

#define GROUPS_PER_EVENT 12 /* of a log source each part is stated by a rule or not; a wider category */

struct matcher {
	const struct ruleset *set;
	struct view view;
	struct regex_scratch *scratch;
	uint32_t stamp;   /* of the event at hand */
	int64_t received; /* the event at hand; where it does not say, when the set was built */
	/* Stamps: of rules that are candidates; with the result in the lowest bit, of predicates and
	 * selections. */
	uint32_t *rules, *predicates, *selections;
	uint32_t *candidates, *found; /* rules; room for all of them */
	size_t candidate_count, found_count;
	uint64_t *found_bits, *aside; /* bits, by rule */
	uint64_t candidates_total, exceeded;
	uint64_t histogram[CANDIDATES_BUCKETS];
	struct rule_stats *stats; /* by rule */
	/* The log source of the last event that had a short one, and its groups. */
	char source_text[SOURCE_KEY_MAX];
	struct logsource source;
	bool routed;
	const struct group *groups[GROUPS_PER_EVENT];
	unsigned group_count;
};

/* Looks a predicate up in one text value; never called for those that look at the slot as a whole. */
bool predicate_holds_for(struct matcher *matcher, const struct predicate *predicate,
			 struct view_value *value);
/* For the event at hand, remembered. */
bool predicate_holds(struct matcher *matcher, uint32_t predicate);
bool node_holds(struct matcher *matcher, uint32_t node);

#endif
