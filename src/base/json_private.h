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
 *    or literal; the places of escapes; and the text without the backslashes that
 *    begin them. Most escapes in logs are \\ and \", as in Windows paths: those
 *    that left are decoded by that. Where a string is there follows from how many
 *    escapes come before it, so that none is looked at by itself.
 * 2. json_lay_out: walks the index with a stack and writes the nodes. Only it
 *    knows the grammar. A token ends where the next one's white space begins, so
 *    that no string is searched for its end.
 */
#include "base/json_index.h"

/* Every node has at most two more entries in the index: its separator and its closing bracket. */
#define JSON_INDEX_MAX (3u * JSON_NODES_MAX)
#define JSON_BLOCK 64

struct json_parser {
	uint32_t *index;
	size_t index_capacity;
	struct json_stretch *stretches;
	size_t stretch_capacity;
	struct json_node *nodes;
	size_t node_capacity;
	char *decoded; /* the text, where the caller gives no room */
	size_t decoded_capacity;
	bool wide;               /* this CPU runs json_wide.c */
	uint8_t squeeze[256][8]; /* a shuffle that drops the bytes whose bit is set */
};

/* How far the first pass has come and what it carries from block to block. */
struct json_scan {
	size_t offset;      /* bytes seen */
	size_t count;       /* entries in the index */
	uint64_t escaped;   /* 1: the next byte is escaped */
	uint64_t in_string; /* all ones: the next byte is inside a string */
	uint64_t in_scalar; /* 1: the byte before belongs to a number or literal */
	uint64_t control;   /* not 0: there are control characters in strings */
	uint64_t high;      /* not 0: there are bytes above 0x7F */
	uint64_t hard;      /* not 0: there are hard escapes */
	size_t escapes;     /* seen */
	char *room;         /* for the decoded text: of the caller; NULL: the parser's own */
};

/* Scans from scan->offset up to limit, which is the text's end or a multiple of JSON_BLOCK. */
int json_scan(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan);

/* The second pass; for parser only its nodes. */
int json_lay_out(const struct json_parser *parser, struct str text, const struct json_index *index,
		 size_t *ret_offset);

/* json_wide.c: for CPUs that can more than the build asks for. Only where json_wide_runs_here(). */
bool json_wide_runs_here(void);
void json_scan_wide(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan);

/* What an escaped character stands for; 0: it is u, or wrong, as all above 0x7F are. */
extern const uint8_t json_escaped_bytes[256];

/* Fills the table of the scan where it is not wide. */
void json_squeeze_init(uint8_t table[256][8]);

static inline bool json_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

#endif
