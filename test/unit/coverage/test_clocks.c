/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coverage/clock_learner.h"
#include "coverage/registry.h"
#include "event/listener.h"

#define START (INT64_C(1795000000) * CLOCK_SECOND)
#define WINDOW (2 * CLOCK_MINUTE)

struct fixture {
	struct registry *registry;
	struct clock_learner *learner;
	struct clocks *clocks;
	struct tally tally;
	struct arena *arena;
	int64_t now;
	uint64_t seq;
	struct clock_change change; /* the last one */
	size_t changes;
};

static void set_up(struct fixture *fixture)
{
	struct err err = {0};

	*fixture = (struct fixture){.now = START, .seq = 1, .arena = arena_new(0)};
	assert_int_equal(registry_parse(STR("relays: [10.0.0.20]\n"), &fixture->registry, &err), 0);
	fixture->clocks = clocks_new(fixture->registry, NULL, 0);
	fixture->learner = clock_learner_new(fixture->registry, WINDOW, fixture->clocks);
	coverage_tally_init(&fixture->tally, fixture->registry, CLOCK_MINUTE, 7);
}

static void tear_down(struct fixture *fixture)
{
	coverage_tally_done(&fixture->tally);
	clock_learner_free(fixture->learner);
	clocks_release(fixture->clocks);
	registry_free(fixture->registry);
	arena_free(fixture->arena);
}

/* An event as the parser leaves it, corrected as a worker does; its @timestamp afterwards. */
static int64_t hear(struct fixture *fixture, uint8_t peer, const char *host, enum time_origin origin,
		    int64_t ahead)
{
	struct event event;

	arena_reset(fixture->arena);
	event_init(&event, fixture->arena);
	event.seq = fixture->seq++;
	event.received = fixture->now;
	event.listener = LISTENER_SYSLOG_UDP;
	event.peer[10] = event.peer[11] = 0xff;
	event.peer[12] = 10;
	event.peer[15] = peer;
	event.time_origin = (uint8_t)origin;
	event_set_integer(&event, FIELD_ID_TIMESTAMP, fixture->now + ahead);
	event_set_text(&event, FIELD_ID_HOST_NAME, str_from(host));
	clocks_correct(fixture->clocks, &event);
	if (event_get(&event, FIELD_ID_EVENT_SOURCE_TIME))
		assert_int_equal(event_get(&event, FIELD_ID_EVENT_SOURCE_TIME)->integer,
				 fixture->now + ahead);
	coverage_tally_add(&fixture->tally, &event, false);
	return event_get(&event, FIELD_ID_TIMESTAMP)->integer;
}

/* A batch ends: what was found out holds from the next on. */
static void commit(struct fixture *fixture)
{
	struct clocks *clocks;

	if (clock_learner_take(fixture->learner, &fixture->tally)) {
		fixture->change = *clock_learner_changes(fixture->learner);
		fixture->changes++;
		clocks = clock_learner_publish(fixture->learner, fixture->seq);
		if (clocks) {
			clocks_release(fixture->clocks);
			fixture->clocks = clocks;
		}
	}
	coverage_tally_clear(&fixture->tally);
}

/* A message every ten seconds, each late by up to late, for as long. */
static void talk(struct fixture *fixture, uint8_t peer, const char *host, enum time_origin origin,
		 int64_t ahead, int64_t late, int64_t span)
{
	for (int64_t end = fixture->now + span, i = 0; fixture->now < end; i++) {
		hear(fixture, peer, host, origin, ahead - late * (i % 5) / 5);
		fixture->now += 10 * CLOCK_SECOND;
		commit(fixture);
	}
}

static void test_verdicts(void **state)
{
	static const struct {
		enum time_origin origin;
		int64_t ahead, late, add;
		size_t changes;
		enum clock_verdict verdict;
	} cases[] = {
		{TIME_ZONED, 0, 0, 0, 0, CLOCK_RIGHT},
		{TIME_ZONED, -5 * CLOCK_SECOND, 10 * CLOCK_SECOND, 0, 0, CLOCK_RIGHT},
		{TIME_ZONED, 0, CLOCK_HOUR, 0, 0, CLOCK_RIGHT}, /* late, not wrong */
		{TIME_ASSUMED, 8 * CLOCK_HOUR, CLOCK_MINUTE, -8 * CLOCK_HOUR, 1, CLOCK_ZONE_WRONG},
		{TIME_ASSUMED, -CLOCK_HOUR - 20 * CLOCK_SECOND, 0, CLOCK_HOUR, 1, CLOCK_ZONE_WRONG},
		{TIME_ZONED, 8 * CLOCK_HOUR, 0, -8 * CLOCK_HOUR, 1, CLOCK_WRONG},
		{TIME_ASSUMED, -7 * CLOCK_MINUTE, 0, 7 * CLOCK_MINUTE, 1, CLOCK_WRONG},
		{TIME_ZONED, 400 * CLOCK_DAY, CLOCK_MINUTE, -400 * CLOCK_DAY, 1, CLOCK_WRONG},
		{TIME_ASSUMED, -CLOCK_DAY, 0, 0, 1, CLOCK_IMPLAUSIBLE}, /* yesterday, played */
		{TIME_RECEIVED, 8 * CLOCK_HOUR, 0, 0, 0, CLOCK_RIGHT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;

		set_up(&fixture);
		talk(&fixture, 1, "", cases[i].origin, cases[i].ahead, cases[i].late, 30 * CLOCK_MINUTE);
		assert_int_equal(fixture.changes, cases[i].changes);
		if (cases[i].changes) {
			assert_int_equal(fixture.change.verdict, cases[i].verdict);
			assert_int_equal(fixture.change.correction.add, cases[i].add);
		}
		assert_int_equal(hear(&fixture, 1, "", cases[i].origin, cases[i].ahead),
				 fixture.now + cases[i].ahead + cases[i].add);
		tear_down(&fixture);
	}
}

/* Three windows that agree are needed, with enough messages each. */
static void test_not_too_soon(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	talk(&fixture, 1, "", TIME_ZONED, CLOCK_HOUR, 0, 3 * WINDOW - 10 * CLOCK_SECOND);
	assert_int_equal(fixture.changes, 0);
	for (int i = 0; i < 7; i++) { /* swings */
		talk(&fixture, 2, "", TIME_ZONED, CLOCK_HOUR, 0, WINDOW + 10 * CLOCK_SECOND);
		talk(&fixture, 2, "", TIME_ZONED, 2 * CLOCK_HOUR, 0, WINDOW + 10 * CLOCK_SECOND);
	}
	assert_int_equal(fixture.changes, 0);
	for (int i = 0; i < 7; i++, fixture.now += CLOCK_HOUR) {
		hear(&fixture, 3, "", TIME_ZONED, CLOCK_HOUR);
		commit(&fixture);
	}
	assert_int_equal(fixture.changes, 0);
	tear_down(&fixture);
}

/* A clock that is set right is not made wrong meanwhile, and is known to be right in the end. */
static void test_set_right(void **state)
{
	struct fixture fixture;
	uint64_t before;

	(void)state;
	set_up(&fixture);
	before = fixture.seq;
	talk(&fixture, 1, "", TIME_ASSUMED, 8 * CLOCK_HOUR, 0, 10 * CLOCK_MINUTE);
	assert_int_equal(fixture.changes, 1);
	assert_int_equal(hear(&fixture, 1, "", TIME_ASSUMED, 0), fixture.now);
	assert_int_equal(hear(&fixture, 1, "", TIME_ZONED, 8 * CLOCK_HOUR), fixture.now + 8 * CLOCK_HOUR);
	talk(&fixture, 1, "", TIME_ASSUMED, 0, 0, 20 * CLOCK_MINUTE);
	assert_int_equal(fixture.changes, 2);
	assert_int_equal(fixture.change.verdict, CLOCK_RIGHT);
	/* Read again, early records are what they were. */
	fixture.seq = before;
	assert_int_equal(hear(&fixture, 1, "", TIME_ASSUMED, CLOCK_HOUR), fixture.now + CLOCK_HOUR);
	tear_down(&fixture);
}

static void test_hosts_behind_a_relay(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	for (int i = 0; i < 200; i++, fixture.now += 5 * CLOCK_SECOND) {
		hear(&fixture, 20, "wrong", TIME_ZONED, CLOCK_HOUR);
		hear(&fixture, 20, "right", TIME_ZONED, 0);
		commit(&fixture);
	}
	assert_int_equal(fixture.changes, 1);
	assert_int_equal(hear(&fixture, 20, "wrong", TIME_ZONED, CLOCK_HOUR), fixture.now);
	assert_int_equal(hear(&fixture, 20, "right", TIME_ZONED, CLOCK_MINUTE), fixture.now + CLOCK_MINUTE);
	tear_down(&fixture);
}

static void test_state(void **state)
{
	struct clock_correction items[20] = {{{0}}};
	struct clocks *clocks, *again = NULL;
	struct buf one = {0}, two = {0};

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		items[i].peer[15] = (uint8_t)(i % 2);
		items[i].name = i % 2 ? STR("a \"host\"\n") : STR("");
		items[i].kind = (uint8_t)(i / 2 % 2);
		items[i].add = (int64_t)i * CLOCK_HOUR - CLOCK_DAY;
		items[i].from = 1000 - i * 7;
	}
	clocks = clocks_new(NULL, items, 20);
	assert_int_equal(clocks_find(clocks, items[1].peer, items[1].name, 0, 5000)->from, 1000 - 7);
	assert_int_equal(clocks_find(clocks, items[1].peer, items[1].name, 0, 992)->from, 1000 - 5 * 7);
	assert_null(clocks_find(clocks, items[1].peer, items[1].name, 0, 1));
	assert_null(clocks_find(clocks, items[1].peer, STR("another"), 0, 5000));
	clocks_save(clocks, &one);
	assert_int_equal(clocks_load(buf_str(&one), NULL, &again), 0);
	clocks_save(again, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.ptr, two.ptr, one.len);
	clocks_release(again);
	for (size_t len = 0; len + 2 < one.len; len++)
		assert_int_equal(clocks_load(str_of(one.ptr, len), NULL, &again), ERR_SYNTAX);
	clocks_release(clocks);
	buf_done(&one);
	buf_done(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),  cmocka_unit_test(test_not_too_soon),
		cmocka_unit_test(test_set_right), cmocka_unit_test(test_hosts_behind_a_relay),
		cmocka_unit_test(test_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
