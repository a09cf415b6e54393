/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_TIMELINE_H
#define CASES_TIMELINE_H
/* What people and the program did about an incident, and what it is about: the parts that its page shows. */
#include "cases/incident.h"

struct timeline_line {
	int64_t number, time;
	struct str kind, by, text, data; /* data: a JSON object or empty */
};

/* Behind cursor (a number; 0: the first), the oldest first; *ret_next is 0 where it was the last page. Lines
   of incidents that were merged into it are told as well. */
int incident_timeline(struct db_tx *tx, int64_t id, int64_t cursor, unsigned limit,
		      int (*visit)(void *context, const struct timeline_line *line), void *context,
		      int64_t *ret_next);

/* An asset concerned, as the register had it when the incident met it. */
struct incident_asset {
	int64_t asset, unit, at;
	struct str what, name, kind, unit_name, responsible, criticality;
	struct str people; /* a JSON array */
	unsigned mlps_level;
};
int incident_assets(struct db_tx *tx, int64_t id,
		    int (*visit)(void *context, const struct incident_asset *asset), void *context);

#endif
