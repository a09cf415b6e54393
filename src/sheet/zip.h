/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHEET_ZIP_H
#define SHEET_ZIP_H
/*
 * Inside sheet/: a ZIP file (PKWARE APPNOTE 6.3.3) as it is sent, without going back: the sizes of an entry
 * follow it in a data descriptor (general purpose bit 3). No ZIP64, for which spreadsheets are not prepared:
 * an entry has less than 4 GiB, which the caller sees to. libarchive writes such files with ZIP64 alone.
 */
#include <zlib.h>

#include "base/buf.h"

#define ZIP_ENTRIES_MAX 8
#define ZIP_ENTRY_MAX UINT32_C(0xf0000000)

struct zip {
	struct zip_entry {
		const char *name; /* static */
		uint32_t crc, size, packed, offset;
	} entries[ZIP_ENTRIES_MAX];
	size_t count;
	uint32_t offset; /* bytes written */
	z_stream deflate;
};

void zip_begin(struct zip *zip, const char *name, struct buf *out);
void zip_add(struct zip *zip, struct str bytes, struct buf *out);
void zip_end(struct zip *zip, struct buf *out); /* of the entry */
void zip_finish(struct zip *zip, struct buf *out);

#endif
