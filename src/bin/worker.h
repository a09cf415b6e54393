/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_WORKER_H
#define BIN_WORKER_H
/*
 * A batch of journal records and the worker that turns it into a store block and
 * alerts. An event lives only while it is worked on: parsed into the worker's
 * arena, matched, copied into the block's columns, and forgotten, so that the arena
 * stays in the cache. Nothing is allocated per event once the buffers are warm.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "coverage/tally.h"
#include "detect/detect.h"
#include "event/block.h"
#include "journal/journal.h"
#include "parse/source.h"

struct batch {
	/* The reader fills */
	struct arena *arena; /* the records' bytes */
	struct journal_record *records;
	size_t count, bytes;
	uint64_t first, end; /* sequence numbers [first, end) */
	/* the worker adds */
	struct block *block;
	struct buf encoded; /* the finished Native block, and its columns' names */
	struct buf columns;
	struct buf alerts;   /* see alert_link.h */
	struct buf trail;    /* see trail_link.h */
	struct tally *tally; /* who talked (coverage_link.h); NULL: nobody asks; the owner\'s */
};

void batch_init(struct batch *batch, size_t capacity);
void batch_done(struct batch *batch);
void batch_reset(struct batch *batch);
void batch_add(struct batch *batch, const struct journal_record *record); /* copies the bytes */

struct worker;

/* zone: µs east of UTC, for times that name none. */
struct worker *worker_new(const struct source_set *sources, const struct ruleset *rules, int64_t zone);
void worker_free(struct worker *worker);
void worker_run(struct worker *worker, struct batch *batch);

#endif
