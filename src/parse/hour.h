/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_HOUR_H
#define PARSE_HOUR_H
/*
 * The hour of the last time that was read: records come in the order of their
 * times, mostly, so that of "2026-07-28 11:44:53.919" the first half is that of the
 * record before. Only for ISO 8601 without a zone, in the form that nearly all have;
 * a memo is never wrong, only of no use.
 */
#include "base/clock.h"
#include "base/str.h"

#define HOUR_TEXT_LEN 13 /* 2026-07-28T11 */

struct hour_memo {
	char text[HOUR_TEXT_LEN + 1]; /* empty: nothing is remembered */
	char formatted[HOUR_TEXT_LEN + 1];
	int64_t zone, start;
};

/* Whether text is of that form; then how far into its hour it is, in µs. */
bool hour_offset(struct str text, int64_t *ret_offset);

/* The time of a text, offset into its hour, where that is the one remembered, and whose times without a zone
   are of zone. */
bool hour_recall(const struct hour_memo *memo, struct str text, int64_t zone, int64_t offset,
		 int64_t *ret_time);
/* Remembers the hour of a text that is at time. */
void hour_note(struct hour_memo *memo, struct str text, int64_t zone, int64_t offset, int64_t time);
/* As clock_format(), of the time of a text in the hour remembered, whose minutes are its own. */
void hour_format(const struct hour_memo *memo, struct str text, char out[CLOCK_TEXT_SIZE]);

#endif
