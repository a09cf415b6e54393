/* SPDX-License-Identifier: Apache-2.0 */
#include "query/kql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sql_query query = {0};
	struct err err = {0};
	int r = kql_compile(str_of((const char *)data, size), 0, &query, &err);

	must(r == 0 || (query.len == 0 && query.sql.len == 0 && err.code == r));
	sql_query_done(&query);
	return 0;
}
