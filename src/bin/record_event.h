/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RECORD_EVENT_H
#define BIN_RECORD_EVENT_H
/* A journal record as the event it is: for analyze, and for whoever looks at it again later. */
#include "correlate/correlate.h"
#include "enrich/enrich.h"
#include "journal/journal.h"
#include "parse/source.h"

/* Into arena; enricher: NULL adds nothing; zone: µs east of UTC, for times that name none. The record's bytes
 * must outlive the event. */
void record_event(struct parser *parser, struct enricher *enricher, const struct journal_record *record,
		  int64_t zone, struct arena *arena, struct event *ret_event);

/* Drills and imports have a time of their own. */
enum lane record_lane(const struct journal_record *record);

/* When it happened, else when it was received. */
int64_t record_time(const struct event *event);

#endif
