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

/* What is known of 64 bytes of the text; a bit for each. */
struct json_stretch {
	uint64_t escapes; /* backslashes that begin an escape */
	uint64_t hard;    /* bytes behind them that are u, or wrong */
	size_t before;    /* escapes in all stretches before this one */
};

struct json_index {
	/* Of every { } [ ] , : outside strings, every opening quote, every first byte of a number or literal;
	   behind the last one the text's length. */
	const uint32_t *places;
	size_t count;
	const struct json_stretch *stretches; /* of the text, and one behind it */
	char *decoded; /* the text without what begins its escapes; what they say stands there, unless it is
			  hard */
	bool hard;     /* something is */
};

#define JSON_ROOM 64 /* bytes that decoding needs beyond the text's length */

/* 0 where every string is closed, has no control characters, and all is UTF-8; else as json_parse(). The text
   is decoded to room. */
int json_index(struct json_parser *parser, struct str text, char *room, struct json_index *ret_index);

/* json_parse() of the text that json_index() has seen a moment ago. */
int json_parse_indexed(struct json_parser *parser, struct str text, const struct json_index *index,
		       const struct json_node **ret_nodes, size_t *ret_offset);

/* True for what RFC 8259 calls a number, and not empty. */
bool json_is_number(struct str token);

/* Escapes that begin before that place. */
static inline size_t json_escapes_before(const struct json_index *index, size_t place)
{
	const struct json_stretch *stretch = &index->stretches[place / 64];

	return stretch->before +
	       (size_t)__builtin_popcountll(stretch->escapes & ((UINT64_C(1) << place % 64) - 1));
}

/* Decodes anew a string that has escapes, in an index where some are hard: the bytes from … end of text, out
   where the decoded ones are. 0, or ERR_SYNTAX with *ret_offset at the wrong escape. */
int json_unescape(const struct json_index *index, struct str text, size_t from, size_t end, char *out,
		  uint32_t *ret_len, size_t *ret_offset);

#endif
