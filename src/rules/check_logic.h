/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_CHECK_LOGIC_H
#define RULES_CHECK_LOGIC_H
/*
 * Whether a rule's condition can be true, and false, at all: a tableau over the parsed
 * rule, in which tests of one field contradict each other where no value passes both, and a
 * test that must fail contradicts one that implies it. It is careful: "impossible" is
 * certain but for fields with several values at once (see logic_several), and what is too
 * large to decide counts as possible.
 */
#include "detect/ast.h"

/* True for fields that may have several values in one event; context is the caller's. */
typedef bool logic_several(void *context, struct str field);

/* Some event makes the condition true (or, negated, false). NULL several: each field has one value. */
bool logic_possible(const struct rule *rule, bool negated, logic_several *several, void *context);
/* Some event makes the selection true. */
bool logic_selection_possible(const struct rule *rule, uint32_t selection, logic_several *several,
			      void *context);

#endif
