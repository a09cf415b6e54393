/* SPDX-License-Identifier: Apache-2.0 */
#include "document/pdf_private.h"

#define HEADING_SHARE 4 /* a heading row higher than this part of a page is not repeated */
#define KEEP_SHARE 3    /* a row lower than this part of a page goes whole to the next */
#define LINES_MEASURED 1000
#define BORDER 0.7

struct place {
	double x[DOCUMENT_COLUMNS_MAX], width[DOCUMENT_COLUMNS_MAX]; /* of a row's cells */
};

static void find_place(const struct grid *grid, const struct row *row, struct place *ret_place)
{
	unsigned at = 0, part;
	size_t column = 0;

	for (size_t i = 0; i < row->count; i++) {
		part = 0;
		for (unsigned n = 0; n < row->cells[i].span; n++)
			part += grid->widths[column++];
		ret_place->x[i] = PAGE_LEFT + TEXT_WIDTH * at / grid->total;
		ret_place->width[i] = TEXT_WIDTH * part / grid->total;
		at += part;
	}
}

static double cell_height(const struct pdf *pdf, const struct cell *cell, double width)
{
	return (double)lines_count(pdf, cell->style, width - 2 * CELL_PAD_X, cell->text, LINES_MEASURED) *
	       styles[cell->style].pitch;
}

static double row_height(const struct pdf *pdf, const struct grid *grid, const struct row *row)
{
	struct place place;
	double height = row->lines_min * styles[STYLE_VALUE].pitch, cell;

	find_place(grid, row, &place);
	for (size_t i = 0; i < row->count; i++) {
		cell = cell_height(pdf, &row->cells[i], place.width[i]);
		height = cell > height ? cell : height;
	}
	return height + 2 * CELL_PAD_Y;
}

static void draw_borders(const struct pdf *pdf, const struct row *row, const struct place *place,
			 double height)
{
	cairo_set_line_width(pdf->cairo, BORDER);
	for (size_t i = 0; i < row->count; i++)
		cairo_rectangle(pdf->cairo, place->x[i], pdf->y, place->width[i], height);
	cairo_stroke(pdf->cairo);
}

/* Draws what fits into space of each cell; the height that took. */
static double draw_cells(const struct pdf *pdf, const struct row *row, struct lines *lines,
			 const struct place *place, const double *drop, double space)
{
	double most = 0;

	for (size_t i = 0; i < row->count; i++) {
		const double pitch = styles[row->cells[i].style].pitch;
		double used = drop[i];

		while (used + pitch <= space + 0.01 && lines_more(&lines[i])) {
			lines_draw(&lines[i], place->x[i] + CELL_PAD_X, pdf->y + CELL_PAD_Y + used);
			used += pitch;
		}
		most = used > most ? used : most;
	}
	return most;
}

static bool any_more(const struct row *row, struct lines *lines)
{
	for (size_t i = 0; i < row->count; i++)
		if (lines_more(&lines[i]))
			return true;
	return false;
}

static void draw_row(struct pdf *pdf, const struct grid *grid, const struct row *row, double height);

static void draw_heading(struct pdf *pdf, const struct grid *grid, double height)
{
	if (height > 0)
		draw_row(pdf, grid, &grid->items[0], height);
}

/* A row that is split goes on below the heading, and is as high as it was asked to be all in all. */
static void draw_split(struct pdf *pdf, const struct grid *grid, const struct row *row, double heading)
{
	static const double no_drop[DOCUMENT_COLUMNS_MAX];
	struct lines lines[DOCUMENT_COLUMNS_MAX];
	struct place place;
	double least = row->lines_min * styles[STYLE_VALUE].pitch, space, used;

	find_place(grid, row, &place);
	for (size_t i = 0; i < row->count; i++)
		lines_start(&lines[i], pdf, row->cells[i].style, place.width[i] - 2 * CELL_PAD_X,
			    row->cells[i].text);
	for (;;) {
		space = TEXT_END - pdf->y - 2 * CELL_PAD_Y;
		used = draw_cells(pdf, row, lines, &place, no_drop, space);
		if (used < least)
			used = least < space ? least : space;
		least -= used;
		draw_borders(pdf, row, &place, used + 2 * CELL_PAD_Y);
		pdf->y += used + 2 * CELL_PAD_Y;
		if (!any_more(row, lines) && least < 1)
			break;
		pdf_page(pdf);
		draw_heading(pdf, grid, heading);
	}
	for (size_t i = 0; i < row->count; i++)
		lines_end(&lines[i]);
}

/* A row that fits: texts stand in the middle, but for a large field, where one writes from the top. */
static void draw_row(struct pdf *pdf, const struct grid *grid, const struct row *row, double height)
{
	struct lines lines[DOCUMENT_COLUMNS_MAX];
	double drop[DOCUMENT_COLUMNS_MAX];
	struct place place;

	find_place(grid, row, &place);
	for (size_t i = 0; i < row->count; i++) {
		const struct cell *cell = &row->cells[i];
		const double slack = height - 2 * CELL_PAD_Y - cell_height(pdf, cell, place.width[i]);

		drop[i] = cell->style == STYLE_VALUE && row->lines_min > 1 ? 0 : slack / 2;
		lines_start(&lines[i], pdf, cell->style, place.width[i] - 2 * CELL_PAD_X, cell->text);
	}
	draw_cells(pdf, row, lines, &place, drop, height);
	draw_borders(pdf, row, &place, height);
	pdf->y += height;
	for (size_t i = 0; i < row->count; i++)
		lines_end(&lines[i]);
}

static double heading_height(const struct pdf *pdf, const struct grid *grid)
{
	const double height = grid->headed ? row_height(pdf, grid, &grid->items[0]) : 0;

	return height < TEXT_HEIGHT / HEADING_SHARE ? height : 0;
}

double pdf_grid_lead(const struct pdf *pdf, const struct grid *grid)
{
	const double most = TEXT_HEIGHT / KEEP_SHARE;
	double height = grid->len ? row_height(pdf, grid, &grid->items[0]) : 0;

	if (grid->headed && grid->len > 1)
		height += row_height(pdf, grid, &grid->items[1]);
	return height < most ? height : most;
}

void pdf_grid(struct pdf *pdf, const struct grid *grid)
{
	const double heading = heading_height(pdf, grid);
	double height, room, wanted;

	for (size_t i = 0; i < grid->len; i++) {
		const bool first = grid->headed && i == 0;

		height = row_height(pdf, grid, &grid->items[i]);
		room = TEXT_END - pdf->y;
		/* The heading does not stay alone at the foot of a page. */
		wanted = first ? height + 3 * styles[STYLE_CELL].pitch : height;
		if (wanted > room &&
		    (height < TEXT_HEIGHT / KEEP_SHARE || room < TEXT_HEIGHT / (2 * KEEP_SHARE))) {
			pdf_page(pdf);
			if (!first)
				draw_heading(pdf, grid, heading);
			room = TEXT_END - pdf->y;
		}
		if (height <= room)
			draw_row(pdf, grid, &grid->items[i], height);
		else
			draw_split(pdf, grid, &grid->items[i], first ? 0 : heading);
	}
	pdf->y += styles[STYLE_CELL].pitch / 2;
}
