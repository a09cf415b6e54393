/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/loop.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

struct bench {
	struct loop *loop;
	struct loop_fd fds[2];
	int pipes[2][2];
	struct loop_timer timers[200];
	int calls, wakes, order[200];
};

static void setup(struct bench *bench)
{
	*bench = (struct bench){0};
	assert_int_equal(loop_new(&bench->loop), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pipe(bench->pipes[i]), 0);
}

static void teardown(struct bench *bench)
{
	loop_free(bench->loop);
	for (int i = 0; i < 4; i++)
		close(bench->pipes[i / 2][i % 2]);
}

static void stop_on_read(void *context, uint32_t events)
{
	struct bench *bench = context;
	char byte;

	assert_true(events & EPOLLIN);
	assert_int_equal(read(bench->fds[0].fd, &byte, 1), 1);
	if (++bench->calls == 3)
		loop_stop(bench->loop);
}

static void test_a_readable_descriptor_comes_back_until_it_is_read(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.fds[0] = (struct loop_fd){.fd = bench.pipes[0][0], .ready = stop_on_read, .context = &bench};
	assert_int_equal(loop_add(bench.loop, &bench.fds[0], EPOLLIN), 0);
	assert_int_equal(write(bench.pipes[0][1], "abc", 3), 3);
	assert_int_equal(loop_run(bench.loop), 0);
	assert_int_equal(bench.calls, 3);
	teardown(&bench);
}

/* Whichever of two ready descriptors runs first removes the other, whose event is fetched already. */
static void remove_both(void *context, uint32_t events)
{
	struct bench *bench = context;

	(void)events;
	bench->calls++;
	loop_remove(bench->loop, &bench->fds[0]);
	loop_remove(bench->loop, &bench->fds[1]);
	loop_stop(bench->loop);
}

static void test_a_removed_descriptor_is_not_called(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	for (int i = 0; i < 2; i++) {
		bench.fds[i] =
			(struct loop_fd){.fd = bench.pipes[i][0], .ready = remove_both, .context = &bench};
		assert_int_equal(write(bench.pipes[i][1], "x", 1), 1);
		assert_int_equal(loop_add(bench.loop, &bench.fds[i], EPOLLIN), 0);
	}
	assert_int_equal(loop_run(bench.loop), 0);
	assert_int_equal(bench.calls, 1);
	teardown(&bench);
}

static void quiet(void *context, uint32_t events)
{
	(void)events;
	((struct bench *)context)->calls++;
}

static void stop_by_timer(void *context)
{
	loop_stop(((struct bench *)context)->loop);
}

static void test_a_descriptor_without_interest_is_silent(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.fds[0] = (struct loop_fd){.fd = bench.pipes[0][0], .ready = quiet, .context = &bench};
	assert_int_equal(loop_add(bench.loop, &bench.fds[0], EPOLLIN), 0);
	assert_int_equal(loop_change(bench.loop, &bench.fds[0], 0), 0);
	assert_int_equal(write(bench.pipes[0][1], "x", 1), 1);
	bench.timers[0] = (struct loop_timer){.expired = stop_by_timer, .context = &bench};
	loop_timer_set(bench.loop, &bench.timers[0], 20 * CLOCK_MILLISECOND);
	assert_int_equal(loop_run(bench.loop), 0);
	assert_int_equal(bench.calls, 0);
	teardown(&bench);
}

struct numbered {
	struct bench *bench;
	int number;
};

static void note_number(void *context)
{
	struct numbered *numbered = context;

	numbered->bench->order[numbered->bench->calls++] = numbered->number;
}

/* 200 timers in a scrambled order, every fourth cancelled, one moved to the front. */
static void test_timers_fire_in_order(void **state)
{
	struct numbered numbered[200];
	struct bench bench;

	(void)state;
	setup(&bench);
	for (int i = 0; i < 200; i++) {
		numbered[i] = (struct numbered){&bench, i};
		bench.timers[i] = (struct loop_timer){.expired = note_number, .context = &numbered[i]};
	}
	for (int i = 0; i < 200; i++) {
		int scrambled = i * 77 % 200;

		loop_timer_set(bench.loop, &bench.timers[scrambled], CLOCK_SECOND + scrambled * 1000);
	}
	for (int i = 0; i < 200; i += 4)
		loop_timer_cancel(bench.loop, &bench.timers[i]);
	assert_false(loop_timer_is_set(&bench.timers[4]));
	for (int i = 1; i < 200; i++) /* bring them near without changing their order */
		if (i % 4)
			loop_timer_set(bench.loop, &bench.timers[i], i * 100);
	loop_timer_set(bench.loop, &bench.timers[199], 0);
	bench.timers[0] = (struct loop_timer){.expired = stop_by_timer, .context = &bench};
	loop_timer_set(bench.loop, &bench.timers[0], 200 * CLOCK_MILLISECOND);
	assert_int_equal(loop_run(bench.loop), 0);
	assert_int_equal(bench.calls, 150);
	assert_int_equal(bench.order[0], 199);
	for (int i = 2; i < 150; i++)
		assert_true(bench.order[i] > bench.order[i - 1]);
	teardown(&bench);
}

static void set_again(void *context)
{
	struct bench *bench = context;

	bench->calls++;
	loop_timer_set(bench->loop, &bench->timers[0], 0);
}

static void stop_after_read(void *context, uint32_t events)
{
	(void)events;
	loop_stop(((struct bench *)context)->loop);
}

static void test_a_timer_that_sets_itself_starves_nobody(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	bench.timers[0] = (struct loop_timer){.expired = set_again, .context = &bench};
	loop_timer_set(bench.loop, &bench.timers[0], 0);
	bench.fds[0] = (struct loop_fd){.fd = bench.pipes[0][0], .ready = stop_after_read, .context = &bench};
	assert_int_equal(loop_add(bench.loop, &bench.fds[0], EPOLLIN), 0);
	assert_int_equal(write(bench.pipes[0][1], "x", 1), 1);
	assert_int_equal(loop_run(bench.loop), 0);
	teardown(&bench);
}

static void count_wake(void *context)
{
	struct bench *bench = context;

	bench->wakes++;
	loop_stop(bench->loop);
}

static void *wake_often(void *context)
{
	for (int i = 0; i < 100; i++)
		loop_wake(((struct bench *)context)->loop);
	return NULL;
}

static void test_wakes_of_another_thread_are_merged(void **state)
{
	struct bench bench;
	pthread_t thread;

	(void)state;
	setup(&bench);
	loop_on_wake(bench.loop, count_wake, &bench);
	assert_int_equal(pthread_create(&thread, NULL, wake_often, &bench), 0);
	pthread_join(thread, NULL);
	assert_int_equal(loop_run(bench.loop), 0);
	assert_int_equal(bench.wakes, 1);
	teardown(&bench);
}

static void test_a_stop_before_the_run_counts(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	loop_stop(bench.loop);
	assert_int_equal(loop_run(bench.loop), 0);
	teardown(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_readable_descriptor_comes_back_until_it_is_read),
		cmocka_unit_test(test_a_removed_descriptor_is_not_called),
		cmocka_unit_test(test_a_descriptor_without_interest_is_silent),
		cmocka_unit_test(test_timers_fire_in_order),
		cmocka_unit_test(test_a_timer_that_sets_itself_starves_nobody),
		cmocka_unit_test(test_wakes_of_another_thread_are_merged),
		cmocka_unit_test(test_a_stop_before_the_run_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
