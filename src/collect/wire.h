/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_WIRE_H
#define COLLECT_WIRE_H
/*
 * The fields of a protobuf message as they come (protobuf.dev, "Encoding"): views
 * of the input, nothing copied, no recursion. What a field means, and how deep
 * messages may lie in one another, is the caller's to know.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct wire {
	struct str rest;
	bool bad; /* the bytes are no message */
};

struct wire_field {
	uint32_t number;
	enum wire_type type;
	uint64_t value;   /* of a varint or fixed number */
	struct str bytes; /* of a string, bytes or message */
};

static inline struct wire wire_of(struct str message)
{
	return (struct wire){.rest = message};
}

static inline bool wire_varint(struct wire *wire, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 10 && i < wire->rest.len; i++) {
		uint8_t byte = (uint8_t)wire->rest.ptr[i];

		value |= (uint64_t)(byte & 0x7f)
			 << (7 * i); /* past the 64th bit they are lost, as elsewhere */
		if (byte < 0x80) {
			wire->rest = str_from_offset(wire->rest, i + 1);
			*ret_value = value;
			return true;
		}
	}
	return false;
}

/* Little-endian. */
static inline bool wire_fixed(struct wire *wire, size_t size, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (wire->rest.len < size)
		return false;
	for (size_t i = size; i--;)
		value = value << 8 | (uint8_t)wire->rest.ptr[i];
	wire->rest = str_from_offset(wire->rest, size);
	*ret_value = value;
	return true;
}

static inline bool wire_bytes(struct wire *wire, struct str *ret_bytes)
{
	uint64_t len;

	if (!wire_varint(wire, &len) || len > wire->rest.len)
		return false;
	*ret_bytes = str_head(wire->rest, len);
	wire->rest = str_from_offset(wire->rest, len);
	return true;
}

/* False at the end, and where the bytes are bad: groups, which nobody has used for long, too. */
static inline bool wire_next(struct wire *wire, struct wire_field *ret_field)
{
	uint64_t tag;
	bool good = false;

	if (wire->bad || !wire->rest.len)
		return false;
	*ret_field = (struct wire_field){0};
	if (wire_varint(wire, &tag) && tag >> 3 && tag >> 3 <= UINT32_MAX >> 3) {
		ret_field->number = (uint32_t)(tag >> 3);
		ret_field->type = (enum wire_type)(tag & 7);
		if (ret_field->type == WIRE_VARINT)
			good = wire_varint(wire, &ret_field->value);
		else if (ret_field->type == WIRE_BYTES)
			good = wire_bytes(wire, &ret_field->bytes);
		else if (ret_field->type == WIRE_FIXED64 || ret_field->type == WIRE_FIXED32)
			good = wire_fixed(wire, ret_field->type == WIRE_FIXED64 ? 8 : 4, &ret_field->value);
	}
	wire->bad = !good;
	return good;
}

/* The next field that has this number and type; others, which newer senders may have, are passed over. */
static inline bool wire_find(struct wire *wire, uint32_t number, enum wire_type type,
			     struct wire_field *ret_field)
{
	while (wire_next(wire, ret_field))
		if (ret_field->number == number && ret_field->type == type)
			return true;
	return false;
}

#endif
