/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLOG_TREE_H
#define TLOG_TREE_H
/*
 * A transparency log's Merkle tree: leaves in the order they came, hashed with
 * SHA-256 as RFC 9162, section 2.1, says (the same as RFC 6962):
 *
 *	leaf = SHA-256(0x00 || entry)      node = SHA-256(0x01 || left || right)
 *
 * The node (level, index) is the root of the 2^level leaves from index * 2^level
 * on. A range is the shortest row of such nodes that covers the leaves [begin, end),
 * from left to right ("compact range"): enough to append leaves, to join it with the
 * range behind it, and, where begin is 0, to know the root. It never holds more than
 * two nodes a level.
 *
 * Pure: no files, no allocation, any thread.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

#define TLOG_HASH_SIZE SHA256_SIZE
#define TLOG_LEVELS 56 /* a tree has at most 2^56 - 1 leaves */

struct tlog_hash {
	uint8_t bytes[TLOG_HASH_SIZE];
};

/* An entry given in two pieces, for callers that have a prefix of their own; either may be empty. */
void tlog_leaf(const void *prefix, size_t prefix_len, const void *bytes, size_t len,
	       struct tlog_hash *ret_hash);
void tlog_node(const struct tlog_hash *left, const struct tlog_hash *right, struct tlog_hash *ret_hash);

struct tlog_range {
	uint64_t begin, end; /* leaves */
	unsigned count;      /* of hashes */
	struct tlog_hash hashes[2 * TLOG_LEVELS];
};

/* How many nodes cover [begin, end); for begin 0 the number of bits set in end. */
unsigned tlog_range_count(uint64_t begin, uint64_t end);

/* Level and index of the hash at a place of the range. */
void tlog_range_place(const struct tlog_range *range, unsigned place, unsigned *ret_level,
		      uint64_t *ret_index);

/* An empty range that begins at a leaf. */
void tlog_range_init(struct tlog_range *range, uint64_t begin);
void tlog_range_append(struct tlog_range *range, const struct tlog_hash *leaf);

/* Puts the node (level, range->end >> level) behind the range, whose end must be a multiple of 2^level. */
void tlog_range_append_node(struct tlog_range *range, unsigned level, const struct tlog_hash *node);

/* Joins next, which begins where range ends. 0, or ERR_RANGE where it does not. */
int tlog_range_join(struct tlog_range *range, const struct tlog_range *next);

/* The root of the tree whose leaves are the range's, which begins at 0. Of no leaves: SHA-256 of nothing. */
void tlog_range_root(const struct tlog_range *range, struct tlog_hash *ret_root);

/* Whoever has the leaves gives the hash of a whole node. 0, or a code: ERR_END where it cannot be had. */
typedef int tlog_fetch(void *context, unsigned level, uint64_t index, struct tlog_hash *ret_hash);

/* The cover of [begin, end) from nodes that fetch gives. */
int tlog_range_fetch(uint64_t begin, uint64_t end, tlog_fetch *fetch, void *context,
		     struct tlog_range *ret_range);

#endif
