/* SPDX-License-Identifier: Apache-2.0 */
/* When merges wait and when they go on. */
#include "store/merges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_when_merges_wait(void **state)
{
	static const struct {
		bool wait, expected;
		int64_t percent, parts;
	} cases[] = {
		{false, false, 0, 0},    {false, false, 49, 10},        {false, true, 50, 10},
		{false, true, 100, 99},  {false, false, 100, 100},      {false, false, 100, INT64_MAX},
		{true, true, 49, 10},    {true, true, 20, 299},         {true, false, 19, 10},
		{true, false, 100, 300}, {true, false, 100, INT64_MAX}, {true, false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (merges_should_wait(cases[i].wait, cases[i].percent, cases[i].parts) != cases[i].expected)
			fail_msg("case %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_when_merges_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
