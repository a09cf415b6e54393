/* SPDX-License-Identifier: Apache-2.0 */
/* Strangers' text in documents of both kinds: in a paragraph, a form, a narrow column. */
#include "document/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const unsigned widths[] = {1, 3, 20};
	const struct str text = str_of((const char *)bytes, len),
			 cells[] = {text, str_head(text, len / 2), STR("")};
	struct document *document = document_new(text, text);
	struct buf out = {0};

	document_paragraph(document, text);
	document_form_begin(document, 1 + len % 2);
	document_form_field(document, str_head(text, 20), text);
	document_form_wide(document, STR(""), text, (unsigned)len);
	document_form_end(document);
	document_table_begin(document, cells, widths, 3);
	document_table_row(document, cells);
	document_table_end(document);
	document_signatures(document, cells, 3, text);
	document_write_docx(document, &out);
	if (len % 16 == 7) /* fonts are slow */
		document_write_pdf(document, &out);
	buf_done(&out);
	document_free(document);
	return 0;
}
