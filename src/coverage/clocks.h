/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_CLOCKS_H
#define COVERAGE_CLOCKS_H
/*
 * What is added to the times that a talker's records carry, because its clock or its
 * zone is known to be wrong (clock_learner.h). A correction holds from a number of the
 * journal on, so that a record gives the same event whenever it is read again.
 *
 * A clock is a peer's; behind a relay (registry.h) one of each host that messages
 * name. Times that name their zone and times that do not are corrected apart.
 *
 * A table never changes; it is counted, and all threads share it.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "coverage/tally.h"

#define CLOCKS_MAX 8192      /* corrections kept; beyond, the oldest goes */
#define CLOCKS_HISTORY_MAX 8 /* of one clock */
#define CLOCKS_STATE_MAX (8u * 1024 * 1024)

enum clock_kind { CLOCK_ZONED, CLOCK_ASSUMED, CLOCK_KINDS };

struct clock_correction {
	uint8_t peer[16];
	struct str name; /* of a host behind a relay; at most TALKER_NAME_MAX */
	uint8_t kind;    /* enum clock_kind */
	int64_t add;     /* µs; 0: the clock is right again */
	int64_t since;   /* received, µs */
	uint64_t from;   /* the first record it holds for */
};

struct clocks;
struct registry;

/* registry, for the relays, outlives the table; NULL: there are none. Texts are copied. In any order. */
struct clocks *clocks_new(const struct registry *registry, const struct clock_correction *items,
			  size_t count);
struct clocks *clocks_use(struct clocks *clocks);
void clocks_release(struct clocks *clocks); /* NULL is fine */

size_t clocks_count(const struct clocks *clocks);
const struct clock_correction *clocks_get(const struct clocks *clocks, size_t index);
/* What holds for record seq; NULL where nothing is known. */
const struct clock_correction *clocks_find(const struct clocks *clocks, const uint8_t peer[16],
					   struct str name, enum clock_kind kind, uint64_t seq);

/* Moves @timestamp and keeps what it was in event.source_time, where that brings it closer to the time of
   receipt: a clock that was set right, or a line that came late, is not made worse. */
void clocks_correct(const struct clocks *clocks, struct event *event);

/* As JSON, and back. 0, ERR_SYNTAX. */
void clocks_save(const struct clocks *clocks, struct buf *out);
int clocks_load(struct str json, const struct registry *registry, struct clocks **ret_clocks);

#endif
