/* SPDX-License-Identifier: Apache-2.0 */
/* Against the definitions of RFC 9162 written down as they stand there, over trees kept as arrays of leaves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "tlog/proof.h"

#define SMALL 70

struct list {
	unsigned count;
	struct tlog_hash hashes[TLOG_PROOF_MAX];
};

static struct tlog_hash leaf_of(uint64_t n)
{
	struct tlog_hash hash;

	tlog_leaf(&n, sizeof(n), "", 0, &hash);
	return hash;
}

static uint64_t split_of(uint64_t n)
{
	uint64_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

/* MTH(D[begin:end]). Trees too large for that are made of equal leaves: then a node depends on its size. */
static struct tlog_hash tree_hash(uint64_t begin, uint64_t end, bool equal)
{
	uint64_t n = end - begin;
	struct tlog_hash left, right;

	if (n == 1)
		return leaf_of(equal ? 0 : begin);
	left = tree_hash(begin, begin + split_of(n), equal);
	right = equal && split_of(n) * 2 == n ? left : tree_hash(begin + split_of(n), end, equal);
	tlog_node(&left, &right, &left);
	return left;
}

/* PATH(m, D_n), section 2.1.3.1 */
static void path(uint64_t m, uint64_t begin, uint64_t end, bool equal, struct list *out)
{
	uint64_t n = end - begin, k;

	if (n == 1)
		return;
	k = split_of(n);
	if (m < k) {
		path(m, begin, begin + k, equal, out);
		out->hashes[out->count++] = tree_hash(begin + k, end, equal);
	} else {
		path(m - k, begin + k, end, equal, out);
		out->hashes[out->count++] = tree_hash(begin, begin + k, equal);
	}
}

/* SUBPROOF(m, D_n, b), section 2.1.4.1 */
static void subproof(uint64_t m, uint64_t begin, uint64_t end, bool b, bool equal, struct list *out)
{
	uint64_t n = end - begin, k;

	if (m == n) {
		if (!b)
			out->hashes[out->count++] = tree_hash(begin, end, equal);
		return;
	}
	k = split_of(n);
	if (m <= k) {
		subproof(m, begin, begin + k, b, equal, out);
		out->hashes[out->count++] = tree_hash(begin + k, end, equal);
	} else {
		subproof(m - k, begin + k, end, false, equal, out);
		out->hashes[out->count++] = tree_hash(begin, begin + k, equal);
	}
}

static int fetch(void *equal, unsigned level, uint64_t index, struct tlog_hash *ret_hash)
{
	*ret_hash = tree_hash(index << level, (index + 1) << level, *(bool *)equal);
	return 0;
}

static void expect(const struct tlog_proof *proof, const struct list *expected)
{
	assert_int_equal(proof->count, expected->count);
	assert_memory_equal(proof->hashes, expected->hashes, expected->count * sizeof(expected->hashes[0]));
}

static void one_inclusion(uint64_t index, uint64_t size, bool equal)
{
	struct tlog_hash leaf = leaf_of(equal ? 0 : index), root = tree_hash(0, size, equal);
	struct list expected = {0};
	struct tlog_proof proof;

	path(index, 0, size, equal, &expected);
	assert_int_equal(tlog_prove_inclusion(index, size, fetch, &equal, &proof), 0);
	expect(&proof, &expected);
	assert_true(tlog_check_inclusion(index, size, &leaf, &proof, &root));
}

static void one_consistency(uint64_t first, uint64_t second, bool equal)
{
	struct tlog_hash old = tree_hash(0, first, equal), new = tree_hash(0, second, equal);
	struct list expected = {0};
	struct tlog_proof proof;

	subproof(first, 0, second, true, equal, &expected);
	assert_int_equal(tlog_prove_consistency(first, second, fetch, &equal, &proof), 0);
	expect(&proof, &expected);
	assert_true(tlog_check_consistency(first, &old, second, &new, &proof));
}

static void test_small(void **state)
{
	(void)state;
	for (uint64_t size = 1; size <= SMALL; size++)
		for (uint64_t n = 0; n < size; n++) {
			one_inclusion(n, size, false);
			one_consistency(n + 1, size, false);
		}
}

static void test_large(void **state)
{
	uint64_t seed = 88172645463325252;

	(void)state;
	for (int i = 0; i < 300; i++) {
		uint64_t n[2];

		for (int k = 0; k < 2; k++) { /* xorshift64 (Marsaglia 2003) */
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			n[k] = seed >> (8 + i % 40);
		}
		if (n[0] >= n[1])
			n[1] = n[0] + 1;
		if (n[1] >> TLOG_LEVELS)
			continue;
		one_inclusion(n[0], n[1], true);
		one_consistency(n[0] + 1, n[1], true);
	}
	one_inclusion((UINT64_C(1) << 56) - 2, (UINT64_C(1) << 56) - 1, true);
	one_consistency((UINT64_C(1) << 55) + 1, (UINT64_C(1) << 56) - 1, true);
}

static void test_range(void **state)
{
	struct tlog_proof proof = {0};
	struct tlog_hash root = tree_hash(0, 5, false);
	bool equal = true;

	(void)state;
	assert_int_equal(tlog_prove_inclusion(5, 5, fetch, &equal, &proof), ERR_RANGE);
	assert_int_equal(tlog_prove_inclusion(0, 0, fetch, &equal, &proof), ERR_RANGE);
	assert_int_equal(tlog_prove_inclusion(0, UINT64_C(1) << 56, fetch, &equal, &proof), ERR_RANGE);
	assert_int_equal(tlog_prove_consistency(0, 5, fetch, &equal, &proof), ERR_RANGE);
	assert_int_equal(tlog_prove_consistency(6, 5, fetch, &equal, &proof), ERR_RANGE);
	assert_false(tlog_check_inclusion(0, 0, &root, &proof, &root));
	assert_false(tlog_check_consistency(0, &root, 5, &root, &proof));
	assert_false(tlog_check_consistency(0, &root, 0, &root, &proof));
	assert_true(tlog_check_consistency(5, &root, 5, &root, &proof));
	proof.count = TLOG_PROOF_MAX + 1;
	assert_false(tlog_check_inclusion(1, 2, &root, &proof, &root));
	assert_false(tlog_check_consistency(1, &root, 2, &root, &proof));
}

static void flip(void *bytes, size_t bit)
{
	((uint8_t *)bytes)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* A hash is flipped in place, asked about, and put right again. */
#define REFUSED(object, bits, question)                \
	for (size_t bit_ = 0; bit_ < (bits); bit_++) { \
		flip((object), bit_);                  \
		assert_false(question);                \
		flip((object), bit_);                  \
	}

/* Not each false size and index is refused: where the path has the same form, the root is the same. What is
   promised is that no other leaf and no other root has a proof. */
static void test_flips_inclusion(void **state)
{
	(void)state;
	for (uint64_t size = 1; size <= 20; size++)
		for (uint64_t n = 0; n < size; n++) {
			struct tlog_hash leaf = leaf_of(n), root = tree_hash(0, size, false);
			struct tlog_proof proof;
			bool equal = false;

			tlog_prove_inclusion(n, size, fetch, &equal, &proof);
			REFUSED(&root, 256, tlog_check_inclusion(n, size, &leaf, &proof, &root));
			REFUSED(&leaf, 256, tlog_check_inclusion(n, size, &leaf, &proof, &root));
			REFUSED(proof.hashes, (size_t)proof.count * 256,
				tlog_check_inclusion(n, size, &leaf, &proof, &root));
			REFUSED(&n, 64, tlog_check_inclusion(n, size, &leaf, &proof, &root));
			proof.count++;
			assert_false(tlog_check_inclusion(n, size, &leaf, &proof, &root));
			proof.count -= 2;
			assert_false(size > 1 && tlog_check_inclusion(n, size, &leaf, &proof, &root));
		}
}

static void test_flips_consistency(void **state)
{
	(void)state;
	for (uint64_t second = 2; second <= 20; second++)
		for (uint64_t first = 1; first < second; first++) {
			struct tlog_hash old = tree_hash(0, first, false), new = tree_hash(0, second, false);
			struct tlog_proof proof;
			bool equal = false;

			tlog_prove_consistency(first, second, fetch, &equal, &proof);
			REFUSED(&old, 256, tlog_check_consistency(first, &old, second, &new, &proof));
			REFUSED(&new, 256, tlog_check_consistency(first, &old, second, &new, &proof));
			REFUSED(proof.hashes, (size_t)proof.count * 256,
				tlog_check_consistency(first, &old, second, &new, &proof));
			REFUSED(&first, 64, tlog_check_consistency(first, &old, second, &new, &proof));
			proof.count++;
			assert_false(tlog_check_consistency(first, &old, second, &new, &proof));
			proof.count -= 2;
			assert_false(tlog_check_consistency(first, &old, second, &new, &proof));
		}
}

/* Each size but the true one, where the form of the path differs. */
static void test_flips_size(void **state)
{
	unsigned accepted = 0;

	(void)state;
	for (uint64_t size = 1; size <= 40; size++)
		for (uint64_t n = 0; n < size; n++) {
			struct tlog_hash leaf = leaf_of(n), root = tree_hash(0, size, false);
			struct tlog_proof proof;
			bool equal = false;

			tlog_prove_inclusion(n, size, fetch, &equal, &proof);
			for (unsigned bit = 0; bit < 64; bit++) {
				uint64_t other = size ^ UINT64_C(1) << bit;
				struct list form = {0};

				if (!tlog_check_inclusion(n, other, &leaf, &proof, &root))
					continue;
				accepted++;
				assert_in_range(other, n + 1, 64);
				path(n, 0, other, false, &form); /* as long, or it would be refused */
				assert_int_equal(form.count, proof.count);
			}
		}
	assert_true(accepted > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_flips_inclusion),
		cmocka_unit_test(test_flips_consistency),
		cmocka_unit_test(test_flips_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
