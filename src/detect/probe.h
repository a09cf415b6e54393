/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_PROBE_H
#define DETECT_PROBE_H
/* What the maker and the reader of the index must agree on. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

/* Bytes of a value's end that are looked up. */
#define END_LONG 8
#define END_SHORT 4

/* 64 bits of a key, the lower ones as good as the upper (Steele, Lea, Flood: SplittableRandom). */
static inline uint64_t probe_mix(uint64_t key)
{
	key = (key ^ key >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
	return key ^ key >> 29;
}

/* Equal numbers have equal keys, and no others. */
static inline uint64_t number_key(double number)
{
	uint64_t key;

	number += 0.0; /* -0 and 0 are one number */
	memcpy(&key, &number, sizeof(key));
	return probe_mix(key);
}

static inline uint64_t long_end_key(struct str text)
{
	uint64_t end;

	must(text.ptr && text.len >= END_LONG);
	memcpy(&end, text.ptr + text.len - END_LONG, sizeof(end));
	return probe_mix(end);
}

static inline uint64_t short_end_key(struct str text)
{
	uint32_t end;

	must(text.ptr && text.len >= END_SHORT);
	memcpy(&end, text.ptr + text.len - END_SHORT, sizeof(end));
	return probe_mix(end);
}

/* The number a text is, decimal or 0x…; false where it is none. */
bool text_number(struct str text, double *ret_number);

#endif
