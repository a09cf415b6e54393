/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct json_parser *parser;

static int make_parser(void **state)
{
	(void)state;
	parser = json_parser_new();
	return !parser;
}

static int free_parser(void **state)
{
	(void)state;
	json_parser_free(parser);
	return 0;
}

/* Parses from memory of exactly that size, so that AddressSanitizer sees a read past the end. */
static int parse(struct str text, size_t *ret_offset)
{
	const struct json_node *nodes;
	char *exact = malloc(text.len + !text.len);
	int r;

	assert_non_null(exact);
	if (text.len)
		memcpy(exact, text.ptr, text.len);
	r = json_parse(parser, str_of(exact, text.len), &nodes, ret_offset);
	free(exact);
	return r;
}

static const struct json_node *parsed(struct str text)
{
	const struct json_node *nodes = NULL;

	assert_int_equal(json_parse(parser, text, &nodes, NULL), 0);
	return nodes;
}

static void assert_text(const struct json_node *node, struct str text)
{
	assert_non_null(node);
	assert_int_equal(node->len, text.len);
	assert_memory_equal(node->text, text.ptr, text.len);
}

static void test_accept(void **state)
{
	static const struct str good[] = {
		STR("null"),
		STR("true"),
		STR("false"),
		STR("0"),
		STR("-0"),
		STR("123456789012345678901234567890"),
		STR("-1.5"),
		STR("1e5"),
		STR("1E+5"),
		STR("0.0e-0"),
		STR("1e999999"),
		STR("\"\""),
		STR("\"a\""),
		STR(" \t\r\n1\t\r\n "),
		STR("[]"),
		STR("[ ]"),
		STR("{}"),
		STR("{ }"),
		STR("[[],{},[]]"),
		STR("{\"\":0}"),
		STR("{\"a\":1,\"a\":2}"),
		STR("{ \"a\" : [ 1 , 2 ] , \"b\" : { \"c\" : null } }"),
		STR("\"\x7F\""),
		STR("\"\\u0000\""),
		STR("\"\\uFFFF\\uFDD0\""),
		STR("\"\\ud834\\uDD1E\""),
		STR("\"\xF4\x8F\xBF\xBF\""),
		STR("\"\xED\x9F\xBF\xEE\x80\x80\""),
		STR("\"\\\\\\\"\\/\\b\\f\\n\\r\\t\""),
		STR("[\"\\\\\",\"\\\\\\\\\"]"),
		STR("\"{}[],:\""),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (parse(good[i], NULL) != 0)
			fail_msg("refused: %.*s", STR_FMT(good[i]));
}

/* And the byte that is wrong. */
static const struct {
	struct str text;
	size_t offset;
} bad[] = {
	{STR(""), 0},
	{STR("  "), 2},
	{STR("nul"), 0},
	{STR("True"), 0},
	{STR("truefalse"), 0},
	{STR("NaN"), 0},
	{STR("-Infinity"), 0},
	{STR("01"), 0},
	{STR("-"), 0},
	{STR("-01"), 0},
	{STR("+1"), 0},
	{STR(".5"), 0},
	{STR("1."), 0},
	{STR("1.e5"), 0},
	{STR("1e"), 0},
	{STR("1e+"), 0},
	{STR("0x10"), 0},
	{STR("1 2"), 2},
	{STR("1,"), 1},
	{STR("[1 2]"), 3},
	{STR("[1,]"), 3},
	{STR("[,1]"), 1},
	{STR("[1,,2]"), 3},
	{STR("["), 1},
	{STR("[1"), 2},
	{STR("]"), 0},
	{STR("[}"), 1},
	{STR("{]"), 1},
	{STR("[1}"), 2},
	{STR("{\"a\":1]"), 6},
	{STR("{"), 1},
	{STR("{\"a\""), 4},
	{STR("{\"a\":"), 5},
	{STR("{\"a\":}"), 5},
	{STR("{\"a\":1"), 6},
	{STR("{\"a\":1,"), 7},
	{STR("{\"a\":1,}"), 7},
	{STR("{\"a\" 1}"), 5},
	{STR("{\"a\",1}"), 4},
	{STR("{a:1}"), 1},
	{STR("{1:1}"), 1},
	{STR("{'a':1}"), 1},
	{STR("{[]:1}"), 1},
	{STR("{\"a\"::1}"), 5},
	{STR("[\"a\":1]"), 4},
	{STR("{}{}"), 2},
	{STR("[1]]"), 3},
	{STR("[]x"), 2},
	{STR("\"a\"b"), 3},
	{STR("\"a\"\"b\""), 3},
	{STR("1\"a\""), 1},
	{STR("\""), 1},
	{STR("\"a"), 2},
	{STR("\"a\\\""), 4},
	{STR("\"\\\""), 3},
	{STR("'a'"), 0},
	{STR("\"\n\""), 1},
	{STR("{\n\t\"a\\\"\\\\\":\t\"b\tc\"}"), 14},
	{STR("\"a\x1F\""), 2},
	{STR("\"\0\""), 1},
	{STR("1\0"), 0},
	{STR("[1\x0C]"), 2},
	{STR("[1,\x1A]"), 3},
	{STR("[1\x0B]"), 1},
	{STR("[\\\"a\"]"), 1},
	{STR("\"\\x\""), 1},
	{STR("\"\\U0041\""), 1},
	{STR("\"\\0\""), 1},
	{STR("\"\\\x80\""), 2},
	{STR("\"ab\\u12\""), 3},
	{STR("\"\\u12G4\""), 1},
	{STR("\"\\ud800\""), 1},
	{STR("\"\\ud800x\""), 1},
	{STR("\"\\ud800\\n\""), 1},
	{STR("\"\\ud800\\ud800\""), 1},
	{STR("\"\\ud800\\u0041\""), 1},
	{STR("\"\\udc00\""), 1},
	{STR("\"\\udc00\\ud800\""), 1},
	{STR("\"\x80\""), 1},
	{STR("\"\xC0\xAF\""), 1},
	{STR("\"\xC3\""), 1},
	{STR("\"\xE0\x80\x80\""), 1},
	{STR("\"\xED\xA0\x80\""), 1},
	{STR("\"\xF0\x8F\xBF\xBF\""), 1},
	{STR("\"\xF4\x90\x80\x80\""), 1},
	{STR("\"\xF5\x80\x80\x80\""), 1},
	{STR("\"\xFF\""), 1},
	{STR("\xEF\xBB\xBF{}"), 0},
	{STR("\xC2\xA0{}"), 0},
	{STR("{} // comment"), 3},
	{STR("{/**/}"), 1},
};

static void test_reject(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		size_t offset = 999;

		if (parse(bad[i].text, &offset) != ERR_SYNTAX)
			fail_msg("accepted: %.*s", STR_FMT(bad[i].text));
		if (offset != bad[i].offset)
			fail_msg("%.*s: wrong at %zu, not %zu", STR_FMT(bad[i].text), offset, bad[i].offset);
	}
}

/* Every case again at every place in a block of 64 bytes and across its border. */
static void test_alignment(void **state)
{
	char text[300];

	(void)state;
	for (size_t pad = 0; pad < 130; pad++) {
		size_t offset = 0;
		int len =
			snprintf(text, sizeof(text), "%*s[\"\\\\\\\"\\\\\",\"%*sx\\u00e9\\\\\",-1.5e3 ,true]",
				 (int)pad, "", (int)pad, "");
		const struct json_node *nodes = parsed(str_of(text, (size_t)len));

		assert_int_equal(nodes->count, 4);
		assert_text(&nodes[1], STR("\\\"\\"));
		assert_int_equal(nodes[2].len, pad + 4);
		assert_memory_equal(nodes[2].text + pad, "x\xC3\xA9\\", 4);
		assert_text(&nodes[3], STR("-1.5e3"));
		assert_text(&nodes[4], STR("true"));
		text[pad + 2 + 9 + pad] = '\n'; /* inside the second string */
		assert_int_equal(parse(str_of(text, (size_t)len), &offset), ERR_SYNTAX);
		assert_int_equal(offset, pad + 11 + pad);
	}
}

/* Runs of backslashes of every length, at every place: an odd one escapes the quote behind it. */
static void test_backslash_runs(void **state)
{
	char text[300];

	(void)state;
	for (size_t pad = 0; pad < 70; pad++)
		for (size_t run = 0; run < 140; run++) {
			size_t len = 0;
			int r;

			memset(text, ' ', pad);
			text[pad] = '"';
			memset(text + pad + 1, '\\', run);
			len = pad + 1 + run;
			text[len++] = '"';
			r = parse(str_of(text, len), NULL);
			assert_int_equal(r, run % 2 ? ERR_SYNTAX : 0);
			if (run % 2) {
				text[len++] = '"';
				assert_int_equal(parse(str_of(text, len), NULL), 0);
			}
		}
}

static void test_escapes(void **state)
{
	static const struct {
		struct str text, value;
	} cases[] = {
		{STR("\"C:\\\\Windows\\\\System32\\\\cmd.exe\""), STR("C:\\Windows\\System32\\cmd.exe")},
		{STR("\"\\\"quoted\\\" \\/ \\b\\f\\n\\r\\t\""), STR("\"quoted\" / \b\f\n\r\t")},
		{STR("\"\\u0000\\u007f\\u0080\\u07ff\\u0800\\uffff\""),
		 STR("\0\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF")},
		{STR("\"\\ud800\\udc00\\uDBFF\\uDFFF\""), STR("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")},
		{STR("\"\\u671b\\u697C \xE6\x9C\x9B\xE6\xA5\xBC\""),
		 STR("\xE6\x9C\x9B\xE6\xA5\xBC \xE6\x9C\x9B\xE6\xA5\xBC")},
		{STR("\"0123456789012345678901234567890123456789012345678901234567890123456789\\\\\""),
		 STR("0123456789012345678901234567890123456789012345678901234567890123456789\\")},
		{STR("\"\\\\0123456789012345678901234567890123456789012345678901234567890123456789\\n\""),
		 STR("\\0123456789012345678901234567890123456789012345678901234567890123456789\n")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_text(parsed(cases[i].text), cases[i].value);
		assert_int_equal(parsed(cases[i].text)->type, JSON_STRING);
	}
}

/* Strings and numbers without escapes are views of the input; containers know their source. */
static void test_views(void **state)
{
	const struct str text = STR(" {\"key\" : [1.50, {}] } ");
	const struct json_node *nodes = parsed(text);

	(void)state;
	assert_ptr_equal(nodes[1].text, text.ptr + 3);
	assert_ptr_equal(nodes[3].text, text.ptr + 11);
	assert_text(&nodes[0], STR("{\"key\" : [1.50, {}] }"));
	assert_text(&nodes[2], STR("[1.50, {}]"));
	assert_text(&nodes[4], STR("{}"));
}

static void test_nodes(void **state)
{
	static const struct {
		uint8_t type;
		uint32_t skip, count;
	} expected[] = {
		{JSON_OBJECT, 13, 3}, {JSON_STRING, 1, 0}, {JSON_ARRAY, 7, 4},  {JSON_NUMBER, 1, 0},
		{JSON_ARRAY, 1, 0},   {JSON_OBJECT, 3, 1}, {JSON_STRING, 1, 0}, {JSON_TRUE, 1, 0},
		{JSON_NULL, 1, 0},    {JSON_STRING, 1, 0}, {JSON_OBJECT, 1, 0}, {JSON_STRING, 1, 0},
		{JSON_FALSE, 1, 0},
	};
	const struct json_node *nodes = parsed(STR("{\"a\":[1,[],{\"b\":true},null],\"c\":{},\"d\":false}"));
	const struct json_node *child;
	size_t steps = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_int_equal(nodes[i].type, expected[i].type);
		assert_int_equal(nodes[i].skip, expected[i].skip);
		assert_int_equal(nodes[i].count, expected[i].count);
	}
	for (child = json_first(nodes); child; child = json_next(nodes, child))
		steps++;
	assert_int_equal(steps, 6);
	assert_null(json_first(&nodes[4]));
	assert_null(json_first(&nodes[3]));
}

static void test_get(void **state)
{
	const struct json_node *nodes = parsed(STR("{\"a\":{\"b\":1},\"b\":2,\"\":3,\"a\\n\":4,\"b\":5}"));

	(void)state;
	assert_text(json_get(nodes, STR("b")), STR("5"));
	assert_text(json_get(json_get(nodes, STR("a")), STR("b")), STR("1"));
	assert_text(json_get(nodes, STR("")), STR("3"));
	assert_text(json_get(nodes, STR("a\n")), STR("4"));
	assert_null(json_get(nodes, STR("A")));
	assert_null(json_get(json_get(nodes, STR("b")), STR("b")));
	assert_null(json_get(NULL, STR("b")));
	assert_null(json_get(parsed(STR("[\"b\",1]")), STR("b")));
}

static void test_depth(void **state)
{
	char text[2 * JSON_DEPTH_MAX + 4];
	size_t offset = 0;

	(void)state;
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	assert_int_equal(parse(str_of(text, 2 * JSON_DEPTH_MAX + 2), &offset), ERR_LIMIT);
	assert_int_equal(offset, JSON_DEPTH_MAX);
	assert_int_equal(parse(str_of(text + 1, 2 * JSON_DEPTH_MAX), NULL), 0);
	assert_int_equal(parse(str_of(text + 1, 2 * JSON_DEPTH_MAX - 1), NULL), ERR_SYNTAX);
}

static void test_limits(void **state)
{
	const size_t len = JSON_SIZE_MAX;
	char *text = malloc(len + 1);
	const struct json_node *nodes;
	size_t offset;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len + 1);
	text[0] = text[len - 1] = '"';
	assert_int_equal(json_parse(parser, str_of(text, len), &nodes, &offset), 0);
	assert_int_equal(nodes->len, len - 2);
	text[len] = ' ';
	assert_int_equal(json_parse(parser, str_of(text, len + 1), &nodes, &offset), ERR_LIMIT);
	memset(text, ',', len);
	assert_int_equal(json_parse(parser, str_of(text, len), &nodes, &offset), ERR_LIMIT);
	for (size_t i = 0; i < len; i += 2)
		text[i] = '1';
	text[0] = '[';
	text[1] = '1';
	for (size_t i = 2; i < 2 * JSON_NODES_MAX; i++)
		text[i] = i % 2 ? '1' : ',';
	/* the array and n - 1 items */
	text[2 * (JSON_NODES_MAX - 1)] = ']';
	assert_int_equal(json_parse(parser, str_of(text, 2 * (JSON_NODES_MAX - 1) + 1), &nodes, &offset), 0);
	assert_int_equal(nodes->count, JSON_NODES_MAX - 1);
	text[2 * (JSON_NODES_MAX - 1)] = ',';
	text[2 * JSON_NODES_MAX] = ']';
	assert_int_equal(json_parse(parser, str_of(text, 2 * JSON_NODES_MAX + 1), &nodes, &offset),
			 ERR_LIMIT);
	free(text);
}

static void test_prefix(void **state)
{
	static const struct {
		struct str text;
		int documents, last;
	} cases[] = {
		{STR(""), 0, ERR_END},
		{STR(" \n"), 0, ERR_END},
		{STR("{}{}[]"), 3, ERR_END},
		{STR("{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n"), 2, ERR_END},
		{STR("1 2 3"), 3, ERR_END},
		{STR("\"a\"\"b\""), 2, ERR_END},
		{STR("\"a\"   \"b\"  "), 2, ERR_END},
		{STR("[1]2{\"a\":[]}true"), 4, ERR_END},
		{STR("[1] ]"), 1, ERR_SYNTAX},
		{STR("[1] [}"), 1, ERR_SYNTAX},
		{STR("[1] [2"), 1, ERR_SYNTAX},
		{STR("[1] \"abc"), 1, ERR_SYNTAX},
		{STR("[1] \"a\nb\""), 1, ERR_SYNTAX},
		{STR("[1] \"\xFF\""), 1, ERR_SYNTAX},
		{STR("{} \\\" {}"), 1, ERR_SYNTAX},
		{STR("{},{}"), 1, ERR_SYNTAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str rest = cases[i].text;
		const struct json_node *nodes;
		size_t used;
		int n = 0, r;

		while ((r = json_parse_prefix(parser, rest, &nodes, &used)) == 0) {
			n++;
			assert_in_range(used, 1, rest.len);
			assert_false(char_is_space(rest.ptr[used - 1]));
			rest = str_from_offset(rest, used);
		}
		if (n != cases[i].documents || r != cases[i].last)
			fail_msg("%.*s: %d documents, then %d", STR_FMT(cases[i].text), n, r);
	}
}

/* Each document must be read on its own account, not with all that follows it: where it were, this would
   take hours. */
static void test_prefix_is_linear(void **state)
{
	enum { N = 1000000 };
	char *text = malloc(2 * N);
	struct str rest = str_of(text, 2 * N);
	const struct json_node *nodes;
	size_t used, n = 0;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < N; i++)
		memcpy(text + 2 * i, "[]", 2);
	for (; json_parse_prefix(parser, rest, &nodes, &used) == 0; n++)
		rest = str_from_offset(rest, used);
	assert_int_equal(n, N);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accept),    cmocka_unit_test(test_reject),
		cmocka_unit_test(test_alignment), cmocka_unit_test(test_backslash_runs),
		cmocka_unit_test(test_escapes),   cmocka_unit_test(test_views),
		cmocka_unit_test(test_nodes),     cmocka_unit_test(test_get),
		cmocka_unit_test(test_depth),     cmocka_unit_test(test_limits),
		cmocka_unit_test(test_prefix),    cmocka_unit_test(test_prefix_is_linear),
	};

	return cmocka_run_group_tests(tests, make_parser, free_parser);
}
