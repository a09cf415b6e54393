/* SPDX-License-Identifier: Apache-2.0 */
#include "web/sql_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/err.h"

#define HEAD "name\tn\nString\tUInt64\n"

/* The answer fed a few bytes at a time. */
static void assert_rows(const char *table, size_t step, const char *expected)
{
	struct buf out = {0};
	struct sql_rows rows = {.out = &out};
	struct str rest = str_from(table);

	while (rest.len) {
		assert_int_equal(sql_rows_take(&rows, str_head(rest, step)), 0);
		rest = str_from_offset(rest, rest.len < step ? rest.len : step);
	}
	sql_rows_finish(&rows);
	assert_string_equal(buf_cstr(&out), expected);
	assert_false(rows.full);
	sql_rows_done(&rows);
	buf_done(&out);
}

static void test_values(void **state)
{
	(void)state;
	for (size_t step = 1; step < 40; step += 3) {
		assert_rows(HEAD "a\\tb\\n\\\\\t1\n\\N\t2\n\t3\n", step,
			    "\"columns\":[{\"name\":\"name\",\"type\":\"String\"},{\"name\":\"n\",\"type\":"
			    "\"UInt64\"}],"
			    "\"rows\":[[\"a\\tb\\n\\\\\",\"1\"],[null,\"2\"],[\"\",\"3\"]]");
		assert_rows(HEAD, step,
			    "\"columns\":[{\"name\":\"name\",\"type\":\"String\"},{\"name\":\"n\",\"type\":"
			    "\"UInt64\"}],"
			    "\"rows\":[]");
	}
	assert_rows("", 1, "\"columns\":[],\"rows\":[]");
	assert_rows("x\nString\n\xff<b>\n", 7,
		    "\"columns\":[{\"name\":\"x\",\"type\":\"String\"}],\"rows\":[[\"\xef\xbf\xbd<b>\"]]");
}

static void test_limits(void **state)
{
	struct buf out = {0};
	struct sql_rows rows = {.out = &out};

	(void)state;
	assert_int_equal(sql_rows_take(&rows, STR(HEAD)), 0);
	for (int i = 0; i < SQL_ROWS_MAX; i++)
		assert_int_equal(sql_rows_take(&rows, STR("a\t1\n")), 0);
	assert_false(rows.full);
	assert_int_equal(sql_rows_take(&rows, STR("a\t1\n")), ERR_LIMIT);
	assert_true(rows.full);
	sql_rows_done(&rows);
	rows = (struct sql_rows){.out = &out};
	assert_int_equal(sql_rows_take(&rows, STR("a\tb\nString\n")), ERR_PROTOCOL);
	sql_rows_done(&rows);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
