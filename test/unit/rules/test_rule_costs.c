/* SPDX-License-Identifier: Apache-2.0 */
/* What rules cost is summed over workers and restarts, and a rule that changed begins anew. */
#include "rules/rule_costs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/io.h"

#define ID "11111111-1111-4111-8111-111111111101"

static char path[64];
static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/wl-costs-%d.json", (int)getpid());
	unlink(path);
	arena = arena_new(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	arena_free(arena);
	return 0;
}

static void report(void *context, const struct err *err)
{
	(void)context;
	fail_msg("%u: %s", err->line, err->message);
}

static struct ruleset *rules_with(const char *value)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	char text[300];

	snprintf(text, sizeof(text),
		 "title: R\nid: " ID
		 "\nlogsource: {product: p}\ndetection: {s: {f: %s, g: x}, condition: s}\n",
		 value);
	ruleset_add_text(builder, "r.yml", str_from(text), report, NULL);
	return ruleset_build(builder, false);
}

/* The rule is looked at for f, and matches where g is x too. */
static void run(struct matcher *matcher, const char *f, const char *g, int times)
{
	const uint32_t *rules;

	for (int i = 0; i < times; i++) {
		struct event event;

		arena_reset(arena);
		event_init(&event, arena);
		event.logsource.product = STR("p");
		event_add_attr(&event, STR("f"), hash_str(STR("f")), value_string(str_from(f)), 0);
		event_add_attr(&event, STR("g"), hash_str(STR("g")), value_string(str_from(g)), 0);
		matcher_run(matcher, &event, &rules);
	}
}

static struct rule_cost cost_of(struct rule_costs *costs)
{
	return rule_costs_get(costs, STR(ID));
}

static void test_sums(void **state)
{
	struct ruleset *set = rules_with("seldom");
	struct matcher *matchers[2] = {matcher_new(set), matcher_new(set)};
	struct rule_costs_source sources[2] = {0};
	struct rule_costs *costs = rule_costs_open(path);
	uint64_t looks;

	(void)state;
	for (int i = 0; i < 2; i++) {
		rule_costs_source_init(&sources[i], set);
		run(matchers[i], "seldom", "x", 300);
		run(matchers[i], "seldom", "y", 100);
		rule_costs_add(costs, &sources[i], matchers[i]);
		rule_costs_add(costs, &sources[i], matchers[i]); /* told once */
	}
	assert_int_equal(cost_of(costs).stats.matches, 600);
	looks = cost_of(costs).stats.candidates;
	assert_in_range(looks, 600, 800);
	assert_true(cost_of(costs).stats.samples > 0 &&
		    rule_cost_time(&(struct rule_stats){10, 1, 2, 50}) == 250);
	assert_int_equal(rule_costs_save(costs), 0);
	rule_costs_free(costs);

	costs = rule_costs_open(path); /* started again, with a matcher that still counts */
	assert_int_equal(cost_of(costs).stats.matches, 600);
	run(matchers[0], "seldom", "x", 10);
	rule_costs_add(costs, &sources[0], matchers[0]);
	assert_int_equal(cost_of(costs).stats.matches, 610);
	assert_int_equal(cost_of(costs).stats.candidates, looks + 10);
	for (int i = 0; i < 2; i++) {
		rule_costs_source_done(&sources[i]);
		matcher_free(matchers[i]);
	}
	ruleset_free(set);
	rule_costs_free(costs);
}

static void test_changed_rule_begins_anew(void **state)
{
	struct rule_costs *costs = rule_costs_open(path);
	static const char *const values[] = {"seldom", "other"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct ruleset *set = rules_with(values[i]);
		struct matcher *matcher = matcher_new(set);
		struct rule_costs_source source;

		rule_costs_source_init(&source, set);
		run(matcher, values[i], "x", 5 + i);
		rule_costs_add(costs, &source, matcher);
		assert_int_equal(cost_of(costs).stats.matches, 5 + i);
		rule_costs_source_done(&source);
		matcher_free(matcher);
		ruleset_free(set);
	}
	rule_costs_free(costs);
}

static void test_aside(void **state)
{
	struct ruleset *set = rules_with("seldom");
	struct matcher *matcher = matcher_new(set);
	struct rule_costs_source source;
	struct rule_costs *costs = rule_costs_open(path);

	(void)state;
	rule_costs_source_init(&source, set);
	run(matcher, "seldom", "x", 5);
	rule_costs_add(costs, &source, matcher);
	assert_false(cost_of(costs).aside);
	matcher_set_aside(matcher, 0);
	rule_costs_add(costs, &source, matcher);
	assert_true(cost_of(costs).aside);
	assert_int_equal(rule_costs_save(costs), 0);
	rule_costs_free(costs);
	costs = rule_costs_open(path);
	assert_true(cost_of(costs).aside); /* for the report */
	rule_costs_begin(costs);
	assert_false(cost_of(costs).aside); /* started again: it is tried again */
	rule_costs_free(costs);
	rule_costs_source_done(&source);
	matcher_free(matcher);
	ruleset_free(set);
}

static void test_damaged_file(void **state)
{
	static const char *const texts[] = {
		"", "{", "[1,{},{\"id\":5},{\"id\":\"a\",\"matches\":-3,\"text\":7}]", "null"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct rule_costs *costs;

		assert_int_equal(io_replace_file(path, texts[i], strlen(texts[i]), 0600), 0);
		costs = rule_costs_open(path);
		assert_int_equal(rule_costs_get(costs, STR("a")).stats.matches, 0);
		rule_costs_free(costs);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_sums),
		CASE(test_changed_rule_begins_anew),
		CASE(test_aside),
		CASE(test_damaged_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
