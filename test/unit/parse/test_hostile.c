/* SPDX-License-Identifier: Apache-2.0 */
/* Lines no honest program sends: nothing is lost, nothing grows without bound, nothing is allocated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

static struct bench content;

static int open_content(void **state)
{
	const char *folder = getenv("WANGLOU_CONTENT");

	(void)state;
	assert_non_null(folder);
	assert_int_equal(source_set_load(folder, bench_report, &content, &content.set), 0);
	content.parser = parser_new(content.set);
	content.arena = arena_new(0);
	return 0;
}

static int close_content(void **state)
{
	(void)state;
	bench_close(&content);
	return 0;
}

static void show_error(void *context, const struct err *err)
{
	(void)context;
	fprintf(stderr, "%s:%u: %s\n", err->file, err->line, err->message);
}

static void test_content_keeps_its_promises(void **state)
{
	int failures = 0;

	(void)state;
	assert_int_equal(content.errors, 0);
	assert_true(source_set_count(content.set) >= 15);
	for (size_t i = 0; i < source_set_count(content.set); i++) {
		assert_true(source_set_info(content.set, i)->samples > 0);
		failures += source_test(content.set, i, show_error, NULL);
	}
	assert_int_equal(failures, 0);
}

static void test_bytes_that_are_no_text(void **state)
{
	(void)state;
	bench_run(&content, STR("a\0b\xff\xfe c\xc3"));
	assert_field(&content, EVENT_KIND, "unparsed");
	assert_field(&content, MESSAGE,
		     "a\xEF\xBF\xBD"
		     "b\xEF\xBF\xBD\xEF\xBF\xBD c\xEF\xBF\xBD");
	assert_int_equal(content.event.raw.len, 8);
	bench_run(&content, STR("<38>Nov 22 08:31:05 h sshd[1]: Failed password for \xff\xff from "
				"198.51.100.9 port 40022 ssh2"));
	assert_field(&content, USER_NAME, "\xEF\xBF\xBD\xEF\xBF\xBD");
	assert_field(&content, SOURCE_IP, "198.51.100.9");
	bench_run(&content, STR("{\"message\":\"\xff\",\"user\":\"wu\"}"));
	assert_str(content.event.source, "generic-json");
	assert_field(&content, MESSAGE, "\xEF\xBF\xBD");
	bench_run(&content, STR("\xEF\xBB\xBF<13>Nov 22 08:31:05 h p: m\r\n"));
	assert_field(&content, MESSAGE, "m");
	bench_run(&content, STR(" \n {\"user\":\"wu\"} "));
	assert_field(&content, USER_NAME, "wu");
	bench_run(&content, STR(""));
	assert_field(&content, EVENT_KIND, "unparsed");
	assert_field(&content, MESSAGE, "");
}

/* Many members, deep nesting, long names: the arena stays within a small multiple of the record. */
static void test_large_records(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_add_char(&buf, '{');
	for (int i = 0; i < 20000; i++)
		buf_printf(&buf, "\"k%d\":%d,", i, i);
	buf_add_str(&buf, STR("\"z\":1}"));
	bench_run(&content, buf_str(&buf));
	assert_true(content.event.attr_count <= EVENT_ATTRS_MAX);
	assert_int_equal(content.event.attr_count + content.event.attrs_dropped, 20001);
	buf_clear(&buf);
	for (int i = 0; i < 30; i++) {
		buf_add_str(&buf, STR("{\""));
		for (int k = 0; k < 10000; k++)
			buf_add_char(&buf, 'n');
		buf_add_str(&buf, STR("\":"));
	}
	buf_add_char(&buf, '{');
	for (int i = 0; i < 50000; i++)
		buf_printf(&buf, "\"%d\":1,", i);
	buf_add_str(&buf, STR("\"z\":1}"));
	for (int i = 0; i < 30; i++)
		buf_add_char(&buf, '}');
	bench_run(&content, buf_str(&buf));
	assert_str(content.event.source, "generic-json");
	assert_true(arena_used(content.arena) < 4 * buf.len);
	buf_clear(&buf);
	for (int i = 0; i < 100000; i++)
		buf_printf(&buf, "<a%d x=\"&amp;\">", i);
	bench_run(&content, buf_str(&buf));
	assert_true(arena_used(content.arena) < 4 * buf.len);
	buf_done(&buf);
}

static void test_records_within_records(void **state)
{
	(void)state;
	bench_run(&content, STR("{\"message\":\"{\\\"message\\\":\\\"{\\\\\\\"message\\\\\\\":"
				"\\\\\\\"x\\\\\\\",\\\\\\\"d\\\\\\\":3}\\\",\\\"c\\\":2}\",\"b\":1}"));
	assert_attr(&content, "b", "1");
	assert_attr(&content, "c", "2");
	assert_attr(&content, "d", "3");
	assert_null(bench_attr(&content, "d", 1));
	assert_str(content.event.source, "generic-json");
}

/* Decoded strings are the JSON parser's until they are kept: what is inside is parsed into the same buffer.
 */
static void test_texts_outlive_what_is_inside(void **state)
{
	(void)state;
	bench_run(&content, STR("{\"a\":\"one\\ttwo\",\"k\\ty\":1,\"message\":\"{\\\"b\\\":"
				"\\\"ZZZZ\\\\nZZZZZZZZZZZZZZZ\\\"}\"}"));
	assert_attr(&content, "a", "one\ttwo");
	assert_attr(&content, "k\ty", "1");
	assert_attr(&content, "b", "ZZZZ\nZZZZZZZZZZZZZZZ");
	assert_null(bench_attr(&content, "b", 1));
	assert_str(content.event.source, "generic-json");
	assert_field(&content, MESSAGE, "{\"b\":\"ZZZZ\\nZZZZZZZZZZZZZZZ\"}");
}

static void test_observer_and_numbers(void **state)
{
	struct parse_input input = {.bytes = STR("x"), .received = RECEIVED, .seq = 77, .listener = 3};

	(void)state;
	input.peer[10] = input.peer[11] = 0xff;
	input.peer[12] = 192;
	input.peer[14] = 2;
	input.peer[15] = 1;
	arena_reset(content.arena);
	event_init(&content.event, content.arena);
	parser_run(content.parser, &input, &content.event);
	assert_int_equal(content.event.seq, 77);
	assert_int_equal(content.event.listener, 3);
	assert_field(&content, OBSERVER_IP, "192.0.2.1");
	assert_int_equal(content.event.source.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_content_keeps_its_promises),
		cmocka_unit_test(test_bytes_that_are_no_text),
		cmocka_unit_test(test_large_records),
		cmocka_unit_test(test_records_within_records),
		cmocka_unit_test(test_observer_and_numbers),
		cmocka_unit_test(test_texts_outlive_what_is_inside),
	};

	return cmocka_run_group_tests(tests, open_content, close_content);
}
