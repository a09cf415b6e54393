/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_CORE_DB_H
#define FUZZ_CORE_DB_H
/* Core's database on an empty folder, for targets of what core is sent; made once, removed at the end. */
#include <stdlib.h>

#include "web/web.h"

static char core_db_folder[] = "/tmp/fuzz_core.XXXXXX";

static void core_db_remove(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", core_db_folder);
	must(system(command) == 0);
}

static struct db *core_db(void)
{
	static struct db *db;
	struct err err = {0};

	if (!db) {
		must(mkdtemp(core_db_folder) && atexit(core_db_remove) == 0);
		must(web_open_database(core_db_folder, &db, &err) == 0);
	}
	return db;
}

#endif
