/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_RECALL_H
#define DETECT_RECALL_H
/*
 * What the index found in values seen before. Logs repeat themselves: the same
 * programs, accounts and command lines come again and again. A value is kept from the
 * second time on that it is seen, so that those that come once cost little; the
 * newer takes the place of the older. Bounded, made with the matcher.
 */
#include <stdint.h>

#include "base/str.h"

#define RECALL_ENTRIES 2048 /* a power of two */
#define RECALL_HITS_MAX 32
#define RECALL_DATA 232 /* bytes of the hits and of the value together */

struct probe;

struct recall_entry {
	const struct probe *probe; /* NULL: empty */
	uint64_t hash;
	uint16_t len, count;
	char data[RECALL_DATA]; /* count hits, then the value's len bytes in the case of the event */
};

/* Being found in a value. */
struct recall_hits {
	uint32_t count; /* may go beyond what there is room for */
	uint32_t hits[RECALL_HITS_MAX];
};

struct recall {
	struct recall_entry *entries;
	uint32_t *seen; /* of values, by the same place */
};

void recall_init(struct recall *recall);
void recall_done(struct recall *recall);

/* True for a value that was the last one at its place before, too: then it is worth keeping. */
bool recall_is_again(struct recall *recall, uint64_t hash);

/* Where there is room for it. */
void recall_keep(struct recall *recall, const struct probe *probe, uint64_t hash, struct str text,
		 const struct recall_hits *hits);

static inline bool recall_is(const struct recall_entry *entry, const struct probe *probe, uint64_t hash,
			     struct str text)
{
	return entry->hash == hash && entry->probe == probe && entry->len == text.len &&
	       memcmp(entry->data + entry->count * sizeof(uint32_t), text.ptr, text.len) == 0;
}

static inline uint64_t recall_word(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static inline uint64_t recall_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product =
		(unsigned __int128)(a ^ UINT64_C(0x9e3779b97f4a7c15)) * (b ^ UINT64_C(0xd1b54a32d192ed03));

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Quick, and not to be trusted: texts are compared. */
static inline uint64_t recall_hash(struct str text, uint64_t hash)
{
	const char *end = text.ptr + text.len;
	uint64_t last = 0;

	if (text.len < 8) {
		for (size_t i = 0; i < text.len; i++)
			last = last << 8 | (uint8_t)text.ptr[i];
		return recall_mix(hash ^ text.len, last);
	}
	for (const char *at = text.ptr; end - at > 16; at += 16)
		hash = recall_mix(hash ^ recall_word(at), recall_word(at + 8));
	return recall_mix(hash ^ recall_word(text.len < 16 ? text.ptr : end - 16) ^ text.len,
			  recall_word(end - 8));
}

#endif
