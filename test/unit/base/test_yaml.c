/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

static struct arena *arena;

static int make(void **state)
{
	(void)state;
	arena = arena_new(0);
	return !arena;
}

static int unmake(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct yaml_node *parsed(const char *text)
{
	struct yaml_node *node = NULL;
	struct err err = {0};

	if (yaml_parse_one(str_from(text), arena, &node, &err) != 0)
		fail_msg("%s: %s", text, err.message);
	return node;
}

static void assert_text(const struct yaml_node *node, const char *text)
{
	assert_non_null(node);
	assert_true(str_eq(yaml_text(node, STR("(none)")), str_from(text)));
}

static void test_tree(void **state)
{
	const struct yaml_node *root = parsed("# comment\n"
					      "title: A rule\n"
					      "detection:\n"
					      "  sel:\n"
					      "    - Image|endswith: '\\x.exe'\n"
					      "    - \"a\\tb\"\n"
					      "  text: |\n"
					      "    one\n"
					      "    two\n"
					      "flow: {a: [1, 2], b: {}}\n");
	const struct yaml_node *sel = yaml_get(yaml_get(root, "detection"), "sel");

	(void)state;
	assert_int_equal(root->count, 3);
	assert_text(yaml_get(root, "title"), "A rule");
	assert_int_equal(yaml_get(root, "title")->line, 2);
	assert_int_equal(yaml_get(root, "title")->column, 8);
	assert_int_equal(sel->type, YAML_SEQUENCE);
	assert_int_equal(sel->count, 2);
	assert_text(yaml_get(sel->items[0], "Image|endswith"), "\\x.exe");
	assert_int_equal(sel->items[0]->values[0]->line, 5);
	assert_text(sel->items[1], "a\tb");
	assert_text(yaml_get(yaml_get(root, "detection"), "text"), "one\ntwo\n");
	assert_text(yaml_get(yaml_get(root, "flow"), "a")->items[1], "2");
	assert_int_equal(yaml_get(yaml_get(root, "flow"), "b")->count, 0);
	assert_null(yaml_get(root, "none"));
	assert_null(yaml_get(sel, "title"));
	assert_null(yaml_get(NULL, "title"));
}

static void test_scalars(void **state)
{
	const struct yaml_node *root =
		parsed("[null, ~, null, Null, 'null', true, False, TRUE, 'true', tRue, yes, 42, "
		       "-7, 0x1F, '42', 4.5, 99999999999999999999]");
	bool truth = false;
	int64_t number = 0;

	(void)state;
	assert_true(yaml_is_null(root->items[0]) && yaml_is_null(root->items[1]));
	assert_true(yaml_is_null(root->items[3]) && !yaml_is_null(root->items[4]) && !yaml_is_null(NULL));
	assert_text(root->items[0], "(none)");
	assert_text(root->items[4], "null");
	assert_int_equal(yaml_bool(root->items[5], &truth), 0);
	assert_true(truth);
	assert_int_equal(yaml_bool(root->items[6], &truth), 0);
	assert_false(truth);
	assert_int_equal(yaml_bool(root->items[7], &truth), 0);
	assert_int_equal(yaml_bool(root->items[8], &truth), ERR_SYNTAX);
	assert_int_equal(yaml_bool(root->items[9], &truth), ERR_SYNTAX);
	assert_int_equal(yaml_bool(root->items[10], &truth), ERR_SYNTAX);
	assert_int_equal(yaml_bool(root, &truth), ERR_SYNTAX);
	assert_int_equal(yaml_int(root->items[11], &number), 0);
	assert_int_equal(number, 42);
	assert_int_equal(yaml_int(root->items[12], &number), 0);
	assert_int_equal(number, -7);
	assert_int_equal(yaml_int(root->items[13], &number), 0);
	assert_int_equal(number, 31);
	assert_int_equal(yaml_int(root->items[14], &number), ERR_SYNTAX);
	assert_int_equal(yaml_int(root->items[15], &number), ERR_SYNTAX);
	assert_int_equal(yaml_int(root->items[16], &number), ERR_SYNTAX);
	assert_int_equal(yaml_int(NULL, &number), ERR_SYNTAX);
}

static void test_documents(void **state)
{
	struct yaml_node **docs, *one;
	size_t count;

	(void)state;
	assert_int_equal(yaml_parse(STR("a: 1\n---\nb: 2\n---\n- c\n"), arena, &docs, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_text(yaml_get(docs[1], "b"), "2");
	assert_int_equal(docs[1]->line, 3);
	assert_int_equal(yaml_parse(STR("# nothing\n"), arena, &docs, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(yaml_parse((struct str){NULL, 0}, arena, &docs, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(yaml_parse_one(STR(""), arena, &one, NULL), ERR_SYNTAX);
	assert_int_equal(yaml_parse_one(STR("a: 1\n---\nb: 2\n"), arena, &one, NULL), ERR_SYNTAX);
}

static void test_refuses(void **state)
{
	static const struct {
		struct str text;
		int r;
		unsigned line;
	} cases[] = {
		{STR("a: 1\nb: [1, 2]]\nc: 3\n"), ERR_SYNTAX, 2},
		{STR("a: 1\n  b: 2\n"), ERR_SYNTAX, 1},
		{STR("a: 'open\n"), ERR_SYNTAX, 1},
		{STR("a: 1\nb: 2\na: 3\n"), ERR_DUPLICATE, 3},
		{STR("a: &x 1\n"), ERR_SYNTAX, 1},
		{STR("a: 1\nb: &x [1]\n"), ERR_SYNTAX, 2},
		{STR("&x a: 1\n"), ERR_SYNTAX, 1},
		{STR("a: *x\n"), ERR_SYNTAX, 1},
		{STR("[a]: 1\n"), ERR_SYNTAX, 1},
		{STR("a: \"\xFF\"\n"), ERR_SYNTAX, 0},
		{STR("a: b\0c\n"), ERR_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct yaml_node *node = NULL;
		struct err err = {0};
		const int r = yaml_parse_one(cases[i].text, arena, &node, &err);

		if (r != cases[i].r || err.code != r || err.line != cases[i].line || !err.message[0])
			fail_msg("%.*s: %d at line %u: %s", STR_FMT(cases[i].text), r, err.line, err.message);
		assert_null(node);
	}
}

static void test_limits(void **state)
{
	struct buf text = {0};
	struct yaml_node *node;
	struct err err = {0};

	(void)state;
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		buf_add_char(&text, '[');
	buf_add_char(&text, '1');
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		buf_add_char(&text, ']');
	assert_int_equal(yaml_parse_one(buf_str(&text), arena, &node, &err), 0);
	text.ptr[YAML_DEPTH_MAX] = '[';
	buf_printf(&text, "]");
	assert_int_equal(yaml_parse_one(buf_str(&text), arena, &node, &err), ERR_LIMIT);
	buf_clear(&text);
	for (int i = 0; i < 100000; i++)
		buf_add_char(&text, '[');
	assert_true(yaml_parse_one(buf_str(&text), arena, &node, &err) < 0);
	memset(buf_reserve(&text, YAML_SIZE_MAX), ' ', YAML_SIZE_MAX);
	text.len = YAML_SIZE_MAX + 1;
	assert_int_equal(yaml_parse_one(buf_str(&text), arena, &node, &err), ERR_LIMIT);
	buf_done(&text);
}

static void test_file_is_named(void **state)
{
	struct yaml_node **docs;
	struct err err = {0};
	size_t count;

	(void)state;
	assert_true(yaml_read_file("/nonexistent/rule.yml", arena, &docs, &count, &err) < 0);
	assert_string_equal(err.file, "/nonexistent/rule.yml");
	assert_non_null(strstr(err.message, "cannot read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tree, make, unmake),
		cmocka_unit_test_setup_teardown(test_scalars, make, unmake),
		cmocka_unit_test_setup_teardown(test_documents, make, unmake),
		cmocka_unit_test_setup_teardown(test_refuses, make, unmake),
		cmocka_unit_test_setup_teardown(test_limits, make, unmake),
		cmocka_unit_test_setup_teardown(test_file_is_named, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
