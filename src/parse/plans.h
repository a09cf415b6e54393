/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_PLANS_H
#define PARSE_PLANS_H
/*
 * The plans (plan.h) for records of a kind: a general one, for all of them, and
 * settled ones, for the deciders that come; these take turns where there are more.
 * One is made for one in several records that follow none. A value whose changes
 * have made many of them necessary decides no longer, so that this ends, and what
 * goes by such values is found out each time.
 *
 * At most five plans of 8 KB, mostly two of 1 KB. Who has the kind has the plans:
 * one thread.
 */
#include "parse/plan.h"

struct plans;

/* What input points to lives as long as they do; its values and lively are not looked at. NULL where memory
   is out. */
struct plans *plans_new(const struct plan_input *input);
void plans_free(struct plans *plans);

/* For a record with these values; NULL: the program is to be run as it is. Lives until the next call. */
const struct plan *plans_find(struct plans *plans, struct plan_values values);

#endif
