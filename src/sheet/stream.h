/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHEET_STREAM_H
#define SHEET_STREAM_H
/*
 * A table of any length, written as it comes: the same CSV and XLSX as sheet.h writes, with nothing held but
 * the row at hand. What has become ready is appended to out by each call, for the caller to send and clear.
 * An XLSX file ends early, whole, where it would grow beyond what spreadsheets open.
 */
#include <stdbool.h>

#include "sheet/sheet.h"

#define SHEET_STREAM_ROWS_MAX 1048575 /* beside the header; what a sheet of XLSX holds */

struct sheet_stream;
struct sheet_stream *sheet_stream_new(enum sheet_format format, struct str name, const struct str *columns,
				      size_t count, struct buf *out);
bool sheet_stream_row(struct sheet_stream *stream, const struct str *cells, size_t count,
		      struct buf *out); /* false: the table is full */
void sheet_stream_finish(struct sheet_stream *stream,
			 struct buf *out); /* frees it; out NULL: and forgets it */

#endif
