/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong in a source file is named with its place, and the rest loads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

#define HEAD "id: t\ntitle: t\nrecognise: {format: text}\n"

static const struct {
	const char *text;
	unsigned line, column;
	const char *message;
} cases[] = {
	{"id: t\n  title: t\n", 0, 0, ""},
	{"[a]", 1, 1, "mapping"},
	{"title: t\n", 1, 1, "'id'"},
	{"id: T\ntitle: t\nrecognise: {format: text}\n", 1, 5, "a-z"},
	{"id: good\ntitle: t\nrecognise: {format: text}\n", 1, 5, "already"},
	{"id: t\nrecognise: {format: text}\n", 1, 1, "'title'"},
	{"id: t\ntitle: t\n", 1, 1, "'recognise'"},
	{HEAD "prase: [json]\n", 4, 1, "did you mean 'parse'"},
	{HEAD "completely: 1\n", 4, 1, "unknown key 'completely'"},
	{HEAD "parse: [jsno]\n", 4, 9, "did you mean 'json'"},
	{HEAD "parse:\n  - kv: {separatr: x}\n", 5, 10, "did you mean 'separator'"},
	{HEAD "parse:\n  - json: {strip: [abc]}\n", 5, 0, "dot"},
	{HEAD "parse:\n  - regex: '^(a'\n", 5, 0, "pattern"},
	{HEAD "parse:\n  - csv: {separator: ab}\n", 5, 0, "single character"},
	{HEAD "map: {user.nmae: x}\n", 4, 7, "no field 'user.nmae'"},
	{HEAD "map: {user.name: {form: x}}\n", 4, 19, "did you mean 'from'"},
	{HEAD "map: {user.name: {from: x, as: uper}}\n", 4, 32, "no conversion 'uper'"},
	{HEAD "map: {user.name: {from: x, as: hash}}\n", 4, 32, "argument"},
	{HEAD "map: {user.name: {from: x, default: y}}\n", 4, 0, "'table'"},
	{HEAD "map: {user.name: {from: x, date: iso8601}}\n", 4, 7, "no date"},
	{HEAD "map: {'@timestamp': {from: x, date: '%Q'}}\n", 4, 0, "date format"},
	{HEAD "map: {user.name: {from: x, table: {A: 1, a: 2}}}\n", 4, 0, "twice"},
	{HEAD "set: {source.ip: nowhere}\n", 4, 18, "no value for source.ip"},
	{HEAD "sigma: {prodct: x}\n", 4, 9, "did you mean 'product'"},
	{HEAD "switch: {on: a}\n", 4, 9, "'cases'"},
	{HEAD "switch: {on: a, cases: {'x|y': {}, Y: {}}}\n", 4, 0, "twice"},
	{HEAD "zone: Asia/Shanghai\n", 4, 7, "zone"},
	{HEAD "use: nothing\n", 4, 6, "no fragment 'nothing'"},
	{HEAD "use: broken\n", 2, 7, "no field"},
	{HEAD "rename: {a: b, c: ''}\n", 4, 0, "empty"},
	{"id: t\ntitle: t\nrecognise: {}\n", 3, 12, "nothing in particular"},
	{"id: t\ntitle: t\nrecognise: {format: toml}\n", 3, 21, "format"},
	{"id: t\ntitle: t\nrecognise: {format: text, priority: -1}\n", 3, 0, "priority"},
	{HEAD "---\nid: u\n", 1, 1, "one document"},
};

static void test_errors_have_places(void **state)
{
	static const char good[] = "id: good\ntitle: g\nrecognise: {format: text}\nuse: fine\n";
	static const char fine[] = "fragment: fine\nset: {event.module: fine}\n";
	static const char broken[] = "fragment: broken\nmap: {no.field: x}\n";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench b;

		bench_open(&b, (const char *const[]){good, cases[i].text, fine, broken, NULL});
		if (b.errors != 1 || !strstr(b.error.message, cases[i].message))
			fail_msg("case %zu: %u errors, %s", i, b.errors, b.error.message);
		if ((cases[i].line && b.error.line != cases[i].line) ||
		    (cases[i].column && b.error.column != cases[i].column))
			fail_msg("case %zu at %u:%u: %s", i, b.error.line, b.error.column, b.error.message);
		assert_non_null(strstr(b.error.file, ".yaml"));
		assert_int_equal(source_set_count(b.set), 1);
		bench_run(&b, STR("x"));
		assert_str(b.event.source, "good");
		assert_field(&b, EVENT_MODULE, "fine");
		bench_close(&b);
	}
}

static void test_priority_and_specificity(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, (const char *const[]){
			       "id: any\ntitle: t\nrecognise: {format: any, priority: 0}\n",
			       "id: one\ntitle: t\nrecognise: {keys: [a]}\n",
			       "id: two\ntitle: t\nrecognise: {keys: [a, b.c]}\n",
			       "id: value\ntitle: t\nrecognise: {values: {a: ['1', '2']}, priority: 60}\n",
			       "id: line\ntitle: t\nrecognise: [{format: text, prefix: [P, Q], contains: [x, "
			       "y]}, {format: syslog, program: p}]\n",
			       "id: hinted\ntitle: t\nrecognise: {format: text, hint: word, priority: 70}\n",
			       NULL});
	assert_int_equal(b.errors, 0);
	static const struct {
		const char *text, *source;
	} lines[] = {
		{"{\"a\":0}", "one"},
		{"{\"a\":0,\"b\":{\"c\":0}}", "two"},
		{"{\"a\":0,\"b\":{\"d\":0}}", "one"},
		{"{\"a\":2,\"b\":{\"c\":0}}", "value"},
		{"Q y x", "line"},
		{"Q y", "any"},
		{"<13>Nov 22 09:00:00 h p: m", "line"},
		{"<13>Nov 22 09:00:00 h r: P x y", "line"},
		{"", "any"},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		bench_run(&b, str_from(lines[i].text));
		assert_str(b.event.source, lines[i].source);
	}
	static const char *const hints[] = {"word", "hinted"};

	for (size_t i = 0; i < 2; i++) {
		struct parse_input input = {
			.bytes = STR("Q y x"), .hint = str_from(hints[i]), .received = RECEIVED};

		event_init(&b.event, b.arena);
		parser_run(b.parser, &input, &b.event);
		assert_str(b.event.source, "hinted");
	}
	bench_close(&b);
}

static void test_samples_can_fail(void **state)
{
	static const char *const expectations[] = {
		"{source: unparsed}",
		"{fields: {user.name: wu}}",
		"{fields: {source.ip: 10.0.0.1}}",
		"{attrs: {user: wu}}",
		"{attrs: {user: [li, li]}}",
		"{absent: [user.name]}",
		"{absent: [user]}",
		"{derived: [host]}",
		"{sigma: {product: x}}",
		"{fields: {no.field: x}}",
		"{feilds: {}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++) {
		struct bench b;
		char text[512];

		snprintf(text, sizeof(text),
			 HEAD "parse: [kv]\nmap: {user.name: user}\nsamples:\n  - raw: user=li host=h\n    "
			      "expect: %s\n",
			 expectations[i]);
		bench_open(&b, (const char *const[]){text, NULL});
		assert_int_equal(b.errors, 0);
		if (source_test(b.set, 0, bench_report, &b) != 1 || b.error.line < 7)
			fail_msg("%s: %s", expectations[i], b.error.message);
		bench_close(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_have_places),
		cmocka_unit_test(test_priority_and_specificity),
		cmocka_unit_test(test_samples_can_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
