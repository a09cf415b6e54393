/* SPDX-License-Identifier: Apache-2.0 */
#include "query/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "query/search.h"

#define NOW INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

static void assert_time(const char *text, int64_t begin, int64_t span)
{
	int64_t got_begin, got_end;

	if (time_read(str_from(text), NOW + 5 * CLOCK_HOUR, &got_begin, &got_end) < 0)
		fail_msg("%s is refused", text);
	assert_int_equal(got_begin, begin);
	assert_int_equal(got_end - got_begin, span);
}

static void test_relative(void **state)
{
	(void)state;
	assert_time("now", NOW + 5 * CLOCK_HOUR, 1);
	assert_time("now-5h", NOW, 1);
	assert_time("-5h", NOW, 1);
	assert_time("now-1d+2h", NOW - 17 * CLOCK_HOUR, 1);
	assert_time("now/d", NOW, CLOCK_DAY);
	assert_time("now-1d/d", NOW - CLOCK_DAY, CLOCK_DAY);
	assert_time("now-6M", NOW + 5 * CLOCK_HOUR - 180 * CLOCK_DAY, 1);
}

static void test_absolute(void **state)
{
	(void)state;
	assert_time("2026-01-01", NOW, CLOCK_DAY);
	assert_time("2026-01-01T00:30", NOW + 30 * CLOCK_MINUTE, CLOCK_MINUTE);
	assert_time("2026-01-01 00:00:01", NOW + CLOCK_SECOND, CLOCK_SECOND);
	assert_time("2026-01-01T08:00:00+08:00", NOW, 1);
	assert_time("2026-01-01T00:00:00.5Z", NOW + 500 * CLOCK_MILLISECOND, 1);
}

static void test_nonsense(void **state)
{
	static const char *const texts[] = {"",           "yesterday",
					    "now-",       "now-h",
					    "now-1",      "now-1x",
					    "now/",       "now/x",
					    "now1h",      "now-9999999999999d",
					    "2026-13-01", "2026-01-01T00:3x"};
	int64_t begin, end;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (time_read(str_from(texts[i]), NOW, &begin, &end) != ERR_SYNTAX)
			fail_msg("'%s' is taken", texts[i]);
}

static void test_bucket_widths_are_round(void **state)
{
	(void)state;
	assert_int_equal(search_bucket_width(0, CLOCK_DAY, 60), 30 * CLOCK_MINUTE);
	assert_int_equal(search_bucket_width(0, CLOCK_HOUR, 100), CLOCK_MINUTE);
	assert_true(INT64_MAX / search_bucket_width(0, INT64_MAX, 60) < 60);
	assert_int_equal(search_bucket_width(0, 36500 * CLOCK_DAY, 60) % (30 * CLOCK_DAY), 0);
}

static void test_buckets_stay_where_they_are(void **state)
{
	static const struct {
		int64_t time, width, start;
	} cases[] = {
		{0, CLOCK_HOUR, 0},
		{CLOCK_HOUR - 1, CLOCK_HOUR, 0},
		{CLOCK_HOUR, CLOCK_HOUR, CLOCK_HOUR},
		{-1, CLOCK_HOUR, -CLOCK_HOUR}, /* before 1970 */
		{-CLOCK_HOUR, CLOCK_HOUR, -CLOCK_HOUR},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(search_bucket_start(cases[i].time, cases[i].width), cases[i].start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relative),
		cmocka_unit_test(test_absolute),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_bucket_widths_are_round),
		cmocka_unit_test(test_buckets_stay_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
