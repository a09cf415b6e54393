/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STR_INLINE_H
#define BASE_STR_INLINE_H
/* What base/str.h declares inline. Include that. */
#include "base/str.h"

/* The first and the last bytes of both as words, which overlap: most texts that are compared are short, and
   a call costs more than that. */
#define STR_ENDS_EQ(type, a, b, len)                                       \
	({                                                                 \
		type a_head, b_head, a_tail, b_tail;                       \
                                                                           \
		memcpy(&a_head, (a), sizeof(type));                        \
		memcpy(&b_head, (b), sizeof(type));                        \
		memcpy(&a_tail, (a) + (len) - sizeof(type), sizeof(type)); \
		memcpy(&b_tail, (b) + (len) - sizeof(type), sizeof(type)); \
		((a_head ^ b_head) | (a_tail ^ b_tail)) == 0;              \
	})

static inline bool str_bytes_eq(const char *a, const char *b, size_t len)
{
	if (len > 32)
		return memcmp(a, b, len) == 0;
	if (len > 16)
		return STR_ENDS_EQ(uint64_t, a, b, 16) &&
		       STR_ENDS_EQ(uint64_t, a + len - 16, b + len - 16, 16);
	if (len >= 8)
		return STR_ENDS_EQ(uint64_t, a, b, len);
	if (len >= 4)
		return STR_ENDS_EQ(uint32_t, a, b, len);
	if (len >= 2)
		return STR_ENDS_EQ(uint16_t, a, b, len);
	return len == 0 || a[0] == b[0];
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && str_bytes_eq(a.ptr, b.ptr, a.len);
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_bytes_eq(s.ptr, prefix.ptr, prefix.len);
}

static inline size_t str_find_char(struct str s, char c)
{
	const char *hit = s.len ? (const char *)memchr(s.ptr, c, s.len) : NULL;

	return hit ? (size_t)(hit - s.ptr) : STR_NOT_FOUND;
}

static inline struct str str_from_offset(struct str s, size_t offset)
{
	if (offset > s.len)
		offset = s.len;
	/* ptr may be NULL where len is 0. */
	return (struct str){offset ? s.ptr + offset : s.ptr, s.len - offset};
}

static inline struct str str_head(struct str s, size_t len)
{
	return (struct str){s.ptr, len < s.len ? len : s.len};
}

static inline struct str str_trim(struct str s)
{
	while (s.len && char_is_space(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && char_is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

#endif
