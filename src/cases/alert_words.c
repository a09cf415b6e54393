/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How alerts are found by words. FTS5's unicode61 tokenizer cuts at everything
 * that is neither letter nor digit, which suits names and addresses ("10.0.0.5"
 * is a phrase of four), but takes a run of Chinese for one word. So Chinese,
 * Japanese and Korean characters are set apart by spaces, in the index and in
 * the query, where a run of them becomes a phrase.
 */
#include "cases/private.h"

/* Bytes of the character at s, at least 1; *ret_code is its number, 0 for bytes that are no UTF-8. */
static size_t take_character(struct str s, uint32_t *ret_code)
{
	unsigned char first = (unsigned char)s.ptr[0];
	size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t code = len == 1 ? first : first & (0x7fu >> len);

	*ret_code = 0;
	if (len > s.len || !str_is_utf8(str_head(s, len)))
		return 1;
	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)s.ptr[i] & 0x3f);
	*ret_code = code;
	return len;
}

static bool is_ideograph(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x3040, 0x30ff}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff},
		{0xac00, 0xd7af}, {0xf900, 0xfaff}, {0x20000, 0x3ffff},
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

static void add_spaced(struct buf *out, struct str text)
{
	uint32_t code;

	for (size_t len; text.len; text = str_from_offset(text, len)) {
		len = take_character(text, &code);
		if (code == 0) {
			buf_add_char(out, ' ');
			continue;
		}
		if (is_ideograph(code))
			buf_add_char(out, ' ');
		buf_add(out, text.ptr, len);
		if (is_ideograph(code))
			buf_add_char(out, ' ');
	}
}

void alert_index_text(const struct alert *alert, struct buf *out)
{
	const struct str parts[] = {alert->rule_title, alert->rule_title_zh, alert->host,
				    alert->user,       alert->source_ip,     alert->destination_ip};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		add_spaced(out, parts[i]);
		buf_add_char(out, ' ');
	}
}

static bool is_searchable(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (char_is_digit(text.ptr[i]) || (unsigned char)(char_lower(text.ptr[i]) - 'a') < 26 ||
		    (unsigned char)text.ptr[i] >= 0x80)
			return true;
	return false;
}

/* Quotes are all that could end an FTS5 string, so they become spaces. A word of signs only is left out: FTS5
   would find nothing by it. */
static void add_phrase(struct buf *out, struct str word)
{
	size_t begin = out->len, start;

	buf_add_str(out, out->len ? STR(" \"") : STR("\""));
	start = out->len;
	add_spaced(out, word);
	for (size_t i = start; i < out->len; i++)
		if (out->ptr[i] == '"')
			out->ptr[i] = ' ';
	if (is_searchable(str_from_offset(buf_str(out), start)))
		buf_add_str(out, STR("\"*"));
	else
		out->len = begin;
}

void alert_match_text(struct str words, unsigned max, struct buf *out)
{
	words = str_trim(words);
	while (words.len && max--) {
		size_t end = 0;

		while (end < words.len && !char_is_space(words.ptr[end]))
			end++;
		add_phrase(out, str_head(words, end));
		words = str_trim(str_from_offset(words, end));
	}
}
