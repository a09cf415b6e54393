/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/err.h"
#include "tlog/tree.h"

#define LEAVES 300

static struct tlog_hash leaf_of(uint64_t n)
{
	struct tlog_hash hash;

	tlog_leaf(&n, sizeof(n), "entry", 5, &hash);
	return hash;
}

/* RFC 9162, section 2.1.1, as it stands there. */
static struct tlog_hash tree_hash(uint64_t begin, uint64_t end)
{
	uint64_t split = 1;
	struct tlog_hash left, right;

	if (end - begin == 1)
		return leaf_of(begin);
	while (split * 2 < end - begin)
		split *= 2;
	left = tree_hash(begin, begin + split);
	right = tree_hash(begin + split, end);
	tlog_node(&left, &right, &left);
	return left;
}

static int fetch(void *context, unsigned level, uint64_t index, struct tlog_hash *ret_hash)
{
	(void)context;
	*ret_hash = tree_hash(index << level, (index + 1) << level);
	return 0;
}

/* Against one SHA-256 over all, for every place where a piece may end in a block. */
static void test_leaf_of_any_length(void **state)
{
	uint8_t bytes[1 + 140 + 300];
	struct tlog_hash hash, expected;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t prefix = 0; prefix <= 140; prefix++)
		for (size_t len = 0; len <= 300; len++) {
			tlog_leaf(bytes + 1, prefix, bytes + 1 + prefix, len, &hash);
			sha256(bytes, 1 + prefix + len, expected.bytes); /* bytes[0] is 0 */
			assert_memory_equal(&hash, &expected, sizeof(hash));
		}
}

static void test_hashes(void **state)
{
	struct tlog_range range;
	struct tlog_hash hash;
	char hex[SHA256_HEX_SIZE];

	(void)state;
	tlog_range_init(&range, 0);
	tlog_range_root(&range, &hash);
	hex_encode(&hash, sizeof(hash), hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	tlog_leaf("", 0, "", 0, &hash); /* SHA-256 of one zero byte */
	hex_encode(&hash, sizeof(hash), hex);
	assert_string_equal(hex, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	tlog_leaf("\x01", 1, "ab", 2, &hash);
	tlog_leaf("\x01"
		  "a",
		  2, "b", 1, &range.hashes[0]);
	assert_memory_equal(&hash, &range.hashes[0], sizeof(hash));
}

static void test_append(void **state)
{
	struct tlog_range range;

	(void)state;
	tlog_range_init(&range, 0);
	for (uint64_t n = 0; n < LEAVES; n++) {
		struct tlog_hash leaf = leaf_of(n), root, expected = tree_hash(0, n + 1);

		tlog_range_append(&range, &leaf);
		tlog_range_root(&range, &root);
		assert_memory_equal(&root, &expected, sizeof(root));
		assert_int_equal(range.count, tlog_range_count(0, n + 1));
		assert_int_equal(range.count, __builtin_popcountll(n + 1));
	}
}

/* Every split of a range in two, and the pieces joined again. */
static void test_join(void **state)
{
	struct tlog_range left, right, whole;
	struct tlog_hash node;
	unsigned level;
	uint64_t index;

	(void)state;
	for (uint64_t begin = 0; begin < 40; begin += 3)
		for (uint64_t end = begin; end < 70; end += 5)
			for (uint64_t split = begin; split <= end; split++) {
				tlog_range_fetch(begin, split, fetch, NULL, &left);
				tlog_range_fetch(split, end, fetch, NULL, &right);
				tlog_range_fetch(begin, end, fetch, NULL, &whole);
				assert_int_equal(whole.count, tlog_range_count(begin, end));
				assert_int_equal(tlog_range_join(&left, &right), 0);
				assert_int_equal(left.end, end);
				assert_int_equal(left.count, whole.count);
				assert_memory_equal(left.hashes, whole.hashes,
						    whole.count * sizeof(whole.hashes[0]));
				for (unsigned i = 0; i < whole.count; i++) {
					tlog_range_place(&whole, i, &level, &index);
					fetch(NULL, level, index, &node);
					assert_memory_equal(&node, &whole.hashes[i], sizeof(node));
				}
			}
	tlog_range_init(&left, 5);
	tlog_range_init(&right, 6);
	assert_int_equal(tlog_range_join(&left, &right), ERR_RANGE);
}

/* Leaves appended behind any begin give the same nodes as the tree has. */
static void test_append_behind(void **state)
{
	struct tlog_range range, expected;

	(void)state;
	for (uint64_t begin = 0; begin < 33; begin++) {
		tlog_range_init(&range, begin);
		for (uint64_t n = begin; n < 130; n++) {
			struct tlog_hash leaf = leaf_of(n);

			tlog_range_append(&range, &leaf);
			tlog_range_fetch(begin, n + 1, fetch, NULL, &expected);
			assert_int_equal(range.count, expected.count);
			assert_memory_equal(range.hashes, expected.hashes,
					    range.count * sizeof(range.hashes[0]));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),        cmocka_unit_test(test_leaf_of_any_length),
		cmocka_unit_test(test_append),        cmocka_unit_test(test_join),
		cmocka_unit_test(test_append_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
