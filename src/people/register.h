/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_REGISTER_H
#define PEOPLE_REGISTER_H
/*
 * The register: units, people, duties and assets, each valid from one time to another, and each statement
 * about them kept together with when it was made, by whom and why (doc/formats/register.md).
 *
 * A row of it says: from valid_from until valid_to this was so. It is never changed; a later statement about
 * the same time supersedes it, and both stay. So there are two times to every question: what was so at a
 * moment ("time"), as the register stood at another ("known"; 0: now).
 *
 * What has been said about the past changes only by a statement about the past, a correction: that needs a
 * reason, and owner_corrected() tells of it.
 *
 * Everything here runs inside a transaction of the caller, who rolls back where a call failed. Texts passed
 * in are copied; those handed to a visitor live until it returns.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

extern const struct db_schema register_schema;

#define REGISTER_OPEN INT64_MAX /* valid_to: no end is known */
#define REGISTER_TEXT_MAX 400   /* bytes of a name, code, number, address … */
#define REGISTER_NOTE_MAX 4000  /* bytes of a note, a purpose, a reason */
#define REGISTER_WARNINGS_MAX 16
#define REGISTER_PAGE_MAX 1000
#define REGISTER_GRACE (5 * INT64_C(60000000)) /* µs in the past that need no reason: clocks differ */

/* Numbered as stored: never renumber. */
enum register_kind { REGISTER_UNIT = 1, REGISTER_PERSON, REGISTER_DUTY, REGISTER_ASSET };

/* What is allowed and still probably wrong. */
struct register_warnings {
	size_t count; /* those beyond REGISTER_WARNINGS_MAX are counted only */
	char text[REGISTER_WARNINGS_MAX][256];
};

/* A statement that somebody makes about [from, to). */
struct statement {
	int64_t from, to;                   /* µs; from 0: now; to 0: REGISTER_OPEN */
	int64_t now;                        /* clock_now() */
	int64_t version;                    /* that the caller saw; 0: any. Another one: ERR_BUSY */
	struct str by;                      /* user name */
	struct str reason;                  /* needed where from is in the past: else ERR_DENIED */
	bool also;                          /* a duty: beside whoever holds it already */
	bool instead;                       /* a duty: that of the others ends where this begins */
	struct register_warnings *warnings; /* may be NULL */
};

/* Moves where the thing begins or ends to be valid: NULL stays. Shortened, the time cut off is no more part
   of it; lengthened, its first or last state is. */
struct register_span {
	const int64_t *from, *to;
};

/* When a thing may be asked about. Zero-initialised: now, as known now. */
struct register_view {
	int64_t time;  /* µs; 0: now */
	int64_t known; /* µs; 0: now */
	int64_t scope; /* this unit and those below it alone; 0: all */
};

/* One statement that was made about a thing, latest first. */
struct register_change {
	int64_t thing, version, at, from, to;
	const char *action; /* "add", "update", "span", "close" */
	struct str by, reason;
	bool past; /* it changed what had been said about a time before it */
};
typedef int register_change_visit(void *context, const struct register_change *change);
int register_history(struct db_tx *tx, int64_t thing, register_change_visit *visit, void *context);

/* The number of the latest statement: rises with every change, 0 where there is none. */
int register_latest(struct db_tx *tx, int64_t *ret_number);

#endif
