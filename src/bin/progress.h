/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_PROGRESS_H
#define BIN_PROGRESS_H
/*
 * A progress bar on standard error for long work: silent where that is no
 * terminal, redrawn at most ten times a second.
 */
#include <stdint.h>

struct progress {
	const char *what; /* "importing" */
	uint64_t total;   /* of bytes, or 0 where unknown */
	int64_t started, drawn;
	int terminal;
};

void progress_start(struct progress *progress, const char *what, uint64_t total);
void progress_update(struct progress *progress, uint64_t done, uint64_t items);
void progress_end(struct progress *progress); /* clears the line */

#endif
