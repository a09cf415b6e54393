/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_KEY_MEMO_H
#define PARSE_KEY_MEMO_H
/*
 * The top-level keys of JSON records that a worker saw before: sources say the same
 * keys again and again, so that a comparison stands for the hash and two lookups.
 * What is remembered is a function of the key's bytes, which are compared, and of
 * the set; so a memo is never wrong, only of no use. One that is wanted for another
 * key is overwritten.
 */
#include "base/hash.h"
#include "base/json.h"
#include "parse/names.h"

#define KEY_MEMO_BITS 9
#define KEY_MEMOS (1u << KEY_MEMO_BITS)
#define KEY_TEXT_MAX 32 /* longer keys are looked up each time */

struct key_memo {
	char text[KEY_TEXT_MAX];
	uint64_t hash;
	const struct names *names; /* name is what these say; NULL: nobody has asked yet */
	const struct name *name;
	uint16_t len; /* 0: empty */
	int16_t bit;  /* of the set's keys that decide between sources, -1: none */
};

/* The same for names that steps put together of a prefix and a key, or take as they are. */
#define PATH_MEMOS 256
#define PATH_TEXT_MAX 64

struct path_memo {
	char text[PATH_TEXT_MAX];
	uint64_t hash;
	const struct names *names;
	const struct name *name;
	uint16_t len, prefix_len; /* len 0: empty */
};

/* Which memo is a key's: by its length, its first bytes and its last ones. */
static inline size_t key_memo_place(const char *text, size_t len)
{
	uint64_t head = 0, tail = 0;
	uint32_t half;

	if (len >= 8) {
		memcpy(&head, text, 8);
		memcpy(&tail, text + len - 8, 8);
	} else if (len >= 4) {
		memcpy(&half, text, 4);
		head = half;
		memcpy(&half, text + len - 4, 4);
		tail = half;
	} else {
		head = (unsigned char)text[0];
		tail = (unsigned char)text[len - 1];
	}
	return (head * UINT64_C(0x9E3779B97F4A7C15) + (tail + len) * UINT64_C(0xC2B2AE3D27D4EB4F)) >>
	       (64 - KEY_MEMO_BITS);
}

/* The memo for a key, NULL where it has none; fresh: it is of another key yet. */
static inline struct key_memo *key_memo_find(struct key_memo *memos, const struct json_node *key,
					     bool *ret_fresh)
{
	struct key_memo *memo;

	if (!key->len || key->len > KEY_TEXT_MAX)
		return NULL;
	memo = &memos[key_memo_place(key->text, key->len)];
	*ret_fresh = memo->len != key->len || !str_bytes_eq(memo->text, key->text, key->len);
	return memo;
}

#endif
