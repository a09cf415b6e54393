/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STR_H
#define BASE_STR_H
/*
 * Strings on the event path are views: a pointer and a length into memory
 * somebody else owns, not NUL-terminated, any bytes. A view with len 0 may have
 * ptr NULL. Case folding is ASCII only, as Sigma and ECS ask for.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_FMT(s) (int)(s).len, (s).ptr /* for "%.*s" */
#define STR_NOT_FOUND ((size_t)-1)

static inline struct str str_of(const char *ptr, size_t len)
{
	return (struct str){ptr, len};
}
static inline struct str str_from(const char *cstr)
{
	return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

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

static inline char char_lower(char c)
{
	return (unsigned char)(c - 'A') < 26 ? (char)(c | 0x20) : c;
}
static inline bool char_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}
static inline bool char_is_space(char c)
{
	return c == ' ' || (unsigned char)(c - '\t') < 5;
}

bool str_ieq(struct str a, struct str b);
static inline bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_bytes_eq(s.ptr, prefix.ptr, prefix.len);
}
bool str_ends(struct str s, struct str suffix);
int str_cmp(struct str a, struct str b); /* by bytes, shorter first; <0, 0, >0 */

/* The offset of the first occurrence, or STR_NOT_FOUND. An empty needle is at 0. */
size_t str_find(struct str s, struct str needle);
static inline size_t str_find_char(struct str s, char c)
{
	const char *hit = s.len ? (const char *)memchr(s.ptr, c, s.len) : NULL;

	return hit ? (size_t)(hit - s.ptr) : STR_NOT_FOUND;
}

/* A part of s; offsets past the end give an empty view at the end. */
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

/* White space off both ends. */
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

/* Takes what stands before the first c off *rest; without a c takes all. False when *rest was empty. */
bool str_split(struct str *rest, char c, struct str *ret_part);

/* Whole-string numbers; optional sign, str_to_u64 also takes 0x… ; a double is decimal, at most 63 bytes.
   0 or ERR_SYNTAX, ERR_RANGE. */
int str_to_i64(struct str s, int64_t *ret_value);
int str_to_u64(struct str s, uint64_t *ret_value);
int str_to_double(struct str s, double *ret_value);

/* Decimal into out, which holds 21 bytes; returns the length; not NUL-terminated. */
size_t str_format_i64(int64_t value, char *out);

/* True where s is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool str_is_utf8(struct str s);

/* Bytes before the first that is not, s.len where there is none. */
size_t str_utf8_len(struct str s);

#endif
