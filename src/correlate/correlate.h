/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATE_CORRELATE_H
#define CORRELATE_CORRELATE_H
/*
 * What happened over time. Workers, in parallel, note of every match what time
 * needs to know of it (findings); one correlator takes the findings in the order of the
 * journal and says which alerts there are: matches that are not suppressed, and
 * correlations that came true.
 *
 * Time is the events' own. Each lane (live, drill, import) has a watermark: the newest
 * event time seen, or the time of receipt where that is earlier, less the allowed
 * lateness. A live or drill event from before it is counted late and takes no part in
 * correlations; in the import lane a key that jumps back further than the lateness begins
 * anew, so that yesterday's file after today's gives yesterday's alerts.
 *
 * The answer depends on the findings and their order alone, never on the clock,
 * the number of threads or where batches were cut: a replay gives the same alerts
 * with the same ids, and a state that was saved and loaded goes on as if nothing
 * had happened. State is bounded for each rule and in total; what is evicted, and
 * how often, is said by correlator_stats(). doc/formats/rules.md says what each type means.
 */
#include "base/buf.h"
#include "detect/correlation.h"
#include "event/event.h"

enum lane { LANE_LIVE, LANE_DRILL, LANE_IMPORT, LANE_COUNT };

/* -- a worker's side: one struct findings a batch, no allocation once it is warm ------------------------- */

struct findings;
struct findings *findings_new(void);
void findings_free(struct findings *findings);
void findings_clear(struct findings *findings);

/* Which values of the rules' events must be noted; made once for a set, shared by threads. */
struct finding_plan;
struct finding_plan *finding_plan_new(const struct ruleset *set);
void finding_plan_free(struct finding_plan *plan);

/* Notes that rule matched event, which is the one matcher has just run. record is the caller's number for the
   event, time its own time (µs). What no alert and no correlation can come of is not noted. */
void findings_add(struct findings *findings, const struct finding_plan *plan, const struct matcher *matcher,
		  uint32_t rule, const struct event *event, enum lane lane, int64_t time, uint32_t record);
/* Notes only that time has passed in a lane (a heartbeat); INT64_MAX: the lane is over, what is open is
 * decided. */
void findings_add_time(struct findings *findings, enum lane lane, int64_t time);

/* -- the correlator: one thread -------------------------------------------------------------------------- */

struct correlator_limits {
	size_t bytes, bytes_per_rule; /* of state; 0: CORRELATOR_BYTES … */
	int64_t lateness;             /* µs; 0: CORRELATOR_LATENESS */
};
#define CORRELATOR_BYTES (256u * 1024 * 1024)
#define CORRELATOR_BYTES_PER_RULE (32u * 1024 * 1024)
#define CORRELATOR_LATENESS (300 * INT64_C(1000000))
#define CORRELATOR_ENTRIES_MAX 65536 /* events remembered of one key; of more the oldest are forgotten */
#define CORRELATOR_SAMPLES 20        /* numbers of events that an alert names */
#define CORRELATOR_NO_RECORD UINT32_MAX

struct correlator;
struct correlator *correlator_new(const struct ruleset *set, const struct correlator_limits *limits);
void correlator_free(struct correlator *correlator);

/* From now on the rule's alerts are told even if it is silent: for tests of rules. */
void correlator_speak(struct correlator *correlator, uint32_t rule);

/* An alert to make. Views live until the call returns. */
struct correlator_alert {
	uint32_t rule;
	uint32_t record; /* the event that brought it about, as findings_add() was told; CORRELATOR_NO_RECORD
			    where time alone did: then seq is the last event's of the window */
	uint64_t seq;    /* its number */
	int64_t time;    /* µs: of the event; of a correlation the end of the window that came true */
	enum lane lane;
	struct str cause; /* what the alert's id is made of: the same for the same cause, always */
	struct str why;   /* of a correlation: JSON object; of a match empty, matcher_explain() says it */
	struct str key;   /* of suppression; empty where the rule has none */
	uint64_t repeats; /* 0: a new alert; else: that one (by cause) has now repeated so often, last at time
			   */
};
typedef void correlator_visit(void *context, const struct correlator_alert *alert);
/* Visits matches in their order, a correlation behind the match that made it true; what repeated is told once
   for each alert, at the end. */
void correlator_run(struct correlator *correlator, const struct findings *findings, correlator_visit *visit,
		    void *context);

/* Appends the whole state; takes it up again, by the rules' content: state of rules that are no longer there
   or have changed is dropped. ERR_CORRUPT, ERR_VERSION: nothing was taken. */
void correlator_save(const struct correlator *correlator, struct buf *out);
int correlator_load(struct correlator *correlator, struct str bytes);

/* late: findings too old for their lane; evicted: keys that were forgotten for want of room, the least
   recently touched first, and events of keys that had more than CORRELATOR_ENTRIES_MAX. */
struct correlator_stats {
	uint64_t keys, bytes, evicted, late;
};
struct correlator_stats correlator_stats(const struct correlator *correlator);

#endif
