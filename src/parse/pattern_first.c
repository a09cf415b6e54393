/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/pattern_first.h"

/* The last byte of the class that begins at from; pattern.len where it is not a simple one. */
static size_t class_end(struct str pattern, size_t from)
{
	size_t i = from + 1;

	i += i < pattern.len && pattern.ptr[i] == '^';
	i += i < pattern.len && pattern.ptr[i] == ']';
	while (i < pattern.len && pattern.ptr[i] != ']') {
		if (pattern.ptr[i] == '[') /* perhaps [:alpha:] */
			return pattern.len;
		i += 1 + (pattern.ptr[i] == '\\');
	}
	return i < pattern.len ? i : pattern.len;
}

/* Whether a pattern may have alternatives that begin elsewhere than at its front. */
static bool has_alternatives(struct str pattern)
{
	int depth = 0;

	for (size_t i = 0; i < pattern.len; i++) {
		const char c = pattern.ptr[i];

		if (c == '[')
			i = class_end(pattern, i);
		if (i >= pattern.len || (c == '|' && depth <= 0))
			return true;
		if (c == '\\' && i + 1 < pattern.len && pattern.ptr[++i] == 'Q')
			return true;
		depth += (c == '(') - (c == ')');
	}
	return false;
}

/* The bytes that the first item of a pattern behind ^ stands for: a plain character, \d, or a class of plain
   ranges such as [A-Z]. Returns its length, 0 where it is something else. */
static size_t first_item(struct str pattern, bool ret_bytes[256])
{
	const char *p = pattern.ptr;
	size_t i = 1;

	if (pattern.len < 2)
		return 0;
	if (p[0] == '\\' && p[1] == 'd') {
		memset(ret_bytes + '0', true, 10);
		return 2;
	}
	if (p[0] != '[') {
		ret_bytes[(unsigned char)p[0]] = true;
		return memchr("\\^$.|?*+(){}[]", p[0], 14) ? 0 : 1;
	}
	for (; i + 3 < pattern.len && char_lower(p[i]) >= 'a' && char_lower(p[i]) <= 'z' && p[i + 1] == '-' &&
	       char_lower(p[i + 2]) >= 'a' && char_lower(p[i + 2]) <= 'z' && p[i] <= p[i + 2];
	     i += 3)
		memset(ret_bytes + p[i], true, (size_t)(p[i + 2] - p[i]) + 1);
	return i > 1 && p[i] == ']' ? i + 1 : 0;
}

bool pattern_first(struct str pattern, bool ret_bytes[256])
{
	size_t len;

	if (!str_starts(pattern, STR("^")) || has_alternatives(pattern))
		return false;
	pattern = str_from_offset(pattern, 1);
	len = first_item(pattern, ret_bytes);
	if (!len || len == pattern.len)
		return false;
	pattern = str_from_offset(pattern, len);
	return pattern.ptr[0] != '?' && pattern.ptr[0] != '*' &&
	       !(pattern.ptr[0] == '{' &&
		 (pattern.len < 2 || !char_is_digit(pattern.ptr[1]) || pattern.ptr[1] == '0'));
}
