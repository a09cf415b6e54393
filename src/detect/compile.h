/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_COMPILE_H
#define DETECT_COMPILE_H
/* Inside detect/: from parsed rules to the program. */
#include "detect/program.h"

/* Compiles one parsed rule into the set. predicates: what has been made so far, by content. */
void compile_rule(struct ruleset *set, struct map *predicates, const struct rule *rule);

/* Only its selections and condition, for a filter; returns the root. */
uint32_t compile_tree(struct ruleset *set, struct map *predicates, const struct rule *rule);

/* Adds a correlation; its names are resolved when all rules are there. Those that cannot be are reported and
   taken out of the set, which moves the rules behind them. Also finds the slots of suppress. */
void correlation_add(struct ruleset *set, const struct rule *rule);
void correlations_resolve(struct ruleset *set, rule_report *report, void *context);

/* The slot of a field name, made where there was none. */
uint32_t compile_slot(struct ruleset *set, struct str name);

#endif
