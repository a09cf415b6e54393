/* SPDX-License-Identifier: Apache-2.0 */
/* A pack out of an archive: whatever is handed over lies below its folder, and within the limits. */
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "rules/pack.h"

static int visit(void *context, struct str path, struct str bytes, bool licence, struct err *ret_err)
{
	(void)context, (void)licence, (void)ret_err;
	must(pack_path_is_good(path) && path.ptr[0] != '.' && bytes.len <= PACK_FILE_MAX);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("pack", 0);
	struct err err = {0};
	char path[64];

	must(fd >= 0 && io_write(fd, data, size) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(pack_each_file(path, visit, NULL, &err) == 0 || err.message[0]);
	close(fd);
	return 0;
}
