/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks → pages. cairo embeds the parts of the fonts that are used, with a table back to Unicode, so that
 * the text can be searched and copied. */
#include <cairo-pdf.h>
#include <errno.h>
#include <pthread.h>

#include "document/pdf_private.h"

#define SIGNATURES_A_ROW 2
#define PROBE 0x7F51 /* 网: a font that has it is a Chinese one */

/* --- pages --------------------------------------------------------------------------------------------- */

static void draw_foot(struct pdf *pdf)
{
	struct lines lines;
	char text[32];
	const int len = snprintf(text, sizeof(text), "— %u —", pdf->page);

	lines_start(&lines, pdf, STYLE_FOOT, TEXT_WIDTH, str_of(text, (size_t)len));
	if (lines_more(&lines))
		lines_draw(&lines, PAGE_LEFT, TEXT_END + FOOT_GAP);
	lines_end(&lines);
}

void pdf_page(struct pdf *pdf)
{
	draw_foot(pdf);
	cairo_show_page(pdf->cairo);
	pdf->page++;
	pdf->y = PAGE_TOP;
}

/* --- blocks -------------------------------------------------------------------------------------------- */

static void draw_lines(struct pdf *pdf, enum style_id style, struct str text)
{
	const struct style *look = &styles[style];
	struct lines lines;

	lines_start(&lines, pdf, style, TEXT_WIDTH, text);
	while (lines_more(&lines)) {
		if (pdf->y + look->pitch > TEXT_END + 0.01)
			pdf_page(pdf);
		lines_draw(&lines, PAGE_LEFT, pdf->y);
		pdf->y += look->pitch;
	}
	lines_end(&lines);
}

static void draw_text(struct pdf *pdf, const struct block *block)
{
	const struct style *look = &styles[block->style];
	const bool heading = block->style <= STYLE_HEADING_3;

	if (pdf->y > PAGE_TOP)
		pdf->y += look->before;
	/* A heading takes two lines of what it heads along. */
	if (heading && pdf->y + look->pitch + 2 * styles[STYLE_BODY].pitch > TEXT_END)
		pdf_page(pdf);
	draw_lines(pdf, block->style, block->text);
	pdf->y += look->after;
}

static void draw_right(struct pdf *pdf, enum style_id style, struct str text)
{
	struct lines lines;
	const double width = lines_extent(pdf, style, text);

	lines_start(&lines, pdf, style, TEXT_WIDTH, text);
	if (lines_more(&lines))
		lines_draw(&lines, PAGE_LEFT + TEXT_WIDTH - width, pdf->y);
	lines_end(&lines);
}

static void draw_line(struct pdf *pdf, const struct block *block)
{
	const double left = lines_extent(pdf, STYLE_LINE, block->text),
		     right = lines_extent(pdf, STYLE_LINE, block->right), pitch = styles[STYLE_LINE].pitch;

	if (left + right + styles[STYLE_LINE].size <= TEXT_WIDTH) {
		if (pdf->y + pitch > TEXT_END)
			pdf_page(pdf);
		if (block->right.len)
			draw_right(pdf, STYLE_LINE, block->right);
		draw_lines(pdf, STYLE_LINE, block->text);
	} else { /* one below the other */
		draw_lines(pdf, STYLE_LINE, block->text);
		draw_lines(pdf, STYLE_LINE, block->right);
	}
	pdf->y += styles[STYLE_LINE].after;
}

static void draw_signature(struct pdf *pdf, struct str label, double x, double width)
{
	const struct style *look = &styles[STYLE_SIGNATURE];
	const double most = width - 6 * look->size; /* at least so much is left to sign on */
	double end = lines_extent(pdf, STYLE_SIGNATURE, label);
	struct lines lines;

	lines_start(&lines, pdf, STYLE_SIGNATURE, most, label);
	if (lines_more(&lines))
		lines_draw(&lines, x, pdf->y);
	lines_end(&lines);
	end = x + (end < most ? end : most) + 4;
	cairo_set_line_width(pdf->cairo, 0.6);
	cairo_move_to(pdf->cairo, end, pdf->y + pdf->ascents[STYLE_SIGNATURE] + 3);
	cairo_line_to(pdf->cairo, x + width - look->size, pdf->y + pdf->ascents[STYLE_SIGNATURE] + 3);
	cairo_stroke(pdf->cairo);
}

static void draw_signatures(struct pdf *pdf, const struct block *block)
{
	const double pitch = styles[STYLE_SIGNATURE].pitch, width = TEXT_WIDTH / SIGNATURES_A_ROW;
	const size_t rows = (block->count + SIGNATURES_A_ROW - 1) / SIGNATURES_A_ROW;

	pdf->y += pitch / 2;
	if (pdf->y + (double)(rows + 1) * pitch > TEXT_END)
		pdf_page(pdf);
	for (size_t i = 0; i < block->count; i++) {
		if (pdf->y + pitch > TEXT_END)
			pdf_page(pdf);
		draw_signature(pdf, block->labels[i], PAGE_LEFT + width * (double)(i % SIGNATURES_A_ROW),
			       width);
		if (i % SIGNATURES_A_ROW == SIGNATURES_A_ROW - 1 || i == block->count - 1)
			pdf->y += pitch;
	}
	if (pdf->y + pitch > TEXT_END)
		pdf_page(pdf);
	draw_right(pdf, STYLE_SIGNATURE, block->right);
	pdf->y += pitch;
}

static void draw_block(struct pdf *pdf, const struct block *block)
{
	switch (block->type) {
	case BLOCK_TEXT:
		draw_text(pdf, block);
		break;
	case BLOCK_LINE:
		draw_line(pdf, block);
		break;
	case BLOCK_GRID:
		pdf_grid(pdf, block->grid);
		break;
	case BLOCK_SIGNATURES:
		draw_signatures(pdf, block);
		break;
	}
}

/* --- the whole ----------------------------------------------------------------------------------------- */

static cairo_status_t write_bytes(void *context, const unsigned char *bytes, unsigned len)
{
	buf_add(context, bytes, len);
	return CAIRO_STATUS_SUCCESS;
}

static void describe(cairo_surface_t *surface, const struct document *document)
{
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document->title.ptr);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, document->author.ptr);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "望楼 Wanglou");
}

static void load_looks(struct pdf *pdf)
{
	for (size_t i = 0; i < STYLE_COUNT; i++) {
		PangoFontDescription *look = pango_font_description_new();
		PangoFontMetrics *metrics;
		double ascent, descent;

		pango_font_description_set_family_static(look, faces[styles[i].face].families);
		pango_font_description_set_absolute_size(look, styles[i].size * PANGO_SCALE);
		pango_font_description_set_weight(look,
						  styles[i].bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
		metrics = pango_context_get_metrics(pdf->context, look, NULL);
		ascent = pango_units_to_double(pango_font_metrics_get_ascent(metrics));
		descent = pango_units_to_double(pango_font_metrics_get_descent(metrics));
		pango_font_metrics_unref(metrics);
		pdf->looks[i] = look;
		pdf->ascents[i] = (styles[i].pitch + ascent - descent) / 2;
	}
}

/* A font map of its own, so that nothing is kept between documents and no thread meets another. */
static void open_pdf(struct pdf *pdf, struct buf *out)
{
	cairo_font_options_t *options = cairo_font_options_create();

	pdf->surface = cairo_pdf_surface_create_for_stream(write_bytes, out, PAGE_WIDTH, PAGE_HEIGHT);
	pdf->cairo = cairo_create(pdf->surface);
	pdf->fonts = pango_cairo_font_map_new();
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(pdf->fonts), 72);
	pdf->context = pango_font_map_create_context(pdf->fonts);
	pango_context_set_language(pdf->context, pango_language_from_string("zh-cn"));
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(pdf->context, options);
	cairo_font_options_destroy(options);
	pango_cairo_update_context(pdf->cairo, pdf->context);
	load_looks(pdf);
	pdf->page = 1;
	pdf->y = PAGE_TOP;
}

static void close_pdf(struct pdf *pdf)
{
	for (size_t i = 0; i < STYLE_COUNT; i++)
		pango_font_description_free(pdf->looks[i]);
	g_object_unref(pdf->context);
	g_object_unref(pdf->fonts);
	cairo_destroy(pdf->cairo);
	cairo_surface_destroy(pdf->surface);
}

static bool has_chinese(const struct pdf *pdf)
{
	PangoFontset *set = pango_font_map_load_fontset(pdf->fonts, pdf->context, pdf->looks[STYLE_BODY],
							pango_language_from_string("zh-cn"));
	PangoFont *font = set ? pango_fontset_get_font(set, PROBE) : NULL;
	const bool has = font && pango_font_has_char(font, PROBE);

	if (font)
		g_object_unref(font);
	if (set)
		g_object_unref(set);
	return has;
}

/* One at a time: while it is laid out, a document holds some 50 MiB of fonts. The lock guards memory, no
   data; that it is given back, core's malloc sees to. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

int document_write_pdf(const struct document *document, struct buf *out)
{
	const size_t start = out->len;
	struct pdf pdf = {0};
	cairo_status_t status;
	int r = 0;

	must(!document->open);
	if (document->too_large)
		return ERR_LIMIT;
	pthread_mutex_lock(&one_at_a_time);
	open_pdf(&pdf, out);
	describe(pdf.surface, document);
	if (!has_chinese(&pdf)) {
		r = -ENOENT;
	} else {
		for (size_t i = 0; i < document->len; i++)
			draw_block(&pdf, &document->items[i]);
		draw_foot(&pdf);
		cairo_show_page(pdf.cairo);
	}
	cairo_surface_finish(pdf.surface);
	status = cairo_surface_status(pdf.surface);
	if (r == 0 && (status != CAIRO_STATUS_SUCCESS || cairo_status(pdf.cairo) != CAIRO_STATUS_SUCCESS))
		r = status == CAIRO_STATUS_NO_MEMORY ? -ENOMEM : -EIO;
	close_pdf(&pdf);
	pthread_mutex_unlock(&one_at_a_time);
	if (r < 0)
		out->len = start;
	return r;
}
