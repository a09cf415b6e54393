/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_KEEPER_H
#define BIN_KEEPER_H
/*
 * The archive's own thread, at idle priority for processor and disk: seals complete
 * segments, oldest first, one at a time, and deletes what retention says. A deletion is a notice in the
 * journal before it happens; only where the disk is critically full and nothing can be written any more does
 * the notice come after it.
 *
 * Where the clock jumps, deletions wait a day, so that a wrong clock deletes nothing
 * before somebody can see it.
 */
#include "custody/retention_file.h"

struct keeper;

struct keeper_options {
	const struct journal_key *key;
	const char *journal, *live; /* folders */
	const char *overrides;      /* file */
	const char *socket;         /* of the collect process */
	int64_t last_head;          /* the time of the newest head: when the archive last worked; 0: never */
	struct retention_policy policy;
};

struct keeper *keeper_start(const struct keeper_options *options);

/* Segments sealed since the start. */
unsigned keeper_sealed(const struct keeper *keeper);

/* Waits for a sealing that is under way at most patience µs. False where it is still under way: then the
   process must end at once. */
bool keeper_stop(struct keeper *keeper, int64_t patience);

#endif
