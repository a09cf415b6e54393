/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PACKAGE_FOLLOW_H
#define AUDIT_PACKAGE_FOLLOW_H
/*
 * The records of a package, followed in the order of their leaves: the tree is made
 * from them and the nodes that the proofs give for what lies between, and compared
 * with the heads where the proofs say so.
 */
#include "audit/package.h"
#include "audit/spool.h"

struct follow;

/* proofs is finished; heads are sorted. All stay the caller's. */
struct follow *follow_new(struct audit_spool *proofs, const struct audit_heads *heads,
			  const struct audit_report *report, struct audit_package_summary *summary);
void follow_free(struct follow *follow); /* NULL is fine */

/* The next bytes of records.ndjson. */
int follow_add(struct follow *follow, struct str piece);

/* After the last: tells what stays without a proof. */
void follow_end(struct follow *follow);

#endif
