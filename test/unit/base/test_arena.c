/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/huge.h"

#define BLOCK 1024

static struct arena *arena;

static int make(void **state)
{
	(void)state;
	arena = arena_new(BLOCK);
	return !arena;
}

static int unmake(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Aligned, and none overlaps another. */
static void test_alignment(void **state)
{
	char *all[200];

	(void)state;
	for (size_t size = 0; size < 200; size++) {
		all[size] = arena_alloc(arena, size);
		assert_non_null(all[size]);
		assert_int_equal((uintptr_t)all[size] % 16, 0);
		memset(all[size], (int)size, size);
	}
	for (size_t size = 0; size < 200; size++)
		for (size_t i = 0; i < size; i++)
			assert_int_equal((unsigned char)all[size][i], size);
}

static void test_large(void **state)
{
	char *small = arena_alloc(arena, 10), *large = arena_alloc(arena, 100 * BLOCK);

	(void)state;
	memset(small, 1, 10);
	memset(large, 2, 100 * BLOCK);
	assert_int_equal(small[9], 1);
	assert_int_equal(arena_used(arena), 10 + 100 * BLOCK);
	assert_true(arena_held(arena) >= 101 * BLOCK);
}

/* Blocks of huge pages, filled to their last byte. */
static void test_huge(void **state)
{
	struct arena *huge = arena_new(ARENA_BLOCK_HUGE);
	size_t sizes[] = {ARENA_BLOCK_HUGE / 2, ARENA_BLOCK_HUGE / 2, HUGE_PAGE + 1};
	char *texts[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		texts[i] = memset(arena_alloc(huge, sizes[i]), (int)i + 1, sizes[i]);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(texts[i][0] * texts[i][sizes[i] - 1], (i + 1) * (i + 1));
	arena_free(huge);
	assert_null(huge_alloc(SIZE_MAX - 1));
}

static void test_zalloc(void **state)
{
	(void)state;
	memset(arena_alloc(arena, 500), 0xFF, 500);
	arena_reset(arena);
	for (char *p = arena_zalloc(arena, 500), *end = p + 500; p < end; p++)
		assert_int_equal(*p, 0);
}

/* The second round of the same work takes nothing from the system. */
static void test_reset_keeps_memory(void **state)
{
	size_t held = 0;

	(void)state;
	for (int round = 0; round < 5; round++) {
		for (size_t i = 0; i < 50; i++)
			arena_alloc(arena, i % 7 == 0 ? 3 * BLOCK : i * 10);
		if (round == 0)
			held = arena_held(arena);
		assert_int_equal(arena_held(arena), held);
		arena_reset(arena);
		assert_int_equal(arena_used(arena), 0);
	}
}

static void test_copy_and_printf(void **state)
{
	struct str copy = arena_copy(arena, STR("a\0b")), empty = arena_copy(arena, (struct str){NULL, 0});
	struct str text = arena_printf(arena, "%s-%d", "x", 42);

	(void)state;
	assert_int_equal(copy.len, 3);
	assert_memory_equal(copy.ptr, "a\0b", 4);
	assert_int_equal(empty.len, 0);
	assert_string_equal(empty.ptr, "");
	assert_string_equal(text.ptr, "x-42");
	assert_int_equal(text.len, 4);
	assert_int_equal(arena_printf(arena, "%2000d", 1).len, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_alignment, make, unmake),
		cmocka_unit_test_setup_teardown(test_large, make, unmake),
		cmocka_unit_test_setup_teardown(test_zalloc, make, unmake),
		cmocka_unit_test(test_huge),
		cmocka_unit_test_setup_teardown(test_reset_keeps_memory, make, unmake),
		cmocka_unit_test_setup_teardown(test_copy_and_printf, make, unmake),
	};

	arena_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
