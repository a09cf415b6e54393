/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"

static void check(struct str body, const char *expected)
{
	struct lines lines = lines_of(body);
	struct buf out = {0};
	struct str line;
	size_t count = 0;

	for (; lines_next(&lines, &line); count++)
		buf_printf(&out, "%zu[%.*s]", lines.number, STR_FMT(line));
	assert_string_equal(buf_cstr(&out), expected);
	assert_true(count <= lines_estimate(body, 1000));
	buf_done(&out);
}

static void test_lines(void **state)
{
	(void)state;
	check(STR(""), "");
	check(STR("\n"), "");
	check(STR("a"), "1[a]");
	check(STR("a\n"), "1[a]");
	check(STR("a\nb"), "1[a]2[b]");
	check(STR("\r\n\n\na\r\n\r\nb\r\n"), "4[a]6[b]");
	check(STR("a\rb\r\r\n"), "1[a\rb\r]");
	check(STR(" \n"), "1[ ]");
}

static void test_the_estimate_is_bounded(void **state)
{
	(void)state;
	assert_int_equal(lines_estimate(STR("a\nb\nc\nd"), 1000), 4);
	assert_int_equal(lines_estimate(STR("a\nb\nc\nd"), 3), 3);
	assert_int_equal(lines_estimate(STR(""), 3), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_the_estimate_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
