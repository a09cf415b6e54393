/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_INCIDENT_MOVE_H
#define CASES_INCIDENT_MOVE_H
/*
 * What belongs together, decided by people: incidents merged, split and reopened. Nothing is lost by any of
 * it: what moved is remembered, so that a merge is taken back by reopening the one that went away, and a
 * split by merging the new one back.
 */
#include "cases/case_rules.h"
#include "cases/incident.h"

#define INCIDENT_SPLIT_MAX 2000 /* alerts at once */

struct incident_move {
	int64_t version; /* of the incident that is changed; 0: any */
	struct str by, reason;
	int64_t at;
};

/* id goes into into: its alerts, tasks and files with it. ERR_END, ERR_BUSY; ERR_DENIED where one is not open
   or only one is a drill. */
int incident_merge(struct db_tx *tx, const struct case_rules *rules, int64_t id, int64_t into,
		   const struct incident_move *move);

/* Those alerts (32 hex digits each) leave id for a new incident. ERR_END also where one of them is not its,
   ERR_RANGE where none would be left or none moves, ERR_LIMIT. */
int incident_split(struct db_tx *tx, const struct case_rules *rules, int64_t id, const struct str *alerts,
		   size_t count, const struct incident_move *move, int64_t *ret_id);

/* Opens it again as status triage: one that was merged gets back what it brought, as far as that has not been
   moved elsewhere since. ERR_DENIED where it is open. */
int incident_reopen(struct db_tx *tx, const struct case_rules *rules, int64_t id,
		    const struct incident_move *move);

/* Incidents that an alert fitted too. */
struct incident_link {
	int64_t other, at, score;
	struct str number, title, title_en, alert; /* alert: which */
	enum incident_status status;
};
int incident_links(struct db_tx *tx, int64_t id,
		   int (*visit)(void *context, const struct incident_link *link), void *context);

#endif
