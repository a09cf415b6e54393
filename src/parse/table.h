/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_TABLE_H
#define PARSE_TABLE_H
/*
 * Texts by text, as mappings, conditions and cases look them up, without regard to
 * ASCII case. Made by compile*.c, constant afterwards, in the set's arena.
 */
#include "base/map.h"
#include "base/str.h"

struct table {
	struct map *index;        /* lower-case key → index into values */
	uint64_t marks;           /* table_mark() of all keys: most texts that are no key are told by it */
	const struct str *values; /* count of them, and the fallback */
	size_t count;
	bool has_fallback;
};

/* The key's text in lower case in buf, which holds TABLE_KEY_MAX; false where it is longer. */
#define TABLE_KEY_MAX 256
bool table_key(struct str key, char *buf, struct str *ret_key);
/* One bit, by a key's length and the letters at its ends, case aside. */
static inline uint64_t table_mark(struct str key)
{
	const size_t ends = key.len ? (unsigned char)char_lower(key.ptr[0]) * 3u +
					      (unsigned char)char_lower(key.ptr[key.len - 1]) * 5u
				    : 0;

	return UINT64_C(1) << (ends + key.len) % 64;
}
/* False only where the table has no such key and no fallback. */
static inline bool table_may_have(const struct table *table, struct str key)
{
	return table->has_fallback || table->marks & table_mark(key);
}
/* The place of a key's value, or of the fallback; TABLE_NONE where the table has neither. */
#define TABLE_NONE SIZE_MAX
size_t table_find(const struct table *table, struct str key);

#endif
