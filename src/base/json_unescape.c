/* SPDX-License-Identifier: Apache-2.0 */
/* Strings with escapes that the first pass does not decode (RFC 8259 section 7), one after the other. */
#include "base/json_private.h"

#define UNIT_BAD UINT32_MAX

const _Alignas(64) uint8_t json_escaped_bytes[256] = {
	['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
	['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* The next escape from there on; end where there is none before it. */
static size_t next_escape(const struct json_stretch *stretches, size_t from, size_t end)
{
	size_t start = from / 64 * 64, place;
	uint64_t escapes = stretches[from / 64].escapes & ~UINT64_C(0) << from % 64;

	while (!escapes) {
		start += 64;
		if (start >= end)
			return end;
		escapes = stretches[start / 64].escapes;
	}
	place = start + (size_t)__builtin_ctzll(escapes);
	return place < end ? place : end;
}

static uint32_t hex_unit(const char *digits)
{
	uint32_t unit = 0;

	for (int i = 0; i < 4; i++) {
		const char c = digits[i], lower = (char)(c | 0x20);

		if (char_is_digit(c))
			unit = unit << 4 | (uint32_t)(c - '0');
		else if (lower >= 'a' && lower <= 'f')
			unit = unit << 4 | (uint32_t)(lower - 'a' + 10);
		else
			return UNIT_BAD;
	}
	return unit;
}

static char *put_utf8(char *out, uint32_t code)
{
	if (code < 0x80) {
		*out++ = (char)code;
	} else if (code < 0x800) {
		*out++ = (char)(0xC0 | code >> 6);
		*out++ = (char)(0x80 | (code & 0x3F));
	} else if (code < 0x10000) {
		*out++ = (char)(0xE0 | code >> 12);
		*out++ = (char)(0x80 | (code >> 6 & 0x3F));
		*out++ = (char)(0x80 | (code & 0x3F));
	} else {
		*out++ = (char)(0xF0 | code >> 18);
		*out++ = (char)(0x80 | (code >> 12 & 0x3F));
		*out++ = (char)(0x80 | (code >> 6 & 0x3F));
		*out++ = (char)(0x80 | (code & 0x3F));
	}
	return out;
}

/* \uXXXX or a pair of surrogates at p; returns the bytes it takes, 0 where it is wrong. */
static size_t decode_unicode(const char *p, size_t len, char **out)
{
	uint32_t code = len >= 6 ? hex_unit(p + 2) : UNIT_BAD, low;
	size_t used = 6;

	if (code == UNIT_BAD || (code >= 0xDC00 && code <= 0xDFFF))
		return 0;
	if (code >= 0xD800 && code <= 0xDBFF) {
		low = len >= 12 && p[6] == '\\' && p[7] == 'u' ? hex_unit(p + 8) : UNIT_BAD;
		if (low < 0xDC00 || low > 0xDFFF)
			return 0;
		code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
		used = 12;
	}
	*out = put_utf8(*out, code);
	return used;
}

/* The escape at p, of which at least two bytes are there; returns the bytes it takes, 0 where it is wrong. */
static size_t decode_escape(const char *p, size_t len, char **out)
{
	const char c = (char)json_escaped_bytes[(unsigned char)p[1]];

	if (p[1] == 'u')
		return decode_unicode(p, len, out);
	if (!c)
		return 0;
	*(*out)++ = c;
	return 2;
}

int json_unescape(const struct json_index *index, struct str text, size_t from, size_t end, char *out,
		  uint32_t *ret_len, size_t *ret_offset)
{
	char *const out_start = out;

	for (;;) {
		const size_t next = next_escape(index->stretches, from, end);
		size_t used;

		memcpy(out, text.ptr + from, next - from);
		out += next - from;
		if (next == end)
			break;
		used = decode_escape(text.ptr + next, end - next, &out);
		if (!used) {
			*ret_offset = next;
			return ERR_SYNTAX;
		}
		from = next + used;
	}
	*ret_len = (uint32_t)(out - out_start);
	return 0;
}
