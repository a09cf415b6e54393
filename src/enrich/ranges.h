/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENRICH_RANGES_H
#define ENRICH_RANGES_H
/*
 * Inside enrich/: which of many ranges of addresses hold one. The ranges may overlap in any way; they are cut
 * into pieces that do not, in order, and each piece has its list of ranges, the narrowest first. So that a
 * lookup is one binary search. Made once and then shared by all threads.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANGES_DEPTH_MAX 32 /* ranges that hold one address */

__extension__ typedef unsigned __int128 address_number;

/* 16 bytes in network order as a number. */
address_number address_number_of(const uint8_t ip[16]);

struct range {
	address_number first, last; /* both in it */
	int64_t rank;               /* of equal width the higher goes before */
	uint32_t number;            /* the caller's */
};

struct ranges;

/* Of ranges in any order, which get sorted. NULL, with *ret_refused the
   number of one of them, where more than RANGES_DEPTH_MAX hold one address. */
struct ranges *ranges_new(struct range *items, size_t count, uint32_t *ret_refused);
void ranges_free(struct ranges *ranges);

/* The list of those that hold the address; *ret_count 0 where none does. Lives as long as the ranges. */
const uint32_t *ranges_find(const struct ranges *ranges, address_number address, size_t *ret_count);

#endif
