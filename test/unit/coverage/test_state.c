/* SPDX-License-Identifier: Apache-2.0 */
/* Holes, clocks, loss, what is registered, and a state that is saved and restored. */
#include "simulation.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "event/listener.h"

#define NODE STR("0123456789abcdef")

static const struct coverage_options defaults = {0};

/* The last change of a type, of talkers of 10.0.0.number; 0: of any. */
static const struct coverage_change *last_change(const struct simulation *simulation,
						 enum coverage_change_type type, int number,
						 const char *source)
{
	struct talker_key key = {.listener = LISTENER_SYSLOG_UDP, .source = str_from(source)};
	uint64_t id;

	memcpy(key.peer, (const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, (uint8_t)number},
	       16);
	id = coverage_id(TALKER_LEARNT, &key);
	for (size_t i = simulation->changes.len; i-- > 0;) {
		const struct coverage_change *change = &simulation->changes.items[i];

		if (change->type == type && (!number || change->talker == id))
			return change;
	}
	fail_msg("no such change");
	return NULL;
}

static void test_a_hole_is_nobodys_silence(void **state)
{
	struct simulation simulation;
	int64_t down = MONDAY + 2 * CLOCK_DAY + 130 * CLOCK_MINUTE;
	const struct coverage_change *span;

	(void)state;
	simulation_start(&simulation, "sources: [{name: one, peer: 10.0.0.1, every: 5}]", defaults);
	simulation_add(&simulation, (struct voice){1, .next = talk_evenly, .every = CLOCK_SECOND});
	simulation_run(&simulation, down);
	simulation.stopped_until = down + 90 * CLOCK_MINUTE;
	simulation_run(&simulation, down + CLOCK_DAY);
	assert_int_equal(said(&simulation, "coverage.down", 0, NULL, 0, INT64_MAX), 1);
	assert_int_equal(said(&simulation, "coverage.silent", 0, NULL, 0, INT64_MAX), 0);
	span = last_change(&simulation, CHANGE_SPAN, 0, "");
	assert_int_equal(span->span, SPAN_DOWN);
	assert_in_range(span->from, down - CLOCK_MINUTE, down);
	assert_in_range(span->to, down + 90 * CLOCK_MINUTE, down + 91 * CLOCK_MINUTE);
	simulation_stop(&simulation);
}

static void test_a_clock_that_is_eight_hours_off(void **state)
{
	struct simulation simulation;

	(void)state;
	simulation_start(&simulation, "", defaults);
	simulation_add(&simulation, (struct voice){1, .next = talk_evenly, .every = 5 * CLOCK_SECOND});
	simulation_add(&simulation, (struct voice){2, .next = talk_evenly, .every = 5 * CLOCK_SECOND,
						   .clock = 8 * CLOCK_HOUR});
	simulation_add(&simulation, (struct voice){3, .next = talk_evenly, .every = 5 * CLOCK_SECOND,
						   .clock = -8 * CLOCK_HOUR});
	simulation_run(&simulation, MONDAY + 3 * CLOCK_HOUR);
	assert_int_equal(last_change(&simulation, CHANGE_HOUR, 1, "openssh")->clock_error, 0);
	assert_in_range(last_change(&simulation, CHANGE_HOUR, 1, "openssh")->delay, 0, CLOCK_SECOND);
	assert_in_range(last_change(&simulation, CHANGE_HOUR, 2, "openssh")->clock_error,
			8 * CLOCK_HOUR - CLOCK_SECOND, 8 * CLOCK_HOUR);
	assert_in_range(-last_change(&simulation, CHANGE_HOUR, 3, "openssh")->clock_error, 8 * CLOCK_HOUR,
			8 * CLOCK_HOUR + CLOCK_SECOND);
	simulation_stop(&simulation);
}

static void test_missing_numbers_are_a_span_of_loss(void **state)
{
	struct simulation simulation;
	const struct coverage_change *span;
	struct voice *voice;

	(void)state;
	simulation_start(&simulation, "", defaults);
	voice = simulation_add(&simulation,
			       (struct voice){1, .next = talk_evenly, .every = CLOCK_SECOND, .sequence = 1});
	simulation_run(&simulation, MONDAY + 70 * CLOCK_MINUTE);
	voice->sequence += 30;
	simulation_run(&simulation, MONDAY + 80 * CLOCK_MINUTE);
	span = last_change(&simulation, CHANGE_SPAN, 1, "openssh");
	assert_int_equal(span->span, SPAN_LOST);
	assert_int_equal(span->count, 30);
	assert_in_range(span->from, MONDAY + 70 * CLOCK_MINUTE, MONDAY + 72 * CLOCK_MINUTE);
	simulation_stop(&simulation);
}

static void test_what_the_kernel_drops(void **state)
{
	struct simulation simulation;
	struct message_reader reader;
	struct coverage_change change;
	uint64_t lost = 0, spans = 0;

	(void)state;
	simulation_start(&simulation, "", defaults);
	coverage_begin(simulation.coverage);
	for (int i = 0; i < 3; i++)
		coverage_lose(simulation.coverage, LISTENER_SYSLOG_UDP, MONDAY + i * CLOCK_MINUTE,
			      MONDAY + (i + 1) * CLOCK_MINUTE, 100);
	reader = (struct message_reader){buf_str(&coverage_output(simulation.coverage)->changes), false};
	while (reader.rest.len) {
		coverage_get(&reader, &change);
		lost += change.type == CHANGE_HEARD ? change.lost : 0;
		spans = change.type == CHANGE_SPAN ? change.count : spans;
	}
	assert_false(reader.bad);
	assert_int_equal(lost, 300);
	assert_int_equal(spans, 300); /* one span of three minutes */
	assert_int_equal(change.from, MONDAY);
	assert_int_equal(change.to, MONDAY + 3 * CLOCK_MINUTE);
	simulation_stop(&simulation);
}

static void test_a_registered_source_that_never_came(void **state)
{
	static const char text[] = "sources:\n"
				   "  - {name: firewall, peer: 10.0.0.9, every: 30}\n"
				   "  - {name: desk, peer: 10.0.0.2, ignore: true}\n";
	struct simulation simulation;

	(void)state;
	simulation_start(&simulation, text, defaults);
	simulation_add(&simulation, (struct voice){1, .next = talk_evenly, .every = CLOCK_SECOND});
	simulation_add(&simulation, (struct voice){2, .next = talk_evenly, .every = CLOCK_SECOND,
						   .until = MONDAY + CLOCK_HOUR});
	simulation_run(&simulation, MONDAY + 29 * CLOCK_MINUTE);
	assert_int_equal(said(&simulation, "coverage.silent", 0, NULL, 0, INT64_MAX), 0);
	simulation_run(&simulation, MONDAY + 32 * CLOCK_MINUTE);
	assert_int_equal(said(&simulation, "coverage.silent", 0, "\"registered\":\"firewall\"", 0, INT64_MAX),
			 1);
	simulation_add(&simulation, (struct voice){9, .next = talk_evenly, .every = CLOCK_MINUTE});
	simulation_run(&simulation, MONDAY + 3 * CLOCK_HOUR);
	assert_int_equal(
		said(&simulation, "coverage.resumed", 0, "\"registered\":\"firewall\"", 0, INT64_MAX), 1);
	assert_int_equal(said(&simulation, "coverage.silent", 0, NULL, 0, INT64_MAX), 1); /* not of desk */
	simulation_stop(&simulation);
}

static void test_a_holiday_is_no_silence(void **state)
{
	static const char text[] = "holidays: [2026-03-25]\n"; /* the fourth Wednesday */
	struct simulation simulation;
	int64_t holiday = MONDAY + 23 * CLOCK_DAY;
	struct voice *voice;

	(void)state;
	simulation_start(&simulation, text, defaults);
	voice = simulation_add(&simulation,
			       (struct voice){1, .next = talk_by_day, .every = 20 * CLOCK_SECOND});
	simulation_run(&simulation, holiday);
	voice->at = holiday + 32 * CLOCK_HOUR;
	simulation_run(&simulation, holiday + 30 * CLOCK_HOUR);
	assert_int_equal(said(&simulation, "coverage.silent", 1, "\"learning\":false", 0, INT64_MAX), 0);
	simulation_stop(&simulation);
}

/* Two of the same days, one in between saved and restored into a new state. */
static void test_a_restored_state_goes_on_as_if_nothing_was(void **state)
{
	struct simulation a, b;
	struct simulation *both[] = {&a, &b};
	struct coverage_options options = {.admit = 5 * CLOCK_MINUTE};
	struct buf saved = {0}, again = {0};
	uint64_t end = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		simulation_start(both[i], "sources: [{name: x, peer: 10.0.0.7, every: 60}]", defaults);
		simulation_add(both[i], (struct voice){1, .next = talk_by_day, .every = 20 * CLOCK_SECOND,
						       .sequence = 5});
		simulation_add(both[i], (struct voice){2, .next = talk_evenly, .every = 10 * CLOCK_MINUTE});
		simulation_run(both[i], MONDAY + 9 * CLOCK_DAY);
	}
	coverage_save(b.coverage, NODE, 4711, &saved);
	coverage_free(b.coverage);
	options.registry = b.registry;
	b.coverage = coverage_new(&options);
	assert_int_equal(coverage_restore(b.coverage, buf_str(&saved), STR("another journal."), &end),
			 ERR_UNKNOWN);
	assert_int_equal(coverage_restore(b.coverage, buf_str(&saved), NODE, &end), 0);
	assert_int_equal(end, 4711);
	b.voices[1].until = a.voices[1].until = MONDAY + 9 * CLOCK_DAY + CLOCK_HOUR;
	for (int i = 0; i < 2; i++)
		simulation_run(both[i], MONDAY + 11 * CLOCK_DAY);
	assert_int_equal(a.said.len, b.said.len);
	for (size_t i = 0; i < a.said.len; i++)
		assert_string_equal(a.said.items[i].members, b.said.items[i].members);
	buf_clear(&saved);
	coverage_save(a.coverage, NODE, 1, &saved);
	coverage_save(b.coverage, NODE, 1, &again);
	assert_int_equal(saved.len, again.len);
	simulation_stop(&a);
	simulation_stop(&b);
	buf_done(&saved);
	buf_done(&again);
}

static void test_a_damaged_state_is_refused(void **state)
{
	struct simulation simulation;
	struct buf saved = {0};
	uint64_t end = 0;

	(void)state;
	simulation_start(&simulation, "", defaults);
	simulation_add(&simulation, (struct voice){1, .next = talk_evenly, .every = CLOCK_SECOND});
	simulation_run(&simulation, MONDAY + CLOCK_HOUR);
	coverage_save(simulation.coverage, NODE, 9, &saved);
	for (size_t i = 0; i < saved.len; i += 7) {
		struct coverage_options options = {.registry = simulation.registry};
		struct coverage *fresh = coverage_new(&options);

		saved.ptr[i] ^= 0x10;
		assert_true(coverage_restore(fresh, buf_str(&saved), NODE, &end) < 0);
		assert_true(coverage_restore(fresh, str_of(saved.ptr, i), NODE, &end) < 0);
		saved.ptr[i] ^= 0x10;
		assert_int_equal(coverage_talkers(fresh), 0);
		coverage_free(fresh);
	}
	simulation_stop(&simulation);
	buf_done(&saved);
}

/* The same records in batches of other sizes say the same. */
static void test_the_borders_of_batches_do_not_matter(void **state)
{
	struct simulation a, b;
	struct simulation *both[] = {&a, &b};

	(void)state;
	for (int i = 0; i < 2; i++) {
		simulation_start(both[i], "", defaults);
		both[i]->batch_most = i ? 1 : 5000;
		simulation_add(both[i], (struct voice){1, .next = talk_randomly, .every = 20 * CLOCK_SECOND});
		simulation_add(both[i], (struct voice){2, .next = talk_evenly, .every = 2 * CLOCK_MINUTE,
						       .until = MONDAY + 40 * CLOCK_HOUR});
		simulation_run(both[i], MONDAY + 3 * CLOCK_DAY);
	}
	assert_true(a.said.len >= 1);
	assert_int_equal(a.said.len, b.said.len);
	for (size_t i = 0; i < a.said.len; i++)
		assert_string_equal(a.said.items[i].members, b.said.items[i].members);
	simulation_stop(&a);
	simulation_stop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_hole_is_nobodys_silence),
		cmocka_unit_test(test_a_clock_that_is_eight_hours_off),
		cmocka_unit_test(test_missing_numbers_are_a_span_of_loss),
		cmocka_unit_test(test_what_the_kernel_drops),
		cmocka_unit_test(test_a_registered_source_that_never_came),
		cmocka_unit_test(test_a_holiday_is_no_silence),
		cmocka_unit_test(test_a_restored_state_goes_on_as_if_nothing_was),
		cmocka_unit_test(test_a_damaged_state_is_refused),
		cmocka_unit_test(test_the_borders_of_batches_do_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
