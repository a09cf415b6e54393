/* SPDX-License-Identifier: Apache-2.0 */
/* A reader over a hostile segment and a writer's look at its end: what follows the first byte as it is; or,
   where that is odd, as the payload of a frame whose checksums are right. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "journal/private.h"

static const uint8_t trailer[JOURNAL_TRAILER_MAX];

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
	struct journal_segment *segment;
	struct journal_tail tail;
	bool wrapped = size && data[0] % 2;
	int fd, r;

	must(mkdtemp(folder));
	snprintf(live, sizeof(live), "%s/live", folder);
	snprintf(path, sizeof(path), "%s/live/00000000000000000001.wlj", folder);
	must(mkdir(live, 0700) == 0);
	must((fd = open(path, O_WRONLY | O_CREAT, 0600)) >= 0);
	if (wrapped)
		wrap(data + 1, size - 1, data[0] / 2 + 1u, fd);
	must(io_write(fd, data + !!size, size - !!size) == 0);
	must(io_write(fd, trailer, wrapped ? sizeof(trailer) : 0) == 0 && close(fd) == 0);
	must(journal_reader_open(folder, NULL, 1, &reader, NULL) == 0);
	while ((r = journal_reader_next(reader, &record, NULL)) == 0 || r == ERR_CORRUPT)
		must(r != 0 || record.bytes.len + record.hint.len <= size);
	journal_reader_close(reader);
	if (journal_segment_open(folder, 1, &segment, NULL) == 0) {
		(void)journal_tail_find(folder, segment, NULL, 1, &tail, NULL);
		journal_segment_close(segment);
	}
	must(unlink(path) == 0 && rmdir(live) == 0 && rmdir(folder) == 0);
	return 0;
}
