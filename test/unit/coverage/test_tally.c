/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch's records leave in its tally. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "coverage/registry.h"
#include "event/listener.h"

#define START (INT64_C(1772409600) * CLOCK_SECOND)

static struct registry *registry;
static struct tally tally;
static struct arena *arena;

static int set_up(void **state)
{
	struct err err = {0};

	(void)state;
	arena = arena_new(0);
	if (registry_parse(STR("relays: [10.0.0.20]"), &registry, &err) < 0)
		return -1;
	coverage_tally_init(&tally, registry, CLOCK_MINUTE, 7);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	coverage_tally_done(&tally);
	registry_free(registry);
	arena_free(arena);
	return 0;
}

static struct event event_of(uint8_t peer, int64_t seconds)
{
	struct event event;

	event_init(&event, arena);
	event.received = START + seconds * CLOCK_SECOND;
	event.listener = LISTENER_SYSLOG_UDP;
	event.source = STR("openssh");
	event.raw = STR("ten bytes.");
	memcpy(event.peer, (const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, peer}, 16);
	return event;
}

static void add(struct event event)
{
	coverage_tally_add(&tally, &event, false);
}

static void test_an_entry_for_each_talker_and_minute(void **state)
{
	(void)state;
	add(event_of(1, 0));
	add(event_of(2, 1));
	add(event_of(1, 20));
	add(event_of(1, 25));
	add(event_of(1, 61));
	assert_int_equal(tally.heard.len, 3);
	assert_int_equal(tally.heard.items[0].count, 3);
	assert_int_equal(tally.heard.items[0].bytes, 30);
	assert_int_equal(tally.heard.items[0].gap, 20 * CLOCK_SECOND);
	assert_int_equal(tally.heard.items[0].first, START);
	assert_int_equal(tally.heard.items[0].last, START + 25 * CLOCK_SECOND);
	assert_int_equal(tally.heard.items[2].step, tally.heard.items[0].step + 1);
	coverage_tally_clear(&tally);
	add(event_of(2, 1));
	assert_int_equal(tally.heard.len, 1);
}

static void test_more_talkers_than_there_was_room_for(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 30000; i++) {
			struct event event = event_of((uint8_t)i, 0);

			event.peer[14] = (uint8_t)(i >> 8);
			coverage_tally_add(&tally, &event, false);
			if (i % 1000 == 0)
				arena_reset(arena);
		}
	assert_int_equal(tally.heard.len, 30000);
	for (size_t i = 0; i < tally.heard.len; i++)
		assert_int_equal(tally.heard.items[i].count, 2);
}

static void test_behind_a_relay_hosts_are_talkers(void **state)
{
	(void)state;
	for (uint8_t peer = 19; peer <= 20; peer++)
		for (int i = 0; i < 2; i++) {
			struct event event = event_of(peer, i);

			event_set_text(&event, FIELD_ID_HOST_NAME, i ? STR("web1") : STR("web2"));
			add(event);
		}
	assert_int_equal(tally.heard.len, 3);
	assert_int_equal(tally.heard.items[0].key.name.len, 0);
	assert_true(str_eq(tally.heard.items[1].key.name, STR("web2")));
	assert_true(str_eq(tally.heard.items[2].key.name, STR("web1")));
}

static void test_who_is_no_talker(void **state)
{
	struct event event = event_of(1, 0);

	(void)state;
	coverage_tally_add(&tally, &event, true); /* of a drill */
	event.listener = LISTENER_LOCAL;
	add(event);
	event.listener = LISTENER_AUDIT;
	add(event);
	event.raw = STR(TALLY_LOSS "}");
	add(event);
	assert_int_equal(tally.losses.len, 0); /* only the platform says so */
	event.listener = LISTENER_PLATFORM;
	add(event);
	assert_int_equal(tally.heard.len, 0);
	assert_int_equal(tally.losses.len, 1);
	assert_int_equal(tally.spans.len, 1); /* but time passed */
}

static void test_what_was_not_understood_and_when_it_happened(void **state)
{
	struct event event = event_of(1, 0);

	(void)state;
	event_set_integer(&event, FIELD_ID_TIMESTAMP, event.received); /* made from it */
	event.sequence = 41;
	add(event);
	event_set_integer(&event, FIELD_ID_TIMESTAMP, event.received - 3 * CLOCK_SECOND);
	event_set_text(&event, FIELD_ID_ERROR_MESSAGE, STR("a step failed"));
	event.sequence = -1;
	add(event);
	event_set_integer(&event, FIELD_ID_TIMESTAMP, event.received - CLOCK_SECOND);
	add(event);
	event.source = (struct str){0};
	event.sequence = 42;
	add(event);
	assert_int_equal(tally.heard.len, 2);
	assert_int_equal(tally.heard.items[0].unparsed, 2);
	assert_int_equal(tally.heard.items[0].delayed, 2);
	assert_int_equal(tally.heard.items[0].delay, CLOCK_SECOND);
	assert_int_equal(tally.heard.items[0].delay_max, 3 * CLOCK_SECOND);
	assert_int_equal(tally.heard.items[1].unparsed, 1);
	assert_int_equal(tally.numbers.len, 2);
	assert_int_equal(tally.numbers.items[0].number, 41);
	assert_int_equal(tally.numbers.items[1].entry, 1);
}

static void test_time_with_holes(void **state)
{
	static const int64_t seconds[] = {0, 60, 200, 351, 340, 400, -300, -290};

	(void)state;
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		add(event_of(1, seconds[i]));
	assert_int_equal(tally.spans.len, 3);
	assert_int_equal(tally.spans.items[0].to, START + 200 * CLOCK_SECOND);
	assert_int_equal(tally.spans.items[1].from, START + 351 * CLOCK_SECOND);
	assert_int_equal(tally.spans.items[1].to, START + 400 * CLOCK_SECOND);
	assert_int_equal(tally.spans.items[2].from, START - 300 * CLOCK_SECOND); /* the clock was set back */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_entry_for_each_talker_and_minute, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_more_talkers_than_there_was_room_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_behind_a_relay_hosts_are_talkers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_is_no_talker, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_was_not_understood_and_when_it_happened, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_time_with_holes, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
