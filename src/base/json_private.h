/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_PRIVATE_H
#define BASE_JSON_PRIVATE_H
/*
 * Inside the JSON parser. Two passes, after Langdale and Lemire, "Parsing
 * Gigabytes of JSON per Second" (2019):
 *
 * 1. json_scan: 64 bytes at a time become bit masks (json_block.h), and from the
 *    masks come the index, the offset of every structural character { } [ ] , :
 *    outside strings, of every opening quote and of every first byte of a number
 *    or literal; and two bit maps of the text, a bit for each byte: escapes, the
 *    backslashes that begin an escape, and specials, the escaped bytes that do not
 *    stand for themselves (\n, \u... and what is wrong, but not \\ and \").
 * 2. json_lay_out: walks the index with a stack and writes the nodes. Only it
 *    knows the grammar. A token ends where the next one's white space begins, so
 *    that no string is searched for its end; the escapes map tells which strings
 *    need decoding, and the specials map which of them only need squeezing.
 */
#include "base/json_index.h"

/* Every node has at most two more entries in the index: its separator and its closing bracket. */
#define JSON_INDEX_MAX (3u * JSON_NODES_MAX)
#define JSON_BLOCK 64

struct json_parser {
	uint32_t *index;
	size_t index_capacity;
	uint8_t *escapes, *specials;
	size_t map_capacity; /* bytes in each */
	struct json_node *nodes;
	size_t node_capacity;
	char *strings; /* decoded */
	size_t strings_capacity;
	bool wide;               /* this CPU runs json_wide.c */
	uint8_t squeeze[256][8]; /* a shuffle that drops the bytes whose bit is set */
};

/* How far the first pass has come and what it carries from block to block. */
struct json_scan {
	size_t offset;      /* bytes seen */
	size_t count;       /* entries in the index */
	size_t bad;         /* of the first control character in a string, or SIZE_MAX */
	uint64_t escaped;   /* 1: the next byte is escaped */
	uint64_t in_string; /* all ones: the next byte is inside a string */
	uint64_t in_scalar; /* 1: the byte before belongs to a number or literal */
	uint64_t high;      /* not 0: there are bytes above 0x7F */
};

/* Scans from scan->offset up to limit, which is the text's end or a multiple of JSON_BLOCK. */
int json_scan(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan);

/* The second pass over count entries of the index; index[count] must hold where the text ends. */
int json_lay_out(struct json_parser *parser, struct str text, size_t count, size_t *ret_offset);

/* json_wide.c: for CPUs that can more than the build asks for. Only where json_wide_runs_here(). */
bool json_wide_runs_here(void);
void json_scan_wide(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan);
/* As json_unescape(), but reads and writes no byte too many; false where an escape is \u or wrong. */
bool json_unescape_wide(const struct json_parser *parser, const char *from, size_t offset, size_t len,
			char *out, uint32_t *ret_len);

/* Fills the table of json_unescape(). */
void json_squeeze_init(uint8_t table[256][8]);

static inline bool json_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

#endif
