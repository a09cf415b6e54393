/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "sheet/private.h"

#define ROW_MAX 1048576 /* of the format */
#define COLUMN_MAX 16384

/* How the value of a cell stands there: the attribute t. */
enum kind { NUMBER, SHARED, INLINE, TEXT, BOOLEAN, DATE };

static const struct {
	const char *name;
	enum kind kind;
} kinds[] = {
	{"n", NUMBER}, {"s", SHARED}, {"inlineStr", INLINE}, {"str", TEXT},
	{"e", TEXT},   {"d", DATE},   {"b", BOOLEAN},
};

struct range {
	unsigned row[2], column[2]; /* from 1 */
};

struct reading {
	struct sheet_rows *rows;
	bool in_cell, in_phonetic;
	unsigned line, column; /* from 1; 0: none yet */
	enum kind kind;
	enum xlsx_style style;
	size_t text;
	struct {
		VEC_OF(struct range)
	} merged;
};

/* "AB12" from *at on. */
static bool read_place(struct str *text, unsigned *ret_row, unsigned *ret_column)
{
	unsigned row = 0, column = 0;
	size_t i = 0;

	for (; i < text->len && char_lower(text->ptr[i]) >= 'a' && char_lower(text->ptr[i]) <= 'z'; i++)
		if ((column = column * 26 + (unsigned)(char_lower(text->ptr[i]) - 'a') + 1) > COLUMN_MAX)
			return false;
	for (; i < text->len && char_is_digit(text->ptr[i]); i++)
		if ((row = row * 10 + (unsigned)(text->ptr[i] - '0')) > ROW_MAX)
			return false;
	*text = str_from_offset(*text, i);
	*ret_row = row;
	*ret_column = column;
	return row && column;
}

static bool read_range(struct str text, struct range *ret_range)
{
	struct range range;

	if (!read_place(&text, &range.row[0], &range.column[0]) || !str_starts(text, STR(":")))
		return false;
	text = str_from_offset(text, 1);
	if (!read_place(&text, &range.row[1], &range.column[1]) || text.len || range.row[1] < range.row[0] ||
	    range.column[1] < range.column[0])
		return false;
	*ret_range = range;
	return true;
}

/* --- elements ------------------------------------------------------------------------------------------- */

static void open_row(struct xlsx_part *part, const char **attributes)
{
	struct reading *reading = part->context;
	struct str at = xlsx_attribute(attributes, "r");
	uint64_t line = reading->line + 1;

	if (at.len && (str_to_u64(at, &line) < 0 || line <= reading->line || line > ROW_MAX)) {
		xlsx_part_fail(part, ERR_SYNTAX, reading->line, 0, "the row after this one has no number");
		return;
	}
	reading->line = (unsigned)line;
	reading->column = 0;
	sheet_rows_begin(reading->rows, reading->line);
}

static void open_cell(struct xlsx_part *part, const char **attributes)
{
	struct reading *reading = part->context;
	struct str at = xlsx_attribute(attributes, "r"), kind = xlsx_attribute(attributes, "t");
	uint64_t style = 0;
	unsigned row = reading->line, column = reading->column + 1;

	if (!reading->line || (at.len && (!read_place(&at, &row, &column) || row != reading->line))) {
		xlsx_part_fail(part, ERR_SYNTAX, reading->line, column, "a cell stands in another row");
		return;
	}
	reading->column = column;
	reading->in_cell = true;
	reading->kind = NUMBER;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(kind, str_from(kinds[i].name)))
			reading->kind = kinds[i].kind;
	str_to_u64(xlsx_attribute(attributes, "s"), &style);
	reading->style = style < part->xlsx->styles.len ? part->xlsx->styles.items[style] : XLSX_PLAIN;
	buf_clear(&part->text);
}

static void open_merged(struct xlsx_part *part, const char **attributes)
{
	struct reading *reading = part->context;
	struct range range;

	if (!read_range(xlsx_attribute(attributes, "ref"), &range))
		return; /* one cell, or none: nothing to fill */
	if (reading->merged.len == XLSX_MERGED_MAX)
		xlsx_part_fail(part, ERR_LIMIT, range.row[0], range.column[0], "too many merged cells");
	else
		vec_push(&reading->merged, range);
}

static void on_open(struct xlsx_part *part, struct str name, const char **attributes)
{
	struct reading *reading = part->context;

	if (str_eq(name, STR("row")))
		open_row(part, attributes);
	else if (str_eq(name, STR("c")))
		open_cell(part, attributes);
	else if (str_eq(name, STR("rPh")))
		reading->in_phonetic = true;
	else if (str_eq(name, STR("v")))
		part->takes_text = reading->in_cell && reading->kind != INLINE;
	else if (str_eq(name, STR("t")))
		part->takes_text = reading->in_cell && reading->kind == INLINE && !reading->in_phonetic;
	else if (str_eq(name, STR("mergeCell")))
		open_merged(part, attributes);
}

/* --- values --------------------------------------------------------------------------------------------- */

static int take_value(struct xlsx_part *part, struct str *ret_text)
{
	struct reading *reading = part->context;
	struct xlsx *xlsx = part->xlsx;
	struct str text = buf_str(&part->text);
	uint64_t index;

	if (reading->kind == SHARED) {
		if (str_to_u64(str_trim(text), &index) < 0 || index >= xlsx->len)
			return err_set(part->err, ERR_CORRUPT, reading->line, reading->column,
				       "a cell names a text that the workbook does not have");
		*ret_text = xlsx->items[index];
		return 0;
	}
	if (reading->kind == BOOLEAN)
		text = str_eq(text, STR("1")) ? STR("TRUE") : STR("FALSE");
	else if (reading->kind == NUMBER)
		text = xlsx_number(xlsx->arena, str_trim(text), reading->style, xlsx->from_1904);
	else if (reading->kind == DATE && text.len == 19 && str_ends(text, STR("T00:00:00")))
		text.len = 10;
	else
		text.len = xlsx_unescape(part->text.ptr, part->text.len);
	reading->text += text.len;
	if (reading->text + xlsx->text > SHEET_TEXT_MAX)
		return err_set(part->err, ERR_LIMIT, reading->line, reading->column,
			       "the workbook holds too much text");
	*ret_text = arena_copy(xlsx->arena, text);
	return 0;
}

static void close_cell(struct xlsx_part *part)
{
	struct reading *reading = part->context;
	struct str text = {0};
	int r;

	reading->in_cell = part->takes_text = false;
	if (!part->text.len)
		return;
	r = take_value(part, &text);
	if (r == 0)
		r = sheet_rows_cell(reading->rows, reading->column - 1, text, part->err);
	if (r < 0)
		xlsx_part_fail(part, r, 0, 0, NULL);
}

static void on_close(struct xlsx_part *part, struct str name)
{
	struct reading *reading = part->context;
	int r;

	if (str_eq(name, STR("v")) || str_eq(name, STR("t"))) {
		part->takes_text = false;
	} else if (str_eq(name, STR("rPh"))) {
		reading->in_phonetic = false;
	} else if (str_eq(name, STR("c")) && reading->in_cell) {
		close_cell(part);
	} else if (str_eq(name, STR("row"))) {
		r = sheet_rows_end(reading->rows, part->err);
		sheet_rows_begin(reading->rows, reading->line);
		if (r < 0)
			xlsx_part_fail(part, r, 0, 0, NULL);
	}
}

/* --- merged cells --------------------------------------------------------------------------------------- */

/* The first row at or behind line. */
static size_t find_row(const struct sheet_rows *rows, unsigned line)
{
	size_t low = 0, high = rows->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->items[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void widen(struct sheet_rows *rows, struct sheet_row *row, size_t count)
{
	struct str *cells;

	if (row->count >= count)
		return;
	cells = arena_zalloc(rows->arena, sizeof(*cells) * count);
	memcpy(cells, row->cells, sizeof(*cells) * row->count);
	rows->cells += count - row->count;
	row->cells = cells;
	row->count = count;
}

/* What stands in the first cell of a merged range stands in all of them. Across, only as far as the table
   goes: a title above a column or two names no columns. */
static int fill_merged(struct sheet_rows *rows, const struct range *range, size_t *budget)
{
	size_t at = find_row(rows, range->row[0]), first = range->column[0] - 1, end = range->column[1];
	struct str value;

	if (at == rows->len || rows->items[at].line != range->row[0] || first >= rows->items[at].count)
		return 0;
	value = rows->items[at].cells[first];
	if (end > rows->items[0].count)
		end = rows->items[0].count;
	for (; value.len && first < end && at < rows->len && rows->items[at].line <= range->row[1]; at++) {
		if (*budget < end - first)
			return ERR_LIMIT;
		*budget -= end - first;
		widen(rows, &rows->items[at], end);
		if (rows->cells > SHEET_CELLS_MAX)
			return ERR_LIMIT;
		for (size_t i = first; i < end; i++)
			if (!rows->items[at].cells[i].len)
				rows->items[at].cells[i] = value;
	}
	return 0;
}

int xlsx_sheet_read(struct xlsx *xlsx, struct sheet_rows *rows, struct err *ret_err)
{
	struct reading reading = {.rows = rows};
	struct xlsx_part part = {.open = on_open, .close = on_close, .context = &reading};
	size_t budget = SHEET_CELLS_MAX;
	int r = xlsx_part_read(xlsx, xlsx->sheet, &part, ret_err);

	if (r == ERR_END)
		r = err_set(ret_err, ERR_CORRUPT, 0, 0, "the workbook lacks its first sheet");
	for (size_t i = 0; r == 0 && i < reading.merged.len; i++) {
		r = fill_merged(rows, &reading.merged.items[i], &budget);
		if (r < 0)
			err_set(ret_err, r, reading.merged.items[i].row[0], 0, "too many merged cells");
	}
	vec_done(&reading.merged);
	return r;
}
