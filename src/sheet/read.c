/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sheet/csv.h"
#include "sheet/private.h"

void sheet_rows_begin(struct sheet_rows *rows, unsigned line)
{
	rows->line = line;
	memset(rows->row, 0, sizeof(rows->row[0]) * rows->count);
	rows->count = 0;
}

int sheet_rows_cell(struct sheet_rows *rows, size_t column, struct str text, struct err *ret_err)
{
	text = str_trim(text);
	if (!text.len)
		return 0;
	if (column >= SHEET_COLUMNS_MAX)
		return err_set(ret_err, ERR_LIMIT, rows->line, (unsigned)column + 1, "more than %d columns",
			       SHEET_COLUMNS_MAX);
	if (text.len > SHEET_CELL_MAX)
		return err_set(ret_err, ERR_LIMIT, rows->line, (unsigned)column + 1,
			       "a cell of more than %u bytes", SHEET_CELL_MAX);
	if (memchr(text.ptr, 0, text.len))
		return err_set(ret_err, ERR_SYNTAX, rows->line, (unsigned)column + 1, "a zero byte");
	rows->row[column] = text;
	if (rows->count <= column)
		rows->count = column + 1;
	return 0;
}

int sheet_rows_end(struct sheet_rows *rows, struct err *ret_err)
{
	struct sheet_row *row;

	if (!rows->count)
		return 0;
	if (rows->len == SHEET_ROWS_MAX + 1)
		return err_set(ret_err, ERR_LIMIT, rows->line, 0, "more than %d rows", SHEET_ROWS_MAX);
	rows->cells += rows->count;
	if (rows->cells > SHEET_CELLS_MAX)
		return err_set(ret_err, ERR_LIMIT, rows->line, 0, "more than %d cells", SHEET_CELLS_MAX);
	row = vec_add_zero(rows);
	row->line = rows->line;
	row->count = rows->count;
	row->cells = arena_array(rows->arena, struct str, rows->count);
	memcpy(row->cells, rows->row, sizeof(struct str) * rows->count);
	return 0;
}

int sheet_rows_finish(struct sheet_rows *rows, struct sheet *ret_sheet, struct err *ret_err)
{
	struct sheet sheet = {.columns = rows->len ? rows->items[0].count : 0, .rows = rows->len};

	if (!sheet.rows)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "the table is empty");
	if (sheet.rows * sheet.columns > SHEET_CELLS_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d cells", SHEET_CELLS_MAX);
	sheet.cells = arena_zalloc(rows->arena, sizeof(struct str) * sheet.rows * sheet.columns);
	sheet.lines = arena_array(rows->arena, unsigned, sheet.rows);
	for (size_t i = 0; i < sheet.rows; i++) {
		const struct sheet_row *row = &rows->items[i];

		if (row->count > sheet.columns)
			return err_set(ret_err, ERR_SYNTAX, row->line, (unsigned)row->count,
				       "a cell in a column that the first row does not name");
		memcpy(sheet.cells + i * sheet.columns, row->cells, sizeof(struct str) * row->count);
		sheet.lines[i] = row->line;
	}
	*ret_sheet = sheet;
	return 0;
}

/* --- CSV ----------------------------------------------------------------------------------------------- */

/* What sheet_writer put before a cell so that no spreadsheet computes it. */
static struct str without_apostrophe(struct str cell)
{
	return cell.len > 1 && cell.ptr[0] == '\'' && sheet_is_formula(str_from_offset(cell, 1))
		       ? str_from_offset(cell, 1)
		       : cell;
}

static int read_csv(struct str bytes, struct sheet_rows *rows, struct err *ret_err)
{
	struct buf scratch = {0};
	struct str text, copy;
	struct csv *csv = arena_alloc(rows->arena, sizeof(*csv));
	int r = csv_text(bytes, &scratch, &text, ret_err);

	if (r < 0) {
		buf_done(&scratch);
		return r;
	}
	copy = arena_copy(rows->arena, text);
	buf_done(&scratch);
	csv_init(csv, (char *)copy.ptr, copy.len);
	while ((r = csv_next(csv, ret_err)) == 0) {
		sheet_rows_begin(rows, csv->record_line);
		for (size_t i = 0; r == 0 && i < csv->count; i++)
			r = sheet_rows_cell(rows, i, without_apostrophe(csv->fields[i]), ret_err);
		if (r == 0)
			r = sheet_rows_end(rows, ret_err);
		if (r < 0)
			return r;
	}
	return r == ERR_END ? 0 : r;
}

int sheet_read(struct str bytes, struct arena *arena, struct sheet *ret_sheet, struct err *ret_err)
{
	struct sheet_rows rows = {.arena = arena};
	int r;

	if (bytes.len > SHEET_BYTES_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "a file of more than %u MiB",
			       SHEET_BYTES_MAX / 1024 / 1024);
	if (str_starts(bytes, STR("\xd0\xcf\x11\xe0")))
		r = err_set(ret_err, ERR_VERSION, 0, 0,
			    "this is a workbook of the old kind (XLS) or under a password; save it as XLSX "
			    "without one");
	else if (str_starts(bytes, STR("PK\x03\x04")))
		r = xlsx_read(bytes, &rows, ret_err);
	else
		r = read_csv(bytes, &rows, ret_err);
	if (r == 0)
		r = sheet_rows_finish(&rows, ret_sheet, ret_err);
	vec_done(&rows);
	return r;
}
