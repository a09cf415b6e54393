/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/bulk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

#define DOCUMENT_MAX 40

/* One line per item: action, index, id, then the document or the error's status and type. */
static void check(struct str body, const char *default_index, const char *expected)
{
	struct json_parser *json = json_parser_new();
	struct arena *arena = arena_new(0);
	struct bulk_item item;
	struct buf out = {0};
	struct bulk bulk;

	bulk_init(&bulk, body, str_from(default_index), DOCUMENT_MAX, json, arena);
	while (bulk_next(&bulk, &item)) {
		buf_printf(&out, "%s %.*s %.*s ", item.action, STR_FMT(item.index), STR_FMT(item.id));
		if (item.error)
			buf_printf(&out, "%d %s\n", item.error->status, item.error->type);
		else
			buf_printf(&out, "%.*s\n", STR_FMT(item.document));
	}
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
	arena_free(arena);
	json_parser_free(json);
}

static const char *first_error(struct str body)
{
	struct json_parser *json = json_parser_new();
	struct arena *arena = arena_new(0);
	struct bulk_item item;
	struct bulk bulk;

	bulk_init(&bulk, body, STR("default"), DOCUMENT_MAX, json, arena);
	assert_true(bulk_next(&bulk, &item));
	arena_free(arena);
	json_parser_free(json);
	return item.error ? item.error->type : "none";
}

static void test_index_and_create(void **state)
{
	(void)state;
	check(STR(""), "", "");
	check(STR("\n\r\n"), "", "");
	check(STR("{\"index\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"x\":1}\n"
		  "{ \"create\" : { \"_type\":\"_doc\", \"_index\" : \"b\" } }\r\n {\"y\":2} \r\n"),
	      "", "index a 1 {\"x\":1}\ncreate b  {\"y\":2}\n");
}

static void test_the_default_index_fills_in(void **state)
{
	(void)state;
	check(STR("{\"index\":{}}\n{\"x\":1}\n{\"index\":{\"_index\":\"own\"}}\n{\"x\":1}"), "url",
	      "index url  {\"x\":1}\nindex own  {\"x\":1}\n");
	check(STR("{\"index\":{}}\n{\"x\":1}\n"), "", "index   400 action_request_validation_exception\n");
}

static void test_names_with_escapes_stay_valid(void **state)
{
	(void)state;
	check(STR("{\"index\":{\"_index\":\"\\u0061b\",\"_id\":\"\\u00e9\"}}\n{\"k\":\"\\u0062\"}\n"), "",
	      "index ab \xc3\xa9 {\"k\":\"\\u0062\"}\n");
	check(STR("{\"index\":{\"_index\":\"a\",\"_id\":17}}\n{}\n"), "", "index a 17 {}\n");
}

static void test_empty_lines_between_items(void **state)
{
	(void)state;
	check(STR("\n{\"index\":{\"_index\":\"a\"}}\n{}\n\n\n{\"index\":{\"_index\":\"b\"}}\n{}\n\n"), "",
	      "index a  {}\nindex b  {}\n");
}

static void test_what_logs_do_not_support(void **state)
{
	(void)state;
	check(STR("{\"delete\":{\"_index\":\"a\",\"_id\":\"1\"}}\n"
		  "{\"update\":{\"_index\":\"a\",\"_id\":\"2\"}}\n{\"doc\":{}}\n"
		  "{\"index\":{\"_index\":\"a\"}}\n{\"x\":1}\n"),
	      "",
	      "delete a 1 400 illegal_argument_exception\n"
	      "update a 2 400 illegal_argument_exception\n"
	      "index a  {\"x\":1}\n");
}

/* The damaged item alone is lost, whether its document is there or not. */
static void test_a_bad_action_line_fails_alone(void **state)
{
	static const char *const bad[] = {
		"{\"index\":",
		"[]",
		"{}",
		"{\"index\":1}",
		"{\"index\":{},\"create\":{}}",
		"{\"other\":{}}",
		"index",
		"\xff\xfe \x01",
		"\"index\"",
		"null",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf body = {0};

		buf_printf(&body, "{\"index\":{}}\n{\"x\":1}\n%s\n{\"lost\":1}\n{\"index\":{}}\n{\"x\":2}\n",
			   bad[i]);
		check(buf_str(&body), "u",
		      "index u  {\"x\":1}\nindex u  400 illegal_argument_exception\nindex u  {\"x\":2}\n");
		buf_clear(&body);
		buf_printf(&body, "%s\n{\"index\":{}}\n{\"x\":2}\n", bad[i]);
		check(buf_str(&body), "u", "index u  400 illegal_argument_exception\nindex u  {\"x\":2}\n");
		buf_done(&body);
	}
}

static void test_a_bad_document_fails_alone(void **state)
{
	(void)state;
	check(STR("{\"index\":{}}\n{\"x\":}\n{\"index\":{}}\n[1]\n{\"index\":{}}\n\n{\"index\":{}}\n{\"x\":2}"
		  "\n"
		  "{\"index\":{}}\n{\"x\":"),
	      "u",
	      "index u  400 document_parsing_exception\nindex u  400 document_parsing_exception\n"
	      "index u  400 document_parsing_exception\nindex u  {\"x\":2}\n"
	      "index u  400 document_parsing_exception\n");
	check(STR("{\"index\":{}}"), "u", "index u  400 action_request_validation_exception\n");
	check(STR("{\"index\":{}}\n{\"long\":\"0123456789012345678901234567890123\"}\n"), "u",
	      "index u  413 illegal_argument_exception\n");
}

static void test_names_out_of_bounds(void **state)
{
	static const char *const bad[] = {"a b", "a/b", "a,b", "a*", "\\u0000", "a\\nb", "#", "<a>"};
	struct buf body = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_clear(&body);
		buf_printf(&body, "{\"index\":{\"_index\":\"%s\"}}\n{}\n", bad[i]);
		assert_string_equal(first_error(buf_str(&body)), "invalid_index_name_exception");
	}
	buf_clear(&body);
	buf_printf(&body, "{\"index\":{\"_index\":\"%0256d\"}}\n{}\n", 0);
	assert_string_equal(first_error(buf_str(&body)), "invalid_index_name_exception");
	buf_clear(&body);
	buf_printf(&body, "{\"index\":{\"_id\":\"%0513d\"}}\n{}\n", 0);
	assert_string_equal(first_error(buf_str(&body)), "action_request_validation_exception");
	buf_clear(&body);
	buf_printf(&body, "{\"index\":{\"_index\":\"%0255d\",\"_id\":\"%0512d\"}}\n{}\n", 0, 0);
	assert_string_equal(first_error(buf_str(&body)), "none");
	buf_done(&body);
}

static void test_hints(void **state)
{
	(void)state;
	assert_true(str_eq(bulk_hint(STR("wanglou-sshd"), 64), STR("sshd")));
	assert_true(str_eq(bulk_hint(STR("filebeat-8.19.0"), 64), STR("filebeat-8.19.0")));
	assert_true(str_eq(bulk_hint(STR("abcdef"), 4), STR("abcd")));
	assert_true(str_eq(bulk_hint(STR("abc\xe6\x9c\x9b"), 4), STR("abc")));
	assert_true(str_eq(bulk_hint(STR("abc\xe6\x9c\x9b"), 6), STR("abc\xe6\x9c\x9b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_and_create),
		cmocka_unit_test(test_the_default_index_fills_in),
		cmocka_unit_test(test_names_with_escapes_stay_valid),
		cmocka_unit_test(test_empty_lines_between_items),
		cmocka_unit_test(test_what_logs_do_not_support),
		cmocka_unit_test(test_a_bad_action_line_fails_alone),
		cmocka_unit_test(test_a_bad_document_fails_alone),
		cmocka_unit_test(test_names_out_of_bounds),
		cmocka_unit_test(test_hints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
