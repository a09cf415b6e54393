/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_WORKER_H
#define BIN_WORKER_H
/*
 * A batch of journal records and the worker that turns it into a store block, and
 * into what its rules found. An event lives only while it is worked on: parsed into
 * the worker's arena, matched, copied into the block's columns, and forgotten, so
 * that the arena stays in the cache. Nothing is allocated per event once the buffers
 * are warm.
 *
 * Whether a match is an alert is known only in order (alert_maker.h). A worker encodes
 * those that probably are while it has the event at hand: never of a silent rule,
 * and of a rule that suppresses only for a key it has not met lately. What was
 * left out and turns out to be one is made from the record again.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "coverage/clocks.h"
#include "coverage/tally.h"
#include "base/vec.h"
#include "bin/addresses.h"
#include "rules/rule_costs.h"
#include "bin/rulebook.h"
#include "bin/unknown_lines.h"
#include "event/block.h"
#include "journal/journal.h"
#include "parse/source.h"

/* An alert that was encoded ahead: in the order of record, then rule. */
struct draft {
	uint32_t record, rule;
	size_t at; /* in batch.alerts */
};

struct batch {
	/* The reader fills */
	struct rulebook *rules; /* in force for it; NULL: none yet */
	struct clocks *clocks;  /* what is known by then; NULL: nobody asks */
	bool replay;            /* it was committed before: only its findings are wanted */
	struct arena *arena;    /* the records' bytes */
	struct journal_record *records;
	size_t count, bytes;
	uint64_t first, end; /* sequence numbers [first, end) */
	/* the worker adds */
	struct block *block;
	struct block_pieces pieces; /* the finished Native block, and its columns' names */
	struct buf columns;
	struct findings *findings;
	struct buf alerts; /* without ids; see alert_link.h */
	struct {
		VEC_OF(struct draft)
	} drafts;
	struct buf trail;             /* see trail_link.h */
	struct unknown_lines unknown; /* their texts are in the arena */
	struct tally *tally;          /* who talked (coverage_link.h); NULL: nobody asks; the owner\'s */
};

void batch_init(struct batch *batch, size_t capacity);
void batch_done(struct batch *batch);
void batch_reset(struct batch *batch);
void batch_add(struct batch *batch, const struct journal_record *record); /* copies the bytes */

struct worker;

/* addresses: what is known of them; outlives the worker; may be NULL. zone: µs east of UTC, for times that
 * name none. costs: gets what the rules cost; may be NULL. */
struct worker *worker_new(const struct source_set *sources, const struct addresses *addresses, int64_t zone,
			  struct rule_costs *costs);
void worker_free(struct worker *worker);

/* By the batch's rules, which must be set. */
void worker_run(struct worker *worker, struct batch *batch);

/* Appends one alert of a record, as worker_run() would have, or of a correlation that it brought about;
   without an id. False where the rule does not match the record any more. The rules and clocks are the
   batch's, of which the record need not be. */
bool worker_make_alert(struct worker *worker, const struct batch *batch, const struct journal_record *record,
		       const struct correlator_alert *alert, struct buf *alerts);

#endif
