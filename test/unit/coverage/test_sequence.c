/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint32_t restarts;

/* Numbers from first on, as many; how many were lost by them. */
static uint32_t run(struct sequence *sequence, uint32_t first, uint32_t count)
{
	uint32_t lost = 0;

	for (uint32_t i = 0; i < count; i++) {
		bool restart;

		lost += sequence_add(sequence, first + i, &restart);
		restarts += restart;
	}
	return lost;
}

static int set_up(void **state)
{
	(void)state;
	restarts = 0;
	return 0;
}

static void test_nothing_is_lost_in_order(void **state)
{
	struct sequence sequence = {0};

	(void)state;
	assert_int_equal(run(&sequence, 500, 10000), 0);
	assert_int_equal(sequence_settle(&sequence), 0);
	assert_int_equal(restarts, 0);
}

static void test_a_gap_counts_when_it_leaves_the_window(void **state)
{
	struct sequence sequence = {0};

	(void)state;
	run(&sequence, 1, 100);
	assert_int_equal(run(&sequence, 108, SEQUENCE_WINDOW - 7), 0);
	assert_int_equal(run(&sequence, 108 + SEQUENCE_WINDOW - 7, SEQUENCE_WINDOW), 7);
	assert_int_equal(sequence_settle(&sequence), 0);
}

static void test_settling_counts_at_once_and_once(void **state)
{
	struct sequence sequence = {0};

	(void)state;
	run(&sequence, 1, 10);
	run(&sequence, 14, 1);
	assert_int_equal(sequence_settle(&sequence), 3);
	assert_int_equal(sequence_settle(&sequence), 0);
	assert_int_equal(run(&sequence, 15, 100), 0);
}

static void test_overtaking_and_doubles_lose_nothing(void **state)
{
	struct sequence sequence = {0};
	uint32_t lost = 0;

	(void)state;
	run(&sequence, 1, 50);
	for (uint32_t block = 51; block < 5000; block += 10)
		for (uint32_t i = 0; i < 11; i++) /* backwards, the last one twice */
			lost += run(&sequence, block + (i < 10 ? 9 - i : 0), 1);
	assert_int_equal(lost + sequence_settle(&sequence), 0);
	assert_int_equal(restarts, 0);
}

static void test_a_long_gap_is_counted_whole(void **state)
{
	struct sequence sequence = {0};

	(void)state;
	run(&sequence, 1, 10);
	assert_int_equal(run(&sequence, 1011, 100) + sequence_settle(&sequence), 1000);
	/* farther than is believed at once: by the second of two in a row */
	assert_int_equal(run(&sequence, 101111, 1), 0);
	assert_int_equal(run(&sequence, 101112, 1), 100000);
	assert_int_equal(restarts, 0);
}

static void test_a_restart_loses_nothing(void **state)
{
	struct sequence sequence = {0};

	(void)state;
	run(&sequence, 100000, 50);
	assert_int_equal(run(&sequence, 1, 50), 0);
	assert_int_equal(restarts, 1);
	assert_int_equal(run(&sequence, 51, 50) + sequence_settle(&sequence), 0);
}

static void test_the_wrap_of_rfc_5424_loses_nothing(void **state)
{
	struct sequence sequence = {0};

	(void)state;
	run(&sequence, 2147483600, 48); /* to 2147483647 */
	assert_int_equal(run(&sequence, 1, 100), 0);
	assert_int_equal(restarts, 1);
}

static void test_one_stray_number_changes_nothing(void **state)
{
	struct sequence sequence = {0};

	(void)state;
	run(&sequence, 1, 50);
	run(&sequence, 4000000000u, 1);
	assert_int_equal(run(&sequence, 51, 100) + sequence_settle(&sequence), 0);
	assert_int_equal(restarts, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing_is_lost_in_order, set_up),
		cmocka_unit_test_setup(test_a_gap_counts_when_it_leaves_the_window, set_up),
		cmocka_unit_test_setup(test_settling_counts_at_once_and_once, set_up),
		cmocka_unit_test_setup(test_overtaking_and_doubles_lose_nothing, set_up),
		cmocka_unit_test_setup(test_a_long_gap_is_counted_whole, set_up),
		cmocka_unit_test_setup(test_a_restart_loses_nothing, set_up),
		cmocka_unit_test_setup(test_the_wrap_of_rfc_5424_loses_nothing, set_up),
		cmocka_unit_test_setup(test_one_stray_number_changes_nothing, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
