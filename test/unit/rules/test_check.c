/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of doubtful rules, and that nothing is said of good ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "rules/check.h"

struct lab {
	struct attack attack;
	struct taxonomy taxonomy;
	struct arena *arena;
	struct buf said;
};

static int set_up(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));
	const char *root = getenv("WANGLOU_SOURCE_ROOT");
	struct err err = {0};
	char path[4096];

	lab->arena = arena_new(0);
	snprintf(path, sizeof(path), "%s/content/attack", root);
	assert_int_equal(attack_load(&lab->attack, path, lab->arena, &err), 0);
	snprintf(path, sizeof(path), "%s/content/taxonomy.yaml", root);
	assert_int_equal(taxonomy_load(&lab->taxonomy, path, lab->arena, &err), 0);
	*state = lab;
	return 0;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;

	attack_done(&lab->attack);
	taxonomy_done(&lab->taxonomy);
	arena_free(lab->arena);
	buf_done(&lab->said);
	free(lab);
	return 0;
}

/* "severity-letter line code", between spaces. */
static void note(void *context, const struct finding *finding)
{
	struct buf *said = context;

	assert_true(finding->message[0] && finding->file[0] && finding->line);
	buf_printf(said, "%s%s:%u", said->len ? " " : "", finding->code, finding->line);
}

static const char *check(struct lab *lab, const char *text, bool own)
{
	struct checker_options options = {&lab->attack, &lab->taxonomy, note, &lab->said};
	struct checker *checker = checker_new(&options);

	buf_clear(&lab->said);
	checker_add(checker, "a.yml", str_from(text), own);
	checker_finish(checker);
	checker_free(checker);
	return buf_cstr(&lab->said);
}

/* A detection in flow style; the rule's line 5. */
#define RULE(source, detection)                                                      \
	"title: t\nid: 11111111-1111-4111-8111-111111111111\ntags: [attack.t1110]\n" \
	"logsource: {" source "}\ndetection: " detection "\n"

struct expectation {
	const char *detection, *said;
};

static void test_conditions(void **state)
{
	static const struct expectation cases[] = {
		/* never */
		{"{a: {F: x}, condition: a and not a}", "never-true:5"},
		{"{a: {F: x}, b: {F: y}, condition: a and b}", "never-true:5"},
		{"{a: {F: x, G: 1}, b: {F: X, G: 2}, condition: a and b}", "never-true:5"},
		{"{a: {F: [x, y]}, b: {F: [z, w]}, condition: all of them}", "never-true:5"},
		{"{a: {F: xa}, b: {'F|startswith': y}, condition: a and b}", "never-true:5"},
		{"{a: {'F|startswith': xa}, b: {'F|startswith': ya}, condition: a and b}", "never-true:5"},
		{"{a: {'F|endswith': xa}, b: {'F|endswith': xb}, condition: a and b}", "never-true:5"},
		{"{a: {'F|lt': 5}, b: {'F|gt': 5}, condition: a and b}", "never-true:5"},
		{"{a: {'F|lte': 5}, b: {'F|gte': 6}, condition: a and b}", "never-true:5"},
		{"{a: {F: 7}, b: {'F|lt': 7}, condition: a and b}", "never-true:5"},
		{"{a: {F: null}, b: {F: x}, condition: a and b}", "never-true:5"},
		{"{a: {'F|exists': true}, b: {'F|exists': false}, condition: a and b}", "never-true:5"},
		{"{a: {'F|contains': abc}, f: {'F|contains': b}, condition: a and not f}", "never-true:5"},
		{"{a: {'F|endswith': '\\\\cmd.exe'}, f: {'F|endswith': .exe}, condition: a and not 1 of f*}",
		 "never-true:5"},
		{"{a: {'F|neq': x}, b: {F: X}, condition: a and b}", "never-true:5"},
		{"{a: {F: x}, b: {G: 1}, c: {G: 2}, condition: a and (b and c)}", "never-true:5"},
		{"{a: {F: x, G: y}, f: {F: x}, g: {G: y}, condition: a and not (f and g)}", "never-true:5"},
		{"{a: {F: x}, b: {F: y}, c: {F: z}, condition: a and (b or c)}", "never-true:5"},
		{"{a: {'F|contains|all': [x, y]}, f: {'F|contains': y}, condition: a and not f}",
		 "never-true:5"},
		{"{a: {'F|re': 'x.*literal'}, f: {'F|re': 'x.*literal'}, condition: a and not f}",
		 "never-true:5"},
		/* one selection */
		{"{a: {'F|startswith': x, F: y}, b: {G: 1}, condition: b or a}", "never-selection:5"},
		{"{a: {'F|lt': 1, 'F|gt': 2}, condition: a}", "never-selection:5 never-true:5"},
		/* always */
		{"{a: {F: x}, condition: a or not a}", "always-true:5"},
		{"{a: {F: null}, b: {'F|exists': true}, condition: a or b}", "always-true:5"},
		/* unused */
		{"{a: {F: x}, b: {G: y}, condition: a}", "unused-selection:5"},
		/* fine */
		{"{a: {F: x}, b: {F: X}, condition: a and b}", ""},
		{"{a: {F: [x, y]}, b: {F: [y, z]}, condition: a and b}", ""},
		{"{a: {Data: x}, b: {Data: y}, condition: a and b}", ""}, /* may have several values */
		{"{a: {'F|contains': x}, b: {'F|contains': y}, condition: a and b}", ""},
		{"{a: {'F|contains': b}, f: {'F|contains': abc}, condition: a and not f}", ""},
		{"{a: {F: x}, f: {'F|cased': X}, condition: a and not f}", ""},
		{"{a: {F: x}, f: {'F|cased': x}, condition: a and not f}", ""}, /* X is left */
		{"{a: {'F|cased': x}, f: {F: X}, condition: a and not f}", "never-true:5"},
		{"{a: {F: [x, y]}, f: {F: x}, condition: a and not f}", ""},
		{"{a: {'F|lte': 5}, b: {'F|gte': 5}, condition: a and b}", ""},
		{"{a: {'F|lt': 5}, b: {'F|lt': 3}, condition: a and b}", ""},
		{"{a: {F: 4688}, b: {F: '4688'}, condition: a and b}", ""},
		{"{a: {F: x}, b: {G: y}, condition: a and not b}", ""},
		{"{a: {F: x, G: y}, f: {F: x}, g: {G: z}, condition: a and not (f and g)}", ""},
		{"{a: {F: x}, b: {f: y}, condition: a and b}", ""}, /* another field */
		{"{a: {F: null}, condition: not a}", ""},
		{"{a: [x, y], b: [z], condition: a and b}", ""},
		{"{a: {'F|re': '^..$'}, b: {'F|re': '^y'}, condition: a and b}", "slow-regex:5"},
		{"{a: {'F|re': '^..$'}, b: {G: y}, condition: a and b}", ""}, /* asked after the other */
		{"{a: {'F|re': '^..$'}, b: {G: y}, condition: a or b}", "slow-regex:5"},
		{"{a: {'F|re': '^..$', 'G|contains': abcd}, b: {H: 1}, condition: a and not b}", ""},
		{"{a: {'F|re': '^..$', 'G|contains': [abcd, ab]}, condition: a}", "slow-regex:5"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[2048];
		const char *said;

		snprintf(text, sizeof(text), RULE("product: p", "%s"), cases[i].detection);
		said = check(*state, text, false);
		if (strcmp(said, cases[i].said) != 0)
			fail_msg("%s: %s", cases[i].detection, said);
	}
}

static void test_fields(void **state)
{
	static const struct expectation cases[] = {
		{RULE("product: windows, category: process_creation",
		      "{a: {Image: x, CommandLine: y, EventID: 1}, condition: a}"),
		 ""},
		{RULE("product: windows, category: process_creation", "{a: {Comandline: y}, condition: a}"),
		 "unknown-field:5"},
		{RULE("product: windows, category: process_creation", "{a: {image: y}, condition: a}"),
		 "unknown-field:5"},
		{RULE("product: windows, category: process_creation", "{a: {process.name: y}, condition: a}"),
		 ""},
		{RULE("product: windows, category: process_creation",
		      "{a: {'Image|fieldref': Imagee}, condition: a}"),
		 "unknown-field:5"},
		{RULE("product: windows, category: file_event",
		      "{a: {CommandLine: y}, b: {CommandLine: z}, condition: 1 of *}"),
		 "unknown-field:5"},
		{RULE("product: windows, service: security", "{a: {Whatever: y}, condition: a}"),
		 ""}, /* not known */
		{RULE("category: webserver",
		      "{a: {cs-method: GET}, condition: a}") "suppress: {by: [c-ip], for: 1h}\n",
		 ""},
		{RULE("category: webserver",
		      "{a: {cs-method: GET}, condition: a}") "suppress: {by: [c-ipp], for: 1h}\n",
		 "suppress-field:6"},
		{"title: f\nlogsource: {category: webserver}\nfilter: {rules: any, a: {cs-uri: x, b: y}, "
		 "condition: not a}\n",
		 "unknown-field:3"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *said = check(*state, cases[i].detection, false);

		if (strcmp(said, cases[i].said) != 0)
			fail_msg("%s: %s", cases[i].detection, said);
	}
}

#define TAGS(tags) "title: t\ntags: " tags "\nlogsource: {product: p}\ndetection: {a: {F: x}, condition: a}\n"
#define OTHER(title, detection) \
	"---\ntitle: " title "\ntags: [attack.impact]\nlogsource: {product: p}\ndetection: " detection "\n"

static void test_rest(void **state)
{
	static const struct expectation cases[] = {
		{TAGS("[attack.t1059.001, attack.initial_access, attack.initial-access, attack.s0002, "
		      "cve.2021-1]"),
		 ""},
		{TAGS("[attack.T1059, attack.g0007, attack.ta0001]"), ""},
		{TAGS("[attack.t1059, attack.t1059.999]"), "unknown-attack:2"},
		{TAGS("[attack.t1059, attack.initial-acess]"), "unknown-attack:2"},
		{TAGS("[attack.t1059, attack.t9999]"), "newer-attack:2"},
		{TAGS("[car.2016-04-005]"), "no-attack:2"},
		{TAGS("[attack.impact]") OTHER("u", "{z: {F: X}, condition: z}"), "duplicate:6"},
		{TAGS("[attack.impact]") OTHER("T", "{z: {F: y}, condition: z}"), ""},
		{TAGS("[attack.impact]") OTHER("t", "{z: {F: y}, condition: z}"), "same-title:6"},
		{TAGS("[attack.impact]") OTHER("u", "{z: {'F|contains': x}, condition: z}"), ""},
		{TAGS("[attack.impact]") OTHER("u", "{z: {F: x, G: 1}, condition: z}")
			 OTHER("v", "{g: {G: 1}, f: {F: x}, condition: g and f}"),
		 "duplicate:11"},
		{"title: f\nfilter: {rules: [nobody], a: {F: x}, condition: not a}\n", "no-such-rule:2"},
		{TAGS("[attack.impact]") "name: somebody\n---\ntitle: f\nfilter: {rules: [somebody], a: {F: "
					 "x}, condition: not a}\n",
		 ""},
	};
	/* What a correlation only counts makes no alerts: a twin of it, and what to do next, matter to
	 * nobody. */
	static const char counted[] =
		TAGS("[attack.impact]") "name: base\nid: 22222222-1111-4111-8111-111111111111\ntitle_zh: "
					"甲\ntests: []\ndescription: x\ndescription_zh: x\n";
	static const char correlation[] =
		"---\ntitle: c\nid: 33333333-1111-4111-8111-111111111111\ntitle_zh: 乙\ntests: "
		"[]\nnext_steps: x\nnext_steps_zh: x\n"
		"description: x\ndescription_zh: x\ncorrelation: {type: event_count, rules: [Base], "
		"timespan: 5m, condition: "
		"{gte: 2}%s}\n";
	char text[2048];
	const char *said;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		said = check(*state, cases[i].detection, false);
		if (strcmp(said, cases[i].said) != 0)
			fail_msg("%s: %s", cases[i].detection, said);
	}
	said = check(*state,
		     TAGS("[attack.impact]") "title_zh: 甲\ntests: []\nnext_steps: x\nnext_steps_zh: "
					     "x\ndescription: x\ndescription_zh: x\n",
		     true);
	assert_string_equal(said, "incomplete:1"); /* the id */
	assert_string_equal(check(*state, counted, true), "incomplete:1 incomplete:1");
	snprintf(text, sizeof(text), correlation, "");
	memmove(text + sizeof(counted) - 1, text, strlen(text) + 1);
	memcpy(text, counted, sizeof(counted) - 1);
	assert_string_equal(check(*state, text, true), "");
	strcpy(strrchr(text, '}'), ", generate: true}\n");
	assert_string_equal(check(*state, text, true), "incomplete:1 incomplete:1");
}

/* A rule of many alternatives that contradict one another: an answer soon, whatever it is. */
static void test_bounded(void **state)
{
	struct buf text = {0};

	buf_printf(&text, "title: t\ntags: [attack.impact]\nlogsource: {product: p}\ndetection:\n");
	for (int i = 0; i < 24; i++)
		buf_printf(&text, "  a%d: [{F%d: 1}, {G%d: 1}]\n  b%d: {F%d: 2}\n  c%d: {G%d: [2, 3]}\n", i,
			   i, i, i, i, i, i);
	buf_printf(&text, "  k:\n    'H|contains|all':\n");
	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "      - value-%d\n", i);
	buf_printf(&text, "  condition: all of a* and (all of b* or all of c*) and k\n");
	check(*state, buf_cstr(&text), false);
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
