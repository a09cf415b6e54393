/* SPDX-License-Identifier: Apache-2.0 */
#include "document/private.h"

/* Characters that are not seen but change how others look, or that XML 1.0 has no place for. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{0x00, 0x08},     {0x0E, 0x1F},     {0x7F, 0x84},     {0x86, 0x9F},       {0xAD, 0xAD},
	{0x61C, 0x61C},   {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200E, 0x200F},   {0x202A, 0x202E},
	{0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
};

static bool is_hidden(uint32_t c)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
}

/* Vertical tab, form feed, NEL, and Unicode's line and paragraph separators. */
static bool is_line_end(uint32_t c)
{
	return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* One well-formed character; its length. */
static size_t decode(const unsigned char *p, uint32_t *ret_c)
{
	const size_t len = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	uint32_t c = len == 1 ? p[0] : p[0] & (0xFFu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3F);
	*ret_c = c;
	return len;
}

static void add_clean(struct buf *out, struct str text, bool single_line)
{
	for (size_t at = 0, len; at < text.len; at += len) {
		uint32_t c;

		len = decode((const unsigned char *)text.ptr + at, &c);
		if (is_line_end(c)) {
			if (c == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n')
				len = 2;
			buf_add_char(out, single_line ? ' ' : '\n');
		} else if (c == '\t') {
			buf_add_char(out, ' ');
		} else if (is_hidden(c)) {
			buf_printf(out, "[U+%04X]", c);
		} else if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF)) {
			buf_add_str(out, STR("\xEF\xBF\xBD"));
		} else {
			buf_add(out, text.ptr + at, len);
		}
	}
}

struct str text_clean(struct arena *arena, struct str text, bool single_line)
{
	struct buf clean = {0};
	struct str result;

	while (text.len) {
		const size_t good = str_utf8_len(text);

		add_clean(&clean, str_head(text, good), single_line);
		if (good < text.len)
			buf_add_str(&clean, STR("\xEF\xBF\xBD"));
		text = str_from_offset(text, good + 1);
	}
	while (clean.len && (clean.ptr[clean.len - 1] == '\n' || clean.ptr[clean.len - 1] == ' '))
		clean.len--;
	result = arena_copy(arena, buf_str(&clean));
	buf_done(&clean);
	return result;
}
