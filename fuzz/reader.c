/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/reader.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"

#define RECORD_MAX 100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = memfd_create("input", MFD_CLOEXEC);
	struct reader_record record;
	struct reader *reader;
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(fd >= 0 && io_write(fd, data, size) == 0);
	if (reader_open(path, RECORD_MAX, NULL, &reader, NULL) == 0) {
		while ((r = reader_next(reader, &record, NULL)) != ERR_END)
			must(r < 0 || (record.bytes.len >= 1 && record.bytes.len <= RECORD_MAX));
		reader_close(reader);
	}
	close(fd);
	return 0;
}
