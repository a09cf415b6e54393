/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_SQL_ROWS_H
#define WEB_SQL_ROWS_H
/*
 * Inside web/: an answer of the store as it arrives (TabSeparatedWithNamesAndTypes), made into the members
 * columns and rows of JSON: every value is text, null where it is NULL. It ends at SQL_ROWS_MAX rows or
 * SQL_BYTES_MAX bytes.
 */
#include <stdbool.h>

#include "base/buf.h"

#define SQL_ROWS_MAX 10000
#define SQL_BYTES_MAX (8u * 1024 * 1024)
#define SQL_COLUMNS_MAX 512

/* Zero-initialise but for out; sql_rows_done() when finished. */
struct sql_rows {
	struct buf *out;
	struct buf line;  /* begun in one piece and ended in the next */
	struct buf names; /* the first line, for the second */
	size_t count;     /* lines taken: names, types, rows */
	size_t written;   /* of out before */
	bool full;        /* there was more */
};

/* Takes a piece. 0, or ERR_LIMIT when it is full (which is no mistake), ERR_PROTOCOL where it is no such
 * table. */
int sql_rows_take(void *sql_rows, struct str piece);
void sql_rows_finish(struct sql_rows *rows); /* closes what is open */
void sql_rows_done(struct sql_rows *rows);

#endif
