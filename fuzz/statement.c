/* SPDX-License-Identifier: Apache-2.0 */
#include "store/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str sql = str_of((const char *)data, size);
	struct statement statement;
	struct err err = {0};

	if (statement_read(sql, &statement, &err) == 0) {
		must(statement.text.ptr >= sql.ptr && statement.text.len <= sql.len);
		statement_check_readonly(&statement, &err);
	}
	return 0;
}
