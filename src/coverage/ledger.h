/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_LEDGER_H
#define COVERAGE_LEDGER_H
/*
 * Who talked when, in core's database: the talkers, what each said in each hour,
 * and the spans in which something is missing. Written from analyze's messages
 * (change.h), each range of the journal once: what was applied and how far is
 * changed in one transaction. Read by the API, the command and the daily
 * statement. Any thread.
 */
#include "coverage/change.h"
#include "db/db.h"

#define LEDGER_RETAIN_STEP 10000 /* rows a transaction of ledger_retain() */

extern const struct db_schema coverage_schema;

/* Takes a message. *ret_value: for one of no records (first == end) the newest time of receipt that is known
   of that journal, 0 if none; else 1 where it was applied, 0 where it had been before. ERR_PROTOCOL where it
   is malformed, and then nothing of it was taken. */
int ledger_apply(struct db *db, struct str message, uint64_t *ret_value);

/* Since when and until when (times of receipt) something is known; both 0: never. */
int ledger_known(struct db *db, int64_t *ret_from, int64_t *ret_to);

struct ledger_talker {
	uint64_t id;
	enum talker_kind kind;
	struct str listener; /* its name */
	struct str peer;     /* as text; empty: local */
	struct str source, name;
};

struct ledger_hour {
	struct ledger_talker talker;
	int64_t hour;
	int64_t received, bytes, unparsed, lost;
	int64_t expected;                      /* EXPECTED_UNKNOWN; also while the hour runs */
	int64_t delay, delay_max, clock_error; /* µs */
	int64_t silent;                        /* µs of it */
	bool unsure;                           /* lost is not all: several senders share the numbers */
};

/* The hours that begin in [from, to), by talker and then by hour; source: the talkers of that one only,
   unless empty. A visit other than 0 ends it and is returned. The views live until visit returns. */
typedef int ledger_hour_visit(void *context, const struct ledger_hour *hour);
int ledger_hours(struct db *db, int64_t from, int64_t to, struct str source, ledger_hour_visit *visit,
		 void *context);

/* Deletes what ended before that time, at most LEDGER_RETAIN_STEP rows of a table; returns how many. */
int ledger_retain(struct db *db, int64_t before);

/* Days whose statement was said: their numbers since 1970, local. -1: none yet. */
int ledger_last_day(struct db *db, int64_t *ret_day);
int ledger_add_day(struct db *db, int64_t day, bool blind, int64_t now);

#endif
