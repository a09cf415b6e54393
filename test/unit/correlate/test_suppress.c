/* SPDX-License-Identifier: Apache-2.0 */
/* Which match is an alert, which is counted on an earlier one, and what is forgotten when there is no room.
 */
#include "correlate/suppress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000000)
#define T0 (INT64_C(1795000000) * 1000000)

static int64_t watermarks[LANE_COUNT];

static int set_up(void **state)
{
	(void)state;
	for (int i = 0; i < LANE_COUNT; i++)
		watermarks[i] = INT64_MIN;
	return 0;
}

/* The repeats that are answered: 0 for an alert of its own. The cause is the time in minutes. */
static int take(struct suppress *suppress, uint64_t rule, const char *key, int minute)
{
	char cause[32];
	struct suppress_match match = {.rule = rule,
				       .lane = LANE_LIVE,
				       .key = str_from(key),
				       .time = T0 + minute * MINUTE,
				       .span = 60 * MINUTE,
				       .watermarks = watermarks};

	snprintf(cause, sizeof(cause), "at %d", minute);
	match.cause = str_from(cause);
	return (int)suppress_take(suppress, &match).repeats;
}

/* The newest time counted on the alert of a key, once a match at that minute is. */
static int64_t last_of(struct suppress *suppress, const char *key, int minute)
{
	const struct suppress_match match = {.rule = 1,
					     .lane = LANE_LIVE,
					     .key = str_from(key),
					     .cause = STR("late"),
					     .time = T0 + minute * MINUTE,
					     .span = 60 * MINUTE,
					     .watermarks = watermarks};

	return suppress_take(suppress, &match).last;
}

static void test_span(void **state)
{
	struct suppress *suppress = suppress_new(1 << 20);
	struct suppress_match match = {.rule = 1,
				       .lane = LANE_LIVE,
				       .key = STR("a"),
				       .cause = STR("other"),
				       .time = T0 + 50 * MINUTE,
				       .span = 60 * MINUTE,
				       .watermarks = watermarks};
	struct suppress_answer answer;

	(void)state;
	assert_int_equal(take(suppress, 1, "a", 0), 0);
	assert_int_equal(take(suppress, 1, "a", 1), 1);
	assert_int_equal(take(suppress, 1, "b", 1), 0); /* another key, another rule, another lane */
	assert_int_equal(take(suppress, 2, "a", 1), 0);
	match.lane = LANE_DRILL;
	assert_int_equal(suppress_take(suppress, &match).repeats, 0);
	match.lane = LANE_LIVE;
	answer = suppress_take(suppress, &match);
	assert_int_equal(answer.repeats, 2);
	assert_true(str_eq(answer.cause, STR("at 0")));
	assert_int_equal(answer.last, T0 + 50 * MINUTE);
	match.time = T0 + 20 * MINUTE; /* older: the newest time stays */
	assert_int_equal(suppress_take(suppress, &match).last, T0 + 50 * MINUTE);
	assert_int_equal(take(suppress, 1, "a", 59), 4);
	assert_int_equal(take(suppress, 1, "a", 60),
			 0); /* the hour counts from the alert, not from the last match */
	assert_int_equal(take(suppress, 1, "a", 61), 1);
	assert_int_equal(take(suppress, 1, "a", 1), 2); /* a late one belongs to it */
	assert_int_equal(take(suppress, 1, "a", 0), 0); /* one from before its hour does not */
	suppress_free(suppress);
}

/* A clock that was wrong by years hides nothing. */
static void test_time_from_the_future(void **state)
{
	struct suppress *suppress = suppress_new(1 << 20);

	(void)state;
	assert_int_equal(take(suppress, 1, "a", 1000000), 0);
	assert_int_equal(take(suppress, 1, "a", 0), 0);
	assert_int_equal(take(suppress, 1, "a", 1), 1);
	suppress_free(suppress);
}

static void test_limit(void **state)
{
	struct suppress *suppress = suppress_new(10000);
	char key[32];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		assert_int_equal(take(suppress, 1, key, 0), 0);
		assert_true(suppress_stats(suppress).bytes <= 10000);
	}
	assert_int_equal(suppress_stats(suppress).keys + suppress_stats(suppress).evicted, 1000);
	assert_in_range(suppress_stats(suppress).keys, 20, 200);
	assert_int_equal(take(suppress, 1, "key 999", 1), 1); /* the newest are known */
	assert_int_equal(take(suppress, 1, "key 0", 1), 0);   /* the oldest were forgotten: told again */
	/* What has passed goes without being counted as forgotten. */
	watermarks[LANE_LIVE] = T0 + 120 * MINUTE;
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "new %d", i % 5);
		take(suppress, 1, key, 200 + 100 * i);
	}
	assert_in_range(suppress_stats(suppress).keys, 1, 6);
	assert_in_range(suppress_stats(suppress).evicted, 800, 999);
	suppress_free(suppress);
}

static void test_long_keys(void **state)
{
	struct suppress *suppress = suppress_new(1 << 20);
	char a[3000], b[3000];

	(void)state;
	memset(a, 'x', sizeof(a));
	a[sizeof(a) - 1] = 0;
	memcpy(b, a, sizeof(b));
	b[sizeof(b) - 2] = 'y';
	assert_int_equal(take(suppress, 1, a, 0), 0);
	assert_int_equal(take(suppress, 1, b, 0), 0);
	assert_int_equal(take(suppress, 1, a, 1), 1);
	assert_true(suppress_stats(suppress).bytes < 1000);
	suppress_free(suppress);
}

static bool is_odd(void *context, uint64_t rule)
{
	(void)context;
	return rule % 2;
}

static void test_save_and_load(void **state)
{
	struct suppress *suppress = suppress_new(1 << 20), *again = suppress_new(1 << 20);
	struct message_reader reader;
	struct buf saved = {0};

	(void)state;
	take(suppress, 1, "a", 0);
	take(suppress, 1, "a", 5);
	take(suppress, 1, "b", 1);
	take(suppress, 2, "a", 0);
	suppress_save(suppress, &saved);
	reader = (struct message_reader){buf_str(&saved), false};
	assert_int_equal(suppress_load(again, &reader, is_odd, NULL), 0);
	assert_true(message_complete(&reader));
	assert_true(last_of(again, "a", 3) == T0 + 5 * MINUTE); /* the newest that was counted before */
	assert_int_equal(take(again, 1, "a", 6), 3);
	assert_int_equal(take(again, 1, "b", 6), 1);
	assert_int_equal(take(again, 2, "a", 6), 0); /* its rule is no longer there */
	suppress_free(again);
	/* Every cut is noticed, and leaves it empty. */
	for (size_t len = 0; len < saved.len; len++) {
		again = suppress_new(1 << 20);
		reader = (struct message_reader){str_head(buf_str(&saved), len), false};
		assert_int_equal(suppress_load(again, &reader, is_odd, NULL), ERR_CORRUPT);
		assert_int_equal(suppress_stats(again).keys, 0);
		suppress_free(again);
	}
	buf_done(&saved);
	suppress_free(suppress);
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_span),      CASE(test_time_from_the_future), CASE(test_limit),
		CASE(test_long_keys), CASE(test_save_and_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
