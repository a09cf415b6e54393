/* SPDX-License-Identifier: Apache-2.0 */
#include "document/docx_private.h"

#define CONTENT "application/vnd.openxmlformats-"
#define PACKAGE_RELATIONS "http://schemas.openxmlformats.org/package/2006/relationships"

void xml_text(struct buf *out, struct str text)
{
	size_t plain = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		const char *escape = c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : NULL;

		if (c == '"')
			escape = "&quot;";
		if (!escape)
			continue;
		buf_add(out, text.ptr + plain, i - plain);
		buf_add_str(out, str_from(escape));
		plain = i + 1;
	}
	buf_add(out, text.ptr + plain, text.len - plain);
}

static void add(struct buf *out, const char *text)
{
	buf_add_str(out, str_from(text));
}

static void content_types(const struct document *document, struct buf *out)
{
	static const char *const parts[][2] = {
		{"word/document", "officedocument.wordprocessingml.document.main"},
		{"word/styles", "officedocument.wordprocessingml.styles"},
		{"word/settings", "officedocument.wordprocessingml.settings"},
		{"word/fontTable", "officedocument.wordprocessingml.fontTable"},
		{"word/footer1", "officedocument.wordprocessingml.footer"},
		{"docProps/core", "package.core-properties"},
		{"docProps/app", "officedocument.extended-properties"},
	};

	(void)document;
	add(out, "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		 "<Default Extension=\"rels\" ContentType=\"" CONTENT "package.relationships+xml\"/>"
		 "<Default Extension=\"xml\" ContentType=\"application/xml\"/>");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		buf_printf(out, "<Override PartName=\"/%s.xml\" ContentType=\"" CONTENT "%s+xml\"/>",
			   parts[i][0], parts[i][1]);
	add(out, "</Types>");
}

static void relation(struct buf *out, unsigned id, const char *type, const char *target)
{
	buf_printf(out, "<Relationship Id=\"rId%u\" Type=\"%s\" Target=\"%s\"/>", id, type, target);
}

static void package_relations(const struct document *document, struct buf *out)
{
	(void)document;
	add(out, "<Relationships xmlns=\"" PACKAGE_RELATIONS "\">");
	relation(out, 1, DOCX_RELATIONS "/officeDocument", "word/document.xml");
	relation(out, 2, PACKAGE_RELATIONS "/metadata/core-properties", "docProps/core.xml");
	relation(out, 3, DOCX_RELATIONS "/extended-properties", "docProps/app.xml");
	add(out, "</Relationships>");
}

static void document_relations(const struct document *document, struct buf *out)
{
	(void)document;
	add(out, "<Relationships xmlns=\"" PACKAGE_RELATIONS "\">");
	relation(out, 1, DOCX_RELATIONS "/styles", "styles.xml");
	relation(out, 2, DOCX_RELATIONS "/settings", "settings.xml");
	relation(out, 3, DOCX_RELATIONS "/fontTable", "fontTable.xml");
	relation(out, 4, DOCX_RELATIONS "/footer", "footer1.xml");
	add(out, "</Relationships>");
}

static void core_properties(const struct document *document, struct buf *out)
{
	add(out, "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/"
		 "core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>");
	xml_text(out, document->title);
	add(out, "</dc:title><dc:creator>");
	xml_text(out, document->author);
	add(out, "</dc:creator><dc:language>zh-CN</dc:language></cp:coreProperties>");
}

static void app_properties(const struct document *document, struct buf *out)
{
	(void)document;
	add(out, "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/"
		 "extended-properties\"><Application>Wanglou</Application></Properties>");
}

static void settings(const struct document *document, struct buf *out)
{
	(void)document;
	add(out, "<w:settings xmlns:w=\"" DOCX_MAIN
		 "\"><w:characterSpacingControl w:val=\"compressPunctuation\"/><w:compat>"
		 "<w:compatSetting w:name=\"compatibilityMode\" "
		 "w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>"
		 "<w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>");
}

static void font_table(const struct document *document, struct buf *out)
{
	(void)document;
	add(out, "<w:fonts xmlns:w=\"" DOCX_MAIN "\">");
	for (size_t i = 0; i < FACE_COUNT; i++)
		buf_printf(out,
			   "<w:font w:name=\"%s\"><w:altName w:val=\"%s\"/><w:charset w:val=\"86\"/>"
			   "<w:family w:val=\"%s\"/><w:pitch w:val=\"variable\"/></w:font>",
			   faces[i].docx, faces[i].docx_other, i == FACE_HEI ? "swiss" : "roman");
	add(out, "</w:fonts>");
}

static void footer(const struct document *document, struct buf *out)
{
	(void)document;
	add(out, "<w:ftr xmlns:w=\"" DOCX_MAIN "\"><w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr>"
		 "<w:r><w:t xml:space=\"preserve\">— </w:t></w:r><w:fldSimple w:instr=\" PAGE \">"
		 "<w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t xml:space=\"preserve\"> —</w:t></w:r>"
		 "</w:p></w:ftr>");
}

/* --- styles -------------------------------------------------------------------------------------------- */

static void run_look(struct buf *out, const struct style *style)
{
	buf_printf(out,
		   "<w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" "
		   "w:eastAsia=\"%s\" w:cs=\"Times New Roman\"/>",
		   faces[style->face].docx);
	add(out, style->bold ? "<w:b/><w:bCs/>" : "<w:b w:val=\"0\"/><w:bCs w:val=\"0\"/>");
	buf_printf(out, "<w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/></w:rPr>", (int)(2 * style->size),
		   (int)(2 * style->size));
}

static void paragraph_look(struct buf *out, const struct style *style)
{
	static const char *const alignments[] = {"left", "center", "right"};
	const long level = style - &styles[STYLE_HEADING_1];
	const bool heading = style >= &styles[STYLE_HEADING_1] && style <= &styles[STYLE_HEADING_3];

	add(out, "<w:pPr>");
	if (heading)
		add(out, "<w:keepNext/><w:keepLines/>");
	buf_printf(out, "<w:spacing w:before=\"%ld\" w:after=\"%ld\" w:line=\"%ld\" w:lineRule=\"atLeast\"/>",
		   TWIPS(style->before), TWIPS(style->after), TWIPS(style->pitch));
	if (style->indent)
		buf_printf(out, "<w:ind w:firstLineChars=\"%u\" w:firstLine=\"%ld\"/>", style->indent * 100,
			   TWIPS(style->indent * style->size));
	buf_printf(out, "<w:jc w:val=\"%s\"/>", alignments[style->align]);
	if (heading)
		buf_printf(out, "<w:outlineLvl w:val=\"%ld\"/>", level);
	add(out, "</w:pPr>");
}

static void style_sheet(const struct document *document, struct buf *out)
{
	(void)document;
	add(out, "<w:styles xmlns:w=\"" DOCX_MAIN "\"><w:docDefaults><w:rPrDefault>");
	run_look(out, &styles[STYLE_VALUE]);
	add(out, "</w:rPrDefault></w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" "
		 "w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>");
	for (size_t i = 0; i < STYLE_COUNT; i++) {
		buf_printf(out,
			   "<w:style w:type=\"paragraph\" w:styleId=\"%s\"><w:name w:val=\"%s\"/>"
			   "<w:basedOn w:val=\"Normal\"/><w:qFormat/>",
			   styles[i].id, styles[i].name);
		paragraph_look(out, &styles[i]);
		run_look(out, &styles[i]);
		add(out, "</w:style>");
	}
	add(out, "</w:styles>");
}

/* Readers look for the types first. */
const struct docx_part docx_parts[] = {
	{"[Content_Types].xml", content_types}, {"_rels/.rels", package_relations},
	{"word/document.xml", docx_body},       {"word/_rels/document.xml.rels", document_relations},
	{"word/styles.xml", style_sheet},       {"word/settings.xml", settings},
	{"word/fontTable.xml", font_table},     {"word/footer1.xml", footer},
	{"docProps/core.xml", core_properties}, {"docProps/app.xml", app_properties},
};
const size_t docx_part_count = sizeof(docx_parts) / sizeof(docx_parts[0]);
