/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_STATEMENT_H
#define COVERAGE_STATEMENT_H
/*
 * What can be said of a span of time: that everything which should have come came,
 * or where it was blind, for whom and why. Made from the ledger when asked for.
 *
 *	unknown   nothing is known: before the first record, or not analysed yet
 *	down      collect was not there
 *	silent    a source said nothing for longer than its rhythm explains
 *	lost      messages were dropped by the kernel, or are missing by their numbers
 *	unparsed  more than UNPARSED_PERCENT of a sender's messages were not understood
 *
 * A silence of a source that was new (learning) is told and makes nobody blind. One that somebody
 *acknowledged is as blind as any other; what was said of it is told with it.
 */
#include "coverage/acknowledgement.h"

#define UNPARSED_PERCENT 10
#define UNPARSED_LEAST 10                   /* messages; fewer say nothing */
#define STATEMENT_BEHIND (5 * CLOCK_MINUTE) /* so far analyze may be behind now */
#define STATEMENT_GAPS_MAX 10000

enum gap_reason { GAP_UNKNOWN, GAP_DOWN, GAP_SILENT, GAP_LOST, GAP_UNPARSED, GAP_REASONS };

struct gap {
	enum gap_reason reason;
	struct ledger_talker talker; /* id 0: nobody in particular */
	int64_t from, to;            /* within the span asked for */
	bool lasts;                  /* it is not over */
	bool learning;
	int64_t count, received;             /* LOST: messages; UNPARSED: how many of how many */
	struct acknowledgement acknowledged; /* SILENT; until is when it ended, where it was taken back */
};

struct statement {
	int64_t from, to;
	int64_t until; /* what is said holds up to then: to, or as far as was analysed */
	bool blind;
	size_t gaps;    /* given to visit; those of more than STATEMENT_GAPS_MAX only count */
	size_t talkers; /* learnt and registered ones heard or silent in it */
};

/* Gaps by reason and then by time. now: nothing is expected of what comes later. The views live until visit
   returns; one other than 0 ends it and is returned. */
typedef int gap_visit(void *context, const struct gap *gap);
int statement_make(struct db *db, int64_t from, int64_t to, int64_t now, gap_visit *visit, void *context,
		   struct statement *ret_statement);

const char *gap_reason_name(enum gap_reason reason);

/* How many sources there are now and how many of them are wanting, over the last whole hour and what has
   passed of this one. A source is counted once: silent before blind. */
struct coverage_counts {
	int64_t sources;
	int64_t silent;       /* still, for longer than its rhythm explains */
	int64_t acknowledged; /* of them, whose silence somebody knows of now */
	int64_t blind;        /* it talks, but messages were lost, or are not understood */
	bool down;            /* nothing is known of now: collect or analyze is not there */
	int64_t until;        /* what is said holds up to then; 0: nothing was ever heard */
};
int coverage_count(struct db *db, int64_t now, struct coverage_counts *ret_counts);

#endif
