/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHEET_CSV_H
#define SHEET_CSV_H
/*
 * Comma-separated values as RFC 4180 has them, strictly: records end with CRLF or LF, a field in quotes may
 * hold commas, line ends and doubled quotes, quotes stand nowhere else. Lines without anything are passed
 * over. Nothing is copied: fields are parts of the text, which is changed where quotes are doubled.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define CSV_COLUMNS_MAX 64
#define CSV_FIELD_MAX (32 * 1024)

struct csv {
	char *at, *end;
	unsigned line; /* of what comes next, from 1 */
	/* of the record at hand */
	unsigned record_line;
	size_t count;
	struct str fields[CSV_COLUMNS_MAX];
};

/* The text of a file in UTF-8 or GB 18030, with or without a byte order mark: a view of bytes, or of scratch
   where it had to be converted. ERR_SYNTAX with the line that is neither. */
int csv_text(struct str bytes, struct buf *scratch, struct str *ret_text, struct err *ret_err);

void csv_init(struct csv *csv, char *text, size_t len);

/* The next record. 0; ERR_END; ERR_SYNTAX or ERR_LIMIT with line and reason in *ret_err. */
int csv_next(struct csv *csv, struct err *ret_err);

#endif
