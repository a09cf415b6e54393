/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_IGNORED_H
#define PEOPLE_IGNORED_H
/*
 * What was seen, is in no register, and need not be for now: somebody looked at it and said until when, and
 * why. It is no part of the register and says nothing of any asset. When its time is over it is seen again by
 * itself.
 */
#include "db/db.h"
#include "people/identifier.h"

#define IGNORED_MAX 1000 /* in force at once, of one kind; more are not listed */

struct ignored {
	int64_t id;
	enum identifier_kind kind; /* ADDRESS, HOST or DOMAIN */
	struct str value;          /* as identifier_write() writes it */
	int64_t said, until;       /* µs */
	struct str by, reason;
};

/* In the place of what was said of it before. thing->id is not looked at. 0 or a negative code. */
int ignored_add(struct db_tx *tx, const struct ignored *thing, int64_t *ret_id);

/* Before its time; ERR_END where that one is not in force. */
int ignored_end(struct db_tx *tx, int64_t id, int64_t now);

/* 1 where it is in force, 0 where not, or a negative code. One search of an index. */
int ignored_holds(struct db_tx *tx, enum identifier_kind kind, struct str value, int64_t now);

/* Those in force, the newest first, IGNORED_MAX at most. The views live until visit returns; a visit other
   than 0 ends it and is returned. */
typedef int ignored_visit(void *context, const struct ignored *thing);
int ignored_list(struct db_tx *tx, enum identifier_kind kind, int64_t now, ignored_visit *visit,
		 void *context);

#endif
