/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/evtx.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"

/* What is no EVTX file is refused; the events of one are few enough and not empty. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = memfd_create("input", MFD_CLOEXEC);
	struct str record;
	void *state;
	int r;

	must(fd >= 0 && io_write(fd, data, size) == 0);
	evtx_format.test(str_of((const char *)data, size));
	if (evtx_format.open(fd, &state, NULL) == 0) {
		while ((r = evtx_format.next(state, &record, NULL)) != ERR_END)
			must(r < 0 || record.ptr);
		evtx_format.close(state);
	}
	close(fd);
	return 0;
}
