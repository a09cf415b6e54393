/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_WITNESS_H
#define DETECT_WITNESS_H
/*
 * The choice of witnesses. A predicate has a cost, the estimated share of events
 * in which what the index would find of it occurs. A clause is a list of predicates
 * of which one at least must hold where the rule matches. Of a tree of which all
 * children must hold, the clauses of all are clauses; where any child will do,
 * one clause of each together are. A rule gets the cheapest one, and further ones as long as
 * looking for them costs less than evaluating the rule in vain.
 */
#include "detect/frequency.h"
#include "detect/program.h"

#define WITNESS_NONE 1e9 /* cost where nothing can be relied on */

/* A clause's predicates as a tree: a leaf, or all of left and right. Leaves have left == right. */
struct witness_node {
	uint32_t left, right;
	uint32_t predicate; /* of a leaf */
};

struct witness_costs {
	const struct ruleset *set;
	const struct frequencies *frequencies;
	double *predicates;
	struct {
		VEC_OF(struct witness_node)
	} nodes; /* of the rule at hand */
};

struct witnesses {
	struct {
		VEC_OF(uint32_t) /* predicates */
	} clauses[RULE_CLAUSES_MAX];
	unsigned count; /* 0: nothing must hold */
	/* A predicate that decides much about a rule that is often a candidate, or PREDICATE_NONE: the rule
	 * matches only where it holds or, if guard_negated, does not. */
	uint32_t guard;
	bool guard_negated;
};

void witness_costs_init(struct witness_costs *costs, const struct ruleset *set,
			const struct frequencies *frequencies);
void witness_costs_done(struct witness_costs *costs);

void witness_choose(struct witness_costs *costs, uint32_t rule, struct witnesses *ret_witnesses);
void witnesses_done(struct witnesses *witnesses);
/* Whether they are so many, or so short, that who looks for them burdens the events of all: such a rule is
   looked at with each event instead, and pays for it out of its own budget. */
bool witnesses_burden(const struct ruleset *set, const struct witnesses *witnesses);

/* The longest text that every value matching the predicate contains, in the case it is written in. */
struct str witness_literal(const struct predicate *predicate);
/* True where the predicate is endswith '\name' without another separator in it. */
bool witness_is_tail(const struct predicate *predicate);

#endif
