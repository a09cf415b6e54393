/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL's one-purpose SHA-256 functions: they keep their state on the stack, and on the event path the
 * look-ups that EVP makes for each short message cost as much as the hash.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tlog/tree.h"

#include <openssl/sha.h>

#include "base/err.h"

void tlog_leaf(const void *prefix, size_t prefix_len, const void *bytes, size_t len,
	       struct tlog_hash *ret_hash)
{
	static const uint8_t mark = 0;
	SHA256_CTX context;

	SHA256_Init(&context);
	SHA256_Update(&context, &mark, 1);
	SHA256_Update(&context, prefix, prefix_len);
	SHA256_Update(&context, bytes, len);
	SHA256_Final(ret_hash->bytes, &context);
}

void tlog_node(const struct tlog_hash *left, const struct tlog_hash *right, struct tlog_hash *ret_hash)
{
	uint8_t bytes[1 + 2 * TLOG_HASH_SIZE] = {1};
	SHA256_CTX context;

	memcpy(bytes + 1, left->bytes, TLOG_HASH_SIZE);
	memcpy(bytes + 1 + TLOG_HASH_SIZE, right->bytes, TLOG_HASH_SIZE);
	SHA256_Init(&context);
	SHA256_Update(&context, bytes, sizeof(bytes));
	SHA256_Final(ret_hash->bytes, &context);
}

/* The level of the largest node that begins at a leaf and does not reach beyond end. */
static unsigned level_at(uint64_t begin, uint64_t end)
{
	unsigned level = begin ? (unsigned)__builtin_ctzll(begin) : TLOG_LEVELS;

	while (level && (UINT64_C(1) << level) > end - begin)
		level--;
	return level;
}

unsigned tlog_range_count(uint64_t begin, uint64_t end)
{
	unsigned count = 0;

	for (uint64_t at = begin; at < end; at += UINT64_C(1) << level_at(at, end))
		count++;
	return count;
}

void tlog_range_place(const struct tlog_range *range, unsigned place, unsigned *ret_level,
		      uint64_t *ret_index)
{
	uint64_t at = range->begin;
	unsigned level = level_at(at, range->end);

	for (unsigned i = 0; i < place; i++) {
		at += UINT64_C(1) << level;
		level = level_at(at, range->end);
	}
	*ret_level = level;
	*ret_index = at >> level;
}

void tlog_range_init(struct tlog_range *range, uint64_t begin)
{
	range->begin = range->end = begin;
	range->count = 0;
}

/* While the last node is a right child whose sibling stands before it, they become one. */
static void push(struct tlog_range *range, unsigned level, const struct tlog_hash *node)
{
	struct tlog_hash top = *node;
	uint64_t begin = range->end; /* of the node */

	range->end += UINT64_C(1) << level;
	while ((begin >> level) & 1 && begin - range->begin >= UINT64_C(1) << level) {
		tlog_node(&range->hashes[--range->count], &top, &top);
		begin -= UINT64_C(1) << level;
		level++;
	}
	range->hashes[range->count++] = top;
}

void tlog_range_append(struct tlog_range *range, const struct tlog_hash *leaf)
{
	push(range, 0, leaf);
}

void tlog_range_append_node(struct tlog_range *range, unsigned level, const struct tlog_hash *node)
{
	must((range->end & ((UINT64_C(1) << level) - 1)) == 0);
	push(range, level, node);
}

int tlog_range_join(struct tlog_range *range, const struct tlog_range *next)
{
	uint64_t at = next->begin;

	if (range->end != next->begin)
		return ERR_RANGE;
	for (unsigned i = 0; i < next->count; i++) {
		unsigned level = level_at(at, next->end);

		push(range, level, &next->hashes[i]);
		at += UINT64_C(1) << level;
	}
	return 0;
}

void tlog_range_root(const struct tlog_range *range, struct tlog_hash *ret_root)
{
	struct tlog_hash root;

	must(range->begin == 0);
	if (!range->count) {
		sha256("", 0, ret_root->bytes);
		return;
	}
	root = range->hashes[range->count - 1];
	for (unsigned i = range->count - 1; i-- > 0;)
		tlog_node(&range->hashes[i], &root, &root);
	*ret_root = root;
}

int tlog_range_fetch(uint64_t begin, uint64_t end, tlog_fetch *fetch, void *context,
		     struct tlog_range *ret_range)
{
	struct tlog_range range;
	struct tlog_hash node;

	tlog_range_init(&range, begin);
	while (range.end < end) {
		unsigned level = level_at(range.end, end);
		int r = fetch(context, level, range.end >> level, &node);

		if (r < 0)
			return r;
		push(&range, level, &node);
	}
	*ret_range = range;
	return 0;
}
