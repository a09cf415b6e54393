/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RECORD_EVENT_H
#define BIN_RECORD_EVENT_H
/* A journal record as the event it is: for analyze, and for whoever looks at it again later. */
#include "correlate/correlate.h"
#include "coverage/clocks.h"
#include "enrich/enrich.h"
#include "journal/journal.h"
#include "parse/source.h"

/* What a record is made an event with; enricher and clocks may be NULL. */
struct record_means {
	struct parser *parser;
	struct enricher *enricher;
	const struct clocks *clocks;
	int64_t zone; /* µs east of UTC, for times that name none */
};

/* Into arena. The record's bytes must outlive the event. */
void record_event(const struct record_means *means, const struct journal_record *record, struct arena *arena,
		  struct event *ret_event);

/* Drills and imports have a time of their own. */
enum lane record_lane(const struct journal_record *record);

/* When it happened, else when it was received. */
int64_t record_time(const struct event *event);

#endif
