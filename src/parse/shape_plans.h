/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_SHAPE_PLANS_H
#define PARSE_SHAPE_PLANS_H
/*
 * The plans (plan.h) of a shape (shape.h): a general one, for all its records, and
 * settled ones, for the deciders that come; these take turns where there are more.
 * One is made for one in several records that follow none. A leaf whose values have
 * made many of them necessary decides no longer, so that this ends, and what goes by
 * such values is found out each time.
 *
 * At most five plans of 8 KB a shape, 10 MB for all of a parser; mostly two, of 1 KB.
 * Who has the shape has the plans: one thread.
 */
#include "parse/shape.h"

/* Where memory is out the shape has none. */
void shape_plans_make(struct shape *shape);
void shape_plans_free(struct shape *shape);

/* For a record whose leaves became these, as the first of an event; NULL: the program is to be run as it is.
   Lives until the next call for the shape. */
const struct plan *shape_plan(const struct shape *shape, const struct attr *attrs);

#endif
