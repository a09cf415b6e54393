/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/encode.h"

#include "base/err.h"

/* Takes one code point off well-formed UTF-8 (the YAML reader has checked it). */
static uint32_t take_code_point(struct str *rest)
{
	static const struct {
		uint8_t mask, lead, bits;
		unsigned more;
	} forms[] = {{0x80, 0, 0x7f, 0}, {0xe0, 0xc0, 0x1f, 1}, {0xf0, 0xe0, 0x0f, 2}, {0xf8, 0xf0, 0x07, 3}};
	uint8_t first = (uint8_t)rest->ptr[0];
	uint32_t code = first;
	size_t len = 1;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((first & forms[i].mask) != forms[i].lead || rest->len <= forms[i].more)
			continue;
		code = first & forms[i].bits;
		for (; len <= forms[i].more; len++)
			code = code << 6 | ((uint8_t)rest->ptr[len] & 0x3f);
		break;
	}
	*rest = str_from_offset(*rest, len);
	return code;
}

static char *put_unit(char *out, uint32_t unit, enum utf16 variant)
{
	char high = (char)(unit >> 8), low = (char)unit;

	out[0] = variant == UTF16_BE ? high : low;
	out[1] = variant == UTF16_BE ? low : high;
	return out + 2;
}

struct str encode_utf16(struct str utf8, enum utf16 variant, struct arena *arena)
{
	char *start = arena_alloc(arena, 2 * utf8.len + 2), *out = start;

	if (utf8.len && variant == UTF16_BOM)
		out = put_unit(out, 0xfeff, variant);
	while (utf8.len) {
		uint32_t code = take_code_point(&utf8);

		if (code >= 0x10000) { /* RFC 2781 section 2.1 */
			out = put_unit(out, 0xd800 | ((code - 0x10000) >> 10), variant);
			code = 0xdc00 | ((code - 0x10000) & 0x3ff);
		}
		out = put_unit(out, code, variant);
	}
	return str_of(start, (size_t)(out - start));
}

struct str encode_base64(struct str bytes, struct arena *arena)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = (bytes.len + 2) / 3 * 4, out = 0;
	char *text = arena_alloc(arena, len + 1);

	for (size_t i = 0; i < bytes.len; i += 3, out += 4) {
		uint32_t group = 0;

		for (size_t k = 0; k < 3; k++)
			group = group << 8 | (i + k < bytes.len ? (uint8_t)bytes.ptr[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			text[out + k] = i + k > bytes.len ? '=' : alphabet[group >> (18 - 6 * k) & 63];
	}
	return str_of(text, len);
}

struct str encode_base64_inside(struct str bytes, unsigned offset, struct arena *arena)
{
	static const size_t skip[] = {0, 2, 3}; /* characters that bits before the text reach into */
	static const size_t drop[] = {0, 3, 2}; /* and those behind it, padding included */
	char *shifted = arena_zalloc(arena, bytes.len + offset + 1);
	struct str text;
	size_t cut;

	must(offset < 3);
	if (bytes.len)
		memcpy(shifted + offset, bytes.ptr, bytes.len);
	text = encode_base64(str_of(shifted, bytes.len + offset), arena);
	cut = skip[offset] + drop[(bytes.len + offset) % 3];
	return cut >= text.len ? (struct str){0} : str_of(text.ptr + skip[offset], text.len - cut);
}
