/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_PARAM_H
#define EVENT_PARAM_H
/*
 * A query for the store: SQL with ClickHouse placeholders {name:Type} and the
 * values for them, which never become part of the text. query/ makes them,
 * store/ runs them; this is where they meet.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/vec.h"

struct param {
	struct str name;  /* of the placeholder */
	struct str type;  /* String, Int64, UInt64, Float64, FixedString(16), Array(String) … */
	struct str value; /* raw bytes for String and FixedString, decimal text for numbers */
};

/* Zero-initialise; sql_query_done() when finished. Strings added are copied. */
struct sql_query {
	struct buf sql;
	VEC_OF(struct param)
};

void sql_query_done(struct sql_query *query);

/* Appends "{pN:type}" to the text and keeps the value. */
void sql_bind_text(struct sql_query *query, struct str value);
void sql_bind_integer(struct sql_query *query, int64_t value);
void sql_bind_double(struct sql_query *query, double value);
void sql_bind_ip(struct sql_query *query, const uint8_t ip[16]);

#endif
