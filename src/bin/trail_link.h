/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_TRAIL_LINK_H
#define BIN_TRAIL_LINK_H
/*
 * Audit records on their way from analyze to core, beside the alerts and in the
 * same manner (bin/alert_link.h): a worker appends them to its batch's buffer, the
 * committer sends the buffer before the cursor moves. They go nowhere else: the
 * store, where every role may search, does not get them.
 */
#include "base/buf.h"
#include "ipc/server.h"
#include "journal/journal.h"

void trail_link_add(struct buf *trail, const struct journal_record *record);

/* The other side: takes IPC_TRAIL into core's database; 0 or a negative code. */
struct db;
int trail_link_receive(struct db *db, struct str payload);

#endif
