/* SPDX-License-Identifier: Apache-2.0 */
/* Two messages of different lengths at a time: whichever ends makes room for the next one. */
#include "tlog/leaves.h"

#include <endian.h>
#include <string.h>

#include "tlog/sha256_pair.h"

#define LENGTH_AT (SHA256_BLOCK - sizeof(uint64_t)) /* in the last block */
#define PADDING 0x80

struct message {
	struct sha256_state state;
	struct tlog_entry rest;
	uint64_t bits;
	const uint8_t *blocks; /* to be hashed next */
	size_t count;
	bool begun, padded, complete; /* the mark of a leaf, the padding, the length are in a block */
	uint8_t block[SHA256_BLOCK];
	struct tlog_hash *hash;
};

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t take(uint8_t *out, const void **from, size_t *len, size_t room)
{
	size_t n = min(*len, room);

	if (n)
		memcpy(out, *from, n);
	*from = (const uint8_t *)*from + n;
	*len -= n;
	return n;
}

/* A block of what does not lie there as one: the beginning and the end. */
static void make_block(struct message *message)
{
	struct tlog_entry *rest = &message->rest;
	uint8_t *block = message->block;
	uint64_t bits = htobe64(message->bits);
	size_t at = 0;

	if (!message->begun)
		block[at++] = 0;
	message->begun = true;
	at += take(block + at, &rest->prefix, &rest->prefix_len, SHA256_BLOCK - at);
	at += take(block + at, &rest->bytes, &rest->len, SHA256_BLOCK - at);
	if (at < SHA256_BLOCK && !message->padded) {
		block[at++] = PADDING;
		message->padded = true;
	}
	memset(block + at, 0, SHA256_BLOCK - at);
	if (message->padded && at <= LENGTH_AT) {
		memcpy(block + LENGTH_AT, &bits, sizeof(bits));
		message->complete = true;
	}
	message->blocks = block;
	message->count = 1;
}

static void next_blocks(struct message *message)
{
	struct tlog_entry *rest = &message->rest;
	size_t count = rest->len / SHA256_BLOCK;

	if (!message->begun || rest->prefix_len || !count) {
		make_block(message);
		return;
	}
	message->blocks = rest->bytes;
	message->count = count;
	rest->bytes = (const uint8_t *)rest->bytes + count * SHA256_BLOCK;
	rest->len -= count * SHA256_BLOCK;
}

static void begin(struct message *message, const struct tlog_entry *entry, struct tlog_hash *hash)
{
	sha256_pair_init(&message->state);
	message->rest = *entry;
	message->bits = (1 + (uint64_t)entry->prefix_len + entry->len) * 8;
	message->begun = message->padded = message->complete = false;
	message->hash = hash;
	next_blocks(message);
}

/* Behind count blocks. False where it was the end, and the hash is there. */
static bool advance(struct message *message, size_t count)
{
	message->blocks += count * SHA256_BLOCK;
	message->count -= count;
	if (message->count)
		return true;
	if (message->complete) {
		sha256_pair_digest(&message->state, message->hash->bytes);
		return false;
	}
	next_blocks(message);
	return true;
}

static void finish(struct message *message)
{
	do
		sha256_pair_one(&message->state, message->blocks, message->count);
	while (advance(message, message->count));
}

static void hash_pairs(const struct tlog_entry *entries, size_t count, struct tlog_hash *ret_hashes)
{
	struct message first, second;
	size_t next = 2, blocks;

	begin(&first, &entries[0], &ret_hashes[0]);
	begin(&second, &entries[1], &ret_hashes[1]);
	for (;;) {
		blocks = min(first.count, second.count);
		sha256_pair_both(&first.state, first.blocks, &second.state, second.blocks, blocks);
		if (!advance(&first, blocks)) {
			if (next == count)
				break;
			begin(&first, &entries[next], &ret_hashes[next]);
			next++;
		}
		if (!advance(&second, blocks)) {
			if (next == count) {
				finish(&first);
				return;
			}
			begin(&second, &entries[next], &ret_hashes[next]);
			next++;
		}
	}
	if (advance(&second, blocks))
		finish(&second);
}

void tlog_leaves(const struct tlog_entry *entries, size_t count, struct tlog_hash *ret_hashes)
{
	if (count > 1 && sha256_pair_runs_here()) {
		hash_pairs(entries, count, ret_hashes);
		return;
	}
	for (size_t i = 0; i < count; i++)
		tlog_leaf(entries[i].prefix, entries[i].prefix_len, entries[i].bytes, entries[i].len,
			  &ret_hashes[i]);
}
