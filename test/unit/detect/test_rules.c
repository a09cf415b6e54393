/* SPDX-License-Identifier: Apache-2.0 */
/* Loading: what is refused, where and why; routing; fields; what a rule says about itself. */
#include "support.h"

#include <string.h>

#include "base/buf.h"
#include "detect/tests.h"

struct refusal {
	const char *detection, *reason;
	unsigned column; /* 0: whatever */
};

/* "detection: " stands before the text, on line 3. */
static void test_refusals(void **state)
{
	static const struct refusal refusals[] = {
		{"{s: {'F|contain': a}, condition: s}", "there is no modifier 'contain'", 18},
		{"{s: {'F|re': '('}, condition: s}", "the regular expression is wrong", 26},
		{"{s: {'F|cidr': 10.0.0.0/33}, condition: s}", "modifier 'cidr' takes networks", 27},
		{"{s: {'F|lt': many}, condition: s}", "modifier 'lt' takes numbers", 25},
		{"{s: {'F|hour|lt|gt': 5}, condition: s}", "modifier 'gt' takes numbers", 0},
		{"{s: {'F|i': a}, condition: s}", "modifier 'i' takes the modifier 're' before it", 0},
		{"{s: {'F|exists': yes}, condition: s}", "modifier 'exists' takes a field, and true or false",
		 0},
		{"{s: {'F|contains': null}, condition: s}", "modifier 'contains' takes texts", 0},
		{"{s: {'F|base64': 'a*'}, condition: s}", "modifier 'base64' takes texts without wildcards",
		 0},
		{"{s: {'F|expand': '%x%'}, condition: s}", "no value is given for the placeholder %x%", 0},
		{"{s: {'F|windash|base64': '-a -a -a -a -a'}, condition: s}", "fewer dashes", 0},
		{"{s: {'|fieldref': a}, condition: s}", "a field, and names of fields", 0},
		{"{s: {F: {a: b}}, condition: s}", "must not be a mapping", 0},
		{"{s: {F: [[a]]}, condition: s}", "a value must be a text", 0},
		{"{s: {F: []}, condition: s}", "'F' has no values", 0},
		{"{s: {}, condition: s}", "the selection is empty", 0},
		{"{s: , condition: s}", "the selection is empty", 0},
		{"{s: {'': null}, condition: s}", "a keyword cannot be null", 0},
		{"{condition: s}", "the detection has no selection", 0},
		{"{s: {F: a}}", "the detection has no 'condition'", 0},
		{"{s: {F: a}, condition: }", "a condition must be a text", 0},
		{"{s: {F: a}, condition: []}", "the list of conditions is empty", 0},
		{"{s: {F: a}, condition: s and}",
		 "expected the name of a selection at the end of the condition", 40},
		{"{s: {F: a}, condition: s t}", "expected 'and', 'or' or the end at 't'", 37},
		{"{s: {F: a}, condition: (s}", "expected ')'", 0},
		{"{s: {F: a}, condition: 's)'}", "expected 'and', 'or' or the end at ')'", 37},
		{"{s: {F: a}, condition: t}", "there is no selection of that name at 't'", 0},
		{"{s: {F: a}, condition: 1 of t*}", "no selection has such a name at 't*'", 0},
		{"{_s: {F: a}, condition: 1 of them}", "no selection has such a name", 0},
		{"{s: {F: a}, condition: 2 of them}", "there is no selection of that name at '2'", 0},
		{"{s: {F: a}, condition: 's | count() > 5'}", "correlation rules took its place", 0},
		{"{s: {F: a}, condition: 's & s'}", "at '&'", 0},
		{"[a]", "'detection' must be a mapping", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct err err;

		if (rule_from(refusals[i].detection, &err))
			fail_msg("%s loads", refusals[i].detection);
		if (!strstr(err.message, refusals[i].reason))
			fail_msg("%s: %s", refusals[i].detection, err.message);
		assert_string_equal(err.file, "rule.yml");
		assert_int_equal(err.line, 3);
		if (refusals[i].column && err.column != refusals[i].column)
			fail_msg("%s: column %u", refusals[i].detection, err.column);
	}
}

struct reports {
	size_t count;
	struct err last;
};

static void count_report(void *context, const struct err *err)
{
	struct reports *reports = context;

	reports->count++;
	reports->last = *err;
}

static struct reports load(const char *text, size_t rules)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct reports reports = {0};
	struct ruleset *set;

	ruleset_add_text(builder, "dir/file.yml", str_from(text), count_report, &reports);
	set = ruleset_build(builder, false);
	assert_int_equal(ruleset_count(set), rules);
	ruleset_free(set);
	return reports;
}

#define BODY "logsource: {product: p}\ndetection: {s: {F: a}, condition: s}\n"
#define ID "id: 6ba7b810-9dad-11d1-80b4-00c04fd430c8\n"

static void test_documents(void **state)
{
	static const struct {
		const char *text, *reason;
		size_t rules;
		unsigned line;
	} cases[] = {
		{"", "the file is empty", 0, 1},
		{"title: t\n  bad: [\n" BODY, "not valid YAML", 0, 1},
		{"- a\n", "a rule must be a mapping", 0, 1},
		{BODY, "the rule has no 'title'", 0, 1},
		{"title: t\ndetection: {s: {F: a}, condition: s}\n", "the rule has no 'logsource'", 0, 1},
		{"title: t\nlogsource: {definition: x}\n", "names no product, category or service", 0, 2},
		{"title: t\nlogsource: {product: p}\n", "the rule has no 'detection'", 0, 1},
		{"title: t\nid: 17\n" BODY, "the id is not a UUID", 0, 2},
		{"title: t\nlevel: severe\n" BODY, "the level is none of", 0, 2},
		{"title: t\nstatus: good\n" BODY, "the status is none of", 0, 2},
		{"title: t\ntags: x\n" BODY, "'tags' must be a list", 0, 2},
		{"title: t\ncorrelation: {type: event_count}\n", "the correlation has no 'rules'", 0, 2},
		{"title: t\nlogsource: {product: p}\nfilter: {}\n", "must list 1 to", 0, 3},
		{"title: t\naction: global\n---\ntitle: t\n" BODY, "'action' are not supported", 1, 2},
		{"title: t\n" ID BODY "---\ntitle: u\n" ID BODY, "has the same id", 1, 7},
		{"title: t\ntests: [{name: n}]\n" BODY, "match: true", 0, 2},
		{"title: t\ntests: [{name: n, match: true}]\n" BODY, "either 'raw' or a mapping 'event'", 0,
		 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reports reports = load(cases[i].text, cases[i].rules);

		assert_int_equal(reports.count, 1);
		if (!strstr(reports.last.message, cases[i].reason) || reports.last.line != cases[i].line)
			fail_msg("case %zu: %u: %s", i, reports.last.line, reports.last.message);
		assert_string_equal(reports.last.file, "dir/file.yml");
	}
	assert_int_equal(load("title: t\n" BODY "---\ntitle: u\n" BODY, 2).count, 0);
}

static void test_long_titles(void **state)
{
	static const char *const keys[] = {"title", "title_zh"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf text = {0};
		struct reports reports;

		buf_printf(&text, "%s: %01025d\n%s" BODY, keys[i], 7, i ? "title: t\n" : "");
		reports = load(buf_cstr(&text), 0);
		assert_int_equal(reports.count, 1);
		assert_non_null(strstr(reports.last.message, "longer than 256 characters"));
		assert_int_equal(reports.last.line, 1);
		buf_done(&text);
	}
}

static void test_info(void **state)
{
	static const char *const text =
		"title: Some title\ntitle_zh: 某个标题\n" ID
		"status: test\ndescription: What it is\nauthor: Somebody\nlevel: high\n"
		"description_zh: 说明\nfalsepositives: [A backup, [no text], '', A scan]\nfalsepositives_zh: "
		"备份\n"
		"tags: [attack.execution, attack.t1059.001]\nlogsource: {product: windows, category: c, "
		"service: s}\n"
		"detection: {s: {F: a}, condition: s}\n"
		"tests:\n  - {name: one, match: true, source: src, raw: 'a line'}\n"
		"  - {name: two, match: false, event: {F: [a, null]}, logsource: {service: x}}\n";
	struct ruleset *set = rules_from(&text, 1, false);
	const struct rule_info *info = ruleset_info(set, 0);
	const struct rule_test *tests;
	size_t count;

	(void)state;
	assert_true(str_eq(info->title, STR("Some title")) && str_eq(info->author, STR("Somebody")));
	assert_true(str_eq(info->title_zh, STR("某个标题")));
	assert_true(str_eq(info->description, STR("What it is")) && str_eq(info->status, STR("test")));
	assert_true(str_eq(info->description_zh, STR("说明")));
	assert_true(str_eq(info->false_positives, STR("A backup\nA scan")) && !info->false_positives_zh.len);
	assert_true(str_eq(info->id, STR("6ba7b810-9dad-11d1-80b4-00c04fd430c8")));
	assert_string_equal(rule_level_name(info->level), "high");
	assert_int_equal(info->tag_count, 2);
	assert_true(str_eq(info->tags[1], STR("attack.t1059.001")));
	assert_true(str_eq(info->logsource.category, STR("c")) && str_eq(info->yaml, str_from(text)));
	tests = ruleset_tests(set, 0, &count);
	assert_int_equal(count, 2);
	assert_true(tests[0].match && str_eq(tests[0].raw, STR("a line")) &&
		    str_eq(tests[0].source, STR("src")));
	assert_true(!tests[1].match && tests[1].field_count == 2 && tests[1].line == 16);
	assert_int_equal(tests[1].fields[1].value.type, VALUE_NULL);
	assert_true(str_eq(tests[1].logsource.service, STR("x")));
	ruleset_free(set);
}

#define ROUTED(title, source) \
	"title: " title "\nlogsource: {" source "}\ndetection: {s: {F: a}, condition: s}\n"

static size_t routed(struct matcher *matcher, const char *product, const char *category, const char *service,
		     const uint32_t **ret_rules)
{
	struct arena *arena = arena_new(0);
	struct event event;
	const uint32_t *all;
	size_t count;

	event_init(&event, arena);
	event_add_attr(&event, STR("F"), hash_str(STR("F")), value_string(STR("A")), 0);
	event.logsource = (struct logsource){str_from(product), str_from(category), str_from(service)};
	count = matcher_run_all(matcher, &event, &all);
	assert_int_equal(count, matcher_run(matcher, &event, ret_rules));
	arena_free(arena);
	return count;
}

static void test_routing(void **state)
{
	static const char *const texts[] = {ROUTED("0", "product: windows"),
					    ROUTED("1", "category: process"),
					    ROUTED("2", "product: Windows, category: process"),
					    ROUTED("3", "product: windows, service: security"),
					    ROUTED("4", "product: linux, category: process"),
					    ROUTED("5", "product: mac, category: registry_event")};
	struct ruleset *set = rules_from(texts, 6, false);
	struct matcher *matcher = matcher_new(set);
	const uint32_t *rules;

	(void)state;
	assert_int_equal(routed(matcher, "windows", "process", "", &rules), 3);
	assert_true(rules[0] == 0 && rules[1] == 1 && rules[2] == 2);
	assert_int_equal(routed(matcher, "WINDOWS", "Process", "sysmon", &rules), 3);
	assert_int_equal(routed(matcher, "windows", "", "security", &rules), 2);
	assert_true(rules[0] == 0 && rules[1] == 3);
	assert_int_equal(routed(matcher, "", "process", "", &rules), 1);
	assert_int_equal(routed(matcher, "linux", "process", "", &rules), 2);
	assert_int_equal(routed(matcher, "", "", "", &rules), 0);
	assert_int_equal(routed(matcher, "mac", "registry_set", "x", &rules), 1);
	assert_int_equal(routed(matcher, "mac", "registry_event", "", &rules), 1);
	assert_int_equal(routed(matcher, "", "registry_set", "", &rules), 0);
	matcher_free(matcher);
	ruleset_free(set);
	set = rules_from(texts, 6, true);
	matcher = matcher_new(set);
	assert_int_equal(routed(matcher, "", "", "", &rules), 6);
	assert_int_equal(matcher_candidates(matcher), 6);
	matcher_free(matcher);
	ruleset_free(set);
}

/* A rule names ECS fields, which attributes of that name come before, and the raw text. */
static void test_fields(void **state)
{
	static const char *const text = "title: t\nlogsource: {product: p}\ndetection: {a: {source.ip: "
					"192.0.2.1}, b: {user.name: x}, "
					"k: [needle], condition: 1 of them}\n";
	struct ruleset_builder *builder = ruleset_builder_new();
	struct arena *arena = arena_new(0);
	struct reports reports = {0};
	const uint32_t *rules;
	struct ruleset *set;
	struct matcher *matcher;
	struct event event;

	(void)state;
	ruleset_add_text(builder, "f", str_from(text), count_report, &reports);
	set = ruleset_build(builder, true);
	matcher = matcher_new(set);
	event_init(&event, arena);
	assert_int_equal(matcher_run(matcher, &event, &rules), 0);
	assert_int_equal(event_set_text(&event, FIELD_ID_SOURCE_IP, STR("192.0.2.1")), 0);
	assert_int_equal(matcher_run(matcher, &event, &rules), 1);
	event_add_attr(&event, STR("source.ip"), hash_str(STR("source.ip")), value_string(STR("other")), 0);
	assert_int_equal(matcher_run(matcher, &event, &rules), 0);
	event_set_text(&event, FIELD_ID_USER_NAME, STR("X"));
	assert_int_equal(matcher_run(matcher, &event, &rules), 1);
	event_add_attr(&event, STR("user.name"), hash_str(STR("user.name")), value_string(STR("y")), 0);
	assert_int_equal(matcher_run(matcher, &event, &rules), 0);
	event.raw = STR("<13>host prog: a needle");
	assert_int_equal(matcher_run(matcher, &event, &rules), 1);
	event.raw = STR(" {\"needle\":1}");
	assert_int_equal(matcher_run(matcher, &event, &rules), 0);
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
}

static void test_expand(void **state)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct reports reports = {0};
	struct ruleset *set;

	(void)state;
	ruleset_expand(builder, STR("admins"), STR("root"));
	ruleset_expand(builder, STR("admins"), STR("ops*"));
	ruleset_expand(builder, STR("host"), STR("h1"));
	ruleset_add_text(builder, "f",
			 STR("title: t\nlogsource: {product: p}\n"
			     "detection: {s: {'F|expand': '%host%\\%admins%'}, condition: s}\n"),
			 count_report, &reports);
	assert_int_equal(reports.count, 0);
	set = ruleset_build(builder, false);
	assert_true(matches(set, "{\"F\":\"H1\\\\root\"}"));
	assert_true(matches(set, "{\"F\":\"H1\\\\ops-7\"}"));
	assert_false(matches(set, "{\"F\":\"H1\\\\guest\"}"));
	assert_false(matches(set, "{\"F\":\"%host%\\\\%admins%\"}"));
	ruleset_free(set);
}

static void test_explain(void **state)
{
	struct ruleset *set = rule_from("{a: {'F|contains': [xxxx, need], G: null}, f: {H: z}, k: ['le in'], "
					"condition: a and k and not f}",
					NULL);
	struct matcher *matcher = matcher_new(set);
	struct arena *arena = arena_new(0);
	const uint32_t *rules;
	struct event event;

	(void)state;
	event_init(&event, arena);
	event.logsource.product = STR("p");
	event_add_attr(&event, STR("F"), hash_str(STR("F")), value_string(STR("A \"Needle\" in")), 0);
	event.raw = STR("a needle in");
	assert_int_equal(matcher_run(matcher, &event, &rules), 1);
	assert_string_equal(
		matcher_explain(matcher, rules[0], &event, arena).ptr,
		"{\"condition\":\"a and k and not f\",\"selections\":["
		"{\"name\":\"a\",\"holds\":true,\"matches\":["
		"{\"field\":\"G\",\"value\":null,\"pattern\":\"null\"},"
		"{\"field\":\"F\",\"value\":\"A \\\"Needle\\\" in\",\"pattern\":\"need\"}]},"
		"{\"name\":\"f\",\"holds\":false,\"matches\":[]},"
		"{\"name\":\"k\",\"holds\":true,\"matches\":[{\"field\":null,\"value\":\"a needle "
		"in\",\"pattern\":\"le in\"}]}]}");
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),    cmocka_unit_test(test_documents),
		cmocka_unit_test(test_long_titles), cmocka_unit_test(test_info),
		cmocka_unit_test(test_routing),     cmocka_unit_test(test_fields),
		cmocka_unit_test(test_expand),      cmocka_unit_test(test_explain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
