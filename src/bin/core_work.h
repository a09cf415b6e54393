/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CORE_WORK_H
#define BIN_CORE_WORK_H
/*
 * What core does by the clock, beside answering requests: one line of a table for each. A piece of work is
 * called again and again, does what has become due since, and finds out by itself what that is, so that a
 * stop of a week is caught up at the first call and a repeat does nothing twice. Runs on core's main thread:
 * a long piece works in steps.
 */
#include "base/clock.h"
#include "db/db.h"

#define CORE_WORK_EVERY (10 * CLOCK_SECOND) /* how often it is called */

struct process;
struct calendar;
struct rectification_office;

struct core_context {
	struct process *process;
	struct db *db;
	int64_t zone;                              /* µs east of UTC: where days begin */
	int64_t retention;                         /* µs */
	const char *collect_socket;                /* for notices */
	const struct calendar *calendar;           /* of working days; NULL: it could not be read */
	const struct rectification_office *office; /* NULL: no policy could be read */
};

struct core_work; /* when what was done last */

struct core_work *core_work_new(const struct core_context *context); /* kept, not copied */
void core_work_free(struct core_work *work);

/* Does what is due at the monotonic time now; each piece at the first call, too. */
void core_work_run(struct core_work *work, int64_t now);

#endif
