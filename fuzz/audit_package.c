/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/package.h"
#include "base/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(void *context, const struct audit_problem *problem)
{
	(void)problem;
	++*(uint64_t *)context;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t told = 0;
	const struct audit_report report = {.problem = tell, .context = &told};
	struct audit_package_summary summary;
	struct audit_heads heads = {0};
	int fd = memfd_create("package", MFD_CLOEXEC);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (io_write(fd, data, size) == 0 && audit_package_verify(path, &heads, &report, &summary, NULL) == 0)
		must(told || summary.proven == summary.records);
	audit_heads_done(&heads);
	close(fd);
	return 0;
}
