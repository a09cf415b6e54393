/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_DATE_H
#define PARSE_DATE_H
/*
 * Points in time as sources write them. A format is a name (iso8601, epoch,
 * epoch_ms, epoch_us, epoch_ns) or a pattern of strptime's letters:
 *
 *   %Y %y %m %d %e %b %B %a %A %H %I %M %S %p   as in strptime; names are English
 *   %f   digits of a fraction of a second        %j   day of the year
 *   %z   Z, ±hh, ±hhmm or ±hh:mm                  %Z   a zone's letters: UTC, GMT and Z count, others
 *                                                      are read over
 *   %%   a percent sign; a space stands for one or more spaces
 *
 * A pattern without a year takes the year of receipt; what would then lie more
 * than a day after receipt belongs to the year before, and what would lie more
 * than a year less a day before it belongs to the year after (clocks that run
 * ahead on New Year's Eve).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

struct date_context {
	int64_t received;       /* µs */
	int64_t zone;           /* µs east of UTC, for texts that name no zone */
	struct day_memos *days; /* what is remembered of days (parse/day.h), or NULL */
};

/* 0, ERR_SYNTAX or ERR_RANGE. *ret_zoned: the text itself says when it was, by its zone or as an epoch. */
int date_parse(struct str text, struct str format, const struct date_context *context, int64_t *ret_time,
	       bool *ret_zoned);

/* 0 where date_parse() understands the format. */
int date_format_check(struct str format);

/* "+08:00", "UTC", "Z". 0 or ERR_SYNTAX. */
int date_zone_parse(struct str text, int64_t *ret_zone);

/* Takes the time of RFC 3164 off the front of *text, in the forms that are met: "Feb 17 13:40:03",
   "Feb  7 2026 13:40:03.673", "2026 Feb 17 13:40:03", "Feb 17 13:40:03 2026", "Feb 17 13:40:03 UTC:" (up to
   the colon). 0, ERR_SYNTAX or ERR_RANGE. */
int date_take_bsd(struct str *text, const struct date_context *context, int64_t *ret_time, bool *ret_zoned);
/* Whether behind a time of day something follows that is part of the time. */
bool date_goes_on(struct str rest);

/* Takes a pattern off the front of *text; the same as date_parse() but text may go on. */
int date_take(struct str *text, struct str format, const struct date_context *context, int64_t *ret_time,
	      bool *ret_zoned);

#endif
