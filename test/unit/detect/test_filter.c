/* SPDX-License-Identifier: Apache-2.0 */
/* Filters: what they narrow, until when, which are refused. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "detect/filter.h"

#define RULE                                                                              \
	"title: r\nid: 11111111-1111-4111-8111-111111111111\nname: first\n"               \
	"logsource: {product: p, service: s}\ndetection: {sel: {A: 1}, condition: sel}\n" \
	"---\ntitle: q\nid: 22222222-2222-4222-8222-222222222222\n"                       \
	"logsource: {product: p}\ndetection: {sel: {A|contains: longer}, t: {A: 1}, condition: sel or t}\n"

static void ignore(void *context, const struct err *err)
{
	(void)context;
	fail_msg("line %u: %s", err->line, err->message);
}

static struct ruleset *build(const char *filter)
{
	struct ruleset_builder *builder = ruleset_builder_new();

	ruleset_add_text(builder, "rules.yml", str_from(RULE), ignore, NULL);
	if (*filter)
		ruleset_add_text(builder, "filter.yml", str_from(filter), ignore, NULL);
	return ruleset_build(builder, false);
}

/* A bit for each of the two rules that matches; the same by the index and without. */
static unsigned run(const struct ruleset *set, const char *json, int64_t received)
{
	struct matcher *matcher = matcher_new(set);
	struct json_parser *parser = json_parser_new();
	struct arena *arena = arena_new(0);
	const struct json_node *root;
	const uint32_t *rules;
	unsigned found[2] = {0};
	struct event event;

	assert_int_equal(json_parse(parser, str_from(json), &root, NULL), 0);
	event_from_json(root, str_from(json), arena, &event);
	event.received = received;
	for (size_t n = matcher_run(matcher, &event, &rules); n > 0; n--)
		found[0] |= 1u << rules[n - 1];
	for (size_t n = matcher_run_all(matcher, &event, &rules); n > 0; n--)
		found[1] |= 1u << rules[n - 1];
	assert_int_equal(found[0], found[1]);
	matcher_free(matcher);
	json_parser_free(parser);
	arena_free(arena);
	return found[0];
}

#define EVENT(rest) "{\"product\":\"p\",\"service\":\"s\",\"A\":\"1\"" rest "}"
#define FILTER(source, rules, more)                                           \
	"title: f\nlogsource: {" source "}\n" more "filter:\n  rules: " rules \
	"\n  friend: {B: x}\n  condition: not friend\n"

static void test_named(void **state)
{
	static const struct {
		const char *filter;
		unsigned stranger, friend;
		size_t applied;
	} cases[] = {
		{"", 3, 3, 0},
		{FILTER("product: p", "[11111111-1111-4111-8111-111111111111]", ""), 3, 2, 1},
		{FILTER("product: P", "[first]", ""), 3, 2, 1},
		{FILTER("product: p", "22222222-2222-4222-8222-222222222222", ""), 3, 1, 1},
		{FILTER("product: p", "[first, 11111111-1111-4111-8111-111111111111]", ""), 3, 2, 1},
		{FILTER("product: p", "any", ""), 3, 0, 2},
		{FILTER("product: p", "[any]", ""), 3, 0, 2},
		{FILTER("service: s", "any", ""), 3, 2, 1}, /* the second rule does not state it */
		{FILTER("product: other", "any", ""), 3, 3, 0},
		{FILTER("product: p", "[r]", ""), 3, 3, 0}, /* a title is no name */
		{"title: f\nfilter: {rules: [first], x: {B: x}, condition: not x}\n", 3, 2, 1},
		{"title: f\nfilter: {rules: [first], x: [x], condition: not x}\n", 3, 2, 1}, /* a keyword */
		/* A positive condition admits only what it describes. */
		{"title: f\nlogsource: {product: p}\nfilter: {rules: any, x: {B: x}, condition: x}\n", 0, 3,
		 2},
		/* Two filters on one rule. */
		{FILTER("product: p", "first", "") "---\n" FILTER("product: p", "any", ""), 3, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ruleset *set = build(cases[i].filter);

		assert_int_equal(run(set, EVENT(""), 0), cases[i].stranger);
		assert_int_equal(run(set, EVENT(",\"B\":\"x\""), 0), cases[i].friend);
		if (ruleset_filter_count(set))
			assert_int_equal(ruleset_filter(set, 0)->applied, cases[i].applied);
		ruleset_free(set);
	}
}

/* By the time of receipt; an event that has none counts as received now. */
static void test_expiry(void **state)
{
	struct ruleset *set = build(FILTER("product: p", "any", "expires: 2027-03-01\n"));
	int64_t expiry;

	(void)state;
	assert_int_equal(clock_parse(STR("2027-03-01T00:00:00Z"), 0, &expiry), 0);
	assert_int_equal(ruleset_filter(set, 0)->expires, expiry);
	assert_int_equal(run(set, EVENT(",\"B\":\"x\""), expiry - 1), 0);
	assert_int_equal(run(set, EVENT(",\"B\":\"x\""), expiry), 3);
	assert_int_equal(run(set, EVENT(",\"B\":\"y\""), expiry - 1), 3);
	ruleset_free(set);
	set = build(FILTER("product: p", "any", "expires: 2001-01-01\n"));
	assert_int_equal(run(set, EVENT(",\"B\":\"x\""), 0), 3);
	ruleset_free(set);
	set = build(FILTER("product: p", "any", "expires: 2999-01-01T08:00:00+08:00\n"));
	assert_int_equal(run(set, EVENT(",\"B\":\"x\""), 0), 0);
	ruleset_free(set);
}

static void keep_error(void *context, const struct err *err)
{
	*(struct err *)context = *err;
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *reason;
		unsigned line;
	} cases[] = {
		{"logsource: {product: p}\nfilter: {rules: any, x: {A: 1}, condition: x}\n", "has no 'title'",
		 1},
		{"title: f\nid: 7\nfilter: {rules: a, x: {A: 1}, condition: x}\n", "not a UUID", 2},
		{"title: f\nfilter: {rules: any, x: {A: 1}, condition: x}\n", "has no 'logsource'", 1},
		{"title: f\nfilter: {x: {A: 1}, condition: x}\n", "must list 1 to", 2},
		{"title: f\nfilter: {rules: [], x: {A: 1}, condition: x}\n", "must list 1 to", 2},
		{"title: f\nfilter: {rules: [[a]], x: {A: 1}, condition: x}\n", "id or name", 2},
		{"title: f\nfilter: {rules: [a], condition: x}\n", "no selection", 2},
		{"title: f\nfilter: {rules: [a], x: {A: 1}}\n", "no 'condition'", 2},
		{"title: f\nfilter: {rules: [a], x: {A: 1}, condition: rules}\n", "no selection of that name",
		 2},
		{"title: f\nexpires: soon\nfilter: {rules: [a], x: {A: 1}, condition: x}\n", "must be a date",
		 2},
		{"title: f\nfilter: any\n", "must be a mapping", 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ruleset_builder *builder = ruleset_builder_new();
		struct err err = {0};

		ruleset_add_text(builder, "f.yml", str_from(cases[i].text), keep_error, &err);
		if (!strstr(err.message, cases[i].reason) || err.line != cases[i].line)
			fail_msg("case %zu: line %u: %s", i, err.line, err.message);
		ruleset_free(ruleset_build(builder, false));
	}
}

static void test_same_id(void **state)
{
	static const char text[] = "title: f\nid: 33333333-3333-4333-8333-333333333333\n"
				   "filter: {rules: a, x: {A: 1}, condition: x}\n";
	struct ruleset_builder *builder = ruleset_builder_new();
	struct ruleset *set;
	struct err err = {0};

	(void)state;
	ruleset_add_text(builder, "f.yml", STR(text), keep_error, &err);
	assert_int_equal(err.code, 0);
	ruleset_add_text(builder, "g.yml", STR(text), keep_error, &err);
	assert_int_equal(err.code, ERR_DUPLICATE);
	assert_non_null(strstr(err.message, "f.yml"));
	set = ruleset_build(builder, false);
	assert_int_equal(ruleset_filter_count(set), 1);
	ruleset_free(set);
}

static bool choose(void *context, struct rule_info *info)
{
	(void)context;
	info->silent = true;
	return !str_eq(info->title, STR("r"));
}

static void test_chosen(void **state)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct ruleset *set;

	(void)state;
	ruleset_choose(builder, choose, NULL);
	ruleset_add_text(builder, "rules.yml", str_from(RULE), ignore, NULL);
	set = ruleset_build(builder, false);
	assert_int_equal(ruleset_count(set), 1);
	assert_true(str_eq(ruleset_info(set, 0)->title, STR("q")) && ruleset_info(set, 0)->silent);
	ruleset_free(set);
}

/* -- filters over real rules and events ------------------------------------------------------------------ */

/* What the filters ask for, as filters that name every rule and as rules of their own. */
static const char *const wishes[] = {
	"{keep: {Image|contains: e}, condition: keep}",
	"{friend: {Image|endswith: exe}, condition: not friend}",
	"{a: {EventID: [1, 4688, 11]}, b: {CommandLine|contains: ' -'}, condition: a and not b}",
	"{a: {User|contains: SYSTEM}, b: {Image: null}, condition: not 1 of them}",
};
#define WISHES (sizeof(wishes) / sizeof(wishes[0]))

struct real {
	struct ruleset *plain, *filtered[WISHES], *wish[WISHES];
	struct matcher *plain_matcher, *matchers[WISHES], *wish_matchers[WISHES];
	struct json_parser *parser;
	struct arena *arena;
	size_t matches, narrowed[WISHES], kept[WISHES];
};

static void pass_over(void *context, const struct err *err)
{
	(void)context, (void)err;
}

static struct ruleset_builder *add_real(void)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	char path[4096];

	snprintf(path, sizeof(path), "%s/sigma/rules", shared_data());
	assert_int_equal(ruleset_add(builder, path, pass_over, NULL), 0);
	return builder;
}

static void make_real(struct real *real)
{
	struct buf text = {0};

	real->plain = ruleset_build(add_real(), true);
	real->plain_matcher = matcher_new(real->plain);
	for (size_t i = 0; i < WISHES; i++) {
		struct ruleset_builder *builder = add_real(), *wish = ruleset_builder_new();

		buf_clear(&text);
		buf_printf(&text, "title: f\nfilter: {rules: [");
		for (size_t k = 0; k < ruleset_count(real->plain); k++)
			buf_printf(&text, "%s%.*s", k ? ", " : "", STR_FMT(ruleset_info(real->plain, k)->id));
		buf_printf(&text, "], %s\n", wishes[i] + 1);
		ruleset_add_text(builder, "f.yml", buf_str(&text), ignore, NULL);
		real->filtered[i] = ruleset_build(builder, true);
		assert_int_equal(ruleset_filter(real->filtered[i], 0)->applied, ruleset_count(real->plain));
		real->matchers[i] = matcher_new(real->filtered[i]);
		buf_clear(&text);
		buf_printf(&text, "title: w\nlogsource: {product: any}\ndetection: %s\n", wishes[i]);
		ruleset_add_text(wish, "w.yml", buf_str(&text), ignore, NULL);
		real->wish[i] = ruleset_build(wish, true);
		real->wish_matchers[i] = matcher_new(real->wish[i]);
	}
	buf_done(&text);
}

/* Rules and filter each for itself say what both together must say, by the index and without. */
static void compare(struct real *real, const struct event *event)
{
	const uint32_t *rules, *found;
	size_t count = matcher_run(real->plain_matcher, event, &rules), n;

	real->matches += count;
	for (size_t i = 0; i < WISHES; i++) {
		bool wanted = matcher_run(real->wish_matchers[i], event, &found) == 1;

		n = matcher_run(real->matchers[i], event, &found);
		assert_int_equal(n, wanted ? count : 0);
		assert_memory_equal(found, rules, n * sizeof(*found));
		n = matcher_run_all(real->matchers[i], event, &found);
		assert_int_equal(n, wanted ? count : 0);
		real->kept[i] += wanted && count;
		real->narrowed[i] += !wanted && count;
	}
}

static int compare_file(const char *path, void *context)
{
	struct real *real = context;
	struct buf text = {0};
	struct str rest;
	const struct json_node *root;
	size_t used;

	assert_int_equal(io_read_file(path, 64u * 1024 * 1024, &text), 0);
	for (rest = buf_str(&text); json_parse_prefix(real->parser, rest, &root, &used) == 0;
	     rest = str_from_offset(rest, used)) {
		struct event event;

		arena_reset(real->arena);
		event_from_json(root, str_head(rest, used), real->arena, &event);
		compare(real, &event);
	}
	buf_done(&text);
	return 0;
}

static void test_real(void **state)
{
	struct real real = {.parser = json_parser_new(), .arena = arena_new(0)};
	char path[4096];

	(void)state;
	if (!shared_data())
		skip();
	make_real(&real);
	snprintf(path, sizeof(path), "%s/sigma/regression_data", shared_data());
	assert_int_equal(io_walk(path, ".json", compare_file, &real), 0);
	assert_true(real.matches >= 100);
	for (size_t i = 0; i < WISHES; i++) {
		print_message("filter %zu: %zu events kept, %zu narrowed\n", i, real.kept[i],
			      real.narrowed[i]);
		assert_true(real.kept[i] && real.narrowed[i]);
		matcher_free(real.matchers[i]);
		matcher_free(real.wish_matchers[i]);
		ruleset_free(real.filtered[i]);
		ruleset_free(real.wish[i]);
	}
	matcher_free(real.plain_matcher);
	ruleset_free(real.plain);
	json_parser_free(real.parser);
	arena_free(real.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),    cmocka_unit_test(test_named),   cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_same_id), cmocka_unit_test(test_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
