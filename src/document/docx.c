/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks → WordprocessingML (ECMA-376-1, 17), in a ZIP file. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "document/docx_private.h"

#define ROW_KEPT_LINES 6 /* a row that asks for fewer is not split over pages */

static void add(struct buf *out, const char *text)
{
	buf_add_str(out, str_from(text));
}

/* --- paragraphs ---------------------------------------------------------------------------------------- */

static void add_run(struct buf *out, struct str text)
{
	if (!text.len)
		return;
	add(out, "<w:r><w:t xml:space=\"preserve\">");
	xml_text(out, text);
	add(out, "</w:t></w:r>");
}

static void add_paragraph(struct buf *out, enum style_id style, struct str text)
{
	buf_printf(out, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/></w:pPr>", styles[style].id);
	add_run(out, text);
	add(out, "</w:p>");
}

/* A line's end begins another paragraph. */
static void add_paragraphs(struct buf *out, enum style_id style, struct str text)
{
	struct str part;

	if (!text.len)
		add_paragraph(out, style, text);
	while (str_split(&text, '\n', &part))
		add_paragraph(out, style, part);
}

static void add_tab(struct buf *out, const char *kind, const char *leader, double position)
{
	buf_printf(out, "<w:tab w:val=\"%s\" w:leader=\"%s\" w:pos=\"%ld\"/>", kind, leader, TWIPS(position));
}

static void add_line(struct buf *out, const struct block *block)
{
	add(out, "<w:p><w:pPr><w:pStyle w:val=\"Line\"/><w:tabs>");
	add_tab(out, "right", "none", TEXT_WIDTH);
	add(out, "</w:tabs></w:pPr>");
	add_run(out, block->text);
	if (block->right.len)
		add(out, "<w:r><w:tab/></w:r>");
	add_run(out, block->right);
	add(out, "</w:p>");
}

/* Two a line; the line to sign on is what leads to a tab. */
static void add_signatures(struct buf *out, const struct block *block)
{
	const double half = TEXT_WIDTH / 2, gap = styles[STYLE_SIGNATURE].size;

	for (size_t i = 0; i < block->count; i += 2) {
		add(out, "<w:p><w:pPr><w:pStyle w:val=\"Signature\"/><w:keepNext/><w:tabs>");
		add_tab(out, "left", "underscore", half - gap);
		add_tab(out, "left", "none", half);
		add_tab(out, "left", "underscore", TEXT_WIDTH - gap);
		add(out, "</w:tabs></w:pPr>");
		add_run(out, block->labels[i]);
		add(out, "<w:r><w:tab/></w:r>");
		if (i + 1 < block->count) {
			add(out, "<w:r><w:tab/></w:r>");
			add_run(out, block->labels[i + 1]);
			add(out, "<w:r><w:tab/></w:r>");
		}
		add(out, "</w:p>");
	}
	add(out, "<w:p><w:pPr><w:pStyle w:val=\"Signature\"/><w:jc w:val=\"right\"/></w:pPr>");
	add_run(out, block->right);
	add(out, "</w:p>");
}

/* --- tables -------------------------------------------------------------------------------------------- */

static double part_width(const struct grid *grid, size_t column, size_t span)
{
	unsigned part = 0;

	for (size_t i = 0; i < span; i++)
		part += grid->widths[column + i];
	return TEXT_WIDTH * part / grid->total;
}

static void add_cell(struct buf *out, const struct grid *grid, const struct row *row, size_t column,
		     const struct cell *cell)
{
	const bool top = cell->style == STYLE_VALUE && row->lines_min > 1;

	buf_printf(out, "<w:tc><w:tcPr><w:tcW w:w=\"%ld\" w:type=\"dxa\"/>",
		   TWIPS(part_width(grid, column, cell->span)));
	if (cell->span > 1)
		buf_printf(out, "<w:gridSpan w:val=\"%u\"/>", cell->span);
	buf_printf(out, "<w:vAlign w:val=\"%s\"/></w:tcPr>", top ? "top" : "center");
	add_paragraphs(out, cell->style, cell->text);
	add(out, "</w:tc>");
}

static void add_row(struct buf *out, const struct grid *grid, const struct row *row, bool heading)
{
	const double least = row->lines_min * styles[STYLE_VALUE].pitch + 2 * CELL_PAD_Y;
	size_t column = 0;

	add(out, "<w:tr><w:trPr>");
	if (row->lines_min < ROW_KEPT_LINES)
		add(out, "<w:cantSplit/>");
	buf_printf(out, "<w:trHeight w:val=\"%ld\" w:hRule=\"atLeast\"/>", TWIPS(least));
	if (heading)
		add(out, "<w:tblHeader/>");
	add(out, "</w:trPr>");
	for (size_t i = 0; i < row->count; i++) {
		add_cell(out, grid, row, column, &row->cells[i]);
		column += row->cells[i].span;
	}
	add(out, "</w:tr>");
}

static void add_grid(struct buf *out, const struct grid *grid)
{
	static const char *const sides[] = {"top", "left", "bottom", "right", "insideH", "insideV"};

	if (!grid->len) /* a table without rows is none */
		return;
	buf_printf(out, "<w:tbl><w:tblPr><w:tblW w:w=\"%ld\" w:type=\"dxa\"/><w:tblBorders>",
		   TWIPS(TEXT_WIDTH));
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
		buf_printf(out, "<w:%s w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"000000\"/>",
			   sides[i]);
	buf_printf(out,
		   "</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar>"
		   "<w:top w:w=\"%ld\" w:type=\"dxa\"/><w:left w:w=\"%ld\" w:type=\"dxa\"/>"
		   "<w:bottom w:w=\"%ld\" w:type=\"dxa\"/><w:right w:w=\"%ld\" w:type=\"dxa\"/>"
		   "</w:tblCellMar></w:tblPr><w:tblGrid>",
		   TWIPS(CELL_PAD_Y), TWIPS(CELL_PAD_X), TWIPS(CELL_PAD_Y), TWIPS(CELL_PAD_X));
	for (size_t i = 0; i < grid->columns; i++)
		buf_printf(out, "<w:gridCol w:w=\"%ld\"/>", TWIPS(part_width(grid, i, 1)));
	add(out, "</w:tblGrid>");
	for (size_t i = 0; i < grid->len; i++)
		add_row(out, grid, &grid->items[i], grid->headed && i == 0);
	add(out, "</w:tbl><w:p><w:pPr><w:pStyle w:val=\"Cell\"/></w:pPr></w:p>");
}

/* --- the whole ----------------------------------------------------------------------------------------- */

static void add_block(struct buf *out, const struct block *block)
{
	switch (block->type) {
	case BLOCK_TEXT:
		add_paragraphs(out, block->style, block->text);
		break;
	case BLOCK_LINE:
		add_line(out, block);
		break;
	case BLOCK_GRID:
		add_grid(out, block->grid);
		break;
	case BLOCK_SIGNATURES:
		add_signatures(out, block);
		break;
	}
}

void docx_body(const struct document *document, struct buf *out)
{
	add(out, "<w:document xmlns:w=\"" DOCX_MAIN "\" xmlns:r=\"" DOCX_RELATIONS "\"><w:body>");
	for (size_t i = 0; i < document->len; i++)
		add_block(out, &document->items[i]);
	buf_printf(out,
		   "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId4\"/>"
		   "<w:pgSz w:w=\"%ld\" w:h=\"%ld\"/><w:pgMar w:top=\"%ld\" w:right=\"%ld\" "
		   "w:bottom=\"%ld\" w:left=\"%ld\" w:header=\"851\" w:footer=\"%ld\" w:gutter=\"0\"/>"
		   "</w:sectPr></w:body></w:document>",
		   TWIPS(PAGE_WIDTH), TWIPS(PAGE_HEIGHT), TWIPS(PAGE_TOP), TWIPS(PAGE_RIGHT),
		   TWIPS(PAGE_BOTTOM), TWIPS(PAGE_LEFT), TWIPS(PAGE_BOTTOM - FOOT_GAP - 16));
}

static la_ssize_t write_bytes(struct archive *archive, void *context, const void *bytes, size_t len)
{
	(void)archive;
	buf_add(context, bytes, len);
	return (la_ssize_t)len;
}

static int add_part(struct archive *archive, const char *name, struct str bytes)
{
	struct archive_entry *entry = archive_entry_new();
	int r = -ENOMEM;

	if (!entry)
		return r;
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)bytes.len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, 315532800, 0); /* 1980-01-01: the same text makes the same file */
	if (archive_write_header(archive, entry) == ARCHIVE_OK &&
	    archive_write_data(archive, bytes.ptr, bytes.len) == (la_ssize_t)bytes.len)
		r = 0;
	archive_entry_free(entry);
	return r;
}

int document_write_docx(const struct document *document, struct buf *out)
{
	struct archive *archive;
	struct buf part = {0};
	const size_t start = out->len;
	int r = 0;

	must(!document->open);
	if (document->too_large)
		return ERR_LIMIT;
	archive = archive_write_new();
	must(archive);
	archive_write_set_format_zip(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	if (archive_write_open(archive, out, NULL, write_bytes, NULL) != ARCHIVE_OK)
		r = -ENOMEM;
	for (size_t i = 0; i < docx_part_count && r == 0; i++) {
		buf_clear(&part);
		add(&part, DOCX_HEAD);
		docx_parts[i].write(document, &part);
		r = add_part(archive, docx_parts[i].name, buf_str(&part));
	}
	if (r == 0 && archive_write_close(archive) != ARCHIVE_OK)
		r = -ENOMEM;
	archive_write_free(archive);
	buf_done(&part);
	if (r < 0)
		out->len = start;
	return r;
}
