/* SPDX-License-Identifier: Apache-2.0 */
/* What import and drill send: taken into a journal, or refused as nonsense. */
#include <errno.h>
#include <stdlib.h>

#include "bin/record_link.h"

static char folder[] = "/tmp/fuzz_records.XXXXXX";

static void remove_folder(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	must(system(command) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct record_sink sink = {.folder = folder};
	struct err err = {0};
	uint64_t value;
	int r;

	if (!sink.journal) {
		must(mkdtemp(folder) && atexit(remove_folder) == 0);
		must(journal_open(folder, &(struct journal_options){.commit_delay = 1}, NULL, NULL,
				  &sink.journal, &err) == 0);
	}
	r = record_link_receive(&sink, 0, IPC_RECORDS, str_of((const char *)data, size), &value, &err);
	must(r == 0 || r == ERR_PROTOCOL);
	return 0;
}
