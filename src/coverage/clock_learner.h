/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_CLOCK_LEARNER_H
#define COVERAGE_CLOCK_LEARNER_H
/*
 * Whose clock is wrong, and by how much, from how times of events lie to times of receipt.
 *
 * Messages come late, but never early. So of the messages of a window, the one that is
 * furthest ahead tells the error best: its delay is the least. Where that agrees over
 * CLOCK_WINDOWS windows in a row, each of at least the window's length and CLOCK_LEAST
 * messages, it is believed:
 *
 *   less than CLOCK_TOLERANCE        the clock is right
 *   times without a zone, and close
 *   to a multiple of 15 minutes      the zone is wrong: corrected by that multiple
 *   up to 14 hours behind, or ahead
 *   by however much                  the clock is wrong: corrected by the error
 *   further behind                   told, not corrected: it may be a replay of old lines
 *
 * Its only clock is the records' time of receipt. One thread.
 */
#include "coverage/clocks.h"

#define CLOCK_WINDOWS 3
#define CLOCK_LEAST 8
#define CLOCK_TOLERANCE (30 * CLOCK_SECOND)
#define CLOCK_AGREE (15 * CLOCK_SECOND) /* how far windows may lie apart */
#define CLOCK_ZONE_REST (60 * CLOCK_SECOND)
#define CLOCK_BEHIND_MAX (14 * CLOCK_HOUR)
#define CLOCK_TALKERS_MAX 16384 /* watched at once; beyond, who was heard longest ago is forgotten */

struct clock_learner;

/* window: µs. clocks: what is known already; counted on. */
struct clock_learner *clock_learner_new(const struct registry *registry, int64_t window,
					struct clocks *clocks);
void clock_learner_free(struct clock_learner *learner); /* NULL is fine */

enum clock_verdict { CLOCK_RIGHT, CLOCK_ZONE_WRONG, CLOCK_WRONG, CLOCK_IMPLAUSIBLE };

/* What was found out; texts until the next take. */
struct clock_change {
	struct clock_correction correction; /* from is 0 */
	int64_t error;                      /* µs the clock is ahead, as measured */
	enum clock_verdict verdict;
};

/* Takes a batch's tally. Returns how many changes there are. */
size_t clock_learner_take(struct clock_learner *learner, const struct tally *tally);
const struct clock_change *clock_learner_changes(const struct clock_learner *learner);

/* The table with the changes that correct something, from record on; NULL where none does. The caller's. */
struct clocks *clock_learner_publish(struct clock_learner *learner, uint64_t from);

#endif
