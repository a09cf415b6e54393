/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sheet/private.h"

#define BOOK_RELATIONS "_rels/.rels"
#define FORMATS_MAX 4096 /* custom ones */

struct relation {
	const char *type_end; /* wanted by what its type ends in, or */
	struct str id;        /* by its id */
	const char *folder;   /* what its target is relative to */
	char *target;         /* XLSX_NAME_MAX; empty until it was met */
};

struct format {
	unsigned number;
	enum xlsx_style style;
};

struct book {
	char name[XLSX_NAME_MAX], folder[XLSX_NAME_MAX];
	char strings[XLSX_NAME_MAX], styles[XLSX_NAME_MAX];
	struct str sheet_id; /* of the relation that leads to the first sheet */
	bool sheet_shown;
	struct {
		VEC_OF(struct format)
	} formats;
	bool in_cell_formats, in_phonetic;
};

/* --- relations ----------------------------------------------------------------------------------------- */

static void relation_open(struct xlsx_part *part, struct str name, const char **attributes)
{
	struct str target = xlsx_attribute(attributes, "Target");
	bool from_root = str_starts(target, STR("/"));

	if (!str_eq(name, STR("Relationship")))
		return;
	for (struct relation *relation = part->context; relation->target; relation++) {
		bool wanted = relation->type_end ? str_ends(xlsx_attribute(attributes, "Type"),
							    str_from(relation->type_end))
						 : str_eq(xlsx_attribute(attributes, "Id"), relation->id);

		if (wanted && !relation->target[0])
			snprintf(relation->target, XLSX_NAME_MAX, "%s%.*s", from_root ? "" : relation->folder,
				 STR_FMT(str_from_offset(target, from_root)));
	}
}

static int read_relations(struct xlsx *xlsx, const char *name, struct relation *relations,
			  struct err *ret_err)
{
	struct xlsx_part part = {.open = relation_open, .context = relations};

	return xlsx_part_read(xlsx, name, &part, ret_err);
}

/* --- the workbook: its sheets in order ------------------------------------------------------------------ */

static void book_open(struct xlsx_part *part, struct str name, const char **attributes)
{
	struct book *book = part->context;
	struct str value;

	if (str_eq(name, STR("workbookPr"))) {
		value = xlsx_attribute(attributes, "date1904");
		part->xlsx->from_1904 = str_eq(value, STR("1")) || str_eq(value, STR("true"));
	} else if (str_eq(name, STR("sheet")) && !book->sheet_shown) {
		value = xlsx_attribute(attributes, "state");
		if (book->sheet_id.len && value.len && !str_eq(value, STR("visible")))
			return;
		book->sheet_shown = !value.len || str_eq(value, STR("visible"));
		book->sheet_id = arena_copy(part->xlsx->arena, xlsx_attribute(attributes, "id"));
	}
}

/* --- styles: which cells are dates ---------------------------------------------------------------------- */

static enum xlsx_style style_of(const struct book *book, unsigned number)
{
	for (size_t i = 0; i < book->formats.len; i++)
		if (book->formats.items[i].number == number)
			return book->formats.items[i].style;
	return xlsx_format_style(number, (struct str){0});
}

static void styles_open(struct xlsx_part *part, struct str name, const char **attributes)
{
	struct book *book = part->context;
	struct xlsx *xlsx = part->xlsx;
	int64_t number = 0;

	if (str_eq(name, STR("cellXfs")))
		book->in_cell_formats = true;
	str_to_i64(xlsx_attribute(attributes, "numFmtId"), &number);
	if (number < 0 || number > UINT16_MAX)
		number = 0;
	if (str_eq(name, STR("numFmt")) && book->formats.len < FORMATS_MAX) {
		struct str code = xlsx_attribute(attributes, "formatCode");
		struct format format = {(unsigned)number, xlsx_format_style((unsigned)number, code)};

		vec_push(&book->formats, format);
	} else if (str_eq(name, STR("xf")) && book->in_cell_formats && xlsx->styles.len < XLSX_STYLES_MAX) {
		vec_push(&xlsx->styles, (uint8_t)style_of(book, (unsigned)number));
	}
}

static void styles_close(struct xlsx_part *part, struct str name)
{
	struct book *book = part->context;

	if (str_eq(name, STR("cellXfs")))
		book->in_cell_formats = false;
}

/* --- shared strings ------------------------------------------------------------------------------------- */

static void strings_open(struct xlsx_part *part, struct str name, const char **attributes)
{
	struct book *book = part->context;

	(void)attributes;
	if (str_eq(name, STR("si")))
		buf_clear(&part->text);
	else if (str_eq(name, STR("rPh")))
		book->in_phonetic = true;
	else if (str_eq(name, STR("t")))
		part->takes_text = !book->in_phonetic;
}

static void strings_close(struct xlsx_part *part, struct str name)
{
	struct book *book = part->context;
	struct xlsx *xlsx = part->xlsx;

	if (str_eq(name, STR("t"))) {
		part->takes_text = false;
	} else if (str_eq(name, STR("rPh"))) {
		book->in_phonetic = false;
	} else if (str_eq(name, STR("si"))) {
		size_t len = xlsx_unescape(part->text.ptr, part->text.len);

		xlsx->text += len;
		if (xlsx->text > SHEET_TEXT_MAX || xlsx->len == SHEET_CELLS_MAX)
			xlsx_part_fail(part, ERR_LIMIT, 0, 0, "the workbook holds too much text");
		else
			vec_push(xlsx, arena_copy(xlsx->arena, str_of(part->text.ptr, len)));
	}
}

/* --- all of it ------------------------------------------------------------------------------------------ */

/* xl/ and xl/_rels/workbook.xml.rels of xl/workbook.xml. */
static void name_relations(struct book *book, char out[XLSX_NAME_MAX + 16])
{
	const char *slash = strrchr(book->name, '/');
	int folder = slash ? (int)(slash - book->name) + 1 : 0;

	snprintf(book->folder, sizeof(book->folder), "%.*s", folder, book->name);
	snprintf(out, XLSX_NAME_MAX + 16, "%.*s_rels/%s.rels", folder, book->name, book->name + folder);
}

static int read_book(struct xlsx *xlsx, struct book *book, struct err *ret_err)
{
	char relations_name[XLSX_NAME_MAX + 16];
	struct relation to_book[] = {{"/officeDocument", {0}, "", book->name}, {0}};
	struct xlsx_part part = {.open = book_open, .context = book};
	int r = read_relations(xlsx, BOOK_RELATIONS, to_book, ret_err);

	if (r == 0 && book->name[0])
		r = xlsx_part_read(xlsx, book->name, &part, ret_err);
	if (r == ERR_END || (r == 0 && !book->sheet_id.len))
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "this is a ZIP file, but no workbook (XLSX)");
	name_relations(book, relations_name);
	if (r == 0) {
		struct relation inside[] = {{"/sharedStrings", {0}, book->folder, book->strings},
					    {"/styles", {0}, book->folder, book->styles},
					    {NULL, book->sheet_id, book->folder, xlsx->sheet},
					    {0}};

		r = read_relations(xlsx, relations_name, inside, ret_err);
	}
	return r == ERR_END ? err_set(ret_err, ERR_CORRUPT, 0, 0, "the workbook lacks %s", relations_name)
			    : r;
}

int xlsx_book_read(struct xlsx *xlsx, struct err *ret_err)
{
	struct book book = {0};
	struct xlsx_part styles = {.open = styles_open, .close = styles_close, .context = &book};
	struct xlsx_part strings = {.open = strings_open, .close = strings_close, .context = &book};
	int r = read_book(xlsx, &book, ret_err);

	if (r == 0 && book.styles[0])
		r = xlsx_part_read(xlsx, book.styles, &styles, ret_err);
	if ((r == 0 || r == ERR_END) && book.strings[0])
		r = xlsx_part_read(xlsx, book.strings, &strings, ret_err);
	vec_done(&book.formats);
	return r == ERR_END ? 0 : r;
}

int xlsx_read(struct str bytes, struct sheet_rows *rows, struct err *ret_err)
{
	struct xlsx xlsx = {.bytes = bytes, .arena = rows->arena};
	int r = xlsx_book_read(&xlsx, ret_err);

	if (r == 0)
		r = xlsx_sheet_read(&xlsx, rows, ret_err);
	vec_done(&xlsx);
	vec_done(&xlsx.styles);
	return r;
}
