/* SPDX-License-Identifier: Apache-2.0 */
/* What a matcher counts about its rules, and rules that are set aside. */
#include "support.h"

#define RULE(detection) "title: t\nlogsource: {product: p}\ndetection: {" detection "}\n"
#define ROUNDS (3 * MATCHER_SAMPLING)

static const char *const rules[] = {
	RULE("s: {F: yes}, condition: s"),
	RULE("s: {F: yes, G: 'no'}, condition: s"),
	RULE("s: {F: other}, condition: s"),
};

static int set_up(void **state)
{
	static struct lab lab;

	lab_open(&lab, rules, 3);
	lab_begin(&lab);
	lab_add(&lab, "F", STR("yes"));
	*state = &lab;
	return 0;
}

static int tear_down(void **state)
{
	lab_close(*state);
	return 0;
}

static void test_counts(void **state)
{
	struct lab *lab = *state;
	const uint64_t *histogram = matcher_candidates_histogram(lab->matcher);
	struct rule_stats stats;
	const uint32_t *found;
	uint64_t events = 0, candidates = 0;

	for (int i = 0; i < ROUNDS; i++)
		assert_int_equal(matcher_run(lab->matcher, &lab->event, &found), 1);
	matcher_rule_stats(lab->matcher, 0, &stats);
	assert_int_equal(stats.candidates, ROUNDS);
	assert_int_equal(stats.matches, ROUNDS);
	assert_in_range(stats.samples, ROUNDS / MATCHER_SAMPLING - 1, ROUNDS / MATCHER_SAMPLING + 1);
	assert_true(stats.nanoseconds > 0);
	matcher_rule_stats(lab->matcher, 1, &stats);
	assert_int_equal(stats.matches, 0);
	matcher_rule_stats(lab->matcher, 2, &stats);
	assert_int_equal(stats.candidates, 0);
	for (unsigned i = 0; i < CANDIDATES_BUCKETS; i++) {
		events += histogram[i];
		candidates += i * histogram[i];
	}
	assert_int_equal(events, ROUNDS);
	assert_int_equal(candidates, matcher_candidates(lab->matcher));
}

static void test_aside(void **state)
{
	struct lab *lab = *state;
	struct rule_stats stats;
	const uint32_t *found;

	assert_false(matcher_is_aside(lab->matcher, 0));
	matcher_set_aside(lab->matcher, 0);
	assert_true(matcher_is_aside(lab->matcher, 0));
	assert_false(matcher_is_aside(lab->matcher, 1));
	assert_int_equal(matcher_run(lab->matcher, &lab->event, &found), 0);
	assert_int_equal(matcher_run_all(lab->matcher, &lab->event, &found), 0);
	matcher_rule_stats(lab->matcher, 0, &stats);
	assert_int_equal(stats.candidates, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_aside, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
