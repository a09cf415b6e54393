/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_COVERAGE_DAILY_H
#define BIN_COVERAGE_DAILY_H
/*
 * The statement of each finished day as a notice in the journal
 * (coverage.daily), so that what was known of a day then can be proved later. A
 * day is a local one, and finished when records came DAILY_AFTER its end. It is
 * said at least once; where core dies in between, twice with the same content.
 */
#include "db/db.h"

#define DAILY_AFTER (10 * CLOCK_MINUTE)
#define DAILY_GAPS_MAX 200 /* in one notice; it says how many more there are */
#define DAILY_DAYS_MAX 7   /* back, after a long stop */

/* Says what is due; zone: µs east of UTC. What fails is said in the log and tried at the next call. */
void coverage_daily(struct db *db, const char *collect_socket, int64_t zone, int64_t now);

#endif
