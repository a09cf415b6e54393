/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_WITNESS_H
#define DETECT_WITNESS_H
/*
 * The choice of witnesses. A predicate has a cost, the estimated share of events
 * in which what the index would find of it occurs. A tree's witnesses are those
 * of its cheapest child where all children must hold, of all children where any will do.
 */
#include "detect/program.h"

#define WITNESS_NONE 1e9 /* cost where nothing can be relied on */

struct witnesses {
	VEC_OF(uint32_t) /* predicates */
};

struct witness_costs {
	const struct ruleset *set;
	const struct gram_counts *counts; /* of the set's literals */
	double *predicates;
	double *selections[2]; /* as they stand, and negated */
};

void witness_costs_init(struct witness_costs *costs, const struct ruleset *set,
			const struct gram_counts *counts);
void witness_costs_done(struct witness_costs *costs);

/* The witnesses of a rule; none: it must always be evaluated. */
void witness_choose(const struct witness_costs *costs, uint32_t rule, struct witnesses *ret_witnesses);

/* The longest text that every value matching the predicate contains, in the case it is written in. */
struct str witness_literal(const struct predicate *predicate);
/* True where the predicate is endswith '\name' without another separator in it. */
bool witness_is_tail(const struct predicate *predicate);

#endif
