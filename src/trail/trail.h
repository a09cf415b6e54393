/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIL_TRAIL_H
#define TRAIL_TRAIL_H
/*
 * The audit trail as the console shows it: an index, in the business database, of
 * the journal's audit records (doc/formats/notices.md). The journal is the
 * evidence; this can be thrown away and made again from it. Who may ask is the
 * caller's business: the role audit_administrator and nobody else.
 *
 * A record is known by when it was received and its number, so that it may be
 * added again, and so that another journal's numbers do not meet this one's. Any
 * thread.
 */
#include "db/db.h"

#define TRAIL_PAGE_MAX 10000
#define TRAIL_KEPT_DAYS 1096 /* three years, as the journal keeps them */
#define TRAIL_PRUNE_STEP 10000

extern const struct db_schema trail_schema;

struct trail_record {
	uint64_t seq;
	int64_t time;    /* of receipt, µs */
	struct str text; /* the record: a JSON object, or shown as the action "unreadable" */
};

/* In one transaction; those that are there already are left out. 0 or a negative code. */
int trail_add(struct db *db, const struct trail_record *records, size_t count);

struct trail_entry {
	uint64_t seq;
	int64_t time;
	struct str user, role, address, via, action, object, outcome, detail; /* detail: a JSON object */
};

struct trail_filter {
	int64_t from, to;                 /* µs, [from, to) */
	struct str user, action, outcome; /* equal, the user's name in any case; empty: any */
	struct str text;                  /* anywhere in user, address, object or detail; ASCII in any case */
	bool after; /* only what is older than this entry: the last of the page before */
	int64_t after_time;
	uint64_t after_seq;
	unsigned limit; /* 1 … TRAIL_PAGE_MAX */
};

/* Calls visit for each, newest first, until it returns not 0, which is then returned. Views live during the
   call. */
int trail_list(struct db *db, const struct trail_filter *filter,
	       int (*visit)(void *context, const struct trail_entry *entry), void *context);

/* Deletes up to TRAIL_PRUNE_STEP of the oldest from before time. How many, or a negative code. */
int trail_prune(struct db *db, int64_t before);

#endif
