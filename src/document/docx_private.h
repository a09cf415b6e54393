/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DOCUMENT_DOCX_PRIVATE_H
#define DOCUMENT_DOCX_PRIVATE_H
/* Inside document/: the parts of a DOCX beside its text (ECMA-376-1, 11; -2). */
#include "document/private.h"

#define TWIPS(points) ((long)((points)*20 + 0.5))

#define DOCX_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define DOCX_MAIN "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define DOCX_RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

void xml_text(struct buf *out, struct str text); /* clean text, escaped */

/* The main part (docx.c). */
void docx_body(const struct document *document, struct buf *out);

/* Every part in the order of the file; write fills out with one. */
struct docx_part {
	const char *name;
	void (*write)(const struct document *document, struct buf *out);
};
extern const struct docx_part docx_parts[];
extern const size_t docx_part_count;

#endif
