/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_TEXT_H
#define FLOW_TEXT_H
/*
 * Values as JSON text. Each writes at out, where the caller has made room, and
 * returns the end. Inside flow/ only; nothing is allocated.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "flow/element.h"

/* Bytes a value of len bytes takes at most, and what a writer may touch behind its end. */
#define TEXT_VALUE_MAX(len) (6 * (size_t)(len) + 24)
#define TEXT_SLACK 64

static inline uint16_t read_u16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap16(value);
}

static inline uint32_t read_u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap32(value);
}

static inline uint64_t read_u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap64(value);
}

/* A number of any width; of more than 8 bytes the last 8. */
static inline uint64_t read_number(const uint8_t *at, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++)
		value = value << 8 | at[i];
	return value;
}

char *text_u64(char *out, uint64_t value);
char *text_i64(char *out, int64_t value);
char *text_ipv4(char *out, const uint8_t *at); /* dotted, without quotes */
char *text_ipv6(char *out, const uint8_t *at); /* RFC 5952; mapped IPv4 as ::ffff:192.0.2.1 */
char *text_string(char *out, struct str text); /* with quotes; what is not UTF-8 becomes U+FFFD */

/* A writer of a value with its quotes, if it has any. */
typedef char *text_writer(char *out, const uint8_t *at, size_t len);

/* For values of this type and length; the length is never more than 65535. NULL for those of no bytes. A
   length that the type does not have is written in hex. */
text_writer *text_writer_of(enum element_type type, size_t len);

static inline char *text_copy(char *out, struct str text)
{
	memcpy(out, text.ptr, text.len);
	return out + text.len;
}

#define text_literal(out, literal) \
	((char *)memcpy((out), (literal), sizeof(literal) - 1) + sizeof(literal) - 1)

#endif
