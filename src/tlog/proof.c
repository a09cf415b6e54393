/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/proof.h"

#include "base/err.h"

#define SIZE_MAX_LEAVES (UINT64_C(1) << TLOG_LEVELS) /* a tree has fewer */

/* The root of the subtree over [begin, end) as the RFC splits them: begin is a multiple of a power of two
   that is not below end - begin, so that its cover folds from the right. */
static int subtree(uint64_t begin, uint64_t end, tlog_fetch *fetch, void *context, struct tlog_hash *ret_root)
{
	struct tlog_range range;
	int r = tlog_range_fetch(begin, end, fetch, context, &range);

	if (r < 0)
		return r;
	range.begin = 0;
	tlog_range_root(&range, ret_root);
	return 0;
}

/* The largest power of two below n, which is above 1. */
static uint64_t split_of(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* Paths are made from the root down and read from the leaves up. */
static void reverse(struct tlog_proof *proof)
{
	for (unsigned i = 0, k = proof->count; i + 1 < k; i++) {
		struct tlog_hash hash = proof->hashes[i];

		proof->hashes[i] = proof->hashes[--k];
		proof->hashes[k] = hash;
	}
}

int tlog_prove_inclusion(uint64_t index, uint64_t size, tlog_fetch *fetch, void *context,
			 struct tlog_proof *ret_proof)
{
	uint64_t begin = 0, end = size;
	struct tlog_proof proof = {0};

	if (index >= size || size >= SIZE_MAX_LEAVES)
		return ERR_RANGE;
	while (end - begin > 1) {
		uint64_t middle = begin + split_of(end - begin);
		bool left = index < middle;
		int r = subtree(left ? middle : begin, left ? end : middle, fetch, context,
				&proof.hashes[proof.count++]);

		if (r < 0)
			return r;
		if (left)
			end = middle;
		else
			begin = middle;
	}
	reverse(&proof);
	*ret_proof = proof;
	return 0;
}

int tlog_prove_consistency(uint64_t first, uint64_t second, tlog_fetch *fetch, void *context,
			   struct tlog_proof *ret_proof)
{
	uint64_t begin = 0, end = second;
	struct tlog_proof proof = {0};
	int r;

	if (first == 0 || first > second || second >= SIZE_MAX_LEAVES)
		return ERR_RANGE;
	while (first != end) {
		uint64_t middle = begin + split_of(end - begin);
		bool left = first <= middle;

		r = subtree(left ? middle : begin, left ? end : middle, fetch, context,
			    &proof.hashes[proof.count++]);
		if (r < 0)
			return r;
		if (left)
			end = middle;
		else
			begin = middle;
	}
	if (begin > 0) { /* else the verifier knows it: it is the first root */
		r = subtree(begin, end, fetch, context, &proof.hashes[proof.count++]);
		if (r < 0)
			return r;
	}
	reverse(&proof);
	*ret_proof = proof;
	return 0;
}

static bool same(const struct tlog_hash *a, const struct tlog_hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* RFC 9162, section 2.1.3.2 */
bool tlog_check_inclusion(uint64_t index, uint64_t size, const struct tlog_hash *leaf,
			  const struct tlog_proof *proof, const struct tlog_hash *root)
{
	uint64_t fn = index, sn = size - 1;
	struct tlog_hash hash = *leaf;

	if (index >= size || proof->count > TLOG_PROOF_MAX)
		return false;
	for (unsigned i = 0; i < proof->count; i++, fn >>= 1, sn >>= 1) {
		if (sn == 0)
			return false;
		if (!(fn & 1) && fn != sn) {
			tlog_node(&hash, &proof->hashes[i], &hash);
			continue;
		}
		tlog_node(&proof->hashes[i], &hash, &hash);
		for (; !(fn & 1) && fn; fn >>= 1)
			sn >>= 1;
	}
	return sn == 0 && same(&hash, root);
}

/* RFC 9162, section 2.1.4.2 */
bool tlog_check_consistency(uint64_t first, const struct tlog_hash *first_root, uint64_t second,
			    const struct tlog_hash *second_root, const struct tlog_proof *proof)
{
	uint64_t fn = first - 1, sn = second - 1;
	struct tlog_hash fr, sr;
	unsigned i = 0;

	if (first == 0 || first > second || proof->count > TLOG_PROOF_MAX)
		return false;
	if (first == second)
		return proof->count == 0 && same(first_root, second_root);
	if (proof->count == 0)
		return false;
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	fr = sr = fn == 0 ? *first_root : proof->hashes[i++];
	for (; i < proof->count; i++, fn >>= 1, sn >>= 1) {
		if (sn == 0)
			return false;
		if (!(fn & 1) && fn != sn) {
			tlog_node(&sr, &proof->hashes[i], &sr);
			continue;
		}
		tlog_node(&proof->hashes[i], &fr, &fr);
		tlog_node(&proof->hashes[i], &sr, &sr);
		for (; !(fn & 1) && fn; fn >>= 1)
			sn >>= 1;
	}
	return sn == 0 && same(&fr, first_root) && same(&sr, second_root);
}
