/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHEET_PRIVATE_H
#define SHEET_PRIVATE_H
/*
 * Inside sheet/: rows as they are collected, the parts of an XLSX file, what its values mean.
 *
 * An XLSX file is a ZIP of XML. Each part is unfolded and parsed as a stream, so that only the text of cells
 * is ever held. Element and attribute names are compared without their prefix: producers choose those freely.
 */
#include <expat.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "sheet/sheet.h"

/* --- rows ---------------------------------------------------------------------------------------------- */

struct sheet_row {
	unsigned line;
	size_t count;
	struct str *cells;
};

struct sheet_rows {
	struct arena *arena;
	VEC_OF(struct sheet_row)
	size_t cells, text; /* in all */
	/* the row at hand */
	unsigned line;
	size_t count;
	struct str row[SHEET_COLUMNS_MAX];
};

void sheet_rows_begin(struct sheet_rows *rows, unsigned line);
/* The text must live as long as the arena. Columns from 0, in any order. */
int sheet_rows_cell(struct sheet_rows *rows, size_t column, struct str text, struct err *ret_err);
int sheet_rows_end(struct sheet_rows *rows, struct err *ret_err);
/* To the table; rows are freed by the caller (vec_done). */
int sheet_rows_finish(struct sheet_rows *rows, struct sheet *ret_sheet, struct err *ret_err);

/* --- XLSX ---------------------------------------------------------------------------------------------- */

#define XLSX_NAME_MAX 256
#define XLSX_STYLES_MAX 65536
#define XLSX_MERGED_MAX 65536
#define XLSX_DEPTH_MAX 32

enum xlsx_style { XLSX_PLAIN, XLSX_DATE, XLSX_TIME, XLSX_DATE_TIME };

struct xlsx {
	struct str bytes;
	struct arena *arena;
	size_t unfolded; /* of all parts that were read */
	bool from_1904;
	VEC_OF(struct str) /* the shared strings */
	size_t text;
	struct {
		VEC_OF(uint8_t)
	} styles; /* enum xlsx_style by the s of a cell */
	char sheet[XLSX_NAME_MAX];
};

int xlsx_read(struct str bytes, struct sheet_rows *rows, struct err *ret_err);

/* One part as a stream of elements. A handler that fails sets failed, which ends it. */
struct xlsx_part {
	struct xlsx *xlsx;
	XML_Parser parser;
	struct err *err;
	int failed;
	void (*open)(struct xlsx_part *part, struct str name, const char **attributes);
	void (*close)(struct xlsx_part *part, struct str name);
	void *context;
	bool takes_text; /* what stands in the element at hand goes to text */
	struct buf text;
};

/* 0; ERR_END where there is no such part; other codes with *ret_err filled. */
int xlsx_part_read(struct xlsx *xlsx, const char *name, struct xlsx_part *part, struct err *ret_err);
void xlsx_part_fail(struct xlsx_part *part, int code, unsigned line, unsigned column, const char *message);
struct str xlsx_attribute(const char **attributes, const char *name); /* empty where there is none */

/* Names of parts, the base of dates, styles, strings; the sheet's name in xlsx->sheet. */
int xlsx_book_read(struct xlsx *xlsx, struct err *ret_err);
int xlsx_sheet_read(struct xlsx *xlsx, struct sheet_rows *rows, struct err *ret_err);

enum xlsx_style xlsx_format_style(unsigned number, struct str code); /* code: of a custom format, or empty */
/* A number as a person would see it. */
struct str xlsx_number(struct arena *arena, struct str text, enum xlsx_style style, bool from_1904);
/* Of _x000D_ what it stands for; in place, the new length. */
size_t xlsx_unescape(char *text, size_t len);

/* --- writing ------------------------------------------------------------------------------------------- */

struct sheet_choices {
	size_t column, count;
	struct str *values;
};

struct sheet_writer {
	enum sheet_format format;
	struct arena *arena;
	struct str name;
	size_t rows;
	struct buf out; /* CSV, or the rows in XML */
	unsigned widths[SHEET_COLUMNS_MAX];
	struct {
		VEC_OF(struct sheet_choices)
	} choices;
};

bool sheet_is_formula(struct str cell); /* a spreadsheet would take it for one */
void xlsx_write_row(struct sheet_writer *writer, const struct str *cells, size_t count);
int xlsx_write(struct sheet_writer *writer, struct buf *out);
/* For a table that is sent as it grows: what stands around its rows, and the other parts of a file without
   lists, from 0; NULL past the last of them. */
#define XLSX_TABLE_PART "xl/worksheets/sheet1.xml"
void xlsx_open_table(const struct sheet_writer *writer, struct buf *out);
void xlsx_close_table(const struct sheet_writer *writer, struct buf *out);
const char *xlsx_part_make(const struct sheet_writer *writer, size_t index, struct buf *out);

#endif
