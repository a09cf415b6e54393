/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_BLOCK_H
#define BASE_JSON_BLOCK_H
/*
 * 64 bytes of text as bit masks, bit n for byte n: with AVX2 where the build has
 * it, else a byte at a time.
 */
#include <stdint.h>

#if defined(__AVX2__) && !defined(JSON_SCALAR)
#define JSON_AVX2 1
#include <immintrin.h>
#endif

struct json_block {
	uint64_t quote, backslash, space;
	uint64_t op;      /* { } [ ] , : and, harmlessly, the control characters 0x0C and 0x1A */
	uint64_t control; /* below 0x20 */
	uint64_t high;    /* above 0x7F */
};

#ifdef JSON_AVX2

static inline uint64_t json_block_mask(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline uint64_t json_block_eq(__m256i low, __m256i high, char c)
{
	const __m256i wanted = _mm256_set1_epi8(c);

	return json_block_mask(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

/* Each table holds, under the low four bits of a character, the only one looked for with those bits, and
   else 0, which equals no byte that looks it up. A byte above 0x7F looks up 0 too. */
static inline __m256i json_block_spaces(__m256i bytes)
{
	const __m256i table = _mm256_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0, ' ',
					       0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0);

	return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes), bytes);
}

static inline __m256i json_block_ops(__m256i bytes)
{
	const __m256i table = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0, 0, 0,
					       0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0);

	/* 0x20 makes [ and ] of { and }. */
	return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes),
				 _mm256_or_si256(bytes, _mm256_set1_epi8(0x20)));
}

static inline struct json_block json_block_load(const char *bytes)
{
	const __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
	const __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
	const __m256i last_control = _mm256_set1_epi8(0x1F);

	return (struct json_block){
		.quote = json_block_eq(low, high, '"'),
		.backslash = json_block_eq(low, high, '\\'),
		.space = json_block_mask(json_block_spaces(low), json_block_spaces(high)),
		.op = json_block_mask(json_block_ops(low), json_block_ops(high)),
		.control =
			json_block_mask(_mm256_cmpeq_epi8(_mm256_max_epu8(low, last_control), last_control),
					_mm256_cmpeq_epi8(_mm256_max_epu8(high, last_control), last_control)),
		.high = json_block_mask(low, high),
	};
}

#else

static inline struct json_block json_block_load(const char *bytes)
{
	struct json_block block = {0};

	for (int i = 0; i < 64; i++) {
		const unsigned char c = (unsigned char)bytes[i];
		const uint64_t bit = UINT64_C(1) << i;

		block.quote |= c == '"' ? bit : 0;
		block.backslash |= c == '\\' ? bit : 0;
		block.space |= c == ' ' || c == '\t' || c == '\n' || c == '\r' ? bit : 0;
		block.op |= (c | 0x20) == '{' || (c | 0x20) == '}' || (c | 0x20) == ',' || (c | 0x20) == ':'
				    ? bit
				    : 0;
		block.control |= c < 0x20 ? bit : 0;
		block.high |= c > 0x7F ? bit : 0;
	}
	return block;
}

#endif
#endif
