/* SPDX-License-Identifier: Apache-2.0 */
/* Simulated weeks: who is normal raises no alarm, who dies raises one in time. */
#include "simulation.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "event/listener.h"

#define SURE "\"learning\":false"

static const struct coverage_options defaults = {0};

/* One of each kind. */
enum { CHATTY = 1, SLOW, OFFICE, BURSTY, POISSON, RARE, HOURLY };

static void add_all(struct simulation *simulation)
{
	simulation_add(simulation, (struct voice){CHATTY, .next = talk_evenly, .every = CLOCK_SECOND});
	simulation_add(simulation, (struct voice){SLOW, .next = talk_evenly, .every = 10 * CLOCK_MINUTE});
	simulation_add(simulation, (struct voice){OFFICE, .next = talk_by_day, .every = 20 * CLOCK_SECOND});
	simulation_add(simulation,
		       (struct voice){BURSTY, .next = talk_in_bursts, .every = 20 * CLOCK_MINUTE});
	simulation_add(simulation,
		       (struct voice){POISSON, .next = talk_randomly, .every = 30 * CLOCK_SECOND});
	simulation_add(simulation, (struct voice){RARE, .next = talk_randomly, .every = CLOCK_HOUR});
	simulation_add(simulation, (struct voice){HOURLY, .next = talk_evenly, .every = CLOCK_HOUR});
}

static void test_a_normal_month_raises_no_alarm(void **state)
{
	struct simulation simulation;

	(void)state;
	simulation_start(&simulation, "", defaults);
	add_all(&simulation);
	simulation_run(&simulation, MONDAY + 35 * CLOCK_DAY);
	for (size_t i = 0; i < simulation.said.len; i++)
		if (1)
			print_message("%s %s\n", simulation.said.items[i].event,
				      simulation.said.items[i].members);
	assert_int_equal(said(&simulation, "coverage.silent", 0, SURE, 0, INT64_MAX), 0);
	assert_true(said(&simulation, "coverage.silent", 0, NULL, 0, INT64_MAX) <= 4);
	assert_int_equal(said(&simulation, "coverage.down", 0, NULL, 0, INT64_MAX), 0);
	assert_int_equal(coverage_talkers(simulation.coverage), 7);
	simulation_stop(&simulation);
}

/* Each dies on the second Wednesday at 11:00, when everybody talks; how long until somebody is told? */
static void test_the_dying_are_noticed_in_time(void **state)
{
	static const int64_t bounds[] = {
		[CHATTY] = 3 * CLOCK_MINUTE,   [SLOW] = 45 * CLOCK_MINUTE,    [OFFICE] = 30 * CLOCK_MINUTE,
		[BURSTY] = 3 * CLOCK_HOUR,     [POISSON] = 20 * CLOCK_MINUTE, [RARE] = 36 * CLOCK_HOUR,
		[HOURLY] = 270 * CLOCK_MINUTE,
	};
	int64_t death = MONDAY + 9 * CLOCK_DAY + 11 * CLOCK_HOUR;
	struct simulation simulation;

	(void)state;
	simulation_start(&simulation, "", defaults);
	add_all(&simulation);
	for (size_t i = 0; i < simulation.voice_count; i++)
		simulation.voices[i].until = death;
	simulation_run(&simulation, death + 2 * CLOCK_DAY);
	for (int number = CHATTY; number <= HOURLY; number++) {
		int64_t at = said_at(&simulation, "coverage.silent", number, death);

		print_message("%d: after %.1f minutes\n", number, (double)(at - death) / CLOCK_MINUTE);
		assert_true(at >= death && at <= death + bounds[number]);
		assert_int_equal(said(&simulation, "coverage.silent", number, SURE, death, INT64_MAX), 1);
	}
	simulation_stop(&simulation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_normal_month_raises_no_alarm),
		cmocka_unit_test(test_the_dying_are_noticed_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
