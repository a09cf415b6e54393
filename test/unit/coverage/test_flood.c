/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that somebody invents: nobody real is pushed out, nothing grows without bound, nobody is told 50,000
 * times. */
#include "simulation.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "event/listener.h"

enum { REAL = 1, LATER, INVENTED = 1000 };

/* Each of count peers says something once in every round of span. */
static void flood(struct simulation *simulation, uint32_t count, unsigned rounds, int64_t span)
{
	int64_t begin = simulation->now;

	for (unsigned round = 0; round < rounds; round++)
		for (uint32_t i = 0; i < count; i++) {
			struct voice voice = {.number = INVENTED + i,
					      .listener = LISTENER_SYSLOG_UDP,
					      .source = "generic-syslog"};
			int64_t at = begin + span * round + span * i / count;

			if (i % 100 == 0)
				simulation_run(simulation, at);
			simulation_record(simulation, &voice, at);
		}
	simulation_flush(simulation);
}

static void test_a_million_peers_of_one_message(void **state)
{
	struct simulation simulation;

	(void)state;
	simulation_start(&simulation, "", (struct coverage_options){.seed = 7});
	simulation_add(&simulation, (struct voice){REAL, .next = talk_evenly, .every = CLOCK_SECOND});
	simulation_run(&simulation, MONDAY + CLOCK_HOUR);
	simulation_add(&simulation, (struct voice){LATER, LISTENER_SYSLOG_TCP, .next = talk_evenly,
						   .every = 2 * CLOCK_MINUTE});
	flood(&simulation, 1000000, 1, 20 * CLOCK_MINUTE);
	assert_int_equal(coverage_talkers(simulation.coverage), 2); /* the later one was let in meanwhile */
	assert_int_equal(simulation.said.len, 0);
	simulation.voices[0].until = simulation.now;
	simulation_run(&simulation, simulation.now + 5 * CLOCK_MINUTE);
	assert_int_equal(said(&simulation, "coverage.silent", REAL, NULL, 0, INT64_MAX), 1);
	assert_int_equal(said(&simulation, "coverage.silent", 0, NULL, 0, INT64_MAX), 1);
	simulation_stop(&simulation);
}

static void test_peers_that_come_twice(void **state)
{
	struct simulation simulation;

	(void)state;
	simulation_start(&simulation, "", (struct coverage_options){.seed = 7});
	flood(&simulation, 5000, 2, 10 * CLOCK_MINUTE);
	assert_int_equal(coverage_talkers(simulation.coverage), 0);
	simulation_stop(&simulation);
}

static void test_peers_that_stay(void **state)
{
	const size_t most = 1000;
	struct simulation simulation;
	int64_t end;

	(void)state;
	simulation_start(&simulation, "", (struct coverage_options){.seed = 7, .talkers_max = most});
	simulation_add(&simulation, (struct voice){REAL, .next = talk_evenly, .every = CLOCK_SECOND});
	simulation_run(&simulation, MONDAY + CLOCK_HOUR);
	flood(&simulation, 5000, 10, CLOCK_MINUTE);
	assert_int_equal(coverage_talkers(simulation.coverage), most / 4 * 3); /* UDP's share */
	simulation_add(&simulation, (struct voice){LATER, LISTENER_SYSLOG_TCP, .next = talk_evenly,
						   .every = 10 * CLOCK_SECOND});
	end = simulation.now;
	simulation_run(&simulation, end + 30 * CLOCK_MINUTE);
	assert_int_equal(coverage_talkers(simulation.coverage), most / 4 * 3 + 1);
	/* They all stopped, and were new. */
	assert_true(said(&simulation, "coverage.silent", 0, NULL, end, INT64_MAX) <= 30 * COVERAGE_NOTICES);
	assert_true(said(&simulation, "coverage.more", 0, NULL, end, INT64_MAX) >= 1);
	assert_int_equal(said(&simulation, "coverage.silent", REAL, NULL, 0, INT64_MAX), 0);
	/* And a day later they are forgotten. */
	simulation_run(&simulation, end + 27 * CLOCK_HOUR);
	assert_int_equal(coverage_talkers(simulation.coverage), 2);
	simulation_stop(&simulation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_million_peers_of_one_message),
		cmocka_unit_test(test_peers_that_come_twice),
		cmocka_unit_test(test_peers_that_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
