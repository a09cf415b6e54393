/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_RULE_COSTS_H
#define RULES_RULE_COSTS_H
/*
 * What each rule cost and found, summed over all workers and over restarts in a
 * small file beside the cursor, for 'wanglou rules report'. By rule id; a rule whose
 * text changed begins anew. Any thread adds; one saves.
 */
#include "base/err.h"
#include "detect/detect.h"

#define RULE_COSTS_FILE "cursor/rule-costs.json" /* below the data folder */
#define RULE_COSTS_MAX 200000                    /* rules */

struct rule_costs;

/* What the file has is taken up; a damaged one is begun anew. path is kept. Who adds calls
   rule_costs_begin(): rules that were set aside are tried again. */
struct rule_costs *rule_costs_open(const char *path);
void rule_costs_begin(struct rule_costs *costs);
void rule_costs_free(struct rule_costs *costs); /* NULL is fine */

/* One matcher's figures on their way into the sum. */
struct rule_costs_source {
	const struct ruleset *set;
	struct rule_stats *told; /* by rule */
};
void rule_costs_source_init(struct rule_costs_source *source, const struct ruleset *set);
void rule_costs_source_done(struct rule_costs_source *source); /* NULL members are fine */

/* What the matcher did since the last call for the same source. */
void rule_costs_add(struct rule_costs *costs, struct rule_costs_source *source,
		    const struct matcher *matcher);

int rule_costs_save(struct rule_costs *costs);

/* One rule's sum; all zero where it has none. */
struct rule_cost {
	struct rule_stats stats;
	bool aside; /* it went beyond its budget and is not evaluated any more */
};
size_t rule_costs_aside(struct rule_costs *costs); /* how many rules are set aside */
struct rule_cost rule_costs_get(struct rule_costs *costs, struct str rule_id);

/* How long its evaluations took together, ns, from those that were timed. */
double rule_cost_time(const struct rule_stats *stats);

#endif
