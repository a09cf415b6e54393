/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_WORKBOOK_H
#define FUZZ_WORKBOOK_H
/* A ZIP file in memory, for tests that need workbooks no program would write. */
#include <archive.h>
#include <archive_entry.h>

#include "base/buf.h"
#include "base/err.h"

struct workbook_part {
	const char *name;
	struct str bytes;
};

static la_ssize_t workbook_write(struct archive *zip, void *context, const void *bytes, size_t len)
{
	(void)zip;
	buf_add(context, bytes, len);
	return (la_ssize_t)len;
}

/* Parts without bytes are left out. */
static inline void workbook_make(const struct workbook_part *parts, size_t count, struct buf *out)
{
	struct archive *zip = archive_write_new();

	must(zip);
	archive_write_set_format_zip(zip);
	archive_write_set_bytes_per_block(zip, 0);
	must(archive_write_open(zip, out, NULL, workbook_write, NULL) == ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *entry = archive_entry_new();

		if (parts[i].bytes.ptr) {
			archive_entry_set_pathname(entry, parts[i].name);
			archive_entry_set_filetype(entry, AE_IFREG);
			archive_entry_set_perm(entry, 0644);
			archive_entry_set_size(entry, (la_int64_t)parts[i].bytes.len);
			must(archive_write_header(zip, entry) == ARCHIVE_OK);
			archive_write_data(zip, parts[i].bytes.ptr, parts[i].bytes.len);
		}
		archive_entry_free(entry);
	}
	must(archive_write_close(zip) == ARCHIVE_OK);
	archive_write_free(zip);
}

/* The parts around a sheet, its styles and its strings: what every workbook has. */
#define WORKBOOK_PARTS(sheet, styles, strings)                                                           \
	{"_rels/.rels", STR("<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" "           \
			    "Target=\"xl/workbook.xml\"/></Relationships>")},                            \
		{"xl/workbook.xml", STR("<workbook><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"a\"/>" \
					"</sheets></workbook>")},                                        \
		{"xl/_rels/workbook.xml.rels",                                                           \
		 STR("<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"sheet.xml\"/>" \
		     "<Relationship Id=\"b\" Type=\"x/styles\" Target=\"styles.xml\"/>"                  \
		     "<Relationship Id=\"c\" Type=\"x/sharedStrings\" Target=\"/xl/strings.xml\"/>"      \
		     "</Relationships>")},                                                               \
		{"xl/sheet.xml", sheet}, {"xl/styles.xml", styles}, {"xl/strings.xml", strings},

#endif
