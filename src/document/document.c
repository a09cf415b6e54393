/* SPDX-License-Identifier: Apache-2.0 */
#include "document/private.h"

#include <stdlib.h>

#define ARENA_BLOCK 16384
#define NAME_MAX_BYTES 1000 /* of title and author in the file's properties */
#define LINES_MIN_MAX 40    /* so that an empty field fits a page */

struct document *document_new(struct str title, struct str author)
{
	struct document *document = calloc(1, sizeof(*document));

	must(document);
	document->arena = arena_new(ARENA_BLOCK);
	must(document->arena);
	document->title = text_clean(document->arena, str_head(title, NAME_MAX_BYTES), true);
	document->author = text_clean(document->arena, str_head(author, NAME_MAX_BYTES), true);
	return document;
}

void document_free(struct document *document)
{
	if (!document)
		return;
	for (size_t i = 0; i < document->len; i++)
		if (document->items[i].grid)
			vec_done(document->items[i].grid);
	vec_done(document);
	arena_free(document->arena);
	free(document);
}

/* Takes a text in. What is too much is left out, and told when the document is written. */
static struct str take(struct document *document, struct str text, bool single_line)
{
	struct str clean = {0};

	if (text.len <= DOCUMENT_TEXT_MAX && !document->too_large)
		clean = text_clean(document->arena, text, single_line);
	document->size += clean.len;
	if (text.len > DOCUMENT_TEXT_MAX || document->size > DOCUMENT_TEXT_MAX)
		document->too_large = true;
	return clean;
}

static struct block *add_block(struct document *document, enum block_type type)
{
	struct block *block;

	must(!document->open);
	document->size += CELL_COST;
	block = vec_add_zero(document);
	block->type = type;
	return block;
}

static void add_text(struct document *document, enum style_id style, struct str text)
{
	struct block *block = add_block(document, BLOCK_TEXT);

	block->style = style;
	block->text = take(document, text, false);
}

void document_title(struct document *document, struct str text)
{
	add_text(document, STYLE_TITLE, text);
}

void document_heading(struct document *document, unsigned level, struct str text)
{
	must(level >= 1 && level <= 3);
	add_text(document, (enum style_id)(STYLE_HEADING_1 + level - 1), text);
}

void document_paragraph(struct document *document, struct str text)
{
	add_text(document, STYLE_BODY, text);
}

void document_line(struct document *document, struct str left, struct str right)
{
	struct block *block = add_block(document, BLOCK_LINE);

	block->style = STYLE_LINE;
	block->text = take(document, left, true);
	block->right = take(document, right, true);
}

void document_signatures(struct document *document, const struct str *labels, size_t count, struct str date)
{
	struct block *block = add_block(document, BLOCK_SIGNATURES);

	block->style = STYLE_SIGNATURE;
	block->labels = arena_array(document->arena, struct str, count);
	for (size_t i = 0; i < count; i++)
		block->labels[i] = take(document, labels[i], true);
	block->count = count;
	block->right = take(document, date, true);
}

/* --- grids --------------------------------------------------------------------------------------------- */

static struct grid *open_grid(struct document *document)
{
	struct block *block = add_block(document, BLOCK_GRID);

	block->grid = arena_struct(document->arena, struct grid);
	document->open = block->grid;
	return block->grid;
}

static struct row *add_row(struct document *document)
{
	must(document->open);
	return vec_add_zero(document->open);
}

static void add_cell(struct document *document, struct row *row, enum style_id style, struct str text,
		     unsigned span)
{
	must(row->count < DOCUMENT_COLUMNS_MAX);
	document->size += CELL_COST;
	row->cells[row->count++] = (struct cell){take(document, text, false), style, span};
}

void document_form_begin(struct document *document, unsigned columns)
{
	static const unsigned widths[2][4] = {{21, 79}, {17, 33, 17, 33}};
	struct grid *grid = open_grid(document);

	must(columns == 1 || columns == 2);
	document->columns = columns;
	grid->columns = 2 * columns;
	grid->total = 100;
	memcpy(grid->widths, widths[columns - 1], sizeof(widths[0]));
}

/* A row that was left half full is filled by its last value. */
static void close_row(struct grid *grid)
{
	struct row *last = grid->len ? &grid->items[grid->len - 1] : NULL;
	unsigned spans = 0;

	if (!last)
		return;
	for (size_t i = 0; i < last->count; i++)
		spans += last->cells[i].span;
	last->cells[last->count - 1].span += (unsigned)grid->columns - spans;
}

void document_form_field(struct document *document, struct str label, struct str value)
{
	struct grid *grid = document->open;
	struct row *row;

	must(grid && document->columns);
	row = grid->len ? &grid->items[grid->len - 1] : NULL;
	if (!row || row->lines_min || row->count == grid->columns || row->cells[row->count - 1].span > 1)
		row = add_row(document);
	add_cell(document, row, STYLE_LABEL, label, 1);
	add_cell(document, row, STYLE_VALUE, value, 1);
}

void document_form_wide(struct document *document, struct str label, struct str value, unsigned lines_min)
{
	struct grid *grid = document->open;
	struct row *row;

	must(grid && document->columns);
	close_row(grid);
	row = add_row(document);
	row->lines_min = lines_min < 1 ? 1 : lines_min > LINES_MIN_MAX ? LINES_MIN_MAX : lines_min;
	add_cell(document, row, STYLE_LABEL, label, 1);
	add_cell(document, row, STYLE_VALUE, value, (unsigned)grid->columns - 1);
}

void document_form_end(struct document *document)
{
	must(document->open && document->columns);
	close_row(document->open);
	document->open = NULL;
	document->columns = 0;
}

static void add_cells(struct document *document, enum style_id style, const struct str *cells)
{
	struct row *row = add_row(document);

	for (size_t i = 0; i < document->open->columns; i++)
		add_cell(document, row, style, cells[i], 1);
}

void document_table_begin(struct document *document, const struct str *headings, const unsigned *widths,
			  size_t columns)
{
	struct grid *grid = open_grid(document);

	must(columns >= 1 && columns <= DOCUMENT_COLUMNS_MAX);
	grid->columns = columns;
	grid->headed = true;
	for (size_t i = 0; i < columns; i++) {
		must(widths[i]);
		grid->widths[i] = widths[i];
		grid->total += widths[i];
	}
	add_cells(document, STYLE_HEAD, headings);
}

void document_table_row(struct document *document, const struct str *cells)
{
	must(document->open && !document->columns);
	if (!document->too_large)
		add_cells(document, STYLE_CELL, cells);
}

void document_table_end(struct document *document)
{
	must(document->open && !document->columns);
	document->open = NULL;
}
