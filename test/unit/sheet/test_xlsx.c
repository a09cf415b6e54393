/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "../../../fuzz/workbook.h"
#include "tables.h"

#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define HEAD                                                                                \
	"<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c><c r=\"B1\" t=\"str\"><v>b</v></c>" \
	"<c r=\"C1\" t=\"str\"><v>c</v></c></row>"

static void expect_book(struct str sheet, struct str styles, struct str strings, const char *expected)
{
	struct buf book = {0};

	workbook_make((const struct workbook_part[]){WORKBOOK_PARTS(sheet, styles, strings)}, 6, &book);
	expect_read(buf_str(&book), expected);
	buf_done(&book);
}

static void expect_sheet(struct str sheet, const char *expected)
{
	expect_book(sheet, (struct str){0}, (struct str){0}, expected);
}

static void test_kinds(void **state)
{
	(void)state;
	expect_book(STR(SHEET(HEAD "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c>"
				   "<c r=\"B2\" t=\"inlineStr\"><is><r><t>in</t></r><r><t> place</t></r>"
				   "<rPh><t>kana</t></rPh></is></c><c r=\"C2\" t=\"b\"><v>1</v></c></row>"
				   "<row r=\"3\"><c r=\"A3\"><v>13800138000</v></c><c r=\"B3\"><v>1.5</v></c>"
				   "<c r=\"C3\"><v>1.38001380E10</v></c></row>"
				   "<row r=\"4\"><c r=\"A4\" t=\"str\"><f>1+1</f><v>2</v></c>"
				   "<c r=\"B4\" t=\"e\"><v>#N/A</v></c>"
				   "<c r=\"C4\" t=\"d\"><v>2026-01-31T00:00:00</v></c></row>")),
		    (struct str){0},
		    STR("<sst><si><t>none</t></si><si><r><t>rich</t></r><r><t>&amp;_x0041_</t></r>"
			"<rPh sb=\"0\"><t>no</t></rPh></si></sst>"),
		    "1 a|b|c\n2 rich&A|in place|TRUE\n3 13800138000|1.5|13800138000\n4 2|#N/A|2026-01-31\n");
	expect_sheet(STR(SHEET(HEAD "<row><c t=\"s\"><v>0</v></c></row>")),
		     "2:1 a cell names a text that the workbook does not have");
}

static void test_sparse(void **state)
{
	(void)state;
	/* without places, with holes, with prefixes; an empty row is passed over but counted */
	expect_sheet(
		STR("<x:worksheet xmlns:x=\"y\"><x:sheetData><x:row><x:c t=\"str\"><x:v>a</x:v></x:c><x:c/>"
		    "<x:c t=\"str\"><x:v>c</x:v></x:c></x:row><x:row/><x:row r=\"7\"><x:c r=\"C7\">"
		    "<x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"),
		"1 a||c\n7 ||1\n");
	expect_sheet(STR(SHEET(HEAD "<row r=\"2\"><c r=\"D2\"><v>1</v></c></row>")),
		     "2:4 a cell in a column that the first row does not name");
	expect_sheet(STR(SHEET(HEAD "<row r=\"2\"><c r=\"BM2\"><v>1</v></c></row>")),
		     "2:65 more than 64 columns");
	expect_sheet(STR(SHEET(HEAD "<row r=\"1\"/>")), "1:0 the row after this one has no number");
	expect_sheet(STR(SHEET("<row r=\"2\"><c r=\"A1\"/></row>")), "2:1 a cell stands in another row");
}

static void test_dates(void **state)
{
	static const struct {
		const char *format, *value, *text;
	} cases[] = {
		{"numFmtId=\"14\"", "46053", "2026-01-31"},
		{"numFmtId=\"22\"", "46053.354166666664", "2026-01-31 08:30:00"},
		{"numFmtId=\"22\"", "46053", "2026-01-31"},
		{"numFmtId=\"20\"", "0.354166666666667", "08:30:00"},
		{"numFmtId=\"31\"", "46053", "2026-01-31"},
		{"numFmtId=\"164\"", "46053", "2026-01-31"},
		{"numFmtId=\"165\"", "46053.999999", "2026-02-01"},
		{"numFmtId=\"166\"", "46053", "46053"},
		{"numFmtId=\"167\"", "46053", "2026-01-31"},
		{"numFmtId=\"168\"", "0.5", "0.5"},
		{"numFmtId=\"14\"", "1", "1900-01-01"},
		{"numFmtId=\"14\"", "59", "1900-02-28"},
		{"numFmtId=\"14\"", "61", "1900-03-01"},
		{"numFmtId=\"14\"", "-1", "-1"},
		{"numFmtId=\"14\"", "2958465", "9999-12-31"},
		{"numFmtId=\"14\"", "2958466", "2958466"},
		{"numFmtId=\"0\"", "46053", "46053"},
	};
	char styles[1024], expected[64], sheet[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(styles, sizeof(styles),
			 "<styleSheet><numFmts><numFmt numFmtId=\"164\" "
			 "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@\"/>"
			 "<numFmt numFmtId=\"165\" formatCode=\"[$-804]yyyy/m/d h:mm;@\"/>"
			 "<numFmt numFmtId=\"166\" formatCode=\"&quot;day&quot;0\\d[Red]\"/>"
			 "<numFmt numFmtId=\"167\" formatCode=\"mmm\"/>"
			 "<numFmt numFmtId=\"168\" formatCode=\"0.00E+00;dd\"/></numFmts>"
			 "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"9\"/><xf "
			 "%s/></cellXfs></styleSheet>",
			 cases[i].format);
		snprintf(sheet, sizeof(sheet), SHEET("<row r=\"1\"><c r=\"A1\" s=\"1\"><v>%s</v></c></row>"),
			 cases[i].value);
		snprintf(expected, sizeof(expected), "1 %s\n", cases[i].text);
		expect_book(str_from(sheet), str_from(styles), (struct str){0}, expected);
	}
}

static void test_1904(void **state)
{
	struct workbook_part parts[] = {WORKBOOK_PARTS(
		STR(SHEET("<row><c s=\"0\"><v>44591</v></c></row>")),
		STR("<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>"), ((struct str){0}))};
	struct buf book = {0};

	(void)state;
	parts[1].bytes =
		STR("<workbook><workbookPr date1904=\"1\"/><sheets><sheet id=\"z\" state=\"hidden\"/>"
		    "<sheet id=\"a\"/></sheets></workbook>");
	workbook_make(parts, 6, &book);
	expect_read(buf_str(&book), "1 2026-01-31\n");
	buf_done(&book);
}

static void test_merged(void **state)
{
	(void)state;
	expect_sheet(
		STR("<worksheet><sheetData>" HEAD
		    "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>2</v></c>"
		    "</row><row r=\"3\"><c r=\"B3\"><v>3</v></c></row><row r=\"4\"><c "
		    "r=\"C4\"><v>4</v></c></row>"
		    "</sheetData><mergeCells><mergeCell ref=\"A2:A4\"/><mergeCell ref=\"B3:XFD1048576\"/>"
		    "<mergeCell ref=\"B9:C9\"/><mergeCell ref=\"C2:C3\"/><mergeCell "
		    "ref=\"nonsense\"/></mergeCells>"
		    "</worksheet>"),
		"1 a|b|c\n2 1|2|\n3 1|3|3\n4 1|3|4\n");
}

/* A few kilobytes that unfold to gigabytes, or refer to themselves. */
static void test_bombs(void **state)
{
	struct workbook_part parts[] = {WORKBOOK_PARTS(STR(""), ((struct str){0}), ((struct str){0}))};
	struct buf bomb = {0}, book = {0};

	(void)state;
	buf_add_str(&bomb, STR("<worksheet>"));
	memset(buf_reserve(&bomb, SHEET_UNFOLDED_MAX), ' ', SHEET_UNFOLDED_MAX);
	bomb.len += SHEET_UNFOLDED_MAX;
	parts[3].bytes = buf_str(&bomb);
	workbook_make(parts, 6, &book);
	assert_true(book.len < SHEET_BYTES_MAX);
	expect_read(buf_str(&book), "0:0 the workbook unfolds to more than 256 MiB");
	/* As one comment it would be read again and again. */
	memcpy(bomb.ptr + strlen("<worksheet>"), "<!--", 4);
	buf_clear(&book);
	workbook_make(parts, 6, &book);
	expect_read(buf_str(&book), "0:0 a tag or comment of more than 256 KiB");
	buf_done(&bomb);
	buf_done(&book);
	expect_sheet(STR("<!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;\">]><worksheet>&z;</worksheet>"),
		     "0:0 the workbook holds a document type");
}

static void test_strangers(void **state)
{
	struct buf book = {0};

	(void)state;
	workbook_make((const struct workbook_part[]){{"a.txt", STR("x")}}, 1, &book);
	expect_read(buf_str(&book), "0:0 this is a ZIP file, but no workbook (XLSX)");
	buf_clear(&book);
	workbook_make((const struct workbook_part[]){WORKBOOK_PARTS(((struct str){0}), ((struct str){0}),
								    ((struct str){0}))},
		      6, &book);
	expect_read(buf_str(&book), "0:0 the workbook lacks its first sheet");
	buf_done(&book);
	expect_sheet(STR("<worksheet><sheetData><row>"), "0:0 xl/sheet.xml, line 1: no element found");
	expect_read(STR("PK\x03\x04 and nothing more"),
		    "0:0 the workbook is damaged or under a password (_rels/.rels)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),     cmocka_unit_test(test_sparse), cmocka_unit_test(test_dates),
		cmocka_unit_test(test_1904),      cmocka_unit_test(test_merged), cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
