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

/* Alerts by rule and day, drills counted too: calls visit for each rule and each day that has some, ordered
   by rule and day. A day is a number of days since 1970 where days begin zone (µs) east of UTC; whole hours.
   rule: only that one, unless empty. */
int rule_days(struct db *db, struct str rule, int64_t from, int64_t to, int64_t zone,
	      int (*visit)(void *context, struct str rule, int64_t day, int64_t alerts), void *context);

/* When the rule's last alert was, µs; 0: never. */
int rule_last_alert(struct db *db, struct str rule, int64_t *ret_time);

#endif
