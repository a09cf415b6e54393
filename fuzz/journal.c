/* SPDX-License-Identifier: Apache-2.0 */
/* A reader over a hostile segment: the input as it is; or, where its first byte is odd, the rest of it as the
   payload of a frame whose checksums are right. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "journal/format.h"

static void wrap(const uint8_t *payload, size_t size, uint32_t count, int fd)
{
	const struct journal_segment_header header = {.first_seq = 1};
	struct journal_frame frame = {.count = count, .first_seq = 1, .stored = (uint32_t)size / 8 * 8};
	uint8_t front[JOURNAL_PREFACE_SIZE + JOURNAL_FRAME_HEADER_SIZE];

	frame.payload_checksum = journal_payload_checksum(payload, frame.stored, header.salt);
	journal_preface_encode(&header, front);
	journal_frame_encode(&frame, header.salt, front + JOURNAL_PREFACE_SIZE);
	must(io_write(fd, front, sizeof(front)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char folder[] = "/tmp/wanglou-fuzz-XXXXXX", live[64], path[64];
	struct journal_reader *reader;
	struct journal_record record;
	size_t skip = size && data[0] % 2;
	int fd, r;

	must(mkdtemp(folder));
	snprintf(live, sizeof(live), "%s/live", folder);
	snprintf(path, sizeof(path), "%s/live/00000000000000000001.wlj", folder);
	must(mkdir(live, 0700) == 0);
	must((fd = open(path, O_WRONLY | O_CREAT, 0600)) >= 0);
	if (skip)
		wrap(data + 1, size - 1, data[0] / 2 + 1u, fd);
	must(io_write(fd, data + skip, size - skip) == 0 && close(fd) == 0);
	must(journal_reader_open(folder, NULL, 1, &reader, NULL) == 0);
	while ((r = journal_reader_next(reader, &record, NULL)) == 0 || r == ERR_CORRUPT)
		must(r != 0 || record.bytes.len + record.hint.len <= size);
	journal_reader_close(reader);
	must(unlink(path) == 0 && rmdir(live) == 0 && rmdir(folder) == 0);
	return 0;
}
