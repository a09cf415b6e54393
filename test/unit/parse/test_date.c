/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "parse/day.h"

static int64_t at(const char *text)
{
	int64_t time = 0;

	assert_int_equal(clock_parse(str_from(text), 0, &time), 0);
	return time;
}

static void test_formats(void **state)
{
	static const struct {
		const char *text, *format, *expected;
	} cases[] = {
		{"2026-03-02T01:02:03.5Z", "iso8601", "2026-03-02T01:02:03.5Z"},
		{"2026-03-02 01:02:03", "iso8601", "2026-03-01T17:02:03Z"}, /* the sender's zone */
		{"1767600000", "epoch", "2026-01-05T08:00:00Z"},
		{"1767600000.25", "epoch", "2026-01-05T08:00:00.25Z"},
		{"1767600000250", "epoch_ms", "2026-01-05T08:00:00.25Z"},
		{"1767600000250001", "epoch_us", "2026-01-05T08:00:00.250001Z"},
		{"1767600000250001999", "epoch_ns", "2026-01-05T08:00:00.250001Z"},
		{"22/Nov/2026:08:30:00 +0800", "%d/%b/%Y:%H:%M:%S %z", "2026-11-22T00:30:00Z"},
		{"Sun Nov  2 08:30:00 2026", "%a %b %e %H:%M:%S %Y", "2026-11-02T00:30:00Z"},
		{"November 2, 2026 01:05 PM", "%B %d, %Y %I:%M %p", "2026-11-02T05:05:00Z"},
		{"11/02/26 12:05 AM Z", "%m/%d/%y %I:%M %p %z", "2026-11-02T00:05:00Z"},
		{"2026 032 10:00:00 UTC", "%Y %j %H:%M:%S %Z", "2026-02-01T10:00:00Z"},
		{"  2026-03-02 01:02:03.123456789 -05:30 ", "%Y-%m-%d %H:%M:%S.%f %z",
		 "2026-03-02T06:32:03.123456Z"},
	};
	struct date_context context = {at("2026-11-22T10:00:00Z"), 8 * CLOCK_HOUR};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time = 0;
		bool zoned;

		assert_int_equal(date_format_check(str_from(cases[i].format)), 0);
		if (date_parse(str_from(cases[i].text), str_from(cases[i].format), &context, &time, &zoned) <
			    0 ||
		    time != at(cases[i].expected))
			fail_msg("%s by %s", cases[i].text, cases[i].format);
	}
}

static void test_nonsense_is_refused(void **state)
{
	static const struct {
		const char *text, *format;
	} cases[] = {
		{"", "iso8601"},
		{"2026-02-29 00:00:00", "%Y-%m-%d %H:%M:%S"},
		{"2026-13-01 00:00:00", "%Y-%m-%d %H:%M:%S"},
		{"2026-01-01 24:00:00", "%Y-%m-%d %H:%M:%S"},
		{"2026-01-01 00:00:00x", "%Y-%m-%d %H:%M:%S"},
		{"-5", "epoch"},
		{"99999999999999", "epoch"},
		{"1.5", "epoch_ms"},
		{"1e9", "epoch"},
		{"Foo 2 2026", "%b %d %Y"},
		{"2026 367", "%Y %j"},
		{"32", "%j"},
	};
	static const char *const formats[] = {"", "rfc3339", "%q", "%Y%", "plain"};
	struct date_context context = {at("2026-11-22T10:00:00Z"), 0};
	int64_t time = 7;
	bool zoned;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (date_parse(str_from(cases[i].text), str_from(cases[i].format), &context, &time, &zoned) ==
		    0)
			fail_msg("%s by %s", cases[i].text, cases[i].format);
	assert_int_equal(time, 7);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		assert_true(date_format_check(str_from(formats[i])) < 0);
}

static void test_missing_year(void **state)
{
	static const struct {
		const char *received, *text, *expected;
		int64_t zone;
	} cases[] = {
		{"2026-11-22T10:00:00Z", "Nov 22 09:59:59", "2026-11-22T09:59:59Z", 0},
		{"2026-11-22T10:00:00Z", "Nov 23 09:00:00", "2026-11-23T09:00:00Z", 0}, /* within a day */
		{"2026-11-22T10:00:00Z", "Nov 23 10:00:01", "2025-11-23T10:00:01Z", 0}, /* later: last year */
		{"2026-11-22T10:00:00Z", "Dec 31 23:59:59", "2025-12-31T23:59:59Z", 0},
		{"2026-01-01T00:00:30Z", "Dec 31 23:59:59", "2025-12-31T23:59:59Z", 0},
		{"2026-12-31T23:59:50Z", "Jan  1 00:00:10", "2027-01-01T00:00:10Z", 0}, /* a clock ahead */
		{"2026-12-31T23:59:50Z", "Jan  3 00:00:10", "2026-01-03T00:00:10Z", 0},
		{"2028-03-01T00:00:00Z", "Feb 29 12:00:00", "2028-02-29T12:00:00Z", 0},
		{"2029-01-15T00:00:00Z", "Feb 29 12:00:00", "2028-02-29T12:00:00Z", 0},
		{"2025-12-31T20:00:00Z", "Jan  1 03:30:00", "2025-12-31T19:30:00Z", 8 * CLOCK_HOUR},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct date_context context = {at(cases[i].received), cases[i].zone};
		struct str text = str_from(cases[i].text);
		int64_t time = 0, taken = 0;
		bool zoned = true;

		assert_int_equal(date_parse(text, STR("%b %e %H:%M:%S"), &context, &time, &zoned), 0);
		if (time != at(cases[i].expected))
			fail_msg("%s received %s", cases[i].text, cases[i].received);
		assert_int_equal(date_take_bsd(&text, &context, &taken, &zoned), 0);
		assert_int_equal(taken, time);
		assert_false(zoned);
		assert_int_equal(text.len, 0);
	}
}

/* Whether the text says by itself when it was. */
static void test_zoned(void **state)
{
	static const struct {
		const char *text, *format;
		bool zoned;
	} cases[] = {
		{"2026-11-22T10:00:00Z", "iso8601", true},
		{"2026-11-22T10:00:00.25+08:00", "iso8601", true},
		{"2026-11-22T10:00:00-0500", "iso8601", true},
		{"2026-11-22 10:00:00", "iso8601", false},
		{"2026-11-22T10:00:00.123", "iso8601", false},
		{"2026-11-22", "iso8601", false},
		{"1795341600", "epoch", true},
		{"1795341600000", "epoch_ms", true},
		{"22/Nov/2026:10:00:00 +0800", "%d/%b/%Y:%H:%M:%S %z", true},
		{"2026-11-22 10:00:00", "%Y-%m-%d %H:%M:%S", false},
		{"2026-11-22 10:00:00 UTC", "%Y-%m-%d %H:%M:%S %Z", true},
		{"2026-11-22 10:00:00 CST", "%Y-%m-%d %H:%M:%S %Z", false},
	};
	struct date_context context = {at("2026-11-22T10:00:00Z"), 0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time;
		bool zoned = !cases[i].zoned;

		assert_int_equal(date_parse(str_from(cases[i].text), str_from(cases[i].format), &context,
					    &time, &zoned),
				 0);
		if (zoned != cases[i].zoned)
			fail_msg("%s", cases[i].text);
	}
}

static void test_feb_29_of_no_year(void **state)
{
	struct date_context context = {at("2026-11-22T10:00:00Z"), 0};
	int64_t time;
	bool zoned;

	(void)state;
	assert_int_equal(date_parse(STR("Feb 29 12:00:00"), STR("%b %e %H:%M:%S"), &context, &time, &zoned),
			 ERR_RANGE);
}

/* What is remembered of days changes nothing, wherever the year may turn. */
static void check_day(const char *text, int64_t received, int64_t zone, struct day_memos *days)
{
	const struct date_context plain = {received, zone, NULL}, with = {received, zone, days};
	struct str expected_rest = str_from(text), rest = expected_rest;
	int64_t expected = 0, time = 0;
	bool expected_zoned = false, zoned = false;
	int r = date_take_bsd(&expected_rest, &plain, &expected, &expected_zoned);

	assert_int_equal(day_take_bsd(&rest, &with, &time, &zoned), r);
	if (r == 0 && (time != expected || zoned != expected_zoned || rest.ptr != expected_rest.ptr))
		fail_msg("%s received at %lld: %lld, not %lld", text, (long long)received, (long long)time,
			 (long long)expected);
}

static void test_days(void **state)
{
	static const char *const names[] = {"Dec 30 ", "Dec 31 ", "Jan  1 ", "Jan 1 ",  "Jan 2 ",
					    "Feb 29 ", "Feb 28 ", "Mar  1 ", "Nov 22 ", "Nov 23 "};
	static const char *const ends[] = {
		"00:00:00",         "23:59:59 sw-1 %A", "11:59:59:",       "24:00:00",
		"1:00:00",          "07:30:00.25 sw-1", "07:30:00 2024 x", "07:30:00 UTC: x",
		"07:30:00 sw-1: x", "23:59:60",         "12:00:0x",        "12.00.00"};
	static const char *const received[] = {"2026-11-22T10:00:00Z", "2026-12-31T23:30:00Z",
					       "2027-01-01T00:10:00Z", "2028-02-28T23:59:00Z",
					       "2028-12-31T15:30:00Z"};
	struct day_memos days = {0};
	char text[40];
	bool kept = false;

	(void)state;
	for (int round = 0; round < 8; round++)
		for (size_t r = 0; r < 5; r++)
			for (int64_t late = 0; late < 2 * CLOCK_HOUR; late += 13 * CLOCK_MINUTE)
				for (size_t i = 0; i < 10 * 12; i++) {
					snprintf(text, sizeof(text), "%s%s", names[i / 12], ends[i % 12]);
					check_day(text, at(received[r]) + late, round % 3 * 4 * CLOCK_HOUR,
						  &days);
				}
	for (size_t i = 0; i < DAY_MEMOS; i++)
		kept |= days.read[i].name != 0;
	assert_true(kept);
}

static void test_days_written(void **state)
{
	static const char *const times[] = {"2026-11-22T10:00:00.000001Z", "2026-11-22T23:59:59.999999Z",
					    "2026-12-24T00:00:00Z",        "1969-12-31T23:59:59Z",
					    "1970-01-01T00:00:00Z",        "1970-01-02T01:02:03Z",
					    "9999-12-31T23:59:59.5Z"};
	struct day_memos days = {0};
	char expected[CLOCK_TEXT_SIZE], written[CLOCK_TEXT_SIZE];

	(void)state;
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
			clock_format(at(times[i]), expected);
			day_format(&days, at(times[i]), written);
			assert_string_equal(written, expected);
			day_format(&days, at(times[i]), written);
			assert_string_equal(written, expected);
		}
	clock_format(INT64_MIN, expected);
	day_format(&days, INT64_MIN, written);
	assert_string_equal(written, expected);
	clock_format(INT64_MAX, expected);
	day_format(&days, INT64_MAX, written);
	assert_string_equal(written, expected);
}

static void test_zone(void **state)
{
	int64_t zone;

	(void)state;
	assert_int_equal(date_zone_parse(STR("+08:00"), &zone), 0);
	assert_int_equal(zone, 8 * CLOCK_HOUR);
	assert_int_equal(date_zone_parse(STR("-0330"), &zone), 0);
	assert_int_equal(zone, -(3 * CLOCK_HOUR + 30 * CLOCK_MINUTE));
	assert_int_equal(date_zone_parse(STR("UTC"), &zone), 0);
	assert_int_equal(zone, 0);
	assert_true(date_zone_parse(STR("Asia/Shanghai"), &zone) < 0);
	assert_true(date_zone_parse(STR("+99:00"), &zone) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),      cmocka_unit_test(test_nonsense_is_refused),
		cmocka_unit_test(test_missing_year), cmocka_unit_test(test_feb_29_of_no_year),
		cmocka_unit_test(test_zoned),        cmocka_unit_test(test_zone),
		cmocka_unit_test(test_days),         cmocka_unit_test(test_days_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
