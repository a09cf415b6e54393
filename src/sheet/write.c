/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "sheet/private.h"

struct sheet_writer *sheet_writer_new(enum sheet_format format, struct str name)
{
	struct sheet_writer *writer = calloc(1, sizeof(*writer));

	must(writer);
	writer->format = format;
	writer->arena = arena_new(0);
	must(writer->arena);
	writer->name = arena_copy(writer->arena, name);
	if (format == SHEET_CSV) /* the byte order mark by which spreadsheets know UTF-8 */
		buf_add_str(&writer->out, STR("\xef\xbb\xbf"));
	return writer;
}

bool sheet_is_formula(struct str cell)
{
	return cell.len && str_find_char(STR("=+-@\t\r"), cell.ptr[0]) != STR_NOT_FOUND;
}

static void add_cell(struct buf *out, struct str cell)
{
	bool formula = sheet_is_formula(cell), quoted = formula;

	for (size_t i = 0; i < cell.len && !quoted; i++)
		quoted = str_find_char(STR("\",\r\n"), cell.ptr[i]) != STR_NOT_FOUND;
	if (quoted)
		buf_add_char(out, '"');
	if (formula)
		buf_add_char(out, '\'');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.ptr[i] == '"')
			buf_add_char(out, '"');
		if (cell.ptr[i])
			buf_add_char(out, cell.ptr[i]);
	}
	if (quoted)
		buf_add_char(out, '"');
}

void sheet_writer_row(struct sheet_writer *writer, const struct str *cells, size_t count)
{
	must(count <= SHEET_COLUMNS_MAX);
	writer->rows++;
	if (writer->format == SHEET_XLSX) {
		xlsx_write_row(writer, cells, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(&writer->out, ',');
		add_cell(&writer->out, cells[i]);
	}
	buf_add_str(&writer->out, STR("\r\n"));
}

void sheet_writer_choices(struct sheet_writer *writer, size_t column, const struct str *values, size_t count)
{
	struct sheet_choices choices = {.column = column, .count = count};

	must(column < SHEET_COLUMNS_MAX);
	if (writer->format != SHEET_XLSX || !count)
		return;
	choices.values = arena_array(writer->arena, struct str, count);
	for (size_t i = 0; i < count; i++)
		choices.values[i] = arena_copy(writer->arena, values[i]);
	vec_push(&writer->choices, choices);
}

int sheet_writer_finish(struct sheet_writer *writer, struct buf *out)
{
	int r = 0;

	if (writer->format == SHEET_XLSX)
		r = xlsx_write(writer, out);
	else
		buf_add_str(out, buf_str(&writer->out));
	buf_done(&writer->out);
	vec_done(&writer->choices);
	arena_free(writer->arena);
	free(writer);
	return r;
}
