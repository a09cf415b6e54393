/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_DIRECTORY_H
#define PEOPLE_DIRECTORY_H
/*
 * People out of a directory (LDAP, Active Directory), merged as an import is: what the directory says anew is
 * taken, what a person edited by hand stays, and a table that contradicts the directory is a conflict. What
 * the directory said last is kept, so that both can be told apart. Whoever it names no more is closed after
 * DIRECTORY_MISSING_DEFAULT complete answers without them, and never more than a fifth of all at once.
 */
#include "people/register.h"

#define DIRECTORY_PEOPLE_MAX 100000
#define DIRECTORY_TEXT_MAX REGISTER_TEXT_MAX /* more of a value is cut off */
#define DIRECTORY_MISSING_DEFAULT 3
#define DIRECTORY_BY "ldap" /* who states it */

/* key is what never changes there (entryUUID, objectGUID, the DN). Empty texts are unknown. */
struct directory_person {
	struct str key, number, name, phone, mail, unit;
};

struct directory_options {
	int64_t now;
	unsigned missing; /* how many answers must lack somebody; 0: the default */
	bool add_units;   /* a unit that the register lacks is added, by its name */
};

struct directory_summary {
	size_t people, added, changed, kept, failed, units, missing, closed;
	bool stopped;      /* more than a fifth would have been closed: nobody was */
	char message[256]; /* of the first that failed; or empty */
};

/* A whole answer of the directory. In one transaction. */
int directory_merge(struct db *db, const struct directory_person *people, size_t count,
		    const struct directory_options *options, struct directory_summary *ret_summary,
		    struct err *ret_err);

#endif
