/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/stream.h"

#include <stdlib.h>

#include "sheet/private.h"
#include "sheet/zip.h"

#define ROW_MAX (16u * 1024 * 1024) /* of XML; cells are cut long before */
#define WIDTH_PADDING 14            /* characters: the values are not known when the widths are written */

/* The writer makes the rows; they leave it one by one. */
struct sheet_stream {
	struct sheet_writer *writer;
	struct zip zip;
	struct buf scratch;
};

static bool is_xlsx(const struct sheet_stream *stream)
{
	return stream->writer->format == SHEET_XLSX;
}

static void pass_on(struct sheet_stream *stream, struct buf *out)
{
	struct buf *row = &stream->writer->out;

	if (is_xlsx(stream))
		zip_add(&stream->zip, buf_str(row), out);
	else
		buf_add_str(out, buf_str(row));
	buf_clear(row);
}

static void begin_xlsx(struct sheet_stream *stream, const struct str *columns, size_t count, struct buf *out)
{
	const char *name;

	for (size_t i = 0; (name = xlsx_part_make(stream->writer, i, &stream->scratch)) != NULL; i++) {
		zip_begin(&stream->zip, name, out);
		zip_add(&stream->zip, buf_str(&stream->scratch), out);
		zip_end(&stream->zip, out);
		buf_clear(&stream->scratch);
	}
	for (size_t i = 0; i < count; i++)
		stream->writer->widths[i] = (unsigned)columns[i].len + WIDTH_PADDING;
	xlsx_open_table(stream->writer, &stream->scratch);
	zip_begin(&stream->zip, XLSX_TABLE_PART, out);
	zip_add(&stream->zip, buf_str(&stream->scratch), out);
	buf_clear(&stream->scratch);
}

struct sheet_stream *sheet_stream_new(enum sheet_format format, struct str name, const struct str *columns,
				      size_t count, struct buf *out)
{
	struct sheet_stream *stream = calloc(1, sizeof(*stream));

	must(stream && count <= SHEET_COLUMNS_MAX);
	stream->writer = sheet_writer_new(format, name);
	if (format == SHEET_XLSX)
		begin_xlsx(stream, columns, count, out);
	sheet_writer_row(stream->writer, columns, count);
	pass_on(stream, out);
	return stream;
}

bool sheet_stream_row(struct sheet_stream *stream, const struct str *cells, size_t count, struct buf *out)
{
	const struct zip *zip = &stream->zip;

	if (stream->writer->rows > SHEET_STREAM_ROWS_MAX)
		return false;
	if (is_xlsx(stream) && (zip->entries[zip->count].size > ZIP_ENTRY_MAX - ROW_MAX ||
				zip->offset > ZIP_ENTRY_MAX - ROW_MAX))
		return false;
	sheet_writer_row(stream->writer, cells, count);
	pass_on(stream, out);
	return true;
}

void sheet_stream_finish(struct sheet_stream *stream, struct buf *out)
{
	struct buf forgotten = {0}, *to = out ? out : &forgotten;

	if (is_xlsx(stream)) {
		xlsx_close_table(stream->writer, &stream->scratch);
		zip_add(&stream->zip, buf_str(&stream->scratch), to);
		zip_end(&stream->zip, to);
		zip_finish(&stream->zip, to);
	}
	buf_clear(&forgotten);
	sheet_writer_finish(stream->writer, &forgotten);
	buf_done(&forgotten);
	buf_done(&stream->scratch);
	free(stream);
}
