/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/io.h"
#include "tables.h"

static const struct str header[] = {{"名称", 6}, {"类别", 6}, {"note", 4}};
static const struct str choices[] = {{"主机", 6}, {"网站", 6}};

static void write_table(enum sheet_format format, struct buf *out)
{
	const struct str rows[][3] = {
		{STR("门户"), STR("主机"), STR("=HYPERLINK(\"http://192.0.2.1\")")},
		{STR("-1"), STR("a,\"b\""), STR("two\nlines <&> _x0041_ _x")},
		{STR("bad\xff"), STR(""), STR("bell\x07.")},
		{STR("'x"), STR("00123"), STR("+86 010")},
	};
	struct sheet_writer *writer = sheet_writer_new(format, STR("资产[台账]/a"));

	sheet_writer_row(writer, header, 3);
	for (size_t i = 0; i < 4; i++)
		sheet_writer_row(writer, rows[i], 3);
	sheet_writer_choices(writer, 1, choices, 2);
	sheet_writer_choices(writer, 30, choices, 1);
	assert_int_equal(sheet_writer_finish(writer, out), 0);
}

static void test_csv(void **state)
{
	struct buf out = {0};

	(void)state;
	write_table(SHEET_CSV, &out);
	assert_string_equal(buf_cstr(&out), "\xef\xbb\xbf名称,类别,note\r\n"
					    "门户,主机,\"'=HYPERLINK(\"\"http://192.0.2.1\"\")\"\r\n"
					    "\"'-1\",\"a,\"\"b\"\"\",\"two\nlines <&> _x0041_ _x\"\r\n"
					    "bad\xff,,bell\x07.\r\n"
					    "'x,00123,\"'+86 010\"\r\n");
	buf_done(&out);
}

static void test_xlsx_read_back(void **state)
{
	const char *path = getenv("SHEET_OUT"); /* for a look with another program */
	struct buf out = {0};

	(void)state;
	write_table(SHEET_XLSX, &out);
	if (path)
		assert_int_equal(io_replace_file(path, out.ptr, out.len, 0644), 0);
	expect_read(buf_str(&out), "1 名称|类别|note\n"
				   "2 门户|主机|=HYPERLINK(\"http://192.0.2.1\")\n"
				   "3 -1|a,\"b\"|two\nlines <&> _x0041_ _x\n"
				   "4 bad\xef\xbf\xbd||bell.\n"
				   "5 'x|00123|+86 010\n");
	buf_done(&out);
}

/* The same bytes for the same table: files can be compared. */
static void test_is_reproducible(void **state)
{
	struct buf a = {0}, b = {0};

	(void)state;
	write_table(SHEET_XLSX, &a);
	write_table(SHEET_XLSX, &b);
	assert_true(str_eq(buf_str(&a), buf_str(&b)));
	buf_done(&a);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_xlsx_read_back),
		cmocka_unit_test(test_is_reproducible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
