/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that ship, with their own cases; working days; and what is said of tables that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "reporting/deadlines.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static int64_t at(const char *text)
{
	int64_t time;

	assert_int_equal(clock_parse(str_from(text), 8 * CLOCK_HOUR, &time), 0);
	return time;
}

static void failed(void *context, unsigned line, const char *message)
{
	print_error("deadlines.yaml:%u: %s\n", line, message);
	++*(size_t *)context;
}

static void test_shipped(void **state)
{
	struct deadlines *deadlines;
	struct err err = {0};
	struct str text;
	size_t failures = 0;

	(void)state;
	assert_int_equal(deadlines_load(CONTENT "/compliance", NULL, arena, &deadlines, &err), 0);
	assert_int_equal(compliance_read(CONTENT "/compliance", "/nowhere", "deadlines.yaml",
					 DEADLINES_FILE_MAX, arena, &text, &err),
			 0);
	assert_true(deadlines_test(text, deadlines, arena, failed, &failures, &err) >= 5);
	assert_int_equal(failures, 0);
}

#define YEAR                                                  \
	"zone: '+08:00'\nworking_day_ends: '17:30'\nyears:\n" \
	"  - {year: 2026, assumed: false, holidays: [2026-10-01..2026-10-07], workdays: [2026-10-10]}\n"

static struct calendar *calendar_of(const char *text)
{
	struct calendar *calendar;
	struct err err = {0};

	if (calendar_parse(str_from(text), arena, &calendar, &err) < 0)
		fail_msg("%s", err.message);
	return calendar;
}

static void due(const struct calendar *calendar, const char *start, const char *limit, const char *want,
		bool assumed)
{
	bool is_assumed = false;
	struct limit parsed;
	char found[CLOCK_TEXT_SIZE];
	int64_t time;

	assert_int_equal(limit_parse(str_from(limit), &parsed), 0);
	time = calendar_due(calendar, at(start), &parsed, &is_assumed);
	clock_format(time + 8 * CLOCK_HOUR, found);
	found[16] = 0;
	assert_string_equal(found, want);
	assert_int_equal(is_assumed, assumed);
}

static void test_working_days(void **state)
{
	const struct calendar *calendar = calendar_of(YEAR);

	(void)state;
	due(calendar, "2026-11-20T09:00:00", "1 working day", "2026-11-23T17:30", false);
	due(calendar, "2026-09-30T23:59:59", "1 working day", "2026-10-08T17:30", false);
	due(calendar, "2026-10-08T00:00:00", "2 working days", "2026-10-10T17:30", false);
	due(calendar, "2026-10-09T00:00:00", "2 working days", "2026-10-12T17:30", false);
	/* over the end of what is known */
	due(calendar, "2026-12-31T09:00:00", "1 working day", "2027-01-01T17:30", true);
	due(calendar, "2026-12-31T09:00:00", "1 hour", "2026-12-31T10:00", false);
	due(calendar, "2026-12-31T09:00:00", "30 days", "2027-01-30T09:00", false);
	/* a local day begins at 16:00 UTC */
	due(calendar, "2026-11-19T16:30:00Z", "1 working day", "2026-11-23T17:30", false);
}

static void test_limits(void **state)
{
	static const char *const wrong[] = {"",        "1",      "0 hours", "-1 hours",   "2 hour",
					    "1 hours", "1 year", "x hours", "99999 days", "5  days"};
	struct limit limit;
	char text[LIMIT_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(limit_parse(str_from(wrong[i]), &limit), ERR_SYNTAX);
	assert_int_equal(limit_parse(STR("5 working days"), &limit), 0);
	limit_format(&limit, text);
	assert_string_equal(text, "5个工作日");
}

static void test_wrong_calendars(void **state)
{
	static const char *const wrong[] = {
		"",
		"[]",
		"zone: x\nworking_day_ends: '17:30'\nyears: []\n",
		"zone: '+08:00'\nworking_day_ends: '25:30'\nyears: []\n",
		"zone: '+08:00'\nworking_day_ends: '17:30'\nyears: {}\n",
		"zone: '+08:00'\nworking_day_ends: '17:30'\nyears: [2026]\n",
		"zone: '+08:00'\nworking_day_ends: '17:30'\nyears: [{year: 2026}]\n",
		YEAR "  - {year: 2026, assumed: true}\n",
		YEAR "  - {year: 2027, assumed: true, holidays: [2026-11-11]}\n",
		YEAR "  - {year: 2027, assumed: true, holidays: [2027-11-11..2027-11-01]}\n",
		YEAR "  - {year: 2027, assumed: true, holidays: [2027-01-01..2027-06-01]}\n",
		YEAR "  - {year: 2027, assumed: true, holidays: [2027-01-01, 2027-01-01]}\n",
		YEAR "  - {year: 2027, assumed: true, hollidays: []}\n",
	};
	struct calendar *calendar;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err err = {0};

		if (calendar_parse(str_from(wrong[i]), arena, &calendar, &err) == 0 || !err.message[0])
			fail_msg("taken: %s", wrong[i]);
	}
}

#define HEAD                                                                                       \
	"version: '1'\nsources: [{id: s, title: 办法, from: 2025-11-01}]\nwarn: [{left: 0, to: " \
	"[leaders]}]\n"                                                                            \
	"rules:\n"
#define RULE                                                                                                \
	"  - {id: a, source: s, basis: stated, report: initial, recipient: 省厅, within: 1 hour, since: " \
	"known"

static void test_wrong_deadlines(void **state)
{
	static const char *const wrong[] = {
		"",
		HEAD,
		HEAD RULE ", when: {level: [5]}}\n",
		HEAD RULE ", when: {level: []}}\n",
		HEAD RULE ", when: {colour: red}}\n",
		HEAD RULE ", when: {critical: maybe}}\n",
		HEAD RULE "}\n" RULE "}\n",
		HEAD "  - {id: a, source: t, basis: stated, report: initial, recipient: r, within: 1 hour, "
		     "since: known}\n",
		HEAD "  - {id: a, source: s, basis: rumour, report: initial, recipient: r, within: 1 hour, "
		     "since: known}\n",
		HEAD "  - {id: a, source: s, basis: stated, report: last, recipient: r, within: 1 hour, "
		     "since: known}\n",
		HEAD "  - {id: a, source: s, basis: stated, report: final, recipient: r, within: soon, "
		     "since: known}\n",
		HEAD "  - {id: a, source: s, basis: stated, report: final, recipient: r, within: 1 hour, "
		     "since: ever}\n",
		HEAD "  - {id: a, source: s, basis: stated, report: final, within: 1 hour, since: known}\n",
		"version: '1'\nsources: []\nrules: []\nwarn: [{left: 10, to: []}]\n",
		"version: '1'\nsources: []\nrules: []\nwarn: [{left: 0, to: []}, {left: 10, to: []}]\n",
		"version: '1'\nsources: []\nrules: []\nwarn: [{left: 0, to: [mother]}]\n",
		"version: '1'\nsources: []\nrules: []\nwarn: [{left: 0, to: []}]\noverdue: {every: 1 working "
		"day, most: 1}\n",
	};
	const struct calendar *calendar = calendar_of(YEAR);
	struct deadlines *deadlines;
	struct err err = {0};

	(void)state;
	assert_int_equal(deadlines_parse(STR(HEAD RULE "}\n"), calendar, arena, &deadlines, &err), 0);
	assert_int_equal(deadlines->rule_count, 1);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err = (struct err){0};
		if (deadlines_parse(str_from(wrong[i]), calendar, arena, &deadlines, &err) == 0 ||
		    !err.message[0])
			fail_msg("taken: %s", wrong[i]);
	}
}

/* A case that does not come out is told. */
static void test_cases_fail(void **state)
{
	static const char *const cases[] = {
		"tests: [{name: n, incident: {level: 3, discovered: 2026-11-20}, expect: {}}]\n",
		"tests: [{name: n, incident: {level: 3, discovered: 2026-11-20}, expect: {a: "
		"2026-11-20T02:00:00}}]\n",
		"tests: [{name: n, incident: {level: 3, discovered: 2026-11-20}, expect: {a: waiting}}]\n",
		"tests: [{name: n, incident: {level: 3, discovered: 2026-11-20}, expect: {a: "
		"2026-11-20T01:00:00, b: waiting}}]\n",
		"tests: [{name: n, incident: {level: 3, discovered: 2026-11-20}, expect: {a: "
		"2026-11-20T01:00:00}}]\n",
	};
	const struct calendar *calendar = calendar_of(YEAR);
	struct deadlines *deadlines;
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		const struct str text = arena_printf(arena, HEAD RULE "}\n%s", cases[i]);
		size_t failures = 0;

		assert_int_equal(deadlines_parse(text, calendar, arena, &deadlines, &err), 0);
		assert_int_equal(deadlines_test(text, deadlines, arena, failed, &failures, &err), 1);
		assert_int_equal(failures, i < 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_working_days, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_calendars, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_deadlines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cases_fail, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
