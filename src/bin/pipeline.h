/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_PIPELINE_H
#define BIN_PIPELINE_H
/*
 * The event path: journal → parse → detect → store and alerts, for process_analyze.
 *
 *	reader ──► batches (a ring) ──► workers, any order ──► committer, in order
 *
 * A batch is a range of sequence numbers, matched by the rules that were in force when
 * it was complete. The committer saves the range as its intent before it hands anything
 * over, decides which matches are alerts (alert_maker.h), sends them, the audit records
 * and who talked to core, inserts the block under the range as deduplication token, and
 * then moves the cursor. So after a crash at any point the same range is handed over
 * again with the same token, and nothing is lost or stored twice. Audit records and
 * collect's heartbeats are matched like all others but never stored.
 *
 * What counts over time needs what came before. At a start the records between the
 * saved state and the cursor go through parse and detect once more, for the state
 * alone, in batches that end at the cursor: what was committed is not handed over again.
 *
 * A store or core that is away is asked again until it is back; meanwhile the ring
 * fills, the reader waits, and the journal keeps what comes.
 */
#include <stdint.h>

#include "base/err.h"
#include "bin/addresses.h"
#include "bin/rulebook.h"
#include "parse/source.h"
#include "store/client.h"

struct journal_key;

struct pipeline_options {
	const char *journal;                   /* folder */
	const struct journal_key *journal_key; /* NULL: not encrypted */
	const char *cursor;                    /* file */
	const char *state;                     /* file: of what counts over time */
	const char *core_socket;               /* where alerts go */
	struct store_options store;
	uint64_t store_memory; /* bytes it may take; 0: unknown */
	const struct source_set *sources;
	const struct addresses *addresses; /* outlives the pipeline; may be NULL */
	unsigned workers;
	struct unknown_link *unknown;   /* outlives the pipeline; NULL: nobody asks what no source knows */
	struct clocks *clocks;          /* at the start; counted on; NULL: times are taken as they are */
	struct clock_link *clock_link;  /* outlives the pipeline; NULL: nothing is learnt of clocks */
	struct coverage_link *coverage; /* outlives the pipeline; NULL: nobody asks who talked */
	struct rule_costs
		*costs; /* outlives the pipeline; gathers what the workers' rules cost; may be NULL */
	int64_t zone;   /* µs east of UTC, for times that name none */
};

struct pipeline;

/* rules may be released afterwards. */
int pipeline_start(const struct pipeline_options *options, struct rulebook *rules,
		   struct pipeline **ret_pipeline, struct err *ret_err);

/* Other rules from the next batch on; any thread. */
void pipeline_set_rules(struct pipeline *pipeline, struct rulebook *rules);

/* Ends within a second or so, whatever the store does; what was not committed is done again at the next
 * start. */
void pipeline_stop(struct pipeline *pipeline);

#endif
