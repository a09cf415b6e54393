/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_FIELD_H
#define EVENT_FIELD_H
/*
 * The field table of fields.def as C: an enum, names, types, columns. Constant
 * data; any thread.
 */
#include <stdint.h>

#include "base/str.h"

enum field_type { FIELD_KEYWORD, FIELD_TEXT, FIELD_LONG, FIELD_DOUBLE, FIELD_IP, FIELD_DATE, FIELD_BOOL };

enum field_id {
#define FIELD(id, name, type, doc) FIELD_ID_##id,
#include "event/fields.def"
#undef FIELD
	FIELD_COUNT,
	FIELD_NONE = FIELD_COUNT
};

struct field_info {
	struct str name;   /* ECS: "source.ip" */
	struct str column; /* in the store: "source_ip" */
	enum field_type type;
	const char *doc;
};

/* Never NULL for an id below FIELD_COUNT. */
const struct field_info *field_info(enum field_id id);

/* By ECS name, exact; FIELD_NONE where there is no such field. */
enum field_id field_by_name(struct str name);

/* "LowCardinality(String)", "Int64", … */
const char *field_column_type(enum field_type type);

#endif
