/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/text.h"

#include "base/gb18030.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define REPLACEMENT "\xEF\xBF\xBD"

/* The length of the well-formed sequence at the start of s, 0 where there is none. */
static size_t sequence(struct str s)
{
	size_t max = s.len < 4 ? s.len : 4;

	for (size_t len = 1; len <= max; len++)
		if (str_is_utf8(str_head(s, len)))
			return len;
	return 0;
}

#ifdef __AVX2__

#define VECTOR ((size_t)32)

static inline bool is_plain_vector(const char *bytes)
{
	const __m256i signed_bytes = _mm256_loadu_si256((const __m256i *)(const void *)bytes);

	return _mm256_movemask_epi8(_mm256_cmpgt_epi8(signed_bytes, _mm256_setzero_si256())) == -1;
}

#endif

/* Nothing but ASCII and no NUL, as nearly all texts are: said at less cost than that they are UTF-8. */
static bool is_plain(struct str text)
{
	size_t i = 0;
	signed char least = 1;

#ifdef __AVX2__
	for (; i + VECTOR <= text.len; i += VECTOR)
		if (!is_plain_vector(text.ptr + i))
			return false;
	if (text.len >= VECTOR)
		return is_plain_vector(text.ptr + text.len - VECTOR);
#endif
	for (; i < text.len; i++)
		least = (signed char)text.ptr[i] < least ? (signed char)text.ptr[i] : least;
	return least > 0;
}

struct str text_repair(struct arena *arena, struct str text)
{
	char *out;
	size_t len = 0, n;

	if (is_plain(text) || (str_is_utf8(text) && str_find_char(text, 0) == STR_NOT_FOUND))
		return text;
	out = arena_alloc(arena, text.len * 3);
	for (; text.len; text = str_from_offset(text, n)) {
		n = text.ptr[0] ? sequence(text) : 0;
		memcpy(out + len, n ? text.ptr : REPLACEMENT, n ? n : 3);
		len += n ? n : 3;
		n = n ? n : 1;
	}
	return str_of(out, len);
}

/* The bytes of what begins with a byte that begins no sequence: that and those that could only continue one.
 */
static size_t fault_len(struct str text)
{
	size_t len = 1;

	while (len < text.len && len < 3 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
		len++;
	return len;
}

/* Whether what is wrong with a text is wrong in UTF-8: it has more characters of three bytes and more, which
   GB 18030 looks like by chance only, than faults, of which one that its end cut off does not count. */
static bool is_damaged_utf8(struct str text)
{
	size_t wide = 0, faults = 0, n;

	for (; text.len; text = str_from_offset(text, n)) {
		n = (unsigned char)text.ptr[0] < 0x80 ? 1 : sequence(text);
		wide += n > 2;
		if (n)
			continue;
		n = fault_len(text);
		faults += n < text.len || (unsigned char)text.ptr[0] < 0xC2;
	}
	return wide > faults;
}

struct str text_read(struct arena *arena, struct str text, bool *ret_converted)
{
	char *out;
	size_t len;

	*ret_converted = false;
	if (is_plain(text))
		return text;
	if (str_is_utf8(text) || text.len > TEXT_CONVERT_MAX || is_damaged_utf8(text))
		return text_repair(arena, text);
	out = arena_alloc(arena, text.len * GB18030_GROWTH);
	len = gb18030_to_utf8(text, out);
	if (len == STR_NOT_FOUND)
		return text_repair(arena, text);
	*ret_converted = true;
	return str_of(out, len);
}

int text_hex_digit(char c)
{
	c = char_lower(c);
	return char_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct str text_unhex(struct arena *arena, struct str text)
{
	char *out;

	if (text.len < 2 || text.len % 2)
		return text;
	out = arena_alloc(arena, text.len / 2);
	for (size_t i = 0; i < text.len; i += 2) {
		int high = text_hex_digit(text.ptr[i]), low = text_hex_digit(text.ptr[i + 1]);

		if (high < 0 || low < 0)
			return text;
		out[i / 2] = (char)(high << 4 | low);
		if (!out[i / 2])
			out[i / 2] = ' ';
	}
	return str_is_utf8(str_of(out, text.len / 2)) ? str_of(out, text.len / 2) : text;
}
