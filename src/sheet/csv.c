/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/csv.h"

#include "base/gb18030.h"

/* Line by line, for the place of what is neither; no character of more than one byte holds a line end. */
static int convert(struct str bytes, struct buf *text, struct err *ret_err)
{
	struct str line;
	unsigned number = 0;

	while (str_split(&bytes, '\n', &line)) {
		char *out = buf_reserve(text, GB18030_GROWTH * line.len + 1);
		size_t len = gb18030_to_utf8(line, out);

		number++;
		if (len == STR_NOT_FOUND)
			return err_set(ret_err, ERR_SYNTAX, number, 0,
				       "it is neither in UTF-8 nor in GB 18030");
		text->len += len;
		buf_add_char(text, '\n');
	}
	return 0;
}

int csv_text(struct str bytes, struct buf *scratch, struct str *ret_text, struct err *ret_err)
{
	int r = 0;

	if (str_starts(bytes, STR("\xef\xbb\xbf")))
		bytes = str_from_offset(bytes, 3);
	if (!str_is_utf8(bytes)) {
		r = convert(bytes, scratch, ret_err);
		bytes = buf_str(scratch);
	}
	if (r == 0)
		*ret_text = bytes;
	return r;
}

void csv_init(struct csv *csv, char *text, size_t len)
{
	*csv = (struct csv){.at = text, .end = len ? text + len : text, .line = 1};
}

static bool is_line_end(const struct csv *csv)
{
	return csv->at == csv->end || *csv->at == '\n' ||
	       (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n');
}

/* csv->at behind the opening quote, then behind the closing one. */
static int read_quoted(struct csv *csv, struct str *ret_field, struct err *ret_err)
{
	unsigned begun = csv->line;
	char *from = csv->at, *to = csv->at;

	for (;;) {
		if (csv->at == csv->end)
			return err_set(ret_err, ERR_SYNTAX, begun, 0,
				       "a quote that is opened here is not closed");
		if (*csv->at == '"' && (csv->at + 1 == csv->end || csv->at[1] != '"'))
			break;
		csv->line += *csv->at == '\n';
		csv->at += *csv->at == '"';
		*to++ = *csv->at++;
	}
	csv->at++;
	if (!is_line_end(csv) && *csv->at != ',')
		return err_set(ret_err, ERR_SYNTAX, csv->line, 0,
			       "behind a closing quote comes a comma or the line's end");
	*ret_field = str_of(from, (size_t)(to - from));
	return 0;
}

static int read_plain(struct csv *csv, struct str *ret_field, struct err *ret_err)
{
	char *from = csv->at;

	for (; !is_line_end(csv) && *csv->at != ','; csv->at++)
		if (*csv->at == '"')
			return err_set(ret_err, ERR_SYNTAX, csv->line, 0,
				       "a quote inside a field that does not begin with one");
	*ret_field = str_of(from, (size_t)(csv->at - from));
	return 0;
}

static int read_field(struct csv *csv, struct err *ret_err)
{
	bool quoted = csv->at < csv->end && *csv->at == '"';
	struct str field = {0};
	int r;

	if (csv->count == CSV_COLUMNS_MAX)
		return err_set(ret_err, ERR_LIMIT, csv->line, 0, "more than %d columns", CSV_COLUMNS_MAX);
	csv->at += quoted;
	r = quoted ? read_quoted(csv, &field, ret_err) : read_plain(csv, &field, ret_err);
	if (r == 0 && field.len > CSV_FIELD_MAX)
		r = err_set(ret_err, ERR_LIMIT, csv->line, 0, "a field of more than %d bytes", CSV_FIELD_MAX);
	if (r == 0 && field.len && memchr(field.ptr, 0, field.len))
		r = err_set(ret_err, ERR_SYNTAX, csv->line, 0, "a zero byte");
	if (r == 0)
		csv->fields[csv->count++] = field;
	return r;
}

static void pass_line_end(struct csv *csv)
{
	if (csv->at == csv->end)
		return;
	csv->at += *csv->at == '\r' ? 2 : 1;
	csv->line++;
}

int csv_next(struct csv *csv, struct err *ret_err)
{
	int r;

	while (csv->at < csv->end && is_line_end(csv))
		pass_line_end(csv);
	if (csv->at == csv->end)
		return ERR_END;
	csv->record_line = csv->line;
	csv->count = 0;
	while ((r = read_field(csv, ret_err)) == 0 && !is_line_end(csv))
		csv->at++; /* the comma */
	if (r == 0)
		pass_line_end(csv);
	return r;
}
