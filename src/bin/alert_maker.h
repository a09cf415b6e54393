/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_ALERT_MAKER_H
#define BIN_ALERT_MAKER_H
/*
 * What the findings of the batches amount to, in the order of the journal: which
 * alerts there are and which earlier ones repeat. Holds the correlator and,
 * for alerts that no worker encoded, a parser of its own. The committer's.
 *
 * Its state lies beside the cursor with the number up to which it has seen the
 * journal. It is saved now and then, so at a start it is behind the cursor: the
 * records between are matched again and only the correlator hears of them. What comes
 * of it depends on the records alone, so the ids are those that were sent before.
 */
#include "base/err.h"
#include "bin/worker.h"

struct alert_maker_options {
	const char *state;   /* file; kept, as all paths here */
	const char *journal; /* folder */
	const struct journal_key *journal_key;
	const struct source_set *sources;
	const struct addresses *addresses; /* may be NULL */
	int64_t zone;
	struct correlator_limits limits;
};

struct alert_maker;

struct alert_maker *alert_maker_new(const struct alert_maker_options *options, struct rulebook *rules);
void alert_maker_free(struct alert_maker *maker);

/* Takes the saved state up. Returns the number to begin reading at: at most next, and next itself where there
   is nothing to take up; why is then in the log. */
uint64_t alert_maker_restore(struct alert_maker *maker, uint64_t next);

/* Once for each batch, in order. Of a replay nothing is to be sent. */
void alert_maker_run(struct alert_maker *maker, const struct batch *batch);

/* Of the last batch: messages of alert_link.h. */
const struct buf *alert_maker_alerts(const struct alert_maker *maker);
const struct buf *alert_maker_repeats(const struct alert_maker *maker);

/* The batches that were run are committed up to next: saves the state where it is time, or always. */
void alert_maker_committed(struct alert_maker *maker, uint64_t next, bool always);

#endif
