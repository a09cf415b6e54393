/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/evtx.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "collect/reader.h"

#define RECORD_MAX 4096

/* Through the reader and its child: libevtx itself reads beyond its memory on some damaged files, and the
   child is there so that this ends nothing but the child. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct reader_format *const formats[] = {&evtx_format, NULL};
	const int fd = memfd_create("input", MFD_CLOEXEC);
	struct reader_record record;
	struct reader *reader;
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(fd >= 0 && io_write(fd, data, size) == 0);
	if (reader_open(path, RECORD_MAX, formats, &reader, NULL) == 0) {
		while ((r = reader_next(reader, &record, NULL)) != ERR_END)
			must(r < 0 || (record.bytes.len >= 1 && record.bytes.len <= RECORD_MAX));
		reader_close(reader);
	}
	close(fd);
	return 0;
}
