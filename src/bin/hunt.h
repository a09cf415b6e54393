/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_HUNT_H
#define BIN_HUNT_H
/*
 * A rule held against the past. The store says which events may match (detect/sql.h),
 * the journal has their records, and each of those is evaluated as it was when it
 * arrived: what comes out is what the rule would have said. Without a store every
 * record of the span is evaluated. A correlation is fed with what the rules it refers to match.
 */
#include "bin/addresses.h"
#include "coverage/clocks.h"
#include "detect/detect.h"
#include "journal/journal.h"
#include "parse/source.h"
#include "store/client.h"

struct journal_key;

struct hunt_options {
	const struct ruleset *rules;
	uint32_t rule; /* its index */
	const struct source_set *sources;
	const struct addresses *addresses; /* may be NULL */
	int64_t zone;
	const struct clocks *clocks; /* may be NULL */
	const char *journal;         /* folder */
	const struct journal_key *journal_key;
	int64_t from, to; /* µs, of the events' time: [from, to) */
};

struct hunt_match {
	uint64_t seq;
	int64_t time;              /* µs */
	const struct event *event; /* NULL for a correlation: it is made of many */
	struct str why;            /* JSON object */
};

struct hunt_totals {
	uint64_t candidates; /* named by the store */
	uint64_t read;       /* records evaluated */
	uint64_t matches;
	uint64_t gone; /* candidates whose record the journal no longer has */
};

struct hunt;
struct hunt *hunt_new(const struct hunt_options *options);
void hunt_free(struct hunt *hunt);

/* Calls found for each match, in the order of the journal, and progress now and then; views live until they
   return. client: NULL reads the whole journal. 0, or a negative code with *ret_err filled; ERR_LIMIT where
   the store names too many events. */
typedef void hunt_found(void *context, const struct hunt_match *match);
typedef bool hunt_progress(void *context, uint64_t done, uint64_t total); /* false: enough, -ECANCELED */
int hunt_run(struct hunt *hunt, struct store_client *client, hunt_found *found, hunt_progress *progress,
	     void *context, struct hunt_totals *ret_totals, struct err *ret_err);

#endif
