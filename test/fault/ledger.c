/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct ledger *ledger_open(const char *path, const char *sender)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | (sender ? O_CREAT : 0), 0644);
	struct ledger *ledger;

	if (fd < 0 || (sender && ftruncate(fd, sizeof(*ledger)) < 0)) {
		perror(path);
		exit(2);
	}
	ledger = mmap(NULL, sizeof(*ledger), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (ledger == MAP_FAILED) {
		perror(path);
		exit(2);
	}
	if (sender)
		snprintf(ledger->sender, sizeof(ledger->sender), "%s", sender);
	return ledger;
}

size_t ledger_text(const char *sender, uint64_t number, char out[LEDGER_TEXT_MAX])
{
	size_t len =
		(size_t)snprintf(out, LEDGER_TEXT_MAX, "fault=%.15s number=%" PRIu64 ";", sender, number);
	size_t padding = number * 2654435761u % 300;

	for (size_t i = 0; i < padding; i++)
		out[len + i] = (char)('a' + (number + i) % 26);
	out[len + padding] = 0;
	return len + padding;
}
