/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_H
#define BASE_JSON_H
/*
 * JSON (RFC 8259) for the event path: a SIMD structural scan, then one pass that
 * lays the document out as a flat array of nodes in document order. Accepts
 * exactly what RFC 8259 accepts, with UTF-8 checked and lone surrogate escapes
 * refused; size and depth are capped. Strings without escapes and all numbers
 * are views of the input; strings with escapes are decoded into the parser's own
 * buffer. Nothing is allocated once the parser has seen a document as large.
 *
 * One thread per parser. Nodes live until the next json_parse() on the same
 * parser, and only as long as the input's bytes do.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define JSON_DEPTH_MAX 64
#define JSON_SIZE_MAX (16u * 1024 * 1024)
#define JSON_NODES_MAX (1024u * 1024)

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_node {
	const char *text; /* of a string (decoded), number or literal; of an array or object its source */
	uint32_t len;
	uint32_t skip;  /* nodes to step from this one to its next sibling: 1 for a scalar */
	uint32_t count; /* items of an array, members of an object (each a key node, then its value) */
	uint8_t type;   /* enum json_type */
};

struct json_parser;

struct json_parser *json_parser_new(void);
void json_parser_free(struct json_parser *parser);

/* One document that fills text, white space around it allowed. The root is nodes[0].
   0; ERR_SYNTAX, ERR_LIMIT with *ret_offset, if not NULL, at the byte that is wrong; -ENOMEM. */
int json_parse(struct json_parser *parser, struct str text, const struct json_node **ret_nodes,
	       size_t *ret_offset);

/* A document at the start of a longer text, as in concatenated or pretty-printed streams: *ret_used is
   where it ends. ERR_END where only white space is left, ERR_SYNTAX also where text ends inside the document.
 */
int json_parse_prefix(struct json_parser *parser, struct str text, const struct json_node **ret_nodes,
		      size_t *ret_used);

/* A member's value by key (the last one where a key is repeated); NULL where absent or node is no object. */
const struct json_node *json_get(const struct json_node *object, struct str key);

/* Steps over children: for (child = json_first(n); child; child = json_next(n, child)). In an object
   they are key, value, key, value … */
static inline const struct json_node *json_first(const struct json_node *node)
{
	return node->count ? node + 1 : NULL;
}
static inline const struct json_node *json_next(const struct json_node *parent, const struct json_node *child)
{
	const struct json_node *next = child + child->skip;

	return next < parent + parent->skip ? next : NULL;
}

#endif
