/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FINDER_H
#define BASE_FINDER_H
/*
 * Where in a text one of a few short byte strings may begin, 32 places at a time.
 * As in Teddy (Langdale, Hyperscan): strings are dealt to eight buckets; for each
 * of their first four bytes two tables say, by a byte's lower and upper half, in which
 * buckets it can stand there. Finds too much, never too little.
 *
 * Texts must be readable for FINDER_PADDING bytes behind their end.
 */
#include <stdint.h>

#include "base/str.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define FINDER_BYTES 4
#define FINDER_BLOCK 32
#define FINDER_PADDING 64
#define FINDER_MAX 96 /* strings beyond which little is gained */
#define FINDER_BUCKETS 8
#define FINDER_APART 7 /* the bucket, of the highest bit, whose strings can be told from the others */

struct finder {
	uint8_t low[FINDER_BYTES][16], high[FINDER_BYTES][16];
};

/* Strings of 1 byte or more, of which the first FINDER_BYTES count; best sorted. */
static inline void finder_add(struct finder *finder, const char *bytes, size_t len, unsigned bucket)
{
	uint8_t bit = (uint8_t)(1u << bucket % FINDER_BUCKETS);

	for (unsigned i = 0; i < FINDER_BYTES; i++)
		for (unsigned half = 0; half < 16; half++) {
			uint8_t byte = i < len ? (uint8_t)bytes[i] : 0;

			if (i >= len || (byte & 15) == half)
				finder->low[i][half] |= bit;
			if (i >= len || byte >> 4 == half)
				finder->high[i][half] |= bit;
		}
}

#ifdef __AVX2__

static inline __m256i finder_table(const uint8_t table[16])
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

/* The buckets that the bytes from at on can be byte number i of. */
static inline __m256i finder_step(const struct finder *finder, const char *at, unsigned i)
{
	const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(at + i));
	const __m256i half = _mm256_set1_epi8(15);
	const __m256i low = _mm256_shuffle_epi8(finder_table(finder->low[i]), _mm256_and_si256(bytes, half));
	const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);

	return _mm256_and_si256(low, _mm256_shuffle_epi8(finder_table(finder->high[i]), upper));
}

/* The buckets whose strings may begin at each place from at on. */
static inline __m256i finder_buckets(const struct finder *finder, const char *at)
{
	const __m256i first = _mm256_and_si256(finder_step(finder, at, 0), finder_step(finder, at, 1));
	const __m256i second = _mm256_and_si256(finder_step(finder, at, 2), finder_step(finder, at, 3));

	return _mm256_and_si256(first, second);
}

/* Bit n: one of the strings may begin at at + n. */
static inline uint32_t finder_block(const struct finder *finder, const char *at)
{
	const __m256i buckets = finder_buckets(finder, at);

	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, _mm256_setzero_si256()));
}

/* The same, but for those of the bucket FINDER_APART, which come in *ret_apart. */
static inline uint32_t finder_block_apart(const struct finder *finder, const char *at, uint32_t *ret_apart)
{
	const __m256i buckets = finder_buckets(finder, at);
	const __m256i others = _mm256_and_si256(buckets, _mm256_set1_epi8(0x7f));

	*ret_apart = (uint32_t)_mm256_movemask_epi8(buckets); /* the highest bits */
	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(others, _mm256_setzero_si256()));
}

#else

static inline uint32_t finder_block_apart(const struct finder *finder, const char *at, uint32_t *ret_apart)
{
	uint32_t places = 0, apart = 0;

	for (unsigned n = 0; n < FINDER_BLOCK; n++) {
		uint8_t buckets = 0xff;

		for (unsigned i = 0; i < FINDER_BYTES; i++) {
			uint8_t byte = (uint8_t)at[n + i];

			buckets &= finder->low[i][byte & 15] & finder->high[i][byte >> 4];
		}
		places |= (uint32_t)((buckets & 0x7f) != 0) << n;
		apart |= (uint32_t)(buckets >> FINDER_APART) << n;
	}
	*ret_apart = apart;
	return places;
}

static inline uint32_t finder_block(const struct finder *finder, const char *at)
{
	uint32_t apart, places = finder_block_apart(finder, at, &apart);

	return places | apart;
}

#endif

/* The places within a text, of which len bytes are left. */
static inline uint32_t finder_within(uint32_t places, size_t len)
{
	return len < FINDER_BLOCK ? places & ((UINT32_C(1) << len) - 1) : places;
}

/* Bit n: one of the strings may begin at at + n in the text. */
static inline uint32_t finder_places(const struct finder *finder, struct str text, size_t at)
{
	return finder_within(finder_block(finder, text.ptr + at), text.len - at);
}

#endif
