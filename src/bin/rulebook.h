/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RULEBOOK_H
#define BIN_RULEBOOK_H
/*
 * The rules in force, shared by the threads of the pipeline: a set and what
 * is made of it once. Immutable and counted: who holds a batch holds the rules it is
 * matched by, so that a reload waits for nobody and frees nothing in use.
 */
#include <stdatomic.h>

#include "correlate/correlate.h"
#include "detect/detect.h"

struct rulebook {
	atomic_uint users;
	struct ruleset *set;
	struct finding_plan *plan;
	bool stateful; /* it has correlations, or rules that suppress: what came before matters */
};

struct rulebook *rulebook_new(struct ruleset *set); /* takes the set over; the caller is its first user */
struct rulebook *rulebook_use(struct rulebook *rulebook);
void rulebook_release(struct rulebook *rulebook); /* NULL is fine */

#endif
