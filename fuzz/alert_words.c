/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a person types into the search field of the alerts is a query that SQLite takes. */
#include <stdlib.h>

#include "cases/alert_list.h"
#include "access/user.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct db_schema *const schemas[] = {&access_schema, &cases_schema};
	static struct db *db;
	struct alert_filter filter = {.to = INT64_MAX, .words = str_of((const char *)data, size)};
	char folder[] = "/tmp/wl-fuzz-XXXXXX", path[64];
	int64_t count;
	bool exact;

	if (!db) { /* one for all inputs; its files go when their folder does */
		must(mkdtemp(folder));
		snprintf(path, sizeof(path), "%s/core.db", folder);
		must(db_open(path, schemas, 2, &db, NULL) == 0);
		snprintf(path, sizeof(path), "rm -r %s", folder);
		must(system(path) == 0);
	}
	must(alerts_count(db, &filter, &count, &exact) == 0);
	return 0;
}
