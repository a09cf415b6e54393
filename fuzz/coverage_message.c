/* SPDX-License-Identifier: Apache-2.0 */
/* What analyze sends to core of who talked, whatever it holds. */
#include <stdlib.h>

#include "coverage/ledger.h"
#include "web/web.h"

static char folder[] = "/tmp/fuzz_coverage.XXXXXX";

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
	ledger_apply(db, str_of((const char *)data, size), &value);
	return 0;
}
