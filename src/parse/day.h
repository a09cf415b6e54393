/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_DAY_H
#define PARSE_DAY_H
/*
 * The days that times were of lately. A time of RFC 3164, "Jul 28 11:44:53", names
 * neither year nor zone, so that its day costs more than the rest of it: the year follows from
 * when it was received. Days are few, so they are remembered, as they were read and as they are written.
 * A memo is never wrong, only of no use.
 */
#include "base/clock.h"
#include "base/str.h"

#define DAY_MEMOS 32 /* by the day of the month; a power of two */
#define DAY_TEXT_LEN 11

/* As a day was read. */
struct day_memo {
	uint64_t name, waiting;    /* "Jul 28 ", 0: none; the last one that was not it */
	int64_t zone, from, until; /* received between these, it is of the same year at any hour */
	int64_t start;             /* µs: its midnight in that zone */
};

/* As a day of UTC is written: "2026-07-28T". */
struct day_text {
	int64_t number; /* since 1970; 0: none */
	char text[DAY_TEXT_LEN];
};

struct day_memos {
	struct day_memo read[DAY_MEMOS];
	struct day_text written[DAY_MEMOS];
};

struct date_context;
/* As date_take_bsd(), by context->days. */
int day_take_bsd(struct str *text, const struct date_context *context, int64_t *ret_time, bool *ret_zoned);
/* As clock_format(). */
void day_format(struct day_memos *memos, int64_t time, char out[CLOCK_TEXT_SIZE]);

#endif
