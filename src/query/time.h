/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_TIME_H
#define QUERY_TIME_H
/*
 * Points in time as people write them: "now", "now-15m", "now-1d/d", "-24h",
 * "2026-01-01", "2026-01-01 08:30", RFC 3339. Units: s m h d w M y, a month
 * being 30 days and a year 365. UTC where no offset is given.
 */
#include <stdint.h>

#include "base/str.h"

/* [*ret_begin, *ret_end) is what the text covers: a day, a minute, one microsecond. 0 or ERR_SYNTAX. */
int time_read(struct str text, int64_t now, int64_t *ret_begin, int64_t *ret_end);

/* The same where a time without an offset is zone µs east of UTC. */
int time_read_zoned(struct str text, int64_t now, int64_t zone, int64_t *ret_begin, int64_t *ret_end);

#endif
