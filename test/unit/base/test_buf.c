/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_buf(struct buf *buf, struct str text)
{
	assert_int_equal(buf->len, text.len);
	assert_memory_equal(buf_cstr(buf), text.ptr, text.len);
	buf_done(buf);
}

static void test_add(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_add(&buf, NULL, 0);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf_cstr(&buf), "");
	buf_add(&buf, "a\0b", 3);
	buf_add_char(&buf, 'c');
	buf_add_str(&buf, STR("de"));
	buf_printf(&buf, "%05d%s", 42, "");
	assert_buf(&buf, STR("a\0bcde00042"));
	assert_null(buf.ptr);
}

static void test_growth(void **state)
{
	struct buf buf = {0};
	char *before;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_add_char(&buf, (char)i);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(buf.ptr[i], (char)i);
	before = buf.ptr;
	buf_clear(&buf);
	buf_reserve(&buf, 100000);
	assert_ptr_equal(buf.ptr, before);
	buf_printf(&buf, "%100000d", 1);
	assert_int_equal(buf.len, 100000);
	buf_done(&buf);
}

static void test_json_string(void **state)
{
	static const struct {
		struct str text, json;
	} cases[] = {
		{STR(""), STR("\"\"")},
		{STR("a/\x7F"), STR("\"a/\x7F\"")},
		{STR("\"\\\b\f\n\r\t"), STR("\"\\\"\\\\\\b\\f\\n\\r\\t\"")},
		{STR("\0\x01\x1F"), STR("\"\\u0000\\u0001\\u001f\"")},
		{STR("\xE6\x9C\x9B\xF0\x9F\x98\x80"), STR("\"\xE6\x9C\x9B\xF0\x9F\x98\x80\"")},
		{STR("\xFF"
		     "a\xC3"),
		 STR("\"\xEF\xBF\xBD"
		     "a\xEF\xBF\xBD\"")},
		{STR("\xED\xA0\x80"), STR("\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf buf = {0};

		buf_add_json_string(&buf, cases[i].text);
		assert_buf(&buf, cases[i].json);
	}
}

static void test_binary(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_add_varint(&buf, 0);
	buf_add_varint(&buf, 127);
	buf_add_varint(&buf, 128);
	buf_add_varint(&buf, UINT64_MAX);
	buf_add_u32(&buf, 0x01020304);
	buf_add_u64(&buf, 0x0102030405060708);
	assert_buf(&buf, STR("\x00\x7F\x80\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x04\x03\x02\x01"
			     "\x08\x07\x06\x05\x04\x03\x02\x01"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_json_string),
		cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
