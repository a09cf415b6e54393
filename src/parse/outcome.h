/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_OUTCOME_H
#define PARSE_OUTCOME_H
/*
 * What the steps of a source have come to: which slots they filled, which blocks
 * they matched, which parts of the log source the record decides itself. Lines of a
 * program repeat a few outcomes, and the plans (plans.h) of those that a parser has
 * seen more than once are kept: for every record that has none by its shape.
 *
 * One cache per parser, of at most OUTCOME_SETS * OUTCOME_WAYS: 10 MB with their
 * plans, mostly some 100 KB. The share of records for which one is made is bounded.
 */
#include "parse/plan.h"

struct run;

struct outcomes;
struct outcomes *outcomes_new(void);
void outcomes_free(struct outcomes *outcomes);

/* The plan for a run whose steps are done. NULL: program and matched blocks are to be run as they are. Lives
   until the next call. */
const struct plan *outcomes_plan(struct outcomes *outcomes, const struct run *run);

#endif
