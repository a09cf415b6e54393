/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile sealed segment. By the input's first byte the rest is: a whole file, its header's checksum made
   right; an index, unpacked; a block, unpacked. */
#include <sys/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "journal/sealed_block.h"
#include "journal/sealed_index.h"

static void read_file(uint8_t *file, size_t size)
{
	char folder[] = "/tmp/wanglou-fuzz-XXXXXX", sealed[64], path[128];
	struct journal_reader *reader;
	struct journal_record record;
	struct journal_tree *tree;
	int r;

	if (size >= SEALED_HEADER_SIZE) {
		uint64_t checksum = hash_bytes(file, SEALED_HEADER_SIZE - 8);

		memcpy(file + SEALED_HEADER_SIZE - 8, &checksum, sizeof(checksum));
	}
	must(mkdtemp(folder));
	snprintf(sealed, sizeof(sealed), "%s/sealed", folder);
	snprintf(path, sizeof(path), "%s/00000000000000000001.wls", sealed);
	must(mkdir(sealed, 0700) == 0 && io_replace_file(path, file, size, 0600) == 0);
	must(journal_reader_open(folder, NULL, 1, &reader, NULL) == 0);
	while ((r = journal_reader_next(reader, &record, NULL)) == 0 || r == ERR_CORRUPT)
		journal_reader_release(reader);
	journal_reader_close(reader);
	if (journal_tree_open(folder, NULL, &tree, NULL) == 0)
		journal_tree_close(tree);
	must(unlink(path) == 0 && rmdir(sealed) == 0 && rmdir(folder) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sealed_header header = {
		.first_seq = 1, .last_seq = 70, .file_size = 1 << 20, .copies = 9000, .after = {.end = 70}};
	struct buf bytes = {0};
	struct sealed_index index = {0};
	struct sealed_cursor cursor;
	struct journal_record record;
	const uint8_t *origins[SEALED_ORIGINS_MAX];

	if (!size)
		return 0;
	buf_add(&bytes, data + 1, size - 1);
	if (data[0] % 3 == 0) {
		read_file((uint8_t *)bytes.ptr, bytes.len);
	} else if (data[0] % 3 == 1) {
		sealed_index_decode(bytes.ptr, bytes.len, &header, &index);
		sealed_index_done(&index);
	} else if (size > 4 && sealed_cursor_init(&cursor, bytes.ptr, bytes.len,
						  (uint32_t)data[1] | (uint32_t)data[2] << 8, origins) == 0) {
		while (sealed_cursor_next(&cursor, &record) == 0)
			must(record.bytes.len + record.hint.len <= size);
	}
	buf_done(&bytes);
	return 0;
}
