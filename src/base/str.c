/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <math.h>
#include <stdlib.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "base/err.h"

bool str_ieq(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	if (str_bytes_eq(a.ptr, b.ptr, a.len)) /* as most that are equal */
		return true;
	for (size_t i = 0; i < a.len; i++)
		if (char_lower(a.ptr[i]) != char_lower(b.ptr[i]))
			return false;
	return true;
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

#ifdef __AVX2__

#define VECTOR ((size_t)32)

/* Looks for the needle's first and last byte at their distance, 32 places at once, and compares where both
   are (W. Mula, "SIMD-friendly algorithms for substring searching"). True with *ret_at where it is found;
   false with *ret_at where the rest begins that is too short for a vector. */
static bool find_vectors(struct str s, struct str needle, size_t *ret_at)
{
	const size_t last = needle.len - 1;
	const __m256i head = _mm256_set1_epi8(needle.ptr[0]), tail = _mm256_set1_epi8(needle.ptr[last]);
	size_t at = 0;

	*ret_at = 0;
	if (s.len < VECTOR + last)
		return false;
	for (;;) {
		const __m256i *const heads = (const __m256i *)(const void *)(s.ptr + at);
		const __m256i *const tails = (const __m256i *)(const void *)(s.ptr + at + last);
		uint32_t hits = (uint32_t)_mm256_movemask_epi8(
			_mm256_and_si256(_mm256_cmpeq_epi8(_mm256_loadu_si256(heads), head),
					 _mm256_cmpeq_epi8(_mm256_loadu_si256(tails), tail)));

		for (; hits; hits &= hits - 1) {
			*ret_at = at + (size_t)__builtin_ctz(hits);
			if (str_bytes_eq(s.ptr + *ret_at, needle.ptr, needle.len))
				return true;
		}
		if (at == s.len - last - VECTOR)
			break;
		at = at + VECTOR < s.len - last - VECTOR ? at + VECTOR : s.len - last - VECTOR;
	}
	*ret_at = s.len - last;
	return false;
}

#else

static bool find_vectors(struct str s, struct str needle, size_t *ret_at)
{
	(void)s, (void)needle;
	*ret_at = 0;
	return false;
}

#endif

/* Past this the search for two bytes could be led to compare at every place of a hostile text. */
#define NEEDLE_SHORT 64

size_t str_find(struct str s, struct str needle)
{
	const char *hit;
	size_t at = 0;

	if (needle.len == 0)
		return 0;
	if (needle.len == 1)
		return str_find_char(s, needle.ptr[0]);
	if (s.len < needle.len)
		return STR_NOT_FOUND;
	if (needle.len <= NEEDLE_SHORT && find_vectors(s, needle, &at))
		return at;
	if (s.len - at < needle.len)
		return STR_NOT_FOUND;
	hit = memmem(s.ptr + at, s.len - at, needle.ptr, needle.len);
	return hit ? (size_t)(hit - s.ptr) : STR_NOT_FOUND;
}

bool str_split(struct str *rest, char c, struct str *ret_part)
{
	size_t at;

	if (rest->len == 0)
		return false;
	at = str_find_char(*rest, c);
	*ret_part = str_head(*rest, at);
	*rest = at == STR_NOT_FOUND ? str_from_offset(*rest, rest->len) : str_from_offset(*rest, at + 1);
	return true;
}

static int digit_of(char c, unsigned base)
{
	int digit = char_is_digit(c) ? c - '0' : -1;

	if (base == 16 && char_lower(c) >= 'a' && char_lower(c) <= 'f')
		digit = char_lower(c) - 'a' + 10;
	return digit;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* 4 to 8 of them, put to the end of a word, by two, four and eight: how many there are costs no branch, which
   would mostly be predicted wrong. */
static inline bool few_digits(struct str s, uint64_t *ret_value)
{
	const unsigned missing = 8 * (8 - (unsigned)s.len);
	uint32_t head, tail;
	uint64_t word;

	memcpy(&head, s.ptr, sizeof(head));
	memcpy(&tail, s.ptr + s.len - sizeof(tail), sizeof(tail));
	word = (uint64_t)tail << 32 | (uint32_t)((uint64_t)head << missing);
	word -= EACH_BYTE('0') << missing;
	if ((word | (word + EACH_BYTE(0x7F - 9))) & EACH_BYTE(0x80))
		return false;
	word = (word * 10 + (word >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
	word = (word * 100 + (word >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
	*ret_value = (uint32_t)(word * 10000 + (word >> 32));
	return true;
}
#endif

bool str_digits(struct str s, uint64_t *ret_value)
{
	uint64_t value = 0;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (s.len >= 4 && s.len <= 8)
		return few_digits(s, ret_value);
#endif
	if (!s.len || s.len > 18)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!char_is_digit(s.ptr[i]))
			return false;
		value = value * 10 + (uint64_t)(s.ptr[i] - '0');
	}
	*ret_value = value;
	return true;
}

static int to_magnitude(struct str s, unsigned base, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (s.len == 0)
		return ERR_SYNTAX;
	for (size_t i = 0; i < s.len; i++) {
		int digit = digit_of(s.ptr[i], base);

		if (digit < 0)
			return ERR_SYNTAX;
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return ERR_RANGE;
	}
	*ret_value = value;
	return 0;
}

int str_to_u64(struct str s, uint64_t *ret_value)
{
	if (s.len > 2 && s.ptr[0] == '0' && char_lower(s.ptr[1]) == 'x')
		return to_magnitude(str_from_offset(s, 2), 16, ret_value);
	if (s.len && s.ptr[0] == '+')
		s = str_from_offset(s, 1);
	return to_magnitude(s, 10, ret_value);
}

int str_to_i64(struct str s, int64_t *ret_value)
{
	bool negative = s.len && s.ptr[0] == '-';
	uint64_t magnitude, limit = (uint64_t)INT64_MAX + negative;
	int r;

	if (str_digits(s, &magnitude)) {
		*ret_value = (int64_t)magnitude;
		return 0;
	}
	if (negative || (s.len && s.ptr[0] == '+'))
		s = str_from_offset(s, 1);
	r = to_magnitude(s, 10, &magnitude);
	if (r < 0)
		return r;
	if (magnitude > limit)
		return ERR_RANGE;
	*ret_value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return 0;
}

size_t str_format_i64(int64_t value, char *out)
{
	char digits[20];
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	size_t n = 0, len = 0;

	if ((uint64_t)value < 10) {
		out[0] = (char)('0' + value);
		return 1;
	}
	do
		digits[n++] = (char)('0' + magnitude % 10);
	while (magnitude /= 10);
	if (value < 0)
		out[len++] = '-';
	while (n)
		out[len++] = digits[--n];
	return len;
}

int str_to_double(struct str s, double *ret_value)
{
	char copy[64], *end;
	double value;

	if (s.len == 0 || s.len >= sizeof(copy))
		return ERR_SYNTAX;
	for (size_t i = 0; i < s.len; i++) /* strtod also takes white space, nan, infinity and 0x1p3 */
		if (!char_is_digit(s.ptr[i]) && !memchr("+-.eE", s.ptr[i], 5))
			return ERR_SYNTAX;
	memcpy(copy, s.ptr, s.len);
	copy[s.len] = 0;
	value = strtod(copy, &end);
	if (end != copy + s.len)
		return ERR_SYNTAX;
	if (isinf(value))
		return ERR_RANGE;
	*ret_value = value;
	return 0;
}
