/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of a process, whatever its name is. */
#include "bin/vitals.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"

static struct vitals parse(const char *text)
{
	struct vitals vitals = {0};

	assert_int_equal(vitals_parse(str_from(text), &vitals), 0);
	return vitals;
}

static void test_line(void **state)
{
	long ticks = sysconf(_SC_CLK_TCK);
	struct vitals vitals =
		parse("8 (a) T (b) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 15 16 17 18 19 20 21 22\n");

	(void)state;
	assert_false(vitals.halted);
	assert_int_equal(vitals.cpu, 300 * CLOCK_SECOND / ticks);
	assert_int_equal(vitals.memory, 21 * sysconf(_SC_PAGESIZE));
	assert_true(parse("8 (a) S) T 1 2 3 4 5 6 7 8 9 10 0 0 13 14 15 16 17 18 19 20 21 22\n").halted);
}

static void test_what_is_no_line(void **state)
{
	static const char *const texts[] = {"",
					    "8 (a)",
					    "8 (a) ",
					    "8 (a) S 1 2 3",
					    "no bracket S 1 2",
					    "8 (a) S 1 2 3 4 5 6 7 8 9 10 x 12 13 14 15 16 17 18 19 20 21"};
	struct vitals vitals;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(vitals_parse(str_from(texts[i]), &vitals), ERR_SYNTAX);
}

static void test_a_child_that_is_halted(void **state)
{
	struct vitals vitals = {0};
	int status, read, gone;
	pid_t pid = fork(), halted;

	(void)state;
	if (pid == 0)
		for (;;)
			pause();
	assert_true(pid > 0);
	kill(pid, SIGSTOP);
	halted = waitpid(pid, &status, WUNTRACED);
	read = vitals_read(pid, &vitals);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	gone = vitals_read(pid, &(struct vitals){0});
	assert_int_equal(halted, pid);
	assert_int_equal(read, 0);
	assert_true(vitals.halted);
	assert_true(gone < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_what_is_no_line),
		cmocka_unit_test(test_a_child_that_is_halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
