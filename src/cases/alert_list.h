/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_ALERT_LIST_H
#define CASES_ALERT_LIST_H
/*
 * Pages of alerts, newest first, and how many there are. The cursor is the key
 * of the last alert shown, so a page stays right while alerts arrive. Level,
 * status and drill are narrowed by one index range for each wanted combination,
 * at most as many rows each as the page holds. Tactics have an index range each.
 */
#include "cases/alert_count.h"

#define ALERT_PAGE_MAX 500
#define ALERT_WORDS_MAX 8
#define ALERT_TACTICS_MAX 16
#define ALERT_UNITS_MAX 1000
#define ALERT_COUNT_MAX 10000 /* with anything but level, status and drill, counting stops here */

struct alert_filter {
	int64_t from, to;          /* µs, [from, to) */
	unsigned levels, statuses; /* bit 1 << level, 1 << status; 0: any */
	enum alert_lane drill;
	struct str rule;           /* rule id; empty: any */
	const struct str *tactics; /* "initial-access"; an alert that has any of them */
	size_t tactic_count;       /* 0: any alert; at most ALERT_TACTICS_MAX */
	struct str source_ip;      /* as it is kept; empty: any */
	struct str assignee;       /* of the incident it belongs to; empty: any */
	int64_t asset, unit;       /* of that incident; a unit stands for those below it too; 0: any */
	struct str words; /* all of them, as beginnings of words in the titles, host, user or address; empty:
			     any */
	int64_t cursor;   /* 0: the first page */
	unsigned limit;   /* 1 … ALERT_PAGE_MAX */
};

/* Calls visit for each; *ret_cursor is 0 where the last page was reached. why and event are empty. */
int alerts_list(struct db *db, const struct alert_filter *filter, alert_visit *visit, void *context,
		int64_t *ret_cursor);

/* How many match; cursor and limit are ignored. *ret_exact is false where counting stopped at
 * ALERT_COUNT_MAX. */
int alerts_count(struct db *db, const struct alert_filter *filter, int64_t *ret_count, bool *ret_exact);

/* The rules of the newest ALERT_COUNT_MAX that match, the worst level first, then the most frequent, at most
   limit (1 … ALERT_TOP_MAX); rule, cursor and limit of the filter are ignored. */
int alerts_rules(struct db *db, const struct alert_filter *filter, unsigned limit,
		 int (*visit)(void *context, const struct alert_top_row *row), void *context);

#endif
