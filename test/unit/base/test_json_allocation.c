/* SPDX-License-Identifier: Apache-2.0 */
/* A warm parser must not reach the allocator: the linker puts these counters before it (--wrap). */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static size_t calls;

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
	calls++;
	return __real_malloc(size);
}

void *__wrap_realloc(void *old, size_t size)
{
	calls++;
	return __real_realloc(old, size);
}

static void test_warm_parser(void **state)
{
	static const struct str documents[] = {
		STR("{\"a\":\"C:\\\\Windows\\\\cmd.exe\",\"b\":[1,2,{\"c\":\"\\u671b\\n\"}],\"d\":null}"),
		STR("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30]"),
		STR("\"0123456789012345678901234567890123456789012345678901234567890123456789\""),
		STR("{\"broken\": [1,2,"),
	};
	struct json_parser *parser = json_parser_new();
	const struct json_node *nodes;
	size_t warm = 0, used;

	(void)state;
	assert_non_null(parser);
	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
			json_parse(parser, documents[i], &nodes, NULL);
			json_parse_prefix(parser, documents[i], &nodes, &used);
		}
		if (round == 0)
			warm = calls;
	}
	assert_true(warm > 0); /* the counters are in place */
	assert_int_equal(calls, warm);
	json_parser_free(parser);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_warm_parser)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
