/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_HEARTBEAT_H
#define BIN_HEARTBEAT_H
/*
 * Collect's own word in the journal, once a minute: that it is there, and what
 * the kernel dropped before it could be read. The first makes time pass for who
 * reads the journal while nobody else talks, and its absence is the evidence that
 * nothing was collected; the second is the evidence of loss over UDP. The records
 * are appended by collect itself, as the journal's writer. While the journal takes
 * nothing there is no heartbeat: then nothing is collected.
 */
#include "collect/collect.h"
#include "journal/journal.h"

#define HEARTBEAT_EVERY (60 * CLOCK_SECOND)

/* How its record begins: it stays in the journal, nobody searches for it. */
#define HEARTBEAT_EVENT "collect.alive"
#define HEARTBEAT_START "{\"event\":\"" HEARTBEAT_EVENT "\""

/* Zero-initialise. */
struct heartbeat {
	uint64_t dropped[LISTENER_COUNT], received[LISTENER_COUNT]; /* as told last */
	int64_t last;                                               /* when; 0: never */
};

/* state: "started", "running", "stopping". 0 or what journal_append() says: then it is told the next time. */
int heartbeat_write(struct heartbeat *heartbeat, struct journal *journal, const struct collect *collect,
		    const char *state, int64_t now);

#endif
