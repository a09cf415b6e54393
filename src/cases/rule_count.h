/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_RULE_COUNT_H
#define CASES_RULE_COUNT_H
/*
 * What became of each rule's alerts: how many it raised, how often they repeated, and
 * what analysts said of them. Kept in the transactions that change the alerts, so
 * that a report reads a row a rule and no alert. A drill's alerts are left out.
 */
#include "cases/alert.h"

struct rule_count {
	struct str rule_id, title, title_zh; /* titles of the newest text that is kept */
	enum alert_level level;
	int64_t alerts, repeats;
	int64_t confirmed, false_positive; /* closed; false_positive */
};

/* Every rule that raised an alert, by id. What visit returns other than 0 ends it. */
int rule_counts(struct db *db, int (*visit)(void *context, const struct rule_count *count), void *context);

#endif
