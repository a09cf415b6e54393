/* SPDX-License-Identifier: Apache-2.0 */
/* Audit records as analyze sends them to core, whatever they hold. */
#include <stdlib.h>

#include "bin/trail_link.h"
#include "web/web.h"

static char folder[] = "/tmp/fuzz_trail.XXXXXX";

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
	int r;

	if (!db) {
		must(mkdtemp(folder) && atexit(remove_folder) == 0);
		must(web_open_database(folder, &db, &err) == 0);
	}
	r = trail_link_receive(db, str_of((const char *)data, size));
	must(r == 0 || r == ERR_PROTOCOL);
	return 0;
}
