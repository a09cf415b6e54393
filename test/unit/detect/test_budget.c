/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that cost too much: cut short, suspected, set aside; and rules to which that must not happen. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "detect/match.h"
#include "detect/program.h"

#define RULE(detection) "title: t\nlogsource: {product: p}\ndetection: {" detection "}\n"
#define HOSTILE RULE("s: {'F|re': '(\\w+\\s?)*[!@]'}, condition: s")
#define PLAIN RULE("s: {'F|contains': 'aaa '}, condition: s")
#define EVENTS_MAX 100000
#define LONG_LEN (64 * 1024)

/* With a value of so many bytes. */
static void set_up(struct lab *lab, const char *const *rules, size_t count, size_t len)
{
	char *text;

	lab_open(lab, rules, count);
	lab_begin(lab);
	text = arena_alloc(lab->arena, len);
	for (size_t i = 0; i < len; i++)
		text[i] = i % 8 == 7 ? ' ' : 'a';
	lab_add(lab, "F", str_of(text, len));
}

static size_t run(struct lab *lab, uint32_t *ret_first)
{
	const uint32_t *found;
	size_t count = matcher_run(lab->matcher, &lab->event, &found);

	*ret_first = count ? found[0] : UINT32_MAX;
	return count;
}

static void keep(void *context, const struct rule_aside *aside)
{
	*(struct rule_aside *)context = *aside;
}

static void test_set_aside(void **state)
{
	static const char *const rules[] = {PLAIN, HOSTILE};
	struct rule_aside aside = {0};
	struct rule_stats stats;
	struct matcher *other;
	const uint32_t *found;
	struct lab lab;
	uint32_t first;
	int events = 0;

	(void)state;
	set_up(&lab, rules, 2, 2000);
	while (!ruleset_is_aside(lab.set, 1) && ++events < EVENTS_MAX) {
		assert_int_equal(run(&lab, &first), 1);
		assert_int_equal(first, 0);
	}
	assert_true(events < EVENTS_MAX);
	assert_false(ruleset_is_aside(lab.set, 0));
	assert_int_equal(ruleset_aside(lab.set, keep, &aside), 1);
	assert_int_equal(aside.rule, 1);
	assert_true(aside.nanoseconds >= BUDGET_TRIAL_NS && aside.nanoseconds <= aside.thread_nanoseconds);
	assert_true(aside.cut_short > 0 && aside.events > 0 && aside.events <= (uint64_t)events);
	/* The others match as before, by the index and without, and in all threads. */
	other = matcher_new(lab.set);
	assert_int_equal(matcher_run(other, &lab.event, &found), 1);
	assert_int_equal(matcher_run_all(other, &lab.event, &found), 1);
	assert_int_equal(found[0], 0);
	matcher_rule_stats(other, 0, &stats);
	assert_int_equal(stats.candidates, 2);
	matcher_rule_stats(other, 1, &stats);
	assert_int_equal(stats.candidates, 0);
	matcher_free(other);
	lab_close(&lab);
}

static void test_by_plain_evaluation(void **state)
{
	static const char *const rules[] = {HOSTILE};
	const uint32_t *found;
	struct lab lab;
	int events = 0;

	(void)state;
	set_up(&lab, rules, 1, 2000);
	while (!ruleset_is_aside(lab.set, 0) && ++events < EVENTS_MAX)
		assert_int_equal(matcher_run_all(lab.matcher, &lab.event, &found), 0);
	assert_true(events < EVENTS_MAX);
	lab_close(&lab);
}

/* Time that passes while others compute raises suspicion, and that is all. */
static void test_load(void **state)
{
	static const char *const rules[] = {PLAIN};
	struct lab lab;
	uint32_t first;

	(void)state;
	set_up(&lab, rules, 1, 20);
	assert_int_equal(run(&lab, &first), 1);
	for (int round = 0; round < 3; round++) {
		budget_sample(lab.matcher, 0, UINT64_C(10000000000));
		assert_int_equal(lab.matcher->budget.trial_count, 1);
		for (int i = 0; i <= BUDGET_WINDOW; i++)
			assert_int_equal(run(&lab, &first), 1);
		assert_int_equal(lab.matcher->budget.trial_count, 0);
		assert_false(ruleset_is_aside(lab.set, 0));
	}
	lab_close(&lab);
}

/* What condemns: the time of a trial within its window, and the share of the thread's. */
static void test_verdict(void **state)
{
	static const struct {
		uint64_t spent, thread;
		uint32_t events;
		bool aside, ended;
	} cases[] = {
		{BUDGET_TRIAL_NS, 2 * BUDGET_TRIAL_NS, 10, true, true},
		{BUDGET_TRIAL_NS, BUDGET_SHARE * BUDGET_TRIAL_NS * 2, 10, false, true},
		{BUDGET_TRIAL_NS - 1, BUDGET_TRIAL_NS, 10, false, false},
		{BUDGET_TRIAL_NS, BUDGET_TRIAL_NS, BUDGET_WINDOW, false, true},
		{BUDGET_TRIAL_NS, BUDGET_TRIAL_NS, BUDGET_WINDOW - 1, true, true},
	};
	static const char *const rules[] = {PLAIN};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct budget *budget;
		struct lab lab;

		set_up(&lab, rules, 1, 20);
		budget = &lab.matcher->budget;
		budget_suspect(lab.matcher, 0);
		budget->trials[0].thread = clock_thread() - cases[i].thread;
		lab.matcher->stamp += cases[i].events;
		budget_judge(lab.matcher, &budget->trials[0], cases[i].spent);
		if (ruleset_is_aside(lab.set, 0) != cases[i].aside || !budget->trial_count != cases[i].ended)
			fail_msg("case %zu", i);
		lab_close(&lab);
	}
}

/* More suspects than can be watched: those that can are. */
static void test_many_suspects(void **state)
{
	const char *rules[BUDGET_TRIALS + 2];
	struct lab lab;

	(void)state;
	for (unsigned i = 0; i < BUDGET_TRIALS + 2; i++)
		rules[i] = HOSTILE;
	set_up(&lab, rules, BUDGET_TRIALS + 2, 20);
	for (uint32_t i = 0; i < BUDGET_TRIALS + 2; i++) {
		budget_suspect(lab.matcher, i);
		budget_suspect(lab.matcher, i);
	}
	assert_int_equal(lab.matcher->budget.trial_count, BUDGET_TRIALS);
	assert_non_null(budget_trial(&lab.matcher->budget, BUDGET_TRIALS - 1));
	assert_null(budget_trial(&lab.matcher->budget, BUDGET_TRIALS));
	lab_close(&lab);
}

/* Hundreds of searches of which each takes long: the evaluation is cut short. It does not match, negated or
   not, and rules that share its searches have results of their own. */
static void test_one_evaluation(void **state)
{
	struct buf hostile = {0}, negated = {0};
	const char *rules[3];
	const uint32_t *found;
	struct lab lab;
	uint64_t start;

	(void)state;
	buf_printf(&hostile, "title: t\nlogsource: {product: p}\ndetection: {s: {'F|re': [");
	for (int i = 0; i < 500; i++)
		buf_printf(&hostile, "'[a ]{%d}[!@]',", 2000 + i);
	buf_printf(&negated, "%.*s]}, condition: not s}\n", (int)hostile.len, hostile.ptr);
	buf_printf(&hostile, "'a{5}']}, condition: s}\n");
	rules[0] = buf_cstr(&hostile);
	rules[1] = RULE("s: {'F|re': 'a{5}'}, condition: s");
	rules[2] = buf_cstr(&negated);
	set_up(&lab, rules, 3, LONG_LEN);
	start = clock_thread();
	assert_int_equal(matcher_run_all(lab.matcher, &lab.event, &found), 1);
	assert_int_equal(found[0], 1);
	/* Two evaluations, each ended by the search at hand; 500 searches of 50 ms would be 25 s. */
	assert_true(clock_thread() - start < 20 * BUDGET_RULE_NS);
	assert_int_equal(matcher_exceeded(lab.matcher), 2);
	lab_close(&lab);
	buf_done(&hostile);
	buf_done(&negated);
}

static void test_kept_over_reload(void **state)
{
	static const char *const rules[] = {PLAIN, HOSTILE};
	static const char *const changed[] = {HOSTILE "# another text\n", HOSTILE, PLAIN};
	struct ruleset *next;
	uint32_t first;
	struct lab lab;

	(void)state;
	set_up(&lab, rules, 2, 2000);
	for (int i = 0; i < EVENTS_MAX && !ruleset_is_aside(lab.set, 1); i++)
		run(&lab, &first);
	next = rules_from(changed, 3, false);
	ruleset_keep_aside(next, lab.set);
	assert_false(ruleset_is_aside(next, 0));
	assert_true(ruleset_is_aside(next, 1));
	assert_false(ruleset_is_aside(next, 2));
	assert_int_equal(ruleset_aside(next, NULL, NULL), 1);
	ruleset_free(next);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_aside),
		cmocka_unit_test(test_by_plain_evaluation),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_many_suspects),
		cmocka_unit_test(test_one_evaluation),
		cmocka_unit_test(test_kept_over_reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
