/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHEET_SHEET_H
#define SHEET_SHEET_H
/*
 * Tables that people edit: CSV (RFC 4180, UTF-8 or GB 18030, with or without a byte order mark) and XLSX
 * (ECMA-376). Reading gives the first sheet that is shown as rows of text, dates as 2026-01-31 or 2026-01-31
 * 08:30:00, what is merged in each of its cells; rows without anything are passed over. Writing makes either.
 * A cell that a spreadsheet would take for a formula is written as text (XLSX) or with a leading apostrophe
 * (CSV). Bytes are a stranger's: every size has a cap, a compressed file cannot unfold without end.
 */
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define SHEET_BYTES_MAX (32u * 1024 * 1024)
#define SHEET_UNFOLDED_MAX (256u * 1024 * 1024)
#define SHEET_ROWS_MAX 200000
#define SHEET_COLUMNS_MAX 64
#define SHEET_CELL_MAX (32u * 1024)
#define SHEET_CELLS_MAX 4000000
#define SHEET_TEXT_MAX (64u * 1024 * 1024) /* of all cells together */

struct sheet {
	size_t columns, rows; /* the first row names the columns */
	struct str *cells;    /* rows × columns */
	unsigned *lines;      /* of each row in the file, from 1 */
};

/* CSV or XLSX, told by its first bytes. All lives in the arena. *ret_err has line and column. */
int sheet_read(struct str bytes, struct arena *arena, struct sheet *ret_sheet, struct err *ret_err);

enum sheet_format { SHEET_CSV, SHEET_XLSX };

struct sheet_writer;
struct sheet_writer *sheet_writer_new(enum sheet_format format, struct str name);
void sheet_writer_row(struct sheet_writer *writer, const struct str *cells, size_t count);
/* Allowed values of a column, from the second row on, as a drop-down list; CSV ignores it. */
void sheet_writer_choices(struct sheet_writer *writer, size_t column, const struct str *values, size_t count);
int sheet_writer_finish(struct sheet_writer *writer, struct buf *out); /* frees it */

#endif
