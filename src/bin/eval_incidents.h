/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_EVAL_INCIDENTS_H
#define BIN_EVAL_INCIDENTS_H
/*
 * What `wanglou eval --incidents` tells: the alerts that the files' events would raise, as the correlator
 * lets them through, and the incidents that core would make of them, in the order of the input as one stream.
 * The same code as in the pipeline works on a database of its own, which is removed at the end.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/vec.h"
#include "cases/case_rules.h"
#include "correlate/correlate.h"

struct eval_incidents;

int eval_incidents_new(const struct ruleset *rules, const struct case_rules *cases,
		       struct eval_incidents **ret_incidents, struct err *ret_err);
void eval_incidents_free(struct eval_incidents *incidents); /* NULL is fine */

/* The number of the next event, which is of that file. file must live on. */
uint64_t eval_incidents_number(struct eval_incidents *incidents, const char *file, const char *member);

struct eval_draft {
	uint32_t record, rule;
	size_t at;
};

/* Alerts to be, of a batch; zero-initialised. */
struct eval_drafts {
	struct findings *findings;
	struct buf alerts;
	struct {
		VEC_OF(struct eval_draft)
	} items;
};
void eval_drafts_done(struct eval_drafts *drafts);

/* For workers, in parallel: what the rules that matched event would raise. */
void eval_incidents_note(const struct eval_incidents *incidents, struct eval_drafts *drafts,
			 const struct matcher *matcher, const uint32_t *rules, size_t count,
			 struct event *event, uint32_t record);

/* Appends the alert of a correlation, encoded with the record's event. */
typedef void eval_incidents_make(void *context, uint32_t record, const struct rule_info *info, int64_t time,
				 struct str why, struct buf *alerts);
/* In the order of the input: adds the alerts and empties drafts. NULL: the input is over. */
void eval_incidents_run(struct eval_incidents *incidents, struct eval_drafts *drafts,
			eval_incidents_make *make, void *context);

/* A line of JSON for each file with alerts, one for each incident, and the totals. 0, or what went wrong on
   the way. */
int eval_incidents_report(struct eval_incidents *incidents, FILE *out);

#endif
