/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DOCUMENT_PDF_PRIVATE_H
#define DOCUMENT_PDF_PRIVATE_H
/* Inside document/: pages on their way into a PDF. Lengths are points, y grows downwards. */
#include <pango/pangocairo.h>

#include "document/private.h"

struct pdf {
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoFontMap *fonts;
	PangoContext *context;
	PangoFontDescription *looks[STYLE_COUNT];
	double ascents[STYLE_COUNT]; /* from a line's top to its baseline */
	double y;                    /* where the next block begins */
	unsigned page;               /* from 1 */
};

#define TEXT_END (PAGE_TOP + TEXT_HEIGHT)

void pdf_page(struct pdf *pdf); /* ends the page, begins the next */

/* --- lines (pdf_lines.c) ----------------------------------------------------------------------------- */

/* A text broken into lines, laid out piece by piece as they are wanted. */
struct lines {
	const struct pdf *pdf;
	PangoLayout *layout;
	double width;
	struct str rest; /* not laid out yet */
	enum style_id style;
	int at, count; /* of the layout's lines */
	bool started, continued;
};

void lines_start(struct lines *lines, const struct pdf *pdf, enum style_id style, double width,
		 struct str text);
void lines_end(struct lines *lines);
bool lines_more(struct lines *lines); /* whether there is a line to draw */
/* Draws the line in a box of the width with its top at y, and goes to the next. */
void lines_draw(struct lines *lines, double x, double y);

/* How many lines a text has, counted up to max; an empty text has one. */
size_t lines_count(const struct pdf *pdf, enum style_id style, double width, struct str text, size_t max);

/* The width of a text in one line. */
double lines_extent(const struct pdf *pdf, enum style_id style, struct str text);

/* --- grids (pdf_grid.c) ------------------------------------------------------------------------------ */

void pdf_grid(struct pdf *pdf, const struct grid *grid);
/* How much of a grid a heading takes along. */
double pdf_grid_lead(const struct pdf *pdf, const struct grid *grid);

#endif
