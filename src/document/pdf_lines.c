/* SPDX-License-Identifier: Apache-2.0 */
#include "document/pdf_private.h"

/* Pango keeps some hundred bytes for each character of what it lays out at once. */
#define PIECE_MAX 4096

void lines_start(struct lines *lines, const struct pdf *pdf, enum style_id style, double width,
		 struct str text)
{
	const PangoAlignment alignments[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};

	*lines = (struct lines){.pdf = pdf, .style = style, .width = width, .rest = text};
	lines->layout = pango_layout_new(pdf->context);
	pango_layout_set_font_description(lines->layout, pdf->looks[style]);
	pango_layout_set_width(lines->layout, width < 0 ? -1 : pango_units_from_double(width));
	pango_layout_set_wrap(lines->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_auto_dir(lines->layout, FALSE);
	pango_layout_set_alignment(lines->layout, alignments[styles[style].align]);
}

void lines_end(struct lines *lines)
{
	g_object_unref(lines->layout);
}

/* Up to a line end, or as much as is laid out at once: whole characters. */
static size_t piece_length(struct str rest)
{
	size_t len = str_find_char(rest, '\n');

	if (len == STR_NOT_FOUND)
		len = rest.len;
	if (len <= PIECE_MAX)
		return len;
	for (len = PIECE_MAX; ((unsigned char)rest.ptr[len] & 0xC0) == 0x80;)
		len--;
	return len;
}

/* The last line of a piece that goes on is laid out once more with what follows, unless it is the only one.
 */
static void lay_out(struct lines *lines)
{
	const size_t len = piece_length(lines->rest);
	const bool ends = len == lines->rest.len || lines->rest.ptr[len] == '\n';
	const double indent = lines->continued ? 0 : styles[lines->style].indent * styles[lines->style].size;
	size_t used = len;

	pango_layout_set_indent(lines->layout, pango_units_from_double(indent));
	pango_layout_set_text(lines->layout, lines->rest.ptr, (int)len);
	lines->at = 0;
	lines->count = pango_layout_get_line_count(lines->layout);
	if (!ends && lines->count > 1)
		used = (size_t)pango_layout_get_line_readonly(lines->layout, --lines->count)->start_index;
	lines->continued = !ends;
	lines->rest = str_from_offset(lines->rest, used + (ends && len < lines->rest.len));
	lines->started = true;
}

bool lines_more(struct lines *lines)
{
	if (lines->at == lines->count && (lines->rest.len || !lines->started))
		lay_out(lines);
	return lines->at < lines->count;
}

void lines_draw(struct lines *lines, double x, double y)
{
	PangoLayoutLine *line = pango_layout_get_line_readonly(lines->layout, lines->at++);
	const struct style *style = &styles[lines->style];
	PangoRectangle box;
	double left = 0;

	pango_layout_line_get_extents(line, NULL, &box);
	if (style->align != ALIGN_LEFT)
		left = lines->width - pango_units_to_double(box.width);
	if (style->align == ALIGN_CENTRE)
		left /= 2;
	if (line->is_paragraph_start)
		left += pango_units_to_double(pango_layout_get_indent(lines->layout));
	cairo_move_to(lines->pdf->cairo, x + left, y + lines->pdf->ascents[lines->style]);
	pango_cairo_show_layout_line(lines->pdf->cairo, line);
}

size_t lines_count(const struct pdf *pdf, enum style_id style, double width, struct str text, size_t max)
{
	struct lines lines;
	size_t count = 0;

	lines_start(&lines, pdf, style, width, text);
	while (count < max && lines_more(&lines)) {
		count += (size_t)(lines.count - lines.at);
		lines.at = lines.count;
	}
	lines_end(&lines);
	return count < max ? count : max;
}

double lines_extent(const struct pdf *pdf, enum style_id style, struct str text)
{
	struct lines lines;
	PangoRectangle box;

	lines_start(&lines, pdf, style, -1, str_head(text, PIECE_MAX));
	lines_more(&lines);
	pango_layout_get_extents(lines.layout, NULL, &box);
	lines_end(&lines);
	return pango_units_to_double(box.width);
}
