/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_PLAN_H
#define PARSE_PLAN_H
/*
 * What a block has to do where it is known which slots are filled, and no field is
 * set yet: the instructions that may find something, out of the many of a large
 * source, and those that read the one slot of several that is there as if they read
 * no other.
 *
 * OP_COPY is a MAP of one slot that is there into a field as it is, OP_CONVERT one that
 * changes it on the way.
 *
 * Made once for each shape of JSON (shape.h). An instruction that may find something
 * only after others, in an alias or a field, keeps its guard.
 */
#include "parse/program.h"

#define PLAN_MAX 256 /* instructions; blocks that need more have no plan */

struct planned {
	struct instruction instruction;
	const struct guard *guard; /* NULL: it has something to do for certain */
};

struct plan {
	const struct planned *items;
	size_t count;
	bool made; /* else the block is to be run as it is */
};

/* What of a block is to be done where the slots of filled, words of them, are; into items, which holds
   PLAN_MAX. ret_plan->made is false where there is no plan. */
void plan_make(const struct block *block, const uint64_t *filled, size_t words, struct planned *items,
	       struct plan *ret_plan);

#endif
