/* SPDX-License-Identifier: Apache-2.0 */
/* The forms that ship, with their own cases; what is said of forms that are wrong; and values that look like
 * text of the form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reporting/template.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void failed(void *context, unsigned line, const char *message)
{
	print_error("%u: %s\n", line, message);
	++*(size_t *)context;
}

static void test_shipped(void **state)
{
	(void)state;
	for (int stage = REPORTING_INITIAL; stage <= REPORTING_FINAL; stage++) {
		struct template *template;
		struct err err = {0};
		size_t failures = 0;

		if (template_load(CONTENT "/compliance", "/nowhere", (enum reporting_stage)stage, arena,
				  &template, &err) < 0)
			fail_msg("%s:%u: %s", err.file, err.line, err.message);
		assert_true(template_test(template, failed, &failures, &err) >= 1);
		assert_int_equal(failures, 0);
	}
}

static void test_wrong(void **state)
{
	static const char *const blocks[] = {
		"{}",
		"[title]",
		"[{title: '{{nothing}}'}]",
		"[{title: '{{number'}]",
		"[{song: x}]",
		"[{title: x, heading: y}]",
		"[{title: [x]}]",
		"[{line: [x]}]",
		"[{form: {columns: 3, fields: []}}]",
		"[{form: {columns: 1}}]",
		"[{form: {columns: 1, fields: [{label: x}]}}]",
		"[{form: {columns: 1, fields: [{label: x, value: y, lines: 99}]}}]",
		"[{table: {of: songs, columns: []}}]",
		"[{table: {of: alerts, columns: []}}]",
		"[{table: {of: alerts, columns: [{head: x, cell: y, width: 3}]}}]",
		"[{table: {of: alerts, columns: [{head: x, cell: time, width: 0}]}}]",
		"[{signatures: {labels: x, date: y}}]",
		"[{signatures: {labels: []}}]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct template *template;
		struct err err = {0};

		if (template_parse(arena_printf(arena, "name: n\nblocks: %s\n", blocks[i]), arena, &template,
				   &err) == 0 ||
		    !err.message[0])
			fail_msg("taken: %s", blocks[i]);
	}
}

static void test_values_are_text(void **state)
{
	struct reporting_values values = {0};
	struct document *document = document_new(STR("t"), STR("a"));
	struct template *template;
	struct buf text = {0};

	(void)state;
	values.values[REPORTING_VALUE_TITLE] = STR("{{number}} <b>");
	values.values[REPORTING_VALUE_NUMBER] = STR("7");
	assert_int_equal(
		template_parse(STR("name: n\nblocks:\n  - line: ['{{ title }}|{{number}}', '{{unit}}']\n"),
			       arena, &template, NULL),
		0);
	template_fill(template, &values, document, &text);
	assert_string_equal(buf_cstr(&text), "{{number}} <b>|7\n\n");
	buf_done(&text);
	document_free(document);
}

static void test_case_fails(void **state)
{
	struct template *template;
	struct err err = {0};
	size_t failures = 0;

	(void)state;
	assert_int_equal(template_parse(STR("name: n\nblocks: [{title: '{{number}}'}]\n"
					    "tests: [{name: t, values: {number: 1}, expect: [1, 2]}]\n"),
					arena, &template, &err),
			 0);
	assert_int_equal(template_test(template, failed, &failures, &err), 1);
	assert_int_equal(failures, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_shipped),
		TEST(test_wrong),
		TEST(test_values_are_text),
		TEST(test_case_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
