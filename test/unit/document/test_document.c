/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as others read them: the PDF's text by pdftotext, the DOCX's parts by libarchive and an XML
 * check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "base/io.h"
#include "document/document.h"

static char folder[64];

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/wl-document-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* What a command says of the bytes, written to a file that it gets as %s. */
static char *ask(const struct buf *bytes, const char *format)
{
	char path[100], command[300];
	struct buf said = {0};
	FILE *pipe;
	size_t len;

	snprintf(path, sizeof(path), "%s/file", folder);
	assert_int_equal(io_replace_file(path, bytes->ptr, bytes->len, 0600), 0);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(command, sizeof(command), format, path);
#pragma GCC diagnostic pop
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((len = fread(buf_reserve(&said, 4096), 1, 4096, pipe)) > 0)
		said.len += len;
	assert_int_equal(pclose(pipe), 0);
	buf_cstr(&said);
	return said.ptr;
}

static char *text_of(struct document *document)
{
	struct buf pdf = {0};
	char *text;

	assert_int_equal(document_write_pdf(document, &pdf), 0);
	text = ask(&pdf, "pdftotext -layout %s -");
	buf_done(&pdf);
	return text;
}

static char *part_of(struct document *document, const char *name)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	struct buf docx = {0}, part = {0};
	la_ssize_t len;

	assert_int_equal(document_write_docx(document, &docx), 0);
	archive_read_support_format_zip(archive);
	assert_int_equal(archive_read_open_memory(archive, docx.ptr, docx.len), 0);
	while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		if (strcmp(archive_entry_pathname(entry), name) != 0)
			continue;
		while ((len = archive_read_data(archive, buf_reserve(&part, 65536), 65536)) > 0)
			part.len += (size_t)len;
		assert_int_equal(len, 0);
	}
	archive_read_free(archive);
	buf_done(&docx);
	buf_cstr(&part);
	return part.ptr;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("there is no '%s' in:\n%.3000s", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("there is '%s'", part);
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	while ((text = strstr(text, part))) {
		found++;
		text += strlen(part);
	}
	return found;
}

static struct document *notification(void)
{
	const struct str signers[] = {STR("填报人："), STR("审核人："), STR("单位负责人（签字）："),
				      STR("单位（盖章）：")};
	struct document *document = document_new(STR("网络安全事件通报"), STR("网络与信息中心"));

	document_title(document, STR("关于网络安全事件的通报"));
	document_line(document, STR("编号：网安通〔2026〕42号"), STR("2026年11月22日"));
	document_paragraph(document, STR("计算机学院：\n经监测，你单位信息系统“选课平台”于2026年11月22日"
					 "8时30分起遭受SQL注入攻击，服务器存在被控制的迹象。请立即处置。"));
	document_heading(document, 1, STR("一、事件情况"));
	document_form_begin(document, 2);
	document_form_field(document, STR("事件编号"), STR("2026-0042"));
	document_form_field(document, STR("事件级别"), STR("较大（Ⅲ级）"));
	document_form_field(document, STR("影响系统"), STR("选课平台"));
	document_form_wide(document, STR("事件经过"), STR("08:30 发现扫描\n08:41 注入成功"), 6);
	document_form_field(document, STR("损失情况"), STR(""));
	document_form_end(document);
	document_signatures(document, signers, 4, STR("2026年11月22日"));
	return document;
}

static void test_notification(void **state)
{
	struct document *document = notification();
	struct buf pdf = {0};
	char *text = text_of(document);

	(void)state;
	has(text, "关于网络安全事件的通报");
	has(text, "编号：网安通〔2026〕42号");
	has(text, "事件编号");
	has(text, "2026-0042");
	has(text, "较大（Ⅲ级）");
	has(text, "08:41 注入成功");
	has(text, "单位负责人（签字）：");
	has(text, "—1—");
	has_not(text, "—2—");
	free(text);
	assert_int_equal(document_write_pdf(document, &pdf), 0);
	text = ask(&pdf, "pdfinfo %s");
	has(text, "Title:           网络安全事件通报");
	has(text, "Author:          网络与信息中心");
	has(text, "(A4)");
	free(text);
	if (getenv("WL_KEEP"))
		assert_int_equal(io_replace_file(getenv("WL_KEEP"), pdf.ptr, pdf.len, 0600), 0);
	buf_done(&pdf);
	document_free(document);
}

static void test_docx(void **state)
{
	struct document *document = notification();
	struct buf docx = {0};
	char *text = part_of(document, "word/document.xml");

	(void)state;
	has(text,
	    "<w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t xml:space=\"preserve\">关于网络安全事件的通报<");
	has(text, "<w:gridSpan w:val=\"3\"/>");
	has(text, "<w:insideV w:val=\"single\"");
	/* 影响系统 is alone in its row and takes what is left; so does 损失情况. */
	assert_int_equal(count(text, "<w:tr>"), 4);
	assert_int_equal(count(text, "<w:gridSpan w:val=\"3\"/>"), 3);
	free(text);
	text = part_of(document, "docProps/core.xml");
	has(text, "<dc:title>网络安全事件通报</dc:title>");
	free(text);
	text = part_of(document, "word/footer1.xml");
	has(text, "w:instr=\" PAGE \"");
	free(text);
	assert_int_equal(document_write_docx(document, &docx), 0);
	text = ask(&docx, "python3 -c 'import sys,zipfile,xml.dom.minidom as m\n"
			  "z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None\n"
			  "[m.parseString(z.read(n)) for n in z.namelist()];print(len(z.namelist()))' %s");
	assert_string_equal(text, "10\n");
	free(text);
	if (getenv("WL_KEEP_DOCX"))
		assert_int_equal(io_replace_file(getenv("WL_KEEP_DOCX"), docx.ptr, docx.len, 0600), 0);
	buf_done(&docx);
	document_free(document);
}

static void test_long_table(void **state)
{
	static const unsigned widths[] = {10, 30, 60};
	const struct str headings[] = {STR("序号"), STR("资产"), STR("处理情况")};
	struct document *document = document_new(STR("清单"), STR("望楼"));
	char number[16], name[32], *text;

	(void)state;
	document_table_begin(document, headings, widths, 3);
	for (int i = 1; i <= 500; i++) {
		struct str cells[3] = {{0}, {0}, STR("已核实")};

		cells[0] = str_of(number, (size_t)snprintf(number, sizeof(number), "%d", i));
		cells[1] = str_of(name, (size_t)snprintf(name, sizeof(name), "host-%d-", i));
		document_table_row(document, cells);
	}
	document_table_end(document);
	text = text_of(document);
	for (int i = 1; i <= 500; i++) {
		snprintf(name, sizeof(name), "host-%d-", i);
		assert_int_equal(count(text, name), 1);
	}
	assert_in_range(count(text, "\f"), 15, 25);
	assert_int_equal(count(text, "处理情况"), count(text, "\f"));
	free(text);
	text = part_of(document, "word/document.xml");
	assert_int_equal(count(text, "<w:tblHeader/>"), 1);
	assert_int_equal(count(text, "<w:tr>"), 501);
	free(text);
	document_free(document);
}

/* A row longer than two pages loses nothing and repeats the heading. */
static void test_split_row(void **state)
{
	static const unsigned widths[] = {1, 3};
	const struct str headings[] = {STR("项目标题"), STR("说明")};
	struct document *document = document_new(STR("长"), STR("望楼"));
	struct buf long_text = {0};
	struct str cells[2] = {STR("甲"), {0}};
	char mark[16], *text;

	(void)state;
	for (int i = 0; i < 2000; i++)
		buf_printf(&long_text, "第%d句。", i);
	cells[1] = buf_str(&long_text);
	document_table_begin(document, headings, widths, 2);
	document_table_row(document, cells);
	document_table_end(document);
	text = text_of(document);
	assert_true(count(text, "\f") > 5);
	assert_int_equal(count(text, "项目标题"), count(text, "\f"));
	assert_int_equal(count(text, "句"), 2000);
	/* a number may be broken over two lines, but most are not */
	for (int i = 0, found = 0; i < 2000; i++) {
		snprintf(mark, sizeof(mark), "第%d句", i);
		found += strstr(text, mark) != NULL;
		if (i == 1999)
			assert_true(found > 1500);
	}
	free(text);
	buf_done(&long_text);
	document_free(document);
}

/* A heading goes to the next page with the first row that has no room below it. */
static void test_heading_stays(void **state)
{
	struct document *document = document_new(STR("t"), STR("a"));
	char *text, *page;

	(void)state;
	for (int i = 0; i < 22; i++)
		document_paragraph(document, STR("行"));
	document_heading(document, 1, STR("四、处置进展"));
	document_form_begin(document, 1);
	document_form_wide(document, STR("措施"), STR(""), 8);
	document_form_end(document);
	text = text_of(document);
	page = strchr(text, '\f');
	assert_non_null(page);
	has(page, "四、处置进展");
	free(text);
	document_free(document);
}

static void add_everywhere(struct document *document, struct str text)
{
	static const unsigned widths[] = {1, 1};
	const struct str two[] = {text, text};

	document_title(document, text);
	document_heading(document, 3, text);
	document_paragraph(document, text);
	document_line(document, text, text);
	document_form_begin(document, 1);
	document_form_field(document, text, text);
	document_form_wide(document, text, text, 100);
	document_form_end(document);
	document_table_begin(document, two, widths, 2);
	document_table_row(document, two);
	document_table_end(document);
	document_signatures(document, two, 2, text);
}

static void test_hostile_text(void **state)
{
	const struct str text =
		STR("A\0B\x01\x1B[31m</w:t>&\"<b>\xE2\x80\xAEgpj.exe\xC3\x28\xED\xA0\x80\xFF 尾");
	struct document *document = document_new(text, text);
	char *said;

	(void)state;
	add_everywhere(document, text);
	said = text_of(document);
	has(said, "A[U+0000]B[U+0001][U+001B][31m</w:t>&\"<b>[U+202E]gpj.exe");
	free(said);
	said = part_of(document, "word/document.xml");
	has(said, "A[U+0000]B[U+0001][U+001B][31m&lt;/w:t&gt;&amp;&quot;&lt;b&gt;[U+202E]gpj.exe");
	has_not(said, "\x1B");
	has_not(said, "\xE2\x80\xAE");
	assert_true(str_is_utf8(str_from(said)));
	free(said);
	document_free(document);
}

/* One character that never ends, and one word without a place to break. */
static void test_endless(void **state)
{
	struct document *document = document_new(STR("x"), STR("y"));
	struct buf marks = {0}, word = {0};
	char *text;

	(void)state;
	buf_add_char(&marks, 'e');
	for (int i = 0; i < 10000; i++) {
		buf_add_str(&marks, STR("\xCC\x81"));
		buf_add_char(&word, (char)('a' + i % 26));
	}
	add_everywhere(document, buf_str(&word));
	document_paragraph(document, buf_str(&marks));
	text = text_of(document);
	assert_true(count(text, "\f") > 5);
	free(text);
	buf_done(&marks);
	buf_done(&word);
	document_free(document);
}

static void test_too_much(void **state)
{
	struct document *document = document_new(STR("x"), STR("y"));
	struct buf large = {0}, out = {0};

	(void)state;
	memset(buf_reserve(&large, DOCUMENT_TEXT_MAX), 'x', DOCUMENT_TEXT_MAX);
	large.len = DOCUMENT_TEXT_MAX;
	document_paragraph(document, STR("ok"));
	document_paragraph(document, buf_str(&large));
	add_everywhere(document, STR("more"));
	assert_int_equal(document_write_pdf(document, &out), ERR_LIMIT);
	assert_int_equal(document_write_docx(document, &out), ERR_LIMIT);
	assert_int_equal(out.len, 0);
	buf_done(&large);
	document_free(document);
}

static void test_empty(void **state)
{
	struct document *document = document_new(STR(""), STR(""));
	char *text = text_of(document);

	(void)state;
	has(text, "—1—");
	free(text);
	free(part_of(document, "word/document.xml"));
	document_form_begin(document, 1);
	document_form_end(document);
	free(text_of(document));
	document_free(document);
}

/* In a child: what fonts there are is asked once a process. */
static void test_without_fonts(void **state)
{
	char path[100];
	const char config[] = "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">"
			      "<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>";
	int status;
	pid_t pid;

	(void)state;
	snprintf(path, sizeof(path), "%s/fonts.conf", folder);
	assert_int_equal(io_replace_file(path, config, sizeof(config) - 1, 0600), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct document *document = notification();
		struct buf out = {0};

		setenv("FONTCONFIG_FILE", path, 1);
		_exit(document_write_pdf(document, &out) == -ENOENT && out.len == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_fonts), cmocka_unit_test(test_notification),
		cmocka_unit_test(test_docx),          cmocka_unit_test(test_long_table),
		cmocka_unit_test(test_split_row),     cmocka_unit_test(test_heading_stays),
		cmocka_unit_test(test_hostile_text),  cmocka_unit_test(test_endless),
		cmocka_unit_test(test_too_much),      cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
