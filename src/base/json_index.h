/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_INDEX_H
#define BASE_JSON_INDEX_H
/*
 * The first pass of base/json.h alone: where structure is, not yet whether it is
 * grammar. For who has seen a document of the same structure, and can tell by the
 * bytes between its values that this is another.
 *
 * Lives until the next call on the same parser.
 */
#include "base/json.h"

struct json_index {
	/* Of every { } [ ] , : outside strings, every opening quote, every first byte of a number or literal;
	   behind the last one the text's length. */
	const uint32_t *places;
	size_t count;
	const uint8_t *escapes; /* a bit for each byte: a backslash that begins an escape */
};

/* 0 where every string is closed, has no control characters, and all is UTF-8; else as json_parse(). */
int json_index(struct json_parser *parser, struct str text, struct json_index *ret_index);

/* json_parse() of the text that json_index() has seen a moment ago. */
int json_parse_indexed(struct json_parser *parser, struct str text, const struct json_index *index,
		       const struct json_node **ret_nodes, size_t *ret_offset);

/* Decodes len bytes at from, which hold an escape, to out, which has room for len + 16; *ret_len is the
   length there. text may be read up to its end. 0, or ERR_SYNTAX with *ret_offset at the wrong escape. */
int json_unescape(const struct json_parser *parser, struct str text, size_t from, size_t len, char *out,
		  uint32_t *ret_len, size_t *ret_offset);

/* True for what RFC 8259 calls a number, and not empty. */
bool json_is_number(struct str token);

#define JSON_MAP_STEP 56 /* what one unaligned read of a map yields for certain */

/* The map's bits from offset on, JSON_MAP_STEP of them or more. */
static inline uint64_t json_map_bits(const uint8_t *map, size_t offset)
{
	uint64_t word;

	memcpy(&word, map + offset / 8, sizeof(word));
	return word >> offset % 8;
}

/* Whether any of len bits from offset on is set. */
static inline bool json_map_any(const uint8_t *map, size_t offset, size_t len)
{
	for (; len > JSON_MAP_STEP; offset += JSON_MAP_STEP, len -= JSON_MAP_STEP)
		if (json_map_bits(map, offset) & ((UINT64_C(1) << JSON_MAP_STEP) - 1))
			return true;
	return json_map_bits(map, offset) & ((UINT64_C(1) << len) - 1);
}

#endif
