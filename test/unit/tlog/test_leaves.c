/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tlog/leaves.h"

#define BYTES 4096
#define ENTRIES_MAX 40

static uint8_t bytes[BYTES]; /* the mark of a leaf, then anything */

static void fill(void)
{
	for (size_t i = 1; i < BYTES; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
}

static struct tlog_entry entry_of(size_t prefix, size_t len)
{
	return (struct tlog_entry){bytes + 1, prefix, bytes + 1 + prefix, len};
}

/* Against one SHA-256 over all of each. */
static void check(const struct tlog_entry *entries, size_t count)
{
	struct tlog_hash hashes[ENTRIES_MAX + 1] = {0}, expected, untouched = {0};

	tlog_leaves(entries, count, hashes);
	for (size_t i = 0; i < count; i++) {
		sha256(bytes, 1 + entries[i].prefix_len + entries[i].len, expected.bytes);
		assert_memory_equal(&hashes[i], &expected, sizeof(expected));
	}
	assert_memory_equal(&hashes[count], &untouched, sizeof(untouched));
}

/* Every place where a piece may end in a block, beside one that ends somewhere else. */
static void test_any_length(void **state)
{
	(void)state;
	fill();
	for (size_t prefix = 0; prefix <= 140; prefix++)
		for (size_t len = 0; len <= 200; len++) {
			const struct tlog_entry entries[] = {entry_of(prefix, len), entry_of(8, 300),
							     entry_of(len, prefix)};

			check(entries, 3);
		}
}

/* Whichever of the two ends first, and however many follow. */
static void test_any_count(void **state)
{
	struct tlog_entry entries[ENTRIES_MAX];

	(void)state;
	fill();
	for (size_t count = 0; count <= ENTRIES_MAX; count++)
		for (size_t seed = 0; seed < 50; seed++) {
			for (size_t i = 0; i < count; i++)
				entries[i] = entry_of((i * seed) % 90, (i * i * 37 + seed * 131) % 3000);
			check(entries, count);
		}
}

static void test_empty(void **state)
{
	struct tlog_entry entries[] = {{NULL, 0, NULL, 0}, {NULL, 0, NULL, 0}};

	(void)state;
	check(entries, 1);
	check(entries, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_length),
		cmocka_unit_test(test_any_count),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
