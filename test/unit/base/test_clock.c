/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <time.h>

#include "base/err.h"

/* Against the C library, day by day over years with every kind of leap rule, and before 1970. */
static void test_civil_against_libc(void **state)
{
	(void)state;
	for (int64_t day = -800000; day < 800000; day += 97) {
		const int64_t time = day * CLOCK_DAY + 12345678;
		const time_t seconds = (time_t)(day * 86400 + 12);
		struct clock_civil c;
		struct tm tm;

		clock_to_civil(time, &c);
		assert_non_null(gmtime_r(&seconds, &tm));
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.second, 12);
		assert_int_equal(c.microsecond, 345678);
		assert_int_equal(clock_weekday(time), tm.tm_wday);
		assert_true(clock_from_civil(&c) == time);
	}
}

static void test_extremes(void **state)
{
	static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct clock_civil c;
		char text[CLOCK_TEXT_SIZE];

		clock_to_civil(times[i], &c);
		assert_in_range(c.month, 1, 12);
		assert_in_range(c.hour, 0, 23);
		assert_in_range(c.microsecond, 0, 999999);
		assert_in_range(clock_weekday(times[i]), 0, 6);
		clock_format(times[i], text);
		assert_int_equal(strlen(text), CLOCK_TEXT_SIZE - 1);
		assert_int_equal(text[CLOCK_TEXT_SIZE - 2], 'Z');
	}
}

static void test_format(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format(INT64_C(1763800200123456), text);
	assert_string_equal(text, "2025-11-22T08:30:00.123456Z");
	clock_format(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
	clock_format(INT64_MAX, text); /* RFC 3339 has four digits for a year */
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
}

static void test_parse(void **state)
{
	static const struct {
		const char *text, *utc;
	} cases[] = {
		{"2025-11-22T08:30:00Z", "2025-11-22T08:30:00.000000Z"},
		{"2025-11-22t08:30:00.5z", "2025-11-22T08:30:00.500000Z"},
		{"2025-11-22 08:30:00.123456789+08:00", "2025-11-22T00:30:00.123456Z"},
		{"2025-11-22T08:30:00,25-0330", "2025-11-22T12:00:00.250000Z"},
		{"2025-11-22T08:30:00+08", "2025-11-22T00:30:00.000000Z"},
		{"2024-02-29", "2024-02-28T16:00:00.000000Z"},
		{"2025-11-22T08:30:00", "2025-11-22T00:30:00.000000Z"},
		{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
		{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
		{"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[CLOCK_TEXT_SIZE];
		int64_t time;

		assert_int_equal(clock_parse(str_from(cases[i].text), 8 * CLOCK_HOUR, &time), 0);
		clock_format(time, text);
		assert_string_equal(text, cases[i].utc);
	}
}

static void test_parse_refuses(void **state)
{
	static const struct {
		const char *text;
		int r;
	} cases[] = {
		{"", ERR_SYNTAX},
		{"2025", ERR_SYNTAX},
		{"25-11-22", ERR_SYNTAX},
		{"2025-11-22T", ERR_SYNTAX},
		{"2025-11-22T08:30Z", ERR_SYNTAX},
		{"2025-11-22T08:30:00.Z", ERR_SYNTAX},
		{"2025-11-22T08:30:00.1234567890Z", ERR_SYNTAX},
		{"2025-11-22T08:30:00Zx", ERR_SYNTAX},
		{"2025-11-22T08:30:00+8", ERR_SYNTAX},
		{"2025-11-22T08:30:00+08:0", ERR_SYNTAX},
		{"2025-11-22T08:30:00+08:", ERR_SYNTAX},
		{"2025-11-22T08:30:00 ", ERR_SYNTAX},
		{"-025-11-22", ERR_SYNTAX},
		{"2025-13-01", ERR_RANGE},
		{"2025-00-01", ERR_RANGE},
		{"2025-02-29", ERR_RANGE},
		{"1900-02-29", ERR_RANGE},
		{"2025-04-31", ERR_RANGE},
		{"2025-01-00", ERR_RANGE},
		{"2025-11-22T24:00:00Z", ERR_RANGE},
		{"2025-11-22T08:60:00Z", ERR_RANGE},
		{"2025-11-22T08:30:61Z", ERR_RANGE},
		{"2025-11-22T08:30:00+24:00", ERR_RANGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time = 42;

		if (clock_parse(str_from(cases[i].text), 0, &time) != cases[i].r || time != 42)
			fail_msg("%s", cases[i].text);
	}
}

static void test_offsets(void **state)
{
	static const char *const bad[] = {"",       "8",      "+8",      "+08:", "08:00",
					  "+24:00", "+08:60", "+08:00x", "Zulu"};
	int64_t offset = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(clock_parse_offset(str_from(bad[i]), &offset) < 0);
	assert_int_equal(offset, 7);
	assert_int_equal(clock_parse_offset(STR("Z"), &offset), 0);
	assert_int_equal(offset, 0);
	assert_int_equal(clock_parse_offset(STR("+08:00"), &offset), 0);
	assert_int_equal(offset, 8 * CLOCK_HOUR);
	assert_int_equal(clock_parse_offset(STR("-0530"), &offset), 0);
	assert_int_equal(offset, -(5 * CLOCK_HOUR + 30 * CLOCK_MINUTE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offsets),  cmocka_unit_test(test_civil_against_libc),
		cmocka_unit_test(test_extremes), cmocka_unit_test(test_format),
		cmocka_unit_test(test_parse),    cmocka_unit_test(test_parse_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
