/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ASSIGNMENTS_H
#define STORE_ASSIGNMENTS_H
/*
 * The table address_assignments: who had an address, in the order in which it is asked for. A materialised
 * view copies the events of four actions there (doc/formats/sources.md, "Who had an address"), each under as
 *many keys as it can be asked for by:
 *
 *	ip:HEX          source.ip, 32 hex digits                        of address-assigned, address-released
 *	mac:HEX         source.mac, 12 lower-case hex digits            of the same
 *	user:NAME       user.name in lower case, without realm          of the same
 *	host:NAME       first label of source.domain in lower case      of the same
 *	nat:HEX:SLICE   source.nat.ip and source.nat.port divided by 64 of nat-created, nat-deleted;
 *	                SLICE is "-" where no port is named, and a block of ports has a row for each slice
 *
 * so that an answer is a few granules at one place, however much is stored. Rows are alike where they are
 *copies of one event, and merging drops copies: what is inserted twice is no harm.
 */
#include "base/buf.h"

#define ASSIGNMENTS "address_assignments"
#define ASSIGNMENTS_VIEW "address_assignments_view"
#define ASSIGNMENTS_DAYS 10 /* of reception that share a partition */

/* Append statements: CREATE TABLE, CREATE MATERIALIZED VIEW, and INSERT of what the events received on one
   day (counted from 1970) say. */
void assignments_table(unsigned version, struct buf *out);
void assignments_view(struct buf *out);
void assignments_backfill(int64_t day, struct buf *out);

#endif
