/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_ALERT_COUNT_H
#define CASES_ALERT_COUNT_H
/*
 * How many alerts there were: over time by level and status, and by tactic,
 * address, country and rule. Answered from counts that are kept when alerts come in, by
 * the minute and by the hour; what lies outside whole hours is counted from the
 * alerts themselves, so the figures are exact.
 */
#include "cases/alert.h"

#define ALERT_TOP_MAX 100
#define ALERT_VALUES_MAX 5000

/* By minute of the alert's time: calls visit once for each bucket and each level that has alerts, in order of
   time. from, to and step (µs) are whole minutes; buckets begin at multiples of step since 1970, and the
   first and the last hold only what is in the span. */
int alerts_series(struct db *db, int64_t from, int64_t to, int64_t step,
		  int (*visit)(void *context, int64_t time, enum alert_level level, int64_t count),
		  void *context);

struct alert_totals {
	int64_t total, open; /* open: new or acknowledged */
	int64_t by_level[ALERT_LEVEL_COUNT];
};

/* from and to are whole minutes. */
int alerts_totals(struct db *db, int64_t from, int64_t to, struct alert_totals *ret_totals);

/* Numbered as stored: never renumber. Countries are those of the event's addresses (ISO 3166-1), a region is
   that of its source (ISO 3166-2). */
enum alert_top {
	ALERT_TOP_TACTIC,
	ALERT_TOP_SOURCE,
	ALERT_TOP_DESTINATION,
	ALERT_TOP_RULE,
	ALERT_TOP_SOURCE_COUNTRY,
	ALERT_TOP_DESTINATION_COUNTRY,
	ALERT_TOP_SOURCE_REGION,
	ALERT_TOP_KINDS
};

/* The most frequent values, most first, at most limit (1 … ALERT_VALUES_MAX). titles and level are those of a
   rule; title_zh may be empty. */
struct alert_top_row {
	struct str key, title, title_zh;
	enum alert_level level;
	int64_t count;
};
int alerts_top(struct db *db, enum alert_top kind, int64_t from, int64_t to, unsigned limit,
	       int (*visit)(void *context, const struct alert_top_row *row), void *context);

#endif
