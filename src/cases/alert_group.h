/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_ALERT_GROUP_H
#define CASES_ALERT_GROUP_H
/* Alerts and the incidents they belong to. */
#include "cases/alert.h"
#include "cases/case_rules.h"

/* alerts_add(), each alert in the incident that it belongs to by the rules, in the same transaction. NULL
   rules open an incident for every alert. */
int alerts_add_grouped(struct db *db, const struct case_rules *rules, const struct alert *alerts,
		       size_t count);

/* Why the alert is in its incident: calls visit with its score (of 1000) and the reason as JSON, for
   case_rules_words(); not for alerts from before there were reasons. */
int alert_reason(struct db *db, struct str id, int (*visit)(void *context, int64_t score, struct str why),
		 void *context);

/* A page of an incident's alerts, the oldest first; cursor 0: from the beginning, else *ret_next of the page
   before, which is 0 where it was the last. */
int incident_alerts(struct db_tx *tx, int64_t id, int64_t cursor, unsigned limit,
		    int (*visit)(void *context, const struct alert *alert, int64_t score, struct str why),
		    void *context, int64_t *ret_next);

#endif
