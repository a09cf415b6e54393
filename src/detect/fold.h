/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_FOLD_H
#define DETECT_FOLD_H
/* Lower case and search for texts of events, many bytes at a time. */
#include <stdint.h>

#include "base/finder.h"

/* Eight bytes at once: 'A' to 'Z' get 0x20, all others stay. */
static inline uint64_t fold_word(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t low = word & 0x7f * ones; /* no carry from byte to byte */
	uint64_t from_a = low + (0x80 - 'A') * ones, above_z = low + (0x7f - 'Z') * ones;
	uint64_t upper = (from_a ^ above_z) & ~word & 0x80 * ones;

	return word | upper >> 2;
}

static inline void fold_eight(char *out, const char *in)
{
	uint64_t word;

	memcpy(&word, in, sizeof(word));
	word = fold_word(word);
	memcpy(out, &word, sizeof(word));
}

#ifdef __AVX2__
#define FOLD_STEP 32

static inline void fold_step(char *out, const char *in)
{
	const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)in);
	/* 'A' to 'Z' become the 26 lowest of signed bytes. */
	const __m256i moved = _mm256_add_epi8(bytes, _mm256_set1_epi8((char)(0x80 - 'A')));
	const __m256i upper = _mm256_cmpgt_epi8(_mm256_set1_epi8(-128 + 26), moved);

	_mm256_storeu_si256((__m256i *)(void *)out,
			    _mm256_or_si256(bytes, _mm256_and_si256(upper, _mm256_set1_epi8(0x20))));
}
#else
#define FOLD_STEP 8
#define fold_step fold_eight
#endif

/* Fewer than eight bytes as a word, the rest of which is 0. */
static inline uint64_t fold_load(const char *in, size_t len)
{
	uint32_t head, tail;

	if (len < 4)
		return len ? (uint64_t)(uint8_t)in[0] | (uint64_t)(uint8_t)in[len / 2] << 8 * (len / 2) |
				       (uint64_t)(uint8_t)in[len - 1] << 8 * (len - 1)
			   : 0;
	memcpy(&head, in, sizeof(head));
	memcpy(&tail, in + len - sizeof(tail), sizeof(tail));
	return head | (uint64_t)tail << 8 * (len - sizeof(tail));
}

/* In lower case. Each step but the first may overlap the one before. out has room for FINDER_PADDING bytes
 * more. */
static inline void fold_copy(char *out, const char *in, size_t len)
{
	if (len >= FOLD_STEP) {
		for (size_t i = 0; i + FOLD_STEP < len; i += FOLD_STEP)
			fold_step(out + i, in + i);
		fold_step(out + len - FOLD_STEP, in + len - FOLD_STEP);
	} else if (len >= 8) {
		for (size_t i = 0; i + 8 < len; i += 8)
			fold_eight(out + i, in + i);
		fold_eight(out + len - 8, in + len - 8);
	} else {
		uint64_t word = fold_word(fold_load(in, len));

		memcpy(out, &word, sizeof(word));
	}
}

/* The same where the text stands, with as much room behind it. */
static inline void fold_in_place(char *text, size_t len)
{
	for (size_t i = 0; i < len; i += FOLD_STEP)
		fold_step(text + i, text + i);
}

/* Whether needle, which is not empty, is in text, which is readable for FINDER_PADDING bytes more. */
static inline bool fold_contains(struct str text, struct str needle)
{
#ifdef __AVX2__
	const __m256i first = _mm256_set1_epi8(needle.ptr[0]);
	const __m256i last = _mm256_set1_epi8(needle.ptr[needle.len - 1]);

	for (size_t at = 0; at + needle.len <= text.len; at += 32) {
		const char *end = text.ptr + at + needle.len - 1;
		const __m256i starts = _mm256_cmpeq_epi8(
			first, _mm256_loadu_si256((const __m256i *)(const void *)(text.ptr + at)));
		const __m256i ends =
			_mm256_cmpeq_epi8(last, _mm256_loadu_si256((const __m256i *)(const void *)end));
		uint32_t places = (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(starts, ends));

		for (; places; places &= places - 1) {
			size_t place = at + (unsigned)__builtin_ctz(places);

			if (place + needle.len > text.len)
				return false;
			if (memcmp(text.ptr + place, needle.ptr, needle.len) == 0)
				return true;
		}
	}
	return false;
#else
	return memmem(text.ptr, text.len, needle.ptr, needle.len) != NULL;
#endif
}

/* Where the last \ or / of the text, which is readable for FINDER_PADDING bytes more, stands; STR_NOT_FOUND
 * where there is none. */
static inline size_t fold_last_separator(struct str text)
{
#ifdef __AVX2__
	size_t end = text.len;

	while (end > 0) {
		size_t start = end > 32 ? end - 32 : 0;
		const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text.ptr + start));
		const __m256i either = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')),
						       _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('/')));
		uint32_t places = (uint32_t)_mm256_movemask_epi8(either);

		if (end - start < 32)
			places &= (UINT32_C(1) << (end - start)) - 1;
		if (places)
			return start + 31 - (unsigned)__builtin_clz(places);
		end = start;
	}
#else
	for (size_t i = text.len; i-- > 0;)
		if (text.ptr[i] == '\\' || text.ptr[i] == '/')
			return i;
#endif
	return STR_NOT_FOUND;
}

#endif
