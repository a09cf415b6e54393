/* SPDX-License-Identifier: Apache-2.0 */
#include "tables.h"

static void test_rows(void **state)
{
	(void)state;
	expect_read(STR("a,b,c\n1,2,3\n"), "1 a|b|c\n2 1|2|3\n");
	expect_read(STR("\xef\xbb\xbf名称,单位\r\n\"门户,主站\",信息中心\r\n"),
		    "1 名称|单位\n2 门户,主站|信息中心\n");
	/* short rows are filled, rows without anything are passed over but counted */
	expect_read(STR("a,b,c,,\n1\n\n,,\n\"x\ny\",2,,,\nz\n"), "1 a|b|c\n2 1||\n5 x\ny|2|\n7 z||\n");
}

static void test_gb18030(void **state)
{
	(void)state;
	expect_read(STR("\xc3\xfb\xb3\xc6,b\n\xc3\xc5\xbb\xa7,\x31\n"), "1 名称|b\n2 门户|1\n");
	expect_read(STR("a\n\xff\xff\n"), "2:0 it is neither in UTF-8 nor in GB 18030");
}

static void test_formulas(void **state)
{
	(void)state;
	expect_read(STR("a,b\n\"'=1+1\",'x\n'+86,'\n"), "1 a|b\n2 =1+1|'x\n3 +86|'\n");
}

static void test_errors(void **state)
{
	struct buf wide = {0};

	(void)state;
	expect_read(STR(""), "0:0 the table is empty");
	expect_read(STR("\n,,\n"), "0:0 the table is empty");
	expect_read(STR("a,b\n1,2,3\n"), "2:3 a cell in a column that the first row does not name");
	expect_read(STR("a,b\n1,\"2\n"), "2:0 a quote that is opened here is not closed");
	for (int i = 0; i < SHEET_COLUMNS_MAX; i++)
		buf_add_str(&wide, STR("x,"));
	buf_add_str(&wide, STR("x\n"));
	expect_read(buf_str(&wide), "1:0 more than 64 columns");
	buf_clear(&wide);
	buf_add_str(&wide, STR("a\n"));
	memset(buf_reserve(&wide, SHEET_CELL_MAX + 1), 'x', SHEET_CELL_MAX + 1);
	wide.len += SHEET_CELL_MAX + 1;
	expect_read(buf_str(&wide), "2:0 a field of more than 32768 bytes");
	buf_done(&wide);
	expect_read(
		STR("\xd0\xcf\x11\xe0\xa1\xb1"),
		"0:0 this is a workbook of the old kind (XLS) or under a password; save it as XLSX without "
		"one");
}

static void test_rows_max(void **state)
{
	struct buf many = {0}, out = {0};

	(void)state;
	for (int i = 0; i < SHEET_ROWS_MAX + 1; i++)
		buf_add_str(&many, STR("x\n"));
	read_text(buf_str(&many), &out);
	assert_true(str_starts(buf_str(&out), STR("1 x\n2 x\n")));
	buf_add_str(&many, STR("x\n"));
	expect_read(buf_str(&many), "200002:0 more than 200000 rows");
	buf_done(&many);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),     cmocka_unit_test(test_gb18030),
		cmocka_unit_test(test_formulas), cmocka_unit_test(test_errors),
		cmocka_unit_test(test_rows_max),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
