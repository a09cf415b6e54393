/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sql_check.h"
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
	if (sql_check(sql, &err) < 0)
		must(err.line && err.column && err.column <= size + 1);
	return 0;
}
