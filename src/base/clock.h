/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
/*
 * Time everywhere is a signed 64-bit count of microseconds since 1970-01-01 UTC
 * (no leap seconds, POSIX). Intervals are microseconds too unless a name says ms.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define CLOCK_MILLISECOND INT64_C(1000)
#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

/* "2026-11-22T08:30:00.123456Z" and its NUL. */
#define CLOCK_TEXT_SIZE 28

struct clock_civil {
	int64_t year;                                      /* proleptic Gregorian */
	int month, day, hour, minute, second, microsecond; /* month and day from 1 */
};

int64_t clock_now(void);       /* wall clock */
int64_t clock_monotonic(void); /* for intervals; its zero means nothing */
uint64_t clock_thread(void);   /* nanoseconds that this thread has computed; a system call */

int64_t clock_from_civil(const struct clock_civil *civil); /* UTC */
void clock_to_civil(int64_t time, struct clock_civil *ret_civil);
int clock_weekday(int64_t time); /* 0 is Sunday */

/* RFC 3339 in UTC with six digits of a second. Its years have four digits: times outside 0000 to 9999 give
   the first or the last of them. */
void clock_format(int64_t time, char out[CLOCK_TEXT_SIZE]);

/* RFC 3339 with 'T' or a space, up to nine digits of a second, Z or ±hh:mm; without an offset
   default_offset (microseconds east of UTC) is taken. Also a bare date. 0, ERR_SYNTAX or ERR_RANGE. */
int clock_parse(struct str text, int64_t default_offset, int64_t *ret_time);

/* Whether a text that clock_parse() took names its zone. */
bool clock_names_zone(struct str text);

/* "Z", "+08:00", "-0530": microseconds east of UTC. 0, ERR_SYNTAX or ERR_RANGE. */
int clock_parse_offset(struct str text, int64_t *ret_offset);

#endif
