/* SPDX-License-Identifier: Apache-2.0 */
#include "reporting/values.h"

#include <string.h>

const char *reporting_value_name(enum reporting_value value)
{
	static const char *const names[] = {
#define VALUE(id, name, doc) name,
		REPORTING_VALUES(VALUE)
#undef VALUE
	};

	return names[value];
}

int reporting_value_parse(struct str name, enum reporting_value *ret_value)
{
	for (int i = 0; i < REPORTING_VALUE_COUNT; i++)
		if (str_eq(name, str_from(reporting_value_name((enum reporting_value)i)))) {
			*ret_value = (enum reporting_value)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

static const char *const tables[REPORTING_TABLE_COUNT][1 + REPORTING_CELLS_MAX] = {
#define TABLE(id, ...) {__VA_ARGS__},
	REPORTING_TABLES(TABLE)
#undef TABLE
};

int reporting_table_parse(struct str name, enum reporting_table *ret_table)
{
	for (int i = 0; i < REPORTING_TABLE_COUNT; i++)
		if (str_eq(name, str_from(tables[i][0]))) {
			*ret_table = (enum reporting_table)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

int reporting_cell_parse(enum reporting_table table, struct str name, size_t *ret_cell)
{
	for (size_t i = 0; i < REPORTING_CELLS_MAX && tables[table][1 + i]; i++)
		if (str_eq(name, str_from(tables[table][1 + i]))) {
			*ret_cell = i;
			return 0;
		}
	return ERR_UNKNOWN;
}
