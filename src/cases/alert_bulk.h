/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_ALERT_BULK_H
#define CASES_ALERT_BULK_H
/*
 * One decision about many alerts. Each is changed as alert_update() would, in transactions of
 * ALERT_BULK_CHUNK, so that what comes in meanwhile waits for no more than one of them. What was there before
 * goes to the caller, for the way back.
 */
#include "cases/alert.h"

#define ALERT_BULK_MAX 1000
#define ALERT_BULK_CHUNK 100

struct alert_bulk {
	struct alert_change change;
	const struct str *assignee; /* of the incidents they belong to; empty: nobody; NULL: stays */
};

enum alert_outcome {
	ALERT_CHANGED,
	ALERT_SAME, /* it was so already */
	ALERT_NOT_FOUND,
	ALERT_REFUSED, /* its incident takes nobody any more */
};

/* What became of one, and how it was before; views live until the visit returns. */
struct alert_result {
	struct str id;
	enum alert_outcome outcome;
	enum alert_status status;
	struct str note, assignee;
};

/* The results come in the order of ids, also where a later chunk fails: then what was visited is done. */
int alerts_change(struct db *db, const struct str *ids, size_t count, const struct alert_bulk *bulk,
		  int (*visit)(void *context, const struct alert_result *result), void *context);

#endif
