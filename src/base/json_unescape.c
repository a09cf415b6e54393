/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings with escapes (RFC 8259 section 7). Most escapes in logs are \\ and \",
 * as in Windows paths: where a string holds no others, decoding it means dropping
 * the bytes whose bit is set in the escapes map, eight bytes at a time with a
 * shuffle. The rest is decoded one escape after the other.
 */
#include "base/json_private.h"

#include "base/json_block.h"

#define UNIT_BAD UINT32_MAX

void json_squeeze_init(uint8_t table[256][8])
{
	for (unsigned drop = 0; drop < 256; drop++) {
		unsigned kept = 0;

		for (unsigned i = 0; i < 8; i++)
			if (!(drop >> i & 1))
				table[drop][kept++] = (uint8_t)i;
		while (kept < 8)
			table[drop][kept++] = 0x80; /* gives 0 */
	}
}

#ifdef JSON_AVX2

/* Reads and writes up to 7 bytes more than it should. */
static uint32_t squeeze(const struct json_parser *parser, const char *from, size_t offset, size_t len,
			char *out)
{
	char *const out_start = out;

	while (len) {
		const size_t step = len < JSON_MAP_STEP ? len : JSON_MAP_STEP;
		uint64_t drop = json_map_bits(parser->escapes, offset) & ((UINT64_C(1) << step) - 1);
		char *const end = out + step - __builtin_popcountll(drop);

		for (size_t i = 0; i < step; i += 8, drop >>= 8) {
			const __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)(from + i));
			const __m128i order =
				_mm_loadl_epi64((const __m128i *)(const void *)parser->squeeze[drop & 0xFF]);

			_mm_storel_epi64((__m128i *)(void *)out, _mm_shuffle_epi8(bytes, order));
			out += 8 - __builtin_popcountll(drop & 0xFF);
		}
		out = end;
		from += step;
		offset += step;
		len -= step;
	}
	return (uint32_t)(out - out_start);
}

static inline bool can_squeeze(const struct json_parser *parser, struct str text, size_t from, size_t len)
{
	return text.len - from - len >= 8 && !json_map_any(parser->specials, from, len);
}

#else

static uint32_t squeeze(const struct json_parser *parser, const char *from, size_t offset, size_t len,
			char *out)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < len; i++)
		if (!(json_map_bits(parser->escapes, offset + i) & 1))
			out[kept++] = from[i];
	return kept;
}

static inline bool can_squeeze(const struct json_parser *parser, struct str text, size_t from, size_t len)
{
	(void)text;
	return !json_map_any(parser->specials, from, len);
}

#endif

/* Bytes before the next escape, len where there is none. */
static size_t run_length(const uint8_t *escapes, size_t offset, size_t len)
{
	for (size_t run = 0; run < len; run += JSON_MAP_STEP) {
		const uint64_t bits = json_map_bits(escapes, offset + run);
		const size_t hit = bits ? (size_t)__builtin_ctzll(bits) : 64;

		if (hit < JSON_MAP_STEP)
			return run + hit < len ? run + hit : len;
	}
	return len;
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
	static const char plain[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
					['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
	const char c = plain[(unsigned char)p[1]];

	if (p[1] == 'u')
		return decode_unicode(p, len, out);
	if (!c)
		return 0;
	*(*out)++ = c;
	return 2;
}

int json_unescape(const struct json_parser *parser, struct str text, size_t from, size_t len, char *out,
		  uint32_t *ret_len, size_t *ret_offset)
{
	const size_t end = from + len;
	char *const out_start = out;

	if (parser->wide && json_unescape_wide(parser, text.ptr + from, from, len, out, ret_len))
		return 0;
	if (can_squeeze(parser, text, from, len)) {
		*ret_len = squeeze(parser, text.ptr + from, from, len, out);
		return 0;
	}
	for (;;) {
		const size_t run = run_length(parser->escapes, from, end - from);
		size_t used;

		if (run <= 16 && text.len - from >= 16)
			memcpy(out, text.ptr + from, 16); /* a fixed size is much faster */
		else
			memcpy(out, text.ptr + from, run);
		out += run;
		from += run;
		if (from == end)
			break;
		used = decode_escape(text.ptr + from, end - from, &out);
		if (!used) {
			*ret_offset = from;
			return ERR_SYNTAX;
		}
		from += used;
	}
	*ret_len = (uint32_t)(out - out_start);
	return 0;
}
