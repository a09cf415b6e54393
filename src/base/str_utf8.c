/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

/* Length of the sequence at p that has n bytes to go, 0 where it is malformed (Unicode 15, table 3-7). */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (n < len)
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return len;
}

size_t str_utf8_len(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t at = 0;

	while (at < s.len) {
		uint64_t word;
		size_t n;

		while (s.len - at >= 8 && (memcpy(&word, p + at, 8), !(word & 0x8080808080808080u)))
			at += 8;
		if (at == s.len)
			break;
		n = utf8_sequence(p + at, s.len - at);
		if (!n)
			break;
		at += n;
	}
	return at;
}

#ifdef __AVX2__

/*
 * Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021): what can be wrong with
 * two bytes that follow each other is looked up by three of their four halves, and is wrong where all three
 * agree.
 */
enum {
	TOO_SHORT = 1 << 0,  /* a leading byte, and no continuation after it */
	TOO_LONG = 1 << 1,   /* ASCII, and a continuation after it */
	OVERLONG_3 = 1 << 2, /* E0 80 to E0 9F */
	TOO_LARGE = 1 << 3,  /* F4 90 and above */
	SURROGATE = 1 << 4,  /* ED A0 to ED BF */
	OVERLONG_2 = 1 << 5, /* C0, C1 */
	OVERLONG_4 = 1 << 6, /* F0 80 to F0 8F; also F5 80 and above */
	TWO_MORE = 1 << 7,   /* two continuations: right only behind E0 and above, which is checked apart */
	ANY_LOW = TOO_SHORT | TOO_LONG | TWO_MORE,
	F5_UP = ANY_LOW | TOO_LARGE | OVERLONG_4,
};

/* The bytes that stand n before those of now. */
#define BEFORE(now, last, n) \
	_mm256_alignr_epi8((now), _mm256_permute2x128_si256((last), (now), 0x21), 16 - (n))

#define TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

static inline __m256i high_half(__m256i bytes)
{
	return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

/* Not 0 where the bytes of now, with the three before them, are malformed. */
static inline __m256i find_errors(__m256i now, __m256i last)
{
	const __m256i first_high =
		TABLE(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
		      (char)TWO_MORE, (char)TWO_MORE, (char)TWO_MORE, (char)TWO_MORE, TOO_SHORT | OVERLONG_2,
		      TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4);
	const __m256i first_low =
		TABLE((char)(ANY_LOW | OVERLONG_2 | OVERLONG_3 | OVERLONG_4), (char)(ANY_LOW | OVERLONG_2),
		      (char)ANY_LOW, (char)ANY_LOW, (char)(ANY_LOW | TOO_LARGE), (char)F5_UP, (char)F5_UP,
		      (char)F5_UP, (char)F5_UP, (char)F5_UP, (char)F5_UP, (char)F5_UP, (char)F5_UP,
		      (char)(F5_UP | SURROGATE), (char)F5_UP, (char)F5_UP);
	const __m256i second_high =
		TABLE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
		      (char)(TOO_LONG | TWO_MORE | OVERLONG_2 | OVERLONG_3 | OVERLONG_4),
		      (char)(TOO_LONG | TWO_MORE | OVERLONG_2 | OVERLONG_3 | TOO_LARGE),
		      (char)(TOO_LONG | TWO_MORE | OVERLONG_2 | SURROGATE | TOO_LARGE),
		      (char)(TOO_LONG | TWO_MORE | OVERLONG_2 | SURROGATE | TOO_LARGE), TOO_SHORT, TOO_SHORT,
		      TOO_SHORT, TOO_SHORT);
	const __m256i first = BEFORE(now, last, 1);
	const __m256i wrong = _mm256_and_si256(
		_mm256_and_si256(
			_mm256_shuffle_epi8(first_high, high_half(first)),
			_mm256_shuffle_epi8(first_low, _mm256_and_si256(first, _mm256_set1_epi8(0x0F)))),
		_mm256_shuffle_epi8(second_high, high_half(now)));
	/* The third byte of three and more, and the fourth of four: there, TWO_MORE must be set. */
	const __m256i third = _mm256_subs_epu8(BEFORE(now, last, 2), _mm256_set1_epi8(0xE0 - 0x80));
	const __m256i fourth = _mm256_subs_epu8(BEFORE(now, last, 3), _mm256_set1_epi8(0xF0 - 0x80));
	const __m256i must_follow =
		_mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));

	return _mm256_xor_si256(must_follow, wrong);
}

static inline __m256i load(const char *bytes)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

bool str_is_utf8(struct str s)
{
	__m256i last = _mm256_setzero_si256(), error = last;
	char tail[32] = {0};
	size_t at = 0;

	for (; s.len - at >= 32; at += 32) {
		const __m256i now = load(s.ptr + at);

		if (_mm256_movemask_epi8(_mm256_or_si256(now, last)))
			error = _mm256_or_si256(error, find_errors(now, last));
		last = now;
	}
	if (at < s.len)
		memcpy(tail, s.ptr + at, s.len - at);
	error = _mm256_or_si256(error, find_errors(load(tail), last)); /* the zeros end what is open */
	return _mm256_testz_si256(error, error);
}

#else

bool str_is_utf8(struct str s)
{
	return str_utf8_len(s) == s.len;
}

#endif
