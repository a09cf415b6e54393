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

struct package_follow;

/* proofs is finished; heads are sorted. All stay the caller's. */
struct package_follow *package_follow_new(struct audit_spool *proofs, const struct audit_heads *heads,
					  const struct audit_report *report,
					  struct audit_package_summary *summary);
void package_follow_free(struct package_follow *follow); /* NULL is fine */

/* The next bytes of records.ndjson. */
int package_follow_add(struct package_follow *follow, struct str piece);

/* After the last: tells what stays without a proof. */
void package_follow_end(struct package_follow *follow);

#endif
