/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An XLSX file in memory. Libraries that write them want files to write to, which the process that calls us
 * must not make; of the format we need a corner: texts in one table, a header, lists to choose from.
 *
 *	xl/worksheets/sheet1.xml  the table: every cell a text in place (inlineStr)
 *	xl/worksheets/sheet2.xml  hidden, only where there are lists: a column for each
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "sheet/private.h"

#define WIDTH_MIN 8 /* of columns, in characters of Latin */
#define WIDTH_MAX 60
#define LAST_ROW 1048576
#define SHEET_NAME_MAX 31 /* characters */
#define CHOICES "choices"
#define MAIN_NS "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATIONS_NS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

/* Of styles.xml: everything is text, so that what a person types stays what was typed. */
enum { STYLE_TEXT = 1, STYLE_HEADER = 2, STYLE_QUOTED = 3 };

/* --- text in XML ---------------------------------------------------------------------------------------- */

static void add_character(struct buf *out, char c)
{
	static const char *const entities[256] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\r'] = "&#13;"};

	if (entities[(unsigned char)c])
		buf_add_str(out, str_from(entities[(unsigned char)c]));
	else if ((unsigned char)c >= ' ' || c == '\n' || c == '\t')
		buf_add_char(out, c);
}

/* Control characters cannot stand in XML and are left out; what is not UTF-8 becomes U+FFFD. */
static void add_text(struct buf *out, struct str text)
{
	while (text.len) {
		size_t good = str_utf8_len(text);

		for (size_t i = 0; i < good; i++)
			add_character(out, text.ptr[i]);
		if (good < text.len)
			buf_add_str(out, STR("\xef\xbf\xbd"));
		text = str_from_offset(text, good + 1);
	}
}

/* U+FFFE and U+FFFF are UTF-8, but no characters of XML; so rare that the whole cell goes without. */
static struct str presentable(struct str cell)
{
	if (cell.len > SHEET_CELL_MAX)
		for (cell.len = SHEET_CELL_MAX; cell.len && (cell.ptr[cell.len] & 0xc0) == 0x80;)
			cell.len--;
	if (str_find(cell, STR("\xef\xbf\xbe")) != STR_NOT_FOUND ||
	    str_find(cell, STR("\xef\xbf\xbf")) != STR_NOT_FOUND)
		cell.len = 0;
	return cell;
}

/* The reader takes _x0041_ for an escape; its own underscore is escaped then. */
static void add_cell_text(struct buf *out, struct str text)
{
	size_t at;

	text = presentable(text);
	while ((at = str_find(text, STR("_x"))) != STR_NOT_FOUND) {
		bool escape = text.len >= at + 7 && text.ptr[at + 6] == '_';

		add_text(out, str_head(text, at));
		buf_add_str(out, escape ? STR("_x005F_") : STR("_"));
		text = str_from_offset(text, at + 1);
	}
	add_text(out, text);
}

static void add_place(struct buf *out, size_t column, size_t row)
{
	if (column >= 26)
		buf_add_char(out, (char)('A' + column / 26 - 1));
	buf_printf(out, "%c%zu", (char)('A' + column % 26), row);
}

/* --- rows ----------------------------------------------------------------------------------------------- */

/* A Chinese character is as wide as two of Latin. */
static unsigned width_of(struct str text)
{
	unsigned width = 0;

	for (size_t i = 0; i < text.len && text.ptr[i] != '\n'; i++)
		width += (unsigned char)text.ptr[i] < 0x80 ? 1 : (unsigned char)text.ptr[i] >= 0xc0 ? 2 : 0;
	return width + 2;
}

static void add_cell(struct buf *out, size_t column, size_t row, struct str text, int style)
{
	buf_add_str(out, STR("<c r=\""));
	add_place(out, column, row);
	buf_printf(out, "\" s=\"%d\" t=\"inlineStr\"><is><t xml:space=\"preserve\">", style);
	add_cell_text(out, text);
	buf_add_str(out, STR("</t></is></c>"));
}

void xlsx_write_row(struct sheet_writer *writer, const struct str *cells, size_t count)
{
	struct buf *out = &writer->out;

	buf_printf(out, "<row r=\"%zu\">", writer->rows);
	for (size_t i = 0; i < count; i++) {
		unsigned width = width_of(cells[i]);

		if (!cells[i].len)
			continue;
		if (width > writer->widths[i])
			writer->widths[i] = width;
		add_cell(out, i, writer->rows, cells[i],
			 writer->rows == 1            ? STYLE_HEADER
			 : sheet_is_formula(cells[i]) ? STYLE_QUOTED
						      : STYLE_TEXT);
	}
	buf_add_str(out, STR("</row>"));
}

/* --- the parts ------------------------------------------------------------------------------------------ */

static void add_columns(const struct sheet_writer *writer, struct buf *out)
{
	buf_add_str(out, STR("<cols>"));
	for (size_t i = 0; i < SHEET_COLUMNS_MAX; i++) {
		unsigned width = writer->widths[i];

		width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
		buf_printf(out, "<col min=\"%zu\" max=\"%zu\" width=\"%u\" style=\"%d\" customWidth=\"1\"/>",
			   i + 1, i + 1, width, STYLE_TEXT);
	}
	buf_add_str(out, STR("</cols>"));
}

static void add_validations(const struct sheet_writer *writer, struct buf *out)
{
	if (!writer->choices.len)
		return;
	buf_printf(out, "<dataValidations count=\"%zu\">", writer->choices.len);
	for (size_t i = 0; i < writer->choices.len; i++) {
		const struct sheet_choices *choices = &writer->choices.items[i];

		/* A hint, not a wall: rows of remarks hold other text, and the import checks. */
		buf_add_str(out, STR("<dataValidation type=\"list\" errorStyle=\"warning\" allowBlank=\"1\" "
				     "showErrorMessage=\"1\" sqref=\""));
		add_place(out, choices->column, 2);
		buf_add_char(out, ':');
		add_place(out, choices->column, LAST_ROW);
		buf_add_str(out, STR("\"><formula1>" CHOICES "!$"));
		if (i >= 26)
			buf_add_char(out, (char)('A' + i / 26 - 1));
		buf_printf(out, "%c$1:$", (char)('A' + i % 26));
		if (i >= 26)
			buf_add_char(out, (char)('A' + i / 26 - 1));
		buf_printf(out, "%c$%zu</formula1></dataValidation>", (char)('A' + i % 26), choices->count);
	}
	buf_add_str(out, STR("</dataValidations>"));
}

void xlsx_open_table(const struct sheet_writer *writer, struct buf *out)
{
	buf_add_str(out, STR(XML_HEAD "<worksheet xmlns=\"" MAIN_NS
				      "\"><sheetViews><sheetView workbookViewId=\"0\">"
				      "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" "
				      "state=\"frozen\"/></sheetView></sheetViews>"));
	add_columns(writer, out);
	buf_add_str(out, STR("<sheetData>"));
}

void xlsx_close_table(const struct sheet_writer *writer, struct buf *out)
{
	buf_add_str(out, STR("</sheetData>"));
	add_validations(writer, out);
	buf_add_str(out, STR("</worksheet>"));
}

static void make_table(const struct sheet_writer *writer, struct buf *out)
{
	xlsx_open_table(writer, out);
	buf_add_str(out, buf_str(&writer->out));
	xlsx_close_table(writer, out);
}

static void make_choices(const struct sheet_writer *writer, struct buf *out)
{
	size_t rows = 0;

	for (size_t i = 0; i < writer->choices.len; i++)
		if (writer->choices.items[i].count > rows)
			rows = writer->choices.items[i].count;
	buf_add_str(out, STR(XML_HEAD "<worksheet xmlns=\"" MAIN_NS "\"><sheetData>"));
	for (size_t row = 0; row < rows; row++) {
		buf_printf(out, "<row r=\"%zu\">", row + 1);
		for (size_t i = 0; i < writer->choices.len; i++)
			if (row < writer->choices.items[i].count)
				add_cell(out, i, row + 1, writer->choices.items[i].values[row], STYLE_TEXT);
		buf_add_str(out, STR("</row>"));
	}
	buf_add_str(out, STR("</sheetData></worksheet>"));
}

/* At most 31 characters, none of []:*?/\ among them. */
static void add_sheet_name(struct buf *out, struct str name)
{
	size_t end = 0, characters = 0;

	name = str_head(name, str_utf8_len(name));
	while (end < name.len && characters < SHEET_NAME_MAX) {
		characters++;
		for (end++; end < name.len && (name.ptr[end] & 0xc0) == 0x80;)
			end++;
	}
	for (size_t i = 0; i < end; i++)
		add_character(out, str_find_char(STR("[]:*?/\\'"), name.ptr[i]) == STR_NOT_FOUND ? name.ptr[i]
												 : '-');
	if (!end)
		buf_add_str(out, STR("Sheet1"));
}

static void make_book(const struct sheet_writer *writer, struct buf *out)
{
	buf_add_str(out, STR(XML_HEAD "<workbook xmlns=\"" MAIN_NS "\" xmlns:r=\"" RELATIONS_NS
				      "\"><sheets><sheet name=\""));
	add_sheet_name(out, writer->name);
	buf_add_str(out, STR("\" sheetId=\"1\" r:id=\"rId1\"/>"));
	if (writer->choices.len)
		buf_add_str(out, STR("<sheet name=\"" CHOICES
				     "\" sheetId=\"2\" state=\"hidden\" r:id=\"rId2\"/>"));
	buf_add_str(out, STR("</sheets></workbook>"));
}

#define PACKAGE_NS "http://schemas.openxmlformats.org/package/2006/"
#define PART_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml."

static void make_book_relations(const struct sheet_writer *writer, struct buf *out)
{
	buf_add_str(out, STR(XML_HEAD "<Relationships xmlns=\"" PACKAGE_NS "relationships\">"
				      "<Relationship Id=\"rId1\" Type=\"" RELATIONS_NS
				      "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
				      "<Relationship Id=\"rId3\" Type=\"" RELATIONS_NS
				      "/styles\" Target=\"styles.xml\"/>"));
	if (writer->choices.len)
		buf_add_str(out, STR("<Relationship Id=\"rId2\" Type=\"" RELATIONS_NS
				     "/worksheet\" Target=\"worksheets/sheet2.xml\"/>"));
	buf_add_str(out, STR("</Relationships>"));
}

static void make_relations(const struct sheet_writer *writer, struct buf *out)
{
	(void)writer;
	buf_add_str(out, STR(XML_HEAD "<Relationships xmlns=\"" PACKAGE_NS "relationships\">"
				      "<Relationship Id=\"rId1\" Type=\"" RELATIONS_NS
				      "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"));
}

static void make_types(const struct sheet_writer *writer, struct buf *out)
{
	buf_add_str(out,
		    STR(XML_HEAD "<Types xmlns=\"" PACKAGE_NS "content-types\"><Default Extension=\"rels\" "
				 "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
				 "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
				 "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" PART_TYPE
				 "sheet.main+xml\"/>"
				 "<Override PartName=\"/xl/styles.xml\" ContentType=\"" PART_TYPE
				 "styles+xml\"/>"));
	for (int i = 1; i <= (writer->choices.len ? 2 : 1); i++)
		buf_printf(out,
			   "<Override PartName=\"/xl/worksheets/sheet%d.xml\" ContentType=\"" PART_TYPE
			   "worksheet+xml\"/>",
			   i);
	buf_add_str(out, STR("</Types>"));
}

/* Number format 49 is text. */
static void make_styles(const struct sheet_writer *writer, struct buf *out)
{
	(void)writer;
	buf_add_str(
		out,
		STR(XML_HEAD
		    "<styleSheet xmlns=\"" MAIN_NS "\"><fonts count=\"2\"><font><sz val=\"11\"/></font>"
		    "<font><b/><sz val=\"11\"/></font></fonts><fills count=\"3\">"
		    "<fill><patternFill patternType=\"none\"/></fill>"
		    "<fill><patternFill patternType=\"gray125\"/></fill>"
		    "<fill><patternFill patternType=\"solid\"><fgColor "
		    "rgb=\"FFDDE6F0\"/></patternFill></fill></fills>"
		    "<borders count=\"1\"><border/></borders>"
		    "<cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"4\">"
		    "<xf xfId=\"0\"/><xf numFmtId=\"49\" applyNumberFormat=\"1\" xfId=\"0\"/>"
		    "<xf numFmtId=\"49\" fontId=\"1\" fillId=\"2\" applyNumberFormat=\"1\" applyFont=\"1\" "
		    "applyFill=\"1\" xfId=\"0\"/>"
		    "<xf numFmtId=\"49\" applyNumberFormat=\"1\" quotePrefix=\"1\" xfId=\"0\"/></cellXfs>"
		    "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" "
		    "builtinId=\"0\"/></cellStyles>"
		    "</styleSheet>"));
}

static const struct {
	const char *name;
	void (*make)(const struct sheet_writer *writer, struct buf *out);
	bool with_choices; /* only then */
} parts[] = {
	{"[Content_Types].xml", make_types, false},
	{"_rels/.rels", make_relations, false},
	{"xl/workbook.xml", make_book, false},
	{"xl/_rels/workbook.xml.rels", make_book_relations, false},
	{"xl/styles.xml", make_styles, false},
	{XLSX_TABLE_PART, make_table, false},
	{"xl/worksheets/sheet2.xml", make_choices, true},
};

const char *xlsx_part_make(const struct sheet_writer *writer, size_t index, struct buf *out)
{
	const size_t count = sizeof(parts) / sizeof(parts[0]);

	if (index >= count || parts[index].make == make_table || parts[index].with_choices)
		return NULL;
	parts[index].make(writer, out);
	return parts[index].name;
}

/* --- the ZIP -------------------------------------------------------------------------------------------- */

static la_ssize_t on_write(struct archive *zip, void *context, const void *bytes, size_t len)
{
	(void)zip;
	buf_add(context, bytes, len);
	return (la_ssize_t)len;
}

static int add_part(struct archive *zip, const char *name, struct str bytes)
{
	struct archive_entry *entry = archive_entry_new();
	int r;

	must(entry);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)bytes.len);
	r = archive_write_header(zip, entry);
	if (r == ARCHIVE_OK && archive_write_data(zip, bytes.ptr, bytes.len) != (la_ssize_t)bytes.len)
		r = ARCHIVE_FATAL;
	archive_entry_free(entry);
	return r == ARCHIVE_OK ? 0 : -EIO;
}

int xlsx_write(struct sheet_writer *writer, struct buf *out)
{
	struct archive *zip = archive_write_new();
	struct buf part = {0};
	int r;

	must(zip);
	archive_write_set_format_zip(zip);
	archive_write_set_bytes_per_block(zip, 0);
	r = archive_write_open(zip, out, NULL, on_write, NULL) == ARCHIVE_OK ? 0 : -EIO;
	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].with_choices && !writer->choices.len)
			continue;
		buf_clear(&part);
		parts[i].make(writer, &part);
		r = add_part(zip, parts[i].name, buf_str(&part));
	}
	if (archive_write_close(zip) != ARCHIVE_OK && r == 0)
		r = -EIO;
	archive_write_free(zip);
	buf_done(&part);
	return r;
}
