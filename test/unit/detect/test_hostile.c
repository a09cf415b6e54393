/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and events made to hurt. */
#include "support.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"

static bool run(struct matcher *matcher, struct str value)
{
	struct arena *arena = arena_new(0);
	const uint32_t *rules;
	struct event event;
	size_t found, again;

	event_init(&event, arena);
	event.logsource.product = STR("p");
	event_add_attr(&event, STR("F"), hash_str(STR("F")), value_string(value), 0);
	found = matcher_run(matcher, &event, &rules);
	again = matcher_run_all(matcher, &event, &rules);
	assert_int_equal(found, again);
	arena_free(arena);
	return found;
}

static void test_long_value(void **state)
{
	struct ruleset *set =
		rule_from("{s: {'F|contains': ['needle', '*a*a*a*a*a*a*b']}, condition: s}", NULL);
	struct matcher *matcher = matcher_new(set);
	size_t len = 64 * 1024;
	char *text = malloc(len);

	(void)state;
	memset(text, 'a', len);
	assert_false(run(matcher, str_of(text, len)));
	memcpy(text + len - 6, "NEEDLE", 6);
	assert_true(run(matcher, str_of(text, len)));
	free(text);
	matcher_free(matcher);
	ruleset_free(set);
}

/* A value list of 100,000 exact texts, and one of 100,000 parts. */
static void test_many_values(void **state)
{
	(void)state;
	for (int contains = 0; contains < 2; contains++) {
		struct buf rule = {0};
		struct ruleset *set;
		struct matcher *matcher;

		buf_printf(&rule, "{s: {'F%s': [", contains ? "|contains" : "");
		for (int i = 0; i < 100000; i++)
			buf_printf(&rule, "value%d,", i);
		buf_add_str(&rule, STR("]}, condition: s}"));
		set = rule_from(buf_cstr(&rule), NULL);
		assert_non_null(set);
		matcher = matcher_new(set);
		assert_true(run(matcher, STR("VALUE99999")));
		assert_false(run(matcher, STR("valu99999")));
		assert_int_equal(run(matcher, STR("xvalue7x")), contains);
		matcher_free(matcher);
		ruleset_free(set);
		buf_done(&rule);
	}
}

static void test_catastrophic_regex(void **state)
{
	static const char *const rules[] = {"{s: {'F|re': '(a+)+$'}, condition: s}",
					    "{s: {'F|re': '(a|aa)+$'}, condition: s}",
					    "{s: {'F|re': '(.*)*(.*)*(.*)*x'}, condition: s}"};
	size_t len = 64 * 1024;
	char *text = malloc(len);

	(void)state;
	memset(text, 'a', len);
	text[len - 1] = '!';
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct ruleset *set = rule_from(rules[i], NULL);
		struct matcher *matcher = matcher_new(set);

		assert_false(run(matcher, str_of(text, len)));
		assert_true(i == 2 || matcher_exceeded(matcher) > 0);
		matcher_free(matcher);
		ruleset_free(set);
	}
	free(text);
}

/* A match far into a long text is found, past many looks at the clock. */
static void test_regex_stretches(void **state)
{
	struct ruleset *set = rule_from("{s: {'F|re': '[^b]b{3}$'}, condition: s}", NULL);
	struct matcher *matcher = matcher_new(set);
	char text[5000];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 3, "bbb", 3);
	assert_true(run(matcher, str_of(text, sizeof(text))));
	for (size_t len = 250; len < 520; len++) {
		assert_false(run(matcher, str_of(text, len)));
		assert_true(run(matcher, str_of(text + sizeof(text) - len, len)));
	}
	assert_int_equal(matcher_exceeded(matcher), 0);
	matcher_free(matcher);
	ruleset_free(set);
}

/* "((((…", "not not not …", nested lists: refused, not run out of stack. */
static void test_depth(void **state)
{
	static const struct {
		const char *before, *again, *middle, *close, *after;
		bool loads;
		int times;
	} bombs[] = {
		{"{s: {F: a}, condition: '", "(", "s", ")", "'}", true, 60},
		{"{s: {F: a}, condition: '", "(", "s", ")", "'}", false, 10000},
		{"{s: {F: a}, condition: '", "not ", "s", "", "'}", true, 60},
		{"{s: {F: a}, condition: '", "not ", "s", "", "'}", false, 10000},
		{"{s: {F: a}, condition: '", "s and (", "s", ")", "'}", false, 5000},
		{"{s: {F: a}, condition: '", "s or ", "s", "", "'}", true, 10000},
		{"{s: {F: a}, condition: '", "1 of them or ", "s", "", "'}", true, 5000},
		{"{s: ", "[", "{F: a}", "]", ", condition: s}", false, 1000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bombs) / sizeof(bombs[0]); i++) {
		struct buf text = {0};
		struct ruleset *set;

		buf_printf(&text, "%s", bombs[i].before);
		for (int k = 0; k < bombs[i].times; k++)
			buf_printf(&text, "%s", bombs[i].again);
		buf_printf(&text, "%s", bombs[i].middle);
		for (int k = 0; k < bombs[i].times; k++)
			buf_printf(&text, "%s", bombs[i].close);
		buf_printf(&text, "%s", bombs[i].after);
		set = rule_from(buf_cstr(&text), NULL);
		if (!set == bombs[i].loads)
			fail_msg("bomb %zu", i);
		ruleset_free(set);
		buf_done(&text);
	}
}

/* "1 of *" over and over, with many selections: grows with the product, and is refused. */
static void test_condition_size(void **state)
{
	struct buf text = {0};
	struct err err;

	(void)state;
	buf_add_str(&text, STR("{"));
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "s%d: {F: a}, ", i);
	buf_add_str(&text, STR("condition: '1 of s*"));
	for (int i = 0; i < 1000; i++)
		buf_add_str(&text, STR(" and 1 of s*"));
	buf_add_str(&text, STR("'}"));
	assert_null(rule_from(buf_cstr(&text), &err));
	assert_non_null(strstr(err.message, "too large"));
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_value),
		cmocka_unit_test(test_many_values),
		cmocka_unit_test(test_catastrophic_regex),
		cmocka_unit_test(test_regex_stretches),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_condition_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
