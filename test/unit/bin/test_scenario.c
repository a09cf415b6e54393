/* SPDX-License-Identifier: Apache-2.0 */
/* A drill scenario played: placeholders filled within their bounds, the same for the same span. */
#include "bin/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "event/ip.h"

#define FROM INT64_C(1793000000000000)
#define TO (FROM + CLOCK_DAY)
#define HOURS "hours: [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]\n"
#define HEAD "id: t\ntitle: T\nseed: 7\n" HOURS "lists:\n  who: [\"u${int:7-9}\"]\nattacks: []\nbackground:\n"
#define TRAFFIC(line) HEAD "  - source: s\n    per_day: 200\n    lines:\n      - '" line "'\n"

struct play {
	struct arena *arena;
	struct scenario_line *lines;
	size_t count;
};

static int load(const char *text, struct arena *arena, struct scenario **ret_scenario, struct err *ret_err)
{
	char path[] = "/tmp/test_scenario.XXXXXX";
	int fd = mkstemp(path), r;

	assert_true(fd >= 0);
	assert_int_equal(io_write(fd, text, strlen(text)), 0);
	close(fd);
	r = scenario_load(path, 0, arena, ret_scenario, ret_err);
	unlink(path);
	return r;
}

static struct play play(const char *text)
{
	struct play play = {.arena = arena_new(0)};
	struct scenario *scenario = NULL;
	struct err err = {0};

	if (load(text, play.arena, &scenario, &err) < 0)
		fail_msg("%u: %s", err.line, err.message);
	assert_int_equal(scenario_play(scenario, FROM, TO, true, play.arena, &play.lines, &play.count), 0);
	assert_true(play.count > 0);
	return play;
}

static void test_lines_are_in_order_and_span(void **state)
{
	struct play p = play(TRAFFIC("x"));

	(void)state;
	for (size_t i = 0; i < p.count; i++) {
		assert_in_range(p.lines[i].time, FROM, TO);
		assert_true(i == 0 || p.lines[i - 1].time <= p.lines[i].time);
		assert_true(str_eq(p.lines[i].source, STR("s")));
		assert_true(str_eq(p.lines[i].text, STR("x")));
	}
	arena_free(p.arena);
}

static void test_days(void **state)
{
	static const struct {
		const char *head;
		int64_t days; /* 0: refused */
	} cases[] = {{"", 1}, {"days: 8\n", 8}, {"days: 60\n", 60}, {"days: 61\n", 0}, {"days: 0\n", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_new(0);
		struct scenario *scenario = NULL;
		struct err err = {0};
		struct str text = arena_printf(arena, "%s" TRAFFIC("x"), cases[i].head);
		int r = load(text.ptr, arena, &scenario, &err);

		assert_int_equal(r, cases[i].days ? 0 : ERR_SYNTAX);
		if (cases[i].days)
			assert_int_equal(scenario_span(scenario), cases[i].days * CLOCK_DAY);
		arena_free(arena);
	}
}

static void test_the_same_again(void **state)
{
	static const char text[] = TRAFFIC("${who} ${int:1-1000000} ${hex:8} ${ip:10.0.0.0/8}");
	struct play a = play(text), b = play(text);

	(void)state;
	assert_int_equal(a.count, b.count);
	for (size_t i = 0; i < a.count; i++) {
		assert_true(a.lines[i].time == b.lines[i].time);
		assert_true(str_eq(a.lines[i].text, b.lines[i].text));
	}
	assert_false(str_eq(a.lines[0].text, a.lines[1].text));
	arena_free(a.arena);
	arena_free(b.arena);
}

static void test_numbers(void **state)
{
	struct play p = play(TRAFFIC("${int:3-5}"));
	bool seen[3] = {false};

	(void)state;
	for (size_t i = 0; i < p.count; i++) {
		int64_t value;

		assert_int_equal(str_to_i64(p.lines[i].text, &value), 0);
		assert_in_range(value, 3, 5);
		seen[value - 3] = true;
	}
	assert_true(seen[0] && seen[1] && seen[2]);
	arena_free(p.arena);
}

static void test_addresses(void **state)
{
	struct play p = play(TRAFFIC("${ip:10.20.0.0/16}"));
	struct ip_net net;

	(void)state;
	assert_int_equal(ip_net_parse(STR("10.20.0.0/16"), &net), 0);
	for (size_t i = 0; i < p.count; i++) {
		uint8_t ip[16];

		assert_int_equal(ip_parse(p.lines[i].text, ip), 0);
		assert_true(ip_net_contains(&net, ip));
	}
	arena_free(p.arena);
}

static void test_lists_times_and_the_unknown(void **state)
{
	struct play p = play(TRAFFIC("${who}|${nobody}|${hex:4}|${time:epoch_ms}"));

	(void)state;
	for (size_t i = 0; i < p.count; i++) {
		struct str rest = p.lines[i].text, part;
		int64_t time;
		uint8_t bytes[2];

		assert_true(str_split(&rest, '|', &part) && part.len == 2 && part.ptr[0] == 'u');
		assert_in_range(part.ptr[1], '7', '9');
		assert_true(str_split(&rest, '|', &part) && str_eq(part, STR("${nobody}")));
		assert_true(str_split(&rest, '|', &part) && hex_decode(part, bytes, 2) == 0);
		assert_int_equal(str_to_i64(rest, &time), 0);
		assert_true(time == p.lines[i].time / CLOCK_MILLISECOND);
	}
	arena_free(p.arena);
}

static void test_mistakes_have_places(void **state)
{
	static const char *const cases[] = {
		"- a\n",
		"id: t\nbackground: 7\n",
		"id: t\n" HOURS "background: 7\n",
		HEAD "  - source: s\n    per_day: many\n    lines: [x]\n",
		HEAD "  - source: s\n    per_day: 10\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_new(0);
		struct scenario *scenario = NULL;
		struct err err = {0};

		if (load(cases[i], arena, &scenario, &err) == 0)
			fail_msg("case %zu loads", i);
		assert_true(err.line > 0);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_in_order_and_span),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_the_same_again),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_lists_times_and_the_unknown),
		cmocka_unit_test(test_mistakes_have_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
