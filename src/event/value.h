/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_VALUE_H
#define EVENT_VALUE_H
/* A value as the source wrote it: a view of the record, or of the batch's arena. */
#include <stdint.h>

#include "base/str.h"

enum value_type { VALUE_NULL, VALUE_STRING, VALUE_NUMBER, VALUE_BOOL };

/* Every value keeps its text, so that rules and people see what the source wrote. */
struct value {
	const char *text; /* not NUL-terminated; JSON escapes are already decoded */
	uint32_t len;
	uint8_t type; /* enum value_type: what the source said it was */
};

/* Member by member, where *from may have been written a moment ago: copied as a whole, the compiler makes of
   it one load, which waits until all the stores before it are done. */
static inline void value_copy(struct value *to, const struct value *from)
{
	to->text = from->text;
	to->len = from->len;
	to->type = from->type;
}

/* The same in two stores, and to be read in two loads, where *from was written so. */
static inline void value_put(struct value *to, const char *text, size_t len, enum value_type type)
{
	const uint64_t rest = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
				      ? (uint32_t)len | (uint64_t)type << 32
				      : (uint64_t)len << 32 | (uint64_t)type << 24;

	to->text = text;
	memcpy(&to->len, &rest, sizeof(rest));
}
static inline void value_move(struct value *to, const struct value *from)
{
	uint64_t rest;

	memcpy(&rest, &from->len, sizeof(rest));
	to->text = from->text;
	memcpy(&to->len, &rest, sizeof(rest));
}

static inline struct str value_str(struct value value)
{
	return str_of(value.text, value.len);
}
static inline struct value value_string(struct str s)
{
	return (struct value){s.ptr, (uint32_t)s.len, VALUE_STRING};
}

#endif
