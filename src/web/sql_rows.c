/* SPDX-License-Identifier: Apache-2.0 */
#include "web/sql_rows.h"

#include "base/err.h"

#define LINE_MAX (4u * 1024 * 1024)

/* What stands behind a backslash; other characters are themselves. */
static char escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case '0':
		return 0;
	default:
		return c;
	}
}

static void add_value(struct buf *out, struct str field, struct buf *plain)
{
	if (str_eq(field, STR("\\N"))) {
		buf_add_str(out, STR("null"));
		return;
	}
	buf_clear(plain);
	for (size_t i = 0; i < field.len; i++)
		if (field.ptr[i] == '\\' && i + 1 < field.len)
			buf_add_char(plain, escaped(field.ptr[++i]));
		else
			buf_add_char(plain, field.ptr[i]);
	buf_add_json_string(out, buf_str(plain));
}

/* The fields of a line; a line without anything is one field without anything. */
static bool next_field(struct str *rest, bool *more, struct str *ret_field)
{
	size_t tab = str_find_char(*rest, '\t');

	if (!*more)
		return false;
	*more = tab != STR_NOT_FOUND;
	*ret_field = str_head(*rest, tab);
	*rest = *more ? str_from_offset(*rest, tab + 1) : (struct str){0};
	return true;
}

static int add_columns(struct sql_rows *rows, struct str types)
{
	struct str names = buf_str(&rows->names), name, type;
	bool more_names = true, more_types = true;
	struct buf plain = {0};
	size_t count = 0;
	int r = 0;

	buf_add_str(rows->out, STR("\"columns\":["));
	while (r == 0 && next_field(&names, &more_names, &name)) {
		if (!next_field(&types, &more_types, &type) || ++count > SQL_COLUMNS_MAX)
			r = ERR_PROTOCOL;
		if (r < 0)
			break;
		buf_add_str(rows->out, count > 1 ? STR(",{\"name\":") : STR("{\"name\":"));
		add_value(rows->out, name, &plain);
		buf_add_str(rows->out, STR(",\"type\":"));
		add_value(rows->out, type, &plain);
		buf_add_char(rows->out, '}');
	}
	buf_add_str(rows->out, STR("],\"rows\":["));
	buf_done(&plain);
	return r;
}

static void add_row(struct sql_rows *rows, struct str line)
{
	struct buf plain = {0};
	struct str field;
	bool more = true, first = true;

	buf_add_str(rows->out, rows->count > 2 ? STR(",[") : STR("["));
	while (next_field(&line, &more, &field)) {
		if (!first)
			buf_add_char(rows->out, ',');
		add_value(rows->out, field, &plain);
		first = false;
	}
	buf_add_char(rows->out, ']');
	buf_done(&plain);
}

static int take_line(struct sql_rows *rows, struct str line)
{
	int r = 0;

	if (rows->count == 0) {
		rows->written = rows->out->len;
		buf_add_str(&rows->names, line);
	} else if (rows->count == 1) {
		r = add_columns(rows, line);
	} else if (rows->count - 2 == SQL_ROWS_MAX || rows->out->len - rows->written > SQL_BYTES_MAX) {
		rows->full = true;
		r = ERR_LIMIT;
	} else {
		add_row(rows, line);
	}
	rows->count += r == 0;
	return r;
}

int sql_rows_take(void *sql_rows, struct str piece)
{
	struct sql_rows *rows = sql_rows;
	int r = 0;

	while (r == 0 && piece.len) {
		size_t end = str_find_char(piece, '\n');
		struct str part = str_head(piece, end);

		if (rows->line.len + part.len > LINE_MAX)
			return rows->full = true, ERR_LIMIT;
		buf_add_str(&rows->line, part);
		if (end == STR_NOT_FOUND)
			return 0;
		r = take_line(rows, buf_str(&rows->line));
		buf_clear(&rows->line);
		piece = str_from_offset(piece, end + 1);
	}
	return r;
}

void sql_rows_finish(struct sql_rows *rows)
{
	if (rows->count < 2)
		buf_add_str(rows->out, STR("\"columns\":[],\"rows\":["));
	buf_add_char(rows->out, ']');
}

void sql_rows_done(struct sql_rows *rows)
{
	buf_done(&rows->line);
	buf_done(&rows->names);
}
