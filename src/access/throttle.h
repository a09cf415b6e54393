/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_THROTTLE_H
#define ACCESS_THROTTLE_H
/*
 * Slows down the guessing of passwords and codes, per account and per address (of the connection: no header
 * says otherwise). The first
 * THROTTLE_FREE failures cost nothing; each one more doubles the wait, up to a
 * minute for an account (so that a stranger cannot lock its owner out for long)
 * and a quarter of an hour for an address. After THROTTLE_MEMORY without a
 * failure all is forgotten.
 *
 * An attempt is counted as a failure before the password is looked at, and the
 * count is taken back when it was right: attempts at the same moment do not slip
 * through. The table has a fixed size; where it is full the entry that failed
 * longest ago makes room. Kept in memory. Any thread.
 */
#include <stdint.h>

#include "base/str.h"

#define THROTTLE_FREE 5
#define THROTTLE_MEMORY INT64_C(3600000000)
#define THROTTLE_ACCOUNT_WAIT_MAX INT64_C(60000000)
#define THROTTLE_ADDRESS_WAIT_MAX INT64_C(900000000)
#define THROTTLE_ENTRIES 16384

struct throttle;

struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle); /* NULL is fine */

/* 0: go ahead, the attempt is counted. Else how long (µs) to wait; nothing is counted. An IPv6 address counts
   as its /64. */
int64_t throttle_begin(struct throttle *throttle, struct str account, const uint8_t address[16], int64_t now);

/* What the next throttle_begin() would say; counts nothing. */
int64_t throttle_wait(struct throttle *throttle, struct str account, const uint8_t address[16], int64_t now);

/* The attempt begun before was right, but is not enough yet (a second factor is asked for): it alone is taken
   back, and what failed before still counts. */
void throttle_passed(struct throttle *throttle, struct str account, const uint8_t address[16]);

/* The attempt begun before was right: the account's count is cleared, the address's loses this attempt. */
void throttle_succeeded(struct throttle *throttle, struct str account, const uint8_t address[16]);

#endif
