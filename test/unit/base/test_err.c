/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static void test_text(void **state)
{
	(void)state;
	assert_string_equal(err_text(ERR_SYNTAX), "the text is malformed");
	assert_string_equal(err_text(-ENOENT), strerror(ENOENT));
	assert_string_equal(err_text(0), "no error");
	assert_string_equal(err_text(5), "no error");
	assert_true(strlen(err_text(-4095)) > 0);
	assert_true(ERR_SYNTAX < -4095);
}

static void test_set(void **state)
{
	struct err err = {0};
	char text[3000];

	(void)state;
	assert_int_equal(err_set(NULL, ERR_RANGE, 1, 2, "ignored"), ERR_RANGE);
	err_set_file(NULL, "ignored");
	err_set_file(&err, "rule.yml");
	assert_int_equal(err_set(&err, ERR_RANGE, 3, 4, "%d is too much", 9), ERR_RANGE);
	assert_int_equal(err.code, ERR_RANGE);
	assert_string_equal(err.file, "rule.yml");
	assert_string_equal(err.message, "9 is too much");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	err_set(&err, ERR_RANGE, 0, 0, "%s", text);
	err_set_file(&err, text);
	assert_int_equal(strlen(err.message), ERR_MESSAGE_MAX - 1);
	assert_int_equal(strlen(err.file), ERR_FILE_MAX - 1);
}

static void test_format(void **state)
{
	static const struct {
		struct err err;
		const char *text;
	} cases[] = {
		{{ERR_RANGE, 3, 4, "f", "m"}, "f:3:4: m"},
		{{ERR_RANGE, 3, 0, "f", "m"}, "f:3: m"},
		{{ERR_RANGE, 0, 0, "f", "m"}, "f: m"},
		{{ERR_RANGE, 3, 0, "", "m"}, "line 3: m"},
		{{ERR_RANGE, 3, 4, "", "m"}, "line 3, column 4: m"},
		{{ERR_RANGE, 0, 4, "", "m"}, "column 4: m"},
		{{ERR_RANGE, 0, 0, "", "m"}, "m"},
		{{ERR_RANGE, 0, 0, "", ""}, "a value is out of range"},
	};
	char text[8];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[100];

		err_format(&cases[i].err, out, sizeof(out));
		assert_string_equal(out, cases[i].text);
	}
	err_format(&cases[0].err, text, sizeof(text));
	assert_string_equal(text, "f:3:4: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
