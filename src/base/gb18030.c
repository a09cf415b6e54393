/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gb18030.h"

struct range {
	uint32_t number, point, count;
};

#include "base/gb18030_table.inc"

#define RANGES (sizeof(ranges) / sizeof(ranges[0]))
#define SUPPLEMENTARY 189000 /* number of 0x90308130, which is U+10000; from there all are in sequence */
#define REPLACEMENT 0xFFFD
#define CUT_OFF UINT32_MAX

static bool is_lead(unsigned char c)
{
	return c >= 0x81 && c <= 0xFE;
}

/* The code point of a number of four bytes, 0 where there is none. */
static uint32_t find_range(uint32_t number)
{
	size_t low = 0, high = RANGES;

	if (number >= SUPPLEMENTARY)
		return number - SUPPLEMENTARY < 0x100000 ? 0x10000 + (number - SUPPLEMENTARY) : 0;
	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (number < ranges[middle].number)
			high = middle;
		else if (number - ranges[middle].number >= ranges[middle].count)
			low = middle + 1;
		else
			return ranges[middle].point + (number - ranges[middle].number);
	}
	return 0;
}

/* Of the character that begins at p with a lead byte and n bytes to go: its code point, 0 where it is none,
   CUT_OFF where the text ends within. */
static uint32_t take(const unsigned char *p, size_t n, size_t *ret_len)
{
	*ret_len = n < 2 ? n : 2;
	if (n < 2)
		return CUT_OFF;
	if (p[1] >= 0x40)
		return p[1] <= 0xFE ? pairs[p[0] - 0x81][p[1] - 0x40] : 0;
	*ret_len = n < 4 ? n : 4;
	if (!char_is_digit((char)p[1]) || (n > 2 && !is_lead(p[2])) || (n > 3 && !char_is_digit((char)p[3])))
		return 0;
	if (n < 4)
		return CUT_OFF;
	return find_range((((uint32_t)(p[0] - 0x81) * 10 + (p[1] - '0')) * 126 + (p[2] - 0x81)) * 10 +
			  (p[3] - '0'));
}

static bool is_private(uint32_t point)
{
	return (point >= 0xE000 && point <= 0xF8FF) || point >= 0xF0000;
}

/* Of U+0080 and above. */
static char *put(char *out, uint32_t point)
{
	if (point < 0x800) {
		*out++ = (char)(0xC0 | point >> 6);
	} else {
		if (point < 0x10000) {
			*out++ = (char)(0xE0 | point >> 12);
		} else {
			*out++ = (char)(0xF0 | point >> 18);
			*out++ = (char)(0x80 | (point >> 12 & 0x3F));
		}
		*out++ = (char)(0x80 | (point >> 6 & 0x3F));
	}
	*out++ = (char)(0x80 | (point & 0x3F));
	return out;
}

size_t gb18030_to_utf8(struct str text, char *out)
{
	const unsigned char *p = (const unsigned char *)text.ptr, *end = p + text.len;
	char *at = out;

	while (p < end) {
		uint32_t point = *p ? *p : REPLACEMENT;
		size_t len = 1;

		if (*p > 0 && *p < 0x80) {
			*at++ = (char)*p++;
			continue;
		}
		if (*p) {
			if (!is_lead(*p))
				return STR_NOT_FOUND;
			point = take(p, (size_t)(end - p), &len);
		}
		if (point < 0x80 || (point >= 0xD800 && point <= 0xDFFF) ||
		    (point != CUT_OFF && is_private(point)))
			return STR_NOT_FOUND;
		at = put(at, point == CUT_OFF ? REPLACEMENT : point);
		p += len;
	}
	return (size_t)(at - out);
}
