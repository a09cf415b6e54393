/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_UNKNOWN_LINES_H
#define BIN_UNKNOWN_LINES_H
/*
 * The lines that no source knows, from the workers to the templates (drain/) that
 * `wanglou sources suggest` shows. A worker copies those of a batch into the batch's
 * arena, UNKNOWN_BATCH_MAX at most, so that a flood of them costs the same as a few;
 * the committer clusters them in order. So counts are of lines that were looked at.
 *
 * The templates are kept beside the cursor, at most every minute and at the end. What a
 * crash loses of them comes again with the next lines.
 */
#include "base/arena.h"
#include "base/vec.h"
#include "drain/drain.h"
#include "event/event.h"

#define UNKNOWN_BATCH_MAX 256
#define UNKNOWN_FILE "cursor/templates.json" /* below the data folder */

struct unknown_lines {
	VEC_OF(struct drain_line)
};

/* Takes an event up where nobody knows it. The arena outlives lines. */
void unknown_lines_add(struct unknown_lines *lines, const struct event *event, struct arena *arena);

struct unknown_link;

/* file: its state; kept by the caller. */
struct unknown_link *unknown_link_new(const char *file);
/* Saves what is new. NULL is fine. */
void unknown_link_free(struct unknown_link *link);
void unknown_link_take(struct unknown_link *link, const struct unknown_lines *lines);

#endif
