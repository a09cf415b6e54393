/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_CHECK_DIGEST_H
#define RULES_CHECK_DIGEST_H
/* What a rule detects as one number: the same for rules that differ in the names of their selections, in the
   order of items and values, and in what they say about themselves. */
#include "detect/ast.h"

uint64_t rule_digest(const struct rule *rule);

#endif
