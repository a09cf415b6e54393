/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and events made to hurt. */
#include "support.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "detect/pattern.h"

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

/* Steps of a pattern over a text of one letter. */
static uint64_t steps_over(const char *pattern_text, size_t repeats, const char *end, size_t len,
			   bool *ret_match)
{
	struct arena *arena = arena_new(0);
	struct pattern pattern;
	struct buf written = {0};
	char *text = malloc(len);
	uint64_t steps = 0;

	for (size_t i = 0; i < repeats; i++)
		buf_printf(&written, "%s", pattern_text);
	buf_printf(&written, "%s", end);
	memset(text, 'a', len);
	assert_int_equal(pattern_parse(buf_str(&written), arena, &pattern), 0);
	*ret_match = pattern_match_counted(&pattern, str_of(text, len), &steps);
	free(text);
	buf_done(&written);
	arena_free(arena);
	return steps;
}

/* Patterns of all kinds take few steps a byte, twice as many over twice the text. */
static void test_pattern_steps(void **state)
{
	static const struct {
		const char *pattern;
		size_t repeats;
		const char *end;
		double steps; /* a byte, at most */
		bool match;
	} cases[] = {
		{"*a", 500, "*", 0.1, true},
		{"*a", 500, "*b", 0.1, false},
		{"*a?", 300, "*", 0.1, true},
		{"*aaaaaaaa", 100, "b", 0.1, false},
		{"*", 1, "ab", 0.1, false},
		{"*", 1, "a?b", 3.1, false},
		{"*", 1, "a?a?a?b*", 8.1, false},
		{"*?", 500, "b", 0.1, false},
		{"*?", 1000, "*", 0.1, true},
		{"?", 1000, "*b", 0.1, false},
		{"*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1, "?b*", 16, false},
		{"*a?", 1, "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b", 64, false},
		{"a?", 500, "b", 0.1, false},
		{"*a?a?a?a?a?a?a?a?", 60, "b*", 17, false},
	};
	bool match;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = 64 * 1024;
		uint64_t half = steps_over(cases[i].pattern, cases[i].repeats, cases[i].end, len / 2, &match);
		uint64_t full = steps_over(cases[i].pattern, cases[i].repeats, cases[i].end, len, &match);

		if (match != cases[i].match || (double)full > cases[i].steps * (double)len + 2000 ||
		    (double)full > 2.1 * (double)half + 2000)
			fail_msg("case %zu: match %d, %llu steps, %llu over half of it", i, match,
				 (unsigned long long)full, (unsigned long long)half);
	}
}

/* A star, and a thousand parts that must stand together behind it. */
static void test_pattern_given_up(void **state)
{
	struct arena *arena = arena_new(0);
	struct buf written = {0}, text = {0};
	struct pattern pattern;
	uint64_t steps = 0;

	(void)state;
	buf_printf(&written, "*");
	for (int i = 0; i < 500; i++)
		buf_printf(&written, "a?");
	buf_printf(&written, "b*");
	for (int i = 0; i < 64 * 1024; i++)
		buf_add_char(&text, 'a');
	assert_int_equal(pattern_parse(buf_str(&written), arena, &pattern), 0);
	assert_false(pattern_match_counted(&pattern, buf_str(&text), &steps));
	assert_true(steps > PATTERN_STEPS(text.len) &&
		    steps <= PATTERN_STEPS(text.len) + 1 + PATTERN_PARTS_MAX);
	buf_done(&written);
	buf_done(&text);
	arena_free(arena);
}

/* The largest that each modifier makes of a value, and what is refused beyond. */
static void test_modifiers(void **state)
{
	static const struct {
		const char *before, *value, *after;
		int times;
		bool loads;
		const char *message;
	} cases[] = {
		{"{s: {'F|windash|contains': '", " -a", "'}, condition: s}", 500, true, NULL},
		{"{s: {'F|windash|contains': '", " -a", "'}, condition: s}", 600, false, "shorter"},
		{"{s: {'F|windash|base64': '", " -a", "'}, condition: s}", 4, true, NULL},
		{"{s: {'F|windash|base64': '", " -a", "'}, condition: s}", 5, false, "fewer dashes"},
		{"{s: {'F|windash|wide|base64offset|contains': [", "' -a -b -c -d',", "]}, condition: s}",
		 100, true, NULL},
		{"{s: {'F|windash|wide|base64offset|contains': [", "' -a -b -c -d',", "]}, condition: s}",
		 110, false, "fewer dashes"},
		{"{s: {'F|base64offset|contains': [", "abc,", "]}, condition: s}", 66000, true, NULL},
		{"{s: {'F|base64offset|contains': [", "abc,", "]}, condition: s}", 67000, false, NULL},
		{"{s: {F: [", "a,", "]}, condition: s}", 200000, true, NULL},
		{"{s: {F: [", "a,", "]}, condition: s}", 200001, false, "200000"},
		{"{s: {'F|re': '", "a", "'}, condition: s}", 16384, true, NULL},
		{"{s: {'F|re': '", "a", "'}, condition: s}", 16385, false, "16384"},
		{"{s: {F: '", "*a", "'}, condition: s}", 512, true, NULL},
		{"{s: {F: '", "*a", "'}, condition: s}", 513, false, "wildcards"},
		{"{s: {F: '", "a", "'}, condition: s}", 65536, true, NULL},
		{"{s: {F: '", "a", "'}, condition: s}", 65537, false, "65536"},
		{"{s: {'F", "|all", "': a}, condition: s}", 16, true, NULL},
		{"{s: {'F", "|all", "': a}, condition: s}", 17, false, "modifiers"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = {0};
		struct err err = {0};
		struct ruleset *set;

		buf_printf(&text, "%s", cases[i].before);
		for (int k = 0; k < cases[i].times; k++)
			buf_printf(&text, "%s", cases[i].value);
		buf_printf(&text, "%s", cases[i].after);
		set = rule_from(buf_cstr(&text), &err);
		if (!set == cases[i].loads || (cases[i].message && !strstr(err.message, cases[i].message)))
			fail_msg("case %zu: %s", i, err.message);
		if (set) {
			struct matcher *matcher = matcher_new(set);

			run(matcher, STR("abc -a -b"));
			assert_int_equal(matcher_exceeded(matcher), 0);
			matcher_free(matcher);
		}
		ruleset_free(set);
		buf_done(&text);
	}
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
		cmocka_unit_test(test_pattern_steps),
		cmocka_unit_test(test_pattern_given_up),
		cmocka_unit_test(test_modifiers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
