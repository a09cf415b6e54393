/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_SITUATION_H
#define CASES_SITUATION_H
/*
 * How things stand: what is open now, and what came over a span of time, of incidents and of alerts. Each is
 * answered from an index or from counts that are kept; drills count with the rest, and are told apart where a
 * person might take one for real.
 */
#include "cases/alert_count.h"
#include "cases/incident.h"

struct situation {
	struct {
		int64_t open, drill;                      /* drill: of them */
		int64_t by_level[INCIDENT_LEVEL_MAX + 1]; /* as decided, else as proposed; 0: neither */
		int64_t untouched, unassigned;            /* nobody has begun; nobody is named */
	} incidents;
	struct {
		int64_t unseen[ALERT_LEVEL_COUNT]; /* status new, of the last day */
		int64_t recent, before;            /* medium and above: the last day, and a week before it */
	} alerts;
	int64_t tasks_open, tasks_overdue;
};

/* In the order of what is open, so that it costs as much as that. */
int situation_read(struct db_tx *tx, int64_t now, struct situation *ret_situation);

/* The open incident that presses most by itself: of the worst level, then of the highest score, then the
   oldest; a drill only where nothing else is open. ERR_END where nothing is open. */
int situation_most_urgent(struct db_tx *tx, incident_visit *visit, void *context);

/* Incidents by when they began, each bucket that has some, in order of time; as alerts_series(). */
int incidents_series(struct db_tx *tx, int64_t from, int64_t to, int64_t step,
		     int (*visit)(void *context, int64_t time, int64_t count), void *context);

/* Units that incidents with alerts in the span concern, most open ones first. Those merged into others are
   left out. */
struct unit_row {
	int64_t unit, incidents, open, alerts;
	struct str name;
	enum alert_level severity; /* the highest */
};
int incidents_by_unit(struct db_tx *tx, int64_t from, int64_t to, unsigned limit,
		      int (*visit)(void *context, const struct unit_row *row), void *context);

#endif
