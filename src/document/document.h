/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H
/*
 * A document for people, built block by block and written as PDF (cairo and Pango, A4, Noto CJK) or DOCX
 * (ECMA-376, WordprocessingML). The layout is that of GB/T 9704-2012 as far as a form needs it: heading
 * centred, body in Song, tables with full borders, page number at the foot. Text is UTF-8, laid out as text:
 * markup and control characters in it mean nothing and are shown or left out.
 *
 * One thread per document. All text is copied.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

#define DOCUMENT_TEXT_MAX \
	(4u * 1024 * 1024) /* bytes of all text; past it document_write_…() gives ERR_LIMIT */
#define DOCUMENT_COLUMNS_MAX 12

struct document;

struct document *document_new(struct str title, struct str author);
void document_free(struct document *document); /* NULL is fine */

void document_title(struct document *document, struct str text); /* the large one, centred */
void document_heading(struct document *document, unsigned level, struct str text); /* 1 … 3 */
void document_paragraph(struct document *document, struct str text); /* line ends begin new paragraphs */
void document_line(struct document *document, struct str left, struct str right); /* e.g. number and date */

/* A form: rows of label and value, with full borders; columns: label-value pairs a row, 1 or 2. A value may
   be empty, to be filled in by hand; wide values span the row. */
void document_form_begin(struct document *document, unsigned columns);
void document_form_field(struct document *document, struct str label, struct str value);
void document_form_wide(struct document *document, struct str label, struct str value, unsigned lines_min);
void document_form_end(struct document *document);

/* A table; widths are parts of the page's width. */
void document_table_begin(struct document *document, const struct str *headings, const unsigned *widths,
			  size_t columns);
void document_table_row(struct document *document, const struct str *cells);
void document_table_end(struct document *document);

/* Where people sign and stamp: label and a line for each, and the date at the right. */
void document_signatures(struct document *document, const struct str *labels, size_t count, struct str date);

/* Appends to out. ERR_LIMIT where there was more than DOCUMENT_TEXT_MAX, -ENOMEM, -EIO; a PDF also -ENOENT
   where no font with Chinese characters is installed (Debian: fonts-noto-cjk). */
int document_write_pdf(const struct document *document, struct buf *out);
int document_write_docx(const struct document *document, struct buf *out);

#endif
