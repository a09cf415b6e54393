/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/zip.h"

#include "base/err.h"

#define VERSION 20   /* deflate */
#define FLAGS 0x0808 /* sizes follow; names are UTF-8 */
#define DEFLATED 8
#define DATE 0x0021 /* 1980-01-01: the same content makes the same file */
#define LEVEL 3
#define RAW (-15)
#define STEP (64 * 1024)

static void add_number(struct buf *out, uint32_t number, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_char(out, (char)(number >> (8 * i)));
}

static void add_common(struct buf *out, const struct zip_entry *entry)
{
	add_number(out, VERSION, 2);
	add_number(out, FLAGS, 2);
	add_number(out, DEFLATED, 2);
	add_number(out, 0, 2);
	add_number(out, DATE, 2);
	add_number(out, entry->crc, 4);
	add_number(out, entry->packed, 4);
	add_number(out, entry->size, 4);
	add_number(out, (uint32_t)strlen(entry->name), 2);
	add_number(out, 0, 2);
}

void zip_begin(struct zip *zip, const char *name, struct buf *out)
{
	struct zip_entry *entry = &zip->entries[zip->count];
	size_t before = out->len;

	must(zip->count < ZIP_ENTRIES_MAX);
	*entry = (struct zip_entry){.name = name, .offset = zip->offset};
	add_number(out, 0x04034b50, 4);
	add_common(out, entry);
	buf_add_str(out, str_from(name));
	zip->offset += (uint32_t)(out->len - before);
	zip->deflate = (z_stream){0};
	must(deflateInit2(&zip->deflate, LEVEL, Z_DEFLATED, RAW, 8, Z_DEFAULT_STRATEGY) == Z_OK);
}

static void pack(struct zip *zip, struct str bytes, int flush, struct buf *out)
{
	struct zip_entry *entry = &zip->entries[zip->count];

	zip->deflate.next_in = (Bytef *)bytes.ptr;
	zip->deflate.avail_in = (uInt)bytes.len;
	do {
		uint32_t packed;

		zip->deflate.next_out = (Bytef *)buf_reserve(out, STEP);
		zip->deflate.avail_out = STEP;
		deflate(&zip->deflate, flush);
		packed = STEP - zip->deflate.avail_out;
		out->len += packed;
		entry->packed += packed;
		zip->offset += packed;
	} while (zip->deflate.avail_out == 0);
}

void zip_add(struct zip *zip, struct str bytes, struct buf *out)
{
	struct zip_entry *entry = &zip->entries[zip->count];

	must(bytes.len <= ZIP_ENTRY_MAX - entry->size);
	entry->crc = (uint32_t)crc32(entry->crc, (const Bytef *)bytes.ptr, (uInt)bytes.len);
	entry->size += (uint32_t)bytes.len;
	pack(zip, bytes, Z_NO_FLUSH, out);
}

void zip_end(struct zip *zip, struct buf *out)
{
	const struct zip_entry *entry = &zip->entries[zip->count];
	size_t before;

	pack(zip, (struct str){0}, Z_FINISH, out);
	deflateEnd(&zip->deflate);
	before = out->len;
	add_number(out, 0x08074b50, 4);
	add_number(out, entry->crc, 4);
	add_number(out, entry->packed, 4);
	add_number(out, entry->size, 4);
	zip->offset += (uint32_t)(out->len - before);
	zip->count++;
}

void zip_finish(struct zip *zip, struct buf *out)
{
	size_t before = out->len;
	uint32_t size;

	for (size_t i = 0; i < zip->count; i++) {
		const struct zip_entry *entry = &zip->entries[i];

		add_number(out, 0x02014b50, 4);
		add_number(out, VERSION, 2);
		add_common(out, entry);
		add_number(out, 0, 2); /* comment */
		add_number(out, 0, 2); /* disk */
		add_number(out, 0, 2); /* internal attributes */
		add_number(out, 0, 4); /* external ones */
		add_number(out, entry->offset, 4);
		buf_add_str(out, str_from(entry->name));
	}
	size = (uint32_t)(out->len - before);
	add_number(out, 0x06054b50, 4);
	add_number(out, 0, 4); /* disks */
	add_number(out, (uint32_t)zip->count, 2);
	add_number(out, (uint32_t)zip->count, 2);
	add_number(out, size, 4);
	add_number(out, zip->offset, 4);
	add_number(out, 0, 2); /* comment */
}
