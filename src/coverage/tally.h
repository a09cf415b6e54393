/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_TALLY_H
#define COVERAGE_TALLY_H
/*
 * What a batch of records says about who talks: one entry for each talker and
 * step of time (a minute by default), filled by the worker that has the batch and
 * taken by the committer, in order. Nothing is allocated per record: the table
 * grows to what batches need and stays. It holds as many entries as a batch has
 * records, so that a flood of invented peers pushes nobody out.
 *
 * A talker is who sent it (the peer's address; without one, the sender's hint),
 * which source recognised it (empty: none did), and by which listener it came.
 * Behind a relay (registry.h) the host that the message names is part of it. What
 * is imported, played by a drill, or said by the platform itself is no talker.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/vec.h"
#include "event/event.h"

#define TALKER_NAME_MAX 64 /* bytes of a host or hint; longer ones are cut */

struct registry;

struct talker_key {
	uint8_t peer[16];
	uint16_t listener;
	struct str source, name;
};

struct heard {
	struct talker_key key; /* texts live until the tally is cleared; source as long as the source set */
	uint64_t hash;
	int64_t step; /* of received: its number since 1970 */
	int64_t first, last;
	int64_t gap; /* the longest between two messages in the step, µs */
	uint64_t bytes;
	uint32_t count, unparsed; /* unparsed: recognised by none, or a step of its source failed */
	uint32_t delayed;         /* messages with a time of their own; of these: */
	int64_t delay, delay_max; /* received - event time, µs: the last one's; the largest */
	/* For clock_learner.h, by enum clock_kind: messages whose time the record itself carries, and how far
	   the sender's own clock was ahead of receipt at most, µs. */
	uint32_t timed[2];
	int64_t ahead[2];
};

/* A running number, in the order of the records. */
struct heard_number {
	uint32_t entry, number;
};

/* A record in which collect says that the kernel dropped something (doc/formats/notices.md). */
#define TALLY_LOSS "{\"event\":\"collect.dropped\""
struct heard_loss {
	int64_t received;
	struct str bytes; /* as long as the record's */
};

/* Times of receipt, of all records, no further apart than TALLY_APART. */
#define TALLY_APART (150 * CLOCK_SECOND) /* two heartbeats and a half */
#define TALLY_BACK (600 * CLOCK_SECOND)  /* a time so far back says that the clock was set */
struct heard_span {
	int64_t from, to;
};

struct tally {
	int64_t step; /* µs */
	struct {
		VEC_OF(struct heard)
	} heard;
	struct {
		VEC_OF(struct heard_number)
	} numbers;
	struct {
		VEC_OF(struct heard_loss)
	} losses;
	struct {
		VEC_OF(struct heard_span)
	} spans; /* in the order of the records */
	/* Its own */
	const struct registry *registry;
	struct arena *texts;
	uint64_t seed;
	uint32_t *table; /* 1 + index into heard, 0: free */
	size_t table_size;
	size_t last;                     /* index of the entry used last */
	int64_t step_number, step_begin; /* of the record before */
};

/* registry, for the relays, outlives the tally. step: µs. seed: of the hashes, which nobody outside may know.
 */
void coverage_tally_init(struct tally *tally, const struct registry *registry, int64_t step, uint64_t seed);
void coverage_tally_done(struct tally *tally);
void coverage_tally_clear(struct tally *tally);

/* An event just parsed; flags of its record. */
void coverage_tally_add(struct tally *tally, const struct event *event, bool drill);

uint64_t talker_hash(const struct talker_key *key, uint64_t seed);
bool talker_same(const struct talker_key *a, const struct talker_key *b);

#endif
