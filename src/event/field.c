/* SPDX-License-Identifier: Apache-2.0 */
#include "event/field.h"

#include "base/err.h"
#include "base/hash.h"

/* The column names are derived from the ECS names once, by the rule in fields.def. */
#define COLUMN_MAX 48
#define SLOTS 512 /* power of two, at least twice FIELD_COUNT */

_Static_assert(FIELD_COUNT * 2 <= SLOTS, "make SLOTS larger");

static struct {
	struct field_info info[FIELD_COUNT];
	char columns[FIELD_COUNT][COLUMN_MAX];
	uint16_t by_name[SLOTS]; /* id + 1, 0 is empty; linear probing */
} table = {
	.info =
		{
#define FIELD(id, name, type, doc) {{name, sizeof(name) - 1}, {0}, FIELD_##type, doc},
#include "event/fields.def"
#undef FIELD
		},
};

static void make_column(enum field_id id)
{
	struct field_info *info = &table.info[id];
	char *column = table.columns[id];

	must(info->name.len < COLUMN_MAX);
	if (id == FIELD_ID_TIMESTAMP)
		strcpy(column, "time");
	else
		for (size_t i = 0; i < info->name.len; i++)
			column[i] = info->name.ptr[i] == '.' || info->name.ptr[i] == '@' ? '_'
											 : info->name.ptr[i];
	info->column = str_from(column);
}

/* Runs before main(), so that the table is constant for everybody. */
__attribute__((constructor)) static void make_table(void)
{
	for (unsigned id = 0; id < FIELD_COUNT; id++) {
		size_t slot = hash_str(table.info[id].name) & (SLOTS - 1);

		make_column((enum field_id)id);
		while (table.by_name[slot])
			slot = (slot + 1) & (SLOTS - 1);
		table.by_name[slot] = (uint16_t)(id + 1);
	}
}

const struct field_info *field_info(enum field_id id)
{
	must((unsigned)id < FIELD_COUNT);
	return &table.info[id];
}

enum field_id field_by_name(struct str name)
{
	for (size_t slot = hash_str(name) & (SLOTS - 1); table.by_name[slot];
	     slot = (slot + 1) & (SLOTS - 1)) {
		unsigned id = table.by_name[slot] - 1u;

		if (str_eq(table.info[id].name, name))
			return (enum field_id)id;
	}
	return FIELD_NONE;
}

const char *field_column_type(enum field_type type)
{
	static const char *const names[] = {
		[FIELD_KEYWORD] = "LowCardinality(String)",
		[FIELD_TEXT] = "String",
		[FIELD_LONG] = "Int64",
		[FIELD_DOUBLE] = "Float64",
		[FIELD_IP] = "FixedString(16)",
		[FIELD_DATE] = "Int64",
		[FIELD_BOOL] = "UInt8",
	};

	return names[type];
}
