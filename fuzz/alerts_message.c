/* SPDX-License-Identifier: Apache-2.0 */
/* What analyze sends to core, the first byte choosing between alerts and rules. */
#include <stdlib.h>

#include "bin/alert_link.h"
#include "web/web.h"

static char folder[] = "/tmp/fuzz_alerts.XXXXXX";

static void remove_folder(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	must(system(command) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct db *db;
	struct err err = {0};
	uint64_t value;

	if (!db) {
		must(mkdtemp(folder) && atexit(remove_folder) == 0);
		must(web_open_database(folder, &db, &err) == 0);
	}
	if (size)
		alert_link_receive(db, 0, data[0] & 1 ? IPC_ALERTS : IPC_RULES,
				   str_of((const char *)data + 1, size - 1), &value, &err);
	return 0;
}
