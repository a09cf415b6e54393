/* SPDX-License-Identifier: Apache-2.0 */
/* What is written as it comes is what our own reader, and unzip's checks in it, take for a whole table. */
#include "sheet/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ROWS 5000

static const struct str columns[] = {{"seq", 3}, {"message", 7}};

static size_t write_table(enum sheet_format format, struct buf *whole)
{
	struct buf out = {0};
	struct sheet_stream *stream = sheet_stream_new(format, STR("events"), columns, 2, &out);
	size_t most = 0;

	for (int i = 0; i < ROWS; i++) {
		struct str cells[] = {STR("1"), i % 2 ? STR("=1+1") : STR("a \"b\",\n<望>")};

		assert_true(sheet_stream_row(stream, cells, 2, &out));
		most = out.len > most ? out.len : most;
		buf_add_str(whole, buf_str(&out));
		buf_clear(&out);
	}
	sheet_stream_finish(stream, &out);
	buf_add_str(whole, buf_str(&out));
	buf_done(&out);
	return most;
}

/* The reader takes the apostrophe before a formula off again. */
static void assert_whole(enum sheet_format format)
{
	struct arena *arena = arena_new(0);
	struct buf whole = {0};
	struct sheet sheet;
	struct err err = {0};

	assert_true(write_table(format, &whole) < 256 * 1024);
	if (sheet_read(buf_str(&whole), arena, &sheet, &err) < 0)
		fail_msg("%s", err.message);
	if (format == SHEET_CSV)
		assert_true(str_find(buf_str(&whole), STR("1,\"'=1+1\"\r\n")) != STR_NOT_FOUND);
	assert_int_equal(sheet.rows, ROWS + 1);
	assert_int_equal(sheet.columns, 2);
	assert_true(str_eq(sheet.cells[1], STR("message")));
	for (int i = 0; i < ROWS; i++)
		assert_true(str_eq(sheet.cells[2 * i + 3], i % 2 ? STR("=1+1") : STR("a \"b\",\n<望>")));
	buf_done(&whole);
	arena_free(arena);
}

static void test_csv(void **state)
{
	(void)state;
	assert_whole(SHEET_CSV);
}

static void test_xlsx(void **state)
{
	(void)state;
	assert_whole(SHEET_XLSX);
}

static void test_forgotten(void **state)
{
	struct buf out = {0};
	struct sheet_stream *stream = sheet_stream_new(SHEET_XLSX, STR("x"), columns, 2, &out);

	(void)state;
	sheet_stream_finish(stream, NULL);
	buf_done(&out);
}

/* The header is not counted. */
static void test_full(void **state)
{
	struct str cell = STR("1");
	struct buf out = {0};
	struct sheet_stream *stream = sheet_stream_new(SHEET_CSV, STR("x"), &cell, 1, &out);

	(void)state;
	for (int i = 0; i < SHEET_STREAM_ROWS_MAX; i++) {
		assert_true(sheet_stream_row(stream, &cell, 1, &out));
		buf_clear(&out);
	}
	assert_false(sheet_stream_row(stream, &cell, 1, &out));
	sheet_stream_finish(stream, NULL);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_xlsx),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
