/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DOCUMENT_PRIVATE_H
#define DOCUMENT_PRIVATE_H
/* Inside document/: what a document is made of, and how each kind of text looks in both formats. */
#include "base/arena.h"
#include "base/vec.h"
#include "document/document.h"

#define CELL_COST 32 /* bytes that a cell counts for beside its text */

/* --- looks (style.c) --------------------------------------------------------------------------------- */

enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

/* STYLE(NAME, "id in DOCX", "name in DOCX", face, size, pitch, bold, align, indent, before, after): points;
   pitch is from line to line, indent of a paragraph's first line in characters. GB/T 9704-2012, 7.2 and 7.3,
   with the sizes that forms and tables are printed in. */
#define STYLES(STYLE)                                                                        \
	STYLE(TITLE, "Title", "Title", SONG, 22, 33, true, ALIGN_CENTRE, 0, 0, 12)           \
	STYLE(HEADING_1, "Heading1", "heading 1", HEI, 16, 26, false, ALIGN_LEFT, 0, 10, 4)  \
	STYLE(HEADING_2, "Heading2", "heading 2", SONG, 14, 24, true, ALIGN_LEFT, 0, 8, 2)   \
	STYLE(HEADING_3, "Heading3", "heading 3", SONG, 12, 21, true, ALIGN_LEFT, 0, 6, 2)   \
	STYLE(BODY, "Body", "Body Text", FANG, 14, 25, false, ALIGN_LEFT, 2, 0, 0)           \
	STYLE(LINE, "Line", "Wanglou Line", SONG, 12, 21, false, ALIGN_LEFT, 0, 0, 4)        \
	STYLE(LABEL, "Label", "Wanglou Label", SONG, 12, 19, false, ALIGN_CENTRE, 0, 0, 0)   \
	STYLE(VALUE, "Value", "Wanglou Value", SONG, 12, 19, false, ALIGN_LEFT, 0, 0, 0)     \
	STYLE(HEAD, "Head", "Wanglou Head", SONG, 10.5, 16, true, ALIGN_CENTRE, 0, 0, 0)     \
	STYLE(CELL, "Cell", "Wanglou Cell", SONG, 10.5, 16, false, ALIGN_LEFT, 0, 0, 0)      \
	STYLE(SIGNATURE, "Signature", "Signature", SONG, 12, 30, false, ALIGN_LEFT, 0, 0, 0) \
	STYLE(FOOT, "Footer", "footer", SONG, 12, 16, false, ALIGN_CENTRE, 0, 0, 0)

enum style_id {
#define STYLE(id, ...) STYLE_##id,
	STYLES(STYLE)
#undef STYLE
		STYLE_COUNT
};

/* 宋体, 黑体, 仿宋 */
enum face { FACE_SONG, FACE_HEI, FACE_FANG, FACE_COUNT };

struct style {
	const char *id, *name;
	enum face face;
	float size, pitch;
	bool bold;
	enum align align;
	unsigned indent;
	float before, after;
};

extern const struct style styles[STYLE_COUNT];

/* Fonts by preference for PDF; and for DOCX the Chinese name with the other by which systems know it. */
extern const struct face_names {
	const char *families;
	const char *docx, *docx_other;
} faces[FACE_COUNT];

/* Points of an A4 page, GB/T 9704-2012, 6: margins that leave 156 mm by 225 mm. */
#define MM(mm) ((mm)*72.0 / 25.4)
#define PAGE_WIDTH MM(210)
#define PAGE_HEIGHT MM(297)
#define PAGE_LEFT MM(28)
#define PAGE_TOP MM(37)
#define TEXT_WIDTH MM(156)
#define TEXT_HEIGHT MM(225)
#define PAGE_RIGHT (PAGE_WIDTH - PAGE_LEFT - TEXT_WIDTH)
#define PAGE_BOTTOM (PAGE_HEIGHT - PAGE_TOP - TEXT_HEIGHT)
#define FOOT_GAP MM(7) /* from the text to the page number: 7.5 */
#define CELL_PAD_X 5.0
#define CELL_PAD_Y 4.0

/* --- content (document.c) ---------------------------------------------------------------------------- */

struct cell {
	struct str text;
	enum style_id style;
	unsigned span; /* columns of the grid */
};

struct row {
	struct cell cells[DOCUMENT_COLUMNS_MAX];
	size_t count;
	unsigned lines_min;
};

/* A form or a table. */
struct grid {
	unsigned widths[DOCUMENT_COLUMNS_MAX]; /* parts of total */
	unsigned total;
	size_t columns;
	bool headed; /* the first row is repeated on every page */
	VEC_OF(struct row)
};

enum block_type { BLOCK_TEXT, BLOCK_LINE, BLOCK_GRID, BLOCK_SIGNATURES };

struct block {
	enum block_type type;
	enum style_id style;    /* of text */
	struct str text, right; /* of a line both; of signatures right is the date */
	struct grid *grid;
	struct str *labels;
	size_t count;
};

struct document {
	struct arena *arena;
	struct str title, author;
	size_t size; /* of all text, and what cells cost */
	bool too_large;
	struct grid *open;
	unsigned columns; /* of the open form */
	VEC_OF(struct block)
};

/* --- text (text.c) ----------------------------------------------------------------------------------- */

/* Text that is safe to lay out and to put into XML: well-formed UTF-8 whose only control character is '\n',
   or none where single_line. What could hide or turn text around is shown as [U+202E]. White space at the end
   goes. */
struct str text_clean(struct arena *arena, struct str text, bool single_line);

#endif
