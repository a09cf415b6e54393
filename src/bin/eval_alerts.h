/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_EVAL_ALERTS_H
#define BIN_EVAL_ALERTS_H
/*
 * The correlations of a rule set over what `wanglou eval` reads: findings of batches, in
 * the order of the input, to a line for each correlation that comes true. One thread.
 */
#include "base/buf.h"
#include "correlate/correlate.h"

struct eval_alerts;

/* NULL where the set has no correlations: then there is nothing to note either. */
struct eval_alerts *eval_alerts_new(const struct ruleset *rules);
void eval_alerts_free(struct eval_alerts *alerts);

/* For workers: notes what the rules that matched event say. May change the event's time of receipt. */
void eval_alerts_note(const struct eval_alerts *alerts, struct findings *findings,
		      const struct matcher *matcher, const uint32_t *rules, size_t count, struct event *event,
		      uint32_t record);

/* Appends to lines how a line begins that is about a record; of CORRELATOR_NO_RECORD nothing. */
typedef void eval_alerts_begin(void *context, uint32_t record, struct buf *lines);
/* NULL findings: the input is over. */
void eval_alerts_run(struct eval_alerts *alerts, const struct findings *findings, eval_alerts_begin *begin,
		     void *context, struct buf *lines);

#endif
