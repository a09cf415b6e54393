/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_SQL_H
#define DETECT_SQL_H
/*
 * A rule as a condition on the stored events, for looking at the past. The store
 * does not keep all that a rule can ask for (the record as it was, values that a source
 * turned into others, PCRE), so the condition is an upper bound: every stored event
 * that the rule matches fulfils it; others may. Who needs to be sure evaluates the
 * records that it finds.
 */
#include "detect/detect.h"
#include "event/origin.h"
#include "event/param.h"

#define RULE_SQL_BYTES 24000 /* of values that fit well into one request */

/* Appends the condition of a detection rule, in parentheses, its values bound. find: where the values of its
   fields are stored. *left: bytes that values may still take, which becomes less; past it conditions are left
   open. */
void rule_sql(const struct ruleset *set, uint32_t rule, origin_find *find, const void *origins, size_t *left,
	      struct sql_query *query);

#endif
