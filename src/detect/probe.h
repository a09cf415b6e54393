/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_PROBE_H
#define DETECT_PROBE_H
/* What the maker and the reader of the index must agree on. */
#include <stdint.h>

/* Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4). */
static inline uint32_t gram_hash(uint32_t gram)
{
	uint32_t hash = gram * UINT32_C(2654435761);

	return hash ^ hash >> 15;
}

uint64_t number_key(double number);

#endif
