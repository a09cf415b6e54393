/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_TEXT_H
#define PARSE_TEXT_H
/* What strangers send, made fit to be stored as text. */
#include "base/arena.h"
#include "base/str.h"

/* text itself where it is UTF-8 without NULs; else a copy in which each byte that is not, and each NUL, is
 * U+FFFD. */
struct str text_repair(struct arena *arena, struct str text);

#define TEXT_CONVERT_MAX (1024u * 1024) /* bytes; longer ones are repaired only */

/* The same for a text that stands alone: where it is not UTF-8 but GB 18030, its UTF-8, and *ret_converted is
   true. Damaged UTF-8 is repaired, not taken for GB 18030, which many of its bytes would be too. */
struct str text_read(struct arena *arena, struct str text, bool *ret_converted);

/* Hex of UTF-8 text with NULs between its parts, which become spaces; what is not that stays. */
struct str text_unhex(struct arena *arena, struct str text);

/* Sources write "-" for nothing. */
static inline bool text_is_nothing(struct str text)
{
	return text.len <= 1 && (text.len == 0 || text.ptr[0] == '-');
}

/* 0 to 15, or -1. */
int text_hex_digit(char c);

#endif
