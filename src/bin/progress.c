/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define BAR_WIDTH 30
#define REDRAW (100 * CLOCK_MILLISECOND)

void progress_start(struct progress *progress, const char *what, uint64_t total)
{
	*progress = (struct progress){what, total, clock_monotonic(), 0, isatty(STDERR_FILENO)};
}

void progress_update(struct progress *progress, uint64_t done, uint64_t items)
{
	static const char marks[BAR_WIDTH + 1] = "##############################";
	int64_t now;
	double share, seconds;

	if (!progress->terminal)
		return;
	now = clock_monotonic();
	if (now - progress->drawn < REDRAW)
		return;
	progress->drawn = now;
	share = progress->total ? (double)done / (double)progress->total : 0;
	if (share > 1)
		share = 1;
	seconds = (double)(now - progress->started) / CLOCK_SECOND;
	fprintf(stderr, "\r%s [%-*.*s] %3.0f%%  %" PRIu64 " events, %.0f/s ", progress->what, BAR_WIDTH,
		(int)(share * BAR_WIDTH), marks, share * 100, items,
		seconds > 0 ? (double)items / seconds : 0);
}

void progress_end(struct progress *progress)
{
	if (progress->terminal)
		fprintf(stderr, "\r\033[K");
}
