/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>

#define N 20000

static void test_put_and_get(void **state)
{
	struct map *map = map_new();
	char key[32];
	bool is_new;

	(void)state;
	assert_null(map_get(map, STR("")));
	for (uint64_t i = 0; i < N; i++) {
		const int len = snprintf(key, sizeof(key), "key-%d", (int)i);
		uint64_t *value = map_put(map, str_of(key, (size_t)len), &is_new);

		assert_true(is_new);
		assert_int_equal(*value, 0);
		*value = i;
	}
	memset(key, 'x', sizeof(key)); /* the map has its own copies */
	assert_int_equal(map_len(map), N);
	for (uint64_t i = 0; i < N; i++) {
		const int len = snprintf(key, sizeof(key), "key-%d", (int)i);
		const uint64_t *value = map_get(map, str_of(key, (size_t)len));

		assert_non_null(value);
		assert_int_equal(*value, i);
	}
	*map_put(map, STR("key-7"), &is_new) = 70;
	assert_false(is_new);
	assert_int_equal(*map_get(map, STR("key-7")), 70);
	assert_int_equal(map_len(map), N);
	map_free(map);
}

/* Keys are bytes: the empty one, and those with a NUL, are keys like others. */
static void test_odd_keys(void **state)
{
	struct map *map = map_new();

	(void)state;
	*map_put(map, (struct str){NULL, 0}, NULL) = 1;
	*map_put(map, STR("a"), NULL) = 2;
	*map_put(map, STR("a\0"), NULL) = 3;
	*map_put(map, STR("A"), NULL) = 4;
	assert_int_equal(map_len(map), 4);
	assert_int_equal(*map_get(map, STR("")), 1);
	assert_int_equal(*map_get(map, STR("a")), 2);
	assert_int_equal(*map_get(map, STR("a\0")), 3);
	assert_null(map_get(map, STR("\0")));
	map_free(map);
}

static void test_walk(void **state)
{
	struct map *map = map_new();
	char seen[500] = {0};
	size_t cursor = 0, count = 0;
	struct str key;
	uint64_t value;

	(void)state;
	assert_false(map_next(map, &cursor, &key, &value));
	for (uint64_t i = 0; i < sizeof(seen); i++)
		*map_put(map, str_of((const char *)&i, sizeof(i)), NULL) = i;
	for (cursor = 0; map_next(map, &cursor, &key, &value); count++) {
		assert_in_range(value, 0, sizeof(seen) - 1);
		assert_memory_equal(key.ptr, &value, sizeof(value));
		assert_int_equal(seen[value]++, 0);
	}
	assert_int_equal(count, sizeof(seen));
	map_free(map);
	map_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put_and_get),
		cmocka_unit_test(test_odd_keys),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
