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

/* Small and called everywhere: inline (base/str_inline.h), but for the analyzer, which would follow each of
   them into texts that are empty and so have no place. */
#ifdef __clang_analyzer__
#define STR_INLINE
#else
#define STR_INLINE static inline
#endif

STR_INLINE bool str_eq(struct str a, struct str b);

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
STR_INLINE bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
int str_cmp(struct str a, struct str b); /* by bytes, shorter first; <0, 0, >0 */

/* The offset of the first occurrence, or STR_NOT_FOUND. An empty needle is at 0. */
size_t str_find(struct str s, struct str needle);
STR_INLINE size_t str_find_char(struct str s, char c);

/* A part of s; offsets past the end give an empty view at the end. */
STR_INLINE struct str str_from_offset(struct str s, size_t offset);
STR_INLINE struct str str_head(struct str s, size_t len);

/* White space off both ends. */
STR_INLINE struct str str_trim(struct str s);

/* Takes what stands before the first c off *rest; without a c takes all. False when *rest was empty. */
bool str_split(struct str *rest, char c, struct str *ret_part);

/* Whole-string numbers; optional sign, str_to_u64 also takes 0x… ; a double is decimal, at most 63 bytes.
   0 or ERR_SYNTAX, ERR_RANGE. */
int str_to_i64(struct str s, int64_t *ret_value);
int str_to_u64(struct str s, uint64_t *ret_value);
int str_to_double(struct str s, double *ret_value);

/* False where s is not 1 to 18 decimal digits and nothing else. */
bool str_digits(struct str s, uint64_t *ret_value);

/* Decimal into out, which holds 21 bytes; returns the length; not NUL-terminated. */
size_t str_format_i64(int64_t value, char *out);

/* True where s is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool str_is_utf8(struct str s);

/* Bytes before the first that is not, s.len where there is none. */
size_t str_utf8_len(struct str s);

#ifndef __clang_analyzer__
#include "base/str_inline.h"
#endif

#endif
