/* SPDX-License-Identifier: Apache-2.0 */
/* Documents with "correlation": which load, to what, which are refused and where. */
#include "support.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "detect/correlation.h"

#define RULE(name)                     \
	"title: " name "\nname: " name \
	"\nlogsource: {product: p}\ndetection: {s: {F: a}, condition: s}\n---\n"
#define ID "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

struct reports {
	size_t count;
	struct err first;
};

static void note_report(void *context, const struct err *err)
{
	struct reports *reports = context;

	if (!reports->count++)
		reports->first = *err;
}

static struct ruleset *load(const char *text, struct reports *reports)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct str whole = str_from(text);

	*reports = (struct reports){0};
	if (str_ends(whole, STR("---\n")))
		whole.len -= 4;
	ruleset_add_text(builder, "dir/c.yml", whole, note_report, reports);
	return ruleset_build(builder, false);
}

/* Each behind the rules a and b (lines 1 to 9), so the section is in line 11. */
static void test_refused(void **state)
{
	static const struct {
		const char *text, *reason;
		unsigned line;
	} cases[] = {
		{"x", "'correlation' must be a mapping", 11},
		{"{rules: [a], timespan: 1m}", "the correlation's type is none of", 11},
		{"{type: count, rules: [a], timespan: 1m}", "the correlation's type is none of", 11},
		{"{type: temporal, timespan: 1m}", "has no 'rules'", 11},
		{"{type: temporal, rules: [], timespan: 1m}", "'rules' takes 1 to 64 items", 11},
		{"{type: temporal, rules: [[a]], timespan: 1m}", "an item of 'rules' must be a text", 11},
		{"{type: temporal, rules: [a]}", "has no 'timespan'", 11},
		{"{type: temporal, rules: [a], timespan: 5}", "a span of time is", 11},
		{"{type: temporal, rules: [a], timespan: 1m, groupby: [x]}", "a correlation has no 'groupby'",
		 11},
		{"{type: temporal, rules: [a], timespan: 1m, group-by: [x, x]}", "'group-by' names 'x' twice",
		 11},
		{"{type: temporal, rules: [a], timespan: 1m, generate: 1}", "'generate' is true or false",
		 11},
		{"{type: temporal, rules: [a], timespan: 1m, aliases: [x]}", "'aliases' must be a mapping",
		 11},
		{"{type: temporal, rules: [a], timespan: 1m, aliases: {x: y}}", "an alias must be a mapping",
		 11},
		{"{type: temporal, rules: [a], timespan: 1m, aliases: {x: {b: y}}}", "speaks of 'b'", 11},
		{"{type: event_count, rules: [a], timespan: 1m}", "has no 'condition'", 11},
		{"{type: event_count, rules: [a], timespan: 1m, condition: {}}", "compares nothing", 11},
		{"{type: event_count, rules: [a], timespan: 1m, condition: {ge: 1}}",
		 "a condition has no 'ge'", 11},
		{"{type: event_count, rules: [a], timespan: 1m, condition: {gte: x}}", "a number is needed",
		 11},
		{"{type: event_count, rules: [a], timespan: 1m, condition: {gte: 50001}}",
		 "asks for more than 50000", 11},
		{"{type: event_count, rules: [a], timespan: 1m, condition: {gte: 1, field: x}}",
		 "takes no 'field'", 11},
		{"{type: event_count, rules: [a], timespan: 1m, condition: a and b}", "only 'temporal' takes",
		 11},
		{"{type: value_count, rules: [a], timespan: 1m, condition: {gte: 1}}", "takes a 'field'", 11},
		{"{type: value_avg, rules: [a], timespan: 1m, condition: {gte: 1, field: [x, y]}}",
		 "takes one field", 11},
		{"{type: value_avg, rules: [a], timespan: 1m, condition: {gte: 1, field: x, percentile: 5}}",
		 "'percentile' belongs to", 11},
		{"{type: value_percentile, rules: [a], timespan: 1m, condition: {gte: 1, field: x}}",
		 "'percentile' belongs to", 11},
		{"{type: value_percentile, rules: [a], timespan: 1m, condition: {gte: 1, field: x, "
		 "percentile: 101}}",
		 "from 0 to 100", 11},
		{"{type: temporal, rules: [a, b], timespan: 1m, condition: {gte: 3}}", "asks for more than 2",
		 11},
		{"{type: temporal, rules: [a, b], timespan: 1m, condition: a and c}", "'c' in the condition",
		 11},
		{"{type: temporal_ordered, rules: [a, b], timespan: 1m, condition: {gte: 1}}",
		 "asks for all of its rules", 11},
		{"{type: temporal_ordered, rules: [a, b], timespan: 1m, condition: {lte: 2}}",
		 "asks for all of its rules", 11},
		{"{type: new_terms, rules: [a], timespan: 1m}", "needs 'group-by'", 11},
		{"{type: new_terms, rules: [a], timespan: 1m, group-by: [x], condition: {gte: 1}}",
		 "takes no condition", 11},
		{"{type: temporal, rules: [a, nobody], timespan: 1m}", "refers to 'nobody', and no rule", 11},
		{"{type: temporal, rules: [a, a], timespan: 1m}", "refers to 'a' twice", 11},
		{"{type: temporal, rules: [c], timespan: 1m}", "goes round in a circle", 11},
		{"{type: temporal, rules: [a], timespan: 1m}\nlogsource: {product: p}", "no 'logsource'", 11},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = {0};
		struct reports reports;
		struct ruleset *set;

		buf_printf(&text, "%stitle: c\nname: c\ncorrelation: %s\n", RULE("a") RULE("b"),
			   cases[i].text);
		set = load(buf_cstr(&text), &reports);
		if (reports.count != 1 || !strstr(reports.first.message, cases[i].reason) ||
		    reports.first.line != cases[i].line + 2)
			fail_msg("case %zu: %zu, line %u: %s", i, reports.count, reports.first.line,
				 reports.first.message);
		assert_string_equal(reports.first.file, "dir/c.yml");
		assert_int_equal(ruleset_count(set), 2);
		ruleset_free(set);
		buf_done(&text);
	}
}

static size_t find(const struct ruleset *set, const char *name)
{
	for (size_t i = 0; i < ruleset_count(set); i++)
		if (str_eq(ruleset_info(set, i)->name, str_from(name)))
			return i;
	fail_msg("no rule %s", name);
	return 0;
}

#define C(name, rules, rest)                                                            \
	"title: " name "\nname: " name "\ncorrelation: {type: temporal, rules: [" rules \
	"], timespan: 1m" rest "}\n---\n"

/* What refers to what does not load does not load; the others keep their rules, whose numbers move. */
static void test_some_refused(void **state)
{
	static const char text[] = C("lost", "a, nobody", "") C("outer", "inner, b", "")
		C("follows", "lost", "") C("one", "two", "") C("two", "three", "") C("three", "one, a", "")
			C("inner", "a", "") RULE("a") RULE("b");
	struct reports reports;
	struct ruleset *set = load(text, &reports);
	const struct correlation *outer = ruleset_correlation(set, find(set, "outer"));

	(void)state;
	assert_int_equal(reports.count, 5);
	assert_int_equal(ruleset_count(set), 4);
	assert_int_equal(ruleset_info(set, find(set, "outer"))->kind, RULE_CORRELATION);
	assert_int_equal(outer->rules[0], find(set, "inner"));
	assert_int_equal(outer->rules[1], find(set, "b"));
	assert_null(ruleset_correlation(set, find(set, "a")));
	assert_true(ruleset_info(set, find(set, "inner"))->silent);
	assert_false(ruleset_info(set, find(set, "outer"))->silent);
	ruleset_free(set);
}

static void test_names(void **state)
{
	static const char text[] =
		RULE("a") "title: x\nname: b\nid: " ID "\nlogsource: {product: p}\n"
			  "detection: {s: {F: a}, condition: s}\n---\n" RULE("b") C("by-name", "b", "")
				  C("by-id", ID ", a", ", aliases: {u: {" ID ": F, a: G}}, group-by: [u, h]");
	struct reports reports;
	struct ruleset *set = load(text, &reports);
	const struct correlation *correlation = ruleset_correlation(set, find(set, "by-id"));

	(void)state;
	assert_int_equal(reports.count, 1);
	assert_non_null(strstr(reports.first.message, "two rules have this name"));
	assert_int_equal(correlation->rules[0], 1);
	assert_int_equal(correlation->timespan, CLOCK_MINUTE);
	assert_int_equal(correlation->threshold, 2);
	assert_int_not_equal(correlation->group_slots[0], correlation->group_slots[2]); /* u */
	assert_int_equal(correlation->group_slots[1], correlation->group_slots[3]);     /* h */
	ruleset_free(set);
}

/* As deep as may be, whatever the order of the documents; one more is refused. */
static void test_depth(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct buf text = {0};
		struct reports reports;
		struct ruleset *set;

		for (int i = 0; i <= CORRELATION_DEPTH_MAX; i++) {
			int n = order ? CORRELATION_DEPTH_MAX - i : i;

			buf_printf(&text,
				   "title: c\nname: c%d\ncorrelation: {type: temporal, rules: [c%d], "
				   "timespan: 1m}\n---\n",
				   n, n - 1);
		}
		buf_printf(&text, "title: base\nname: c-1\nlogsource: {product: p}\ndetection: {s: {F: a}, "
				  "condition: s}\n");
		set = load(buf_cstr(&text), &reports);
		assert_int_equal(reports.count, 1);
		assert_non_null(strstr(reports.first.message, "too many correlations of correlations"));
		assert_int_equal(ruleset_count(set), CORRELATION_DEPTH_MAX + 1);
		ruleset_free(set);
		buf_done(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_some_refused),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
