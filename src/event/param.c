/* SPDX-License-Identifier: Apache-2.0 */
#include "event/param.h"

#include <stdio.h>

void sql_query_done(struct sql_query *query)
{
	for (size_t i = 0; i < query->len; i++)
		free((char *)query->items[i].name.ptr); /* name, then value, in one piece */
	vec_done(query);
	buf_done(&query->sql);
}

static void bind(struct sql_query *query, struct str type, struct str value)
{
	char name[16];
	int name_len = snprintf(name, sizeof(name), "p%zu", query->len);
	char *kept = malloc((size_t)name_len + value.len + 1);

	must(kept);
	memcpy(kept, name, (size_t)name_len);
	if (value.len)
		memcpy(kept + name_len, value.ptr, value.len);
	vec_push(query,
		 ((struct param){str_of(kept, (size_t)name_len), type, str_of(kept + name_len, value.len)}));
	buf_printf(&query->sql, "{%s:%.*s}", name, STR_FMT(type));
}

void sql_bind_text(struct sql_query *query, struct str value)
{
	bind(query, STR("String"), value);
}

void sql_bind_integer(struct sql_query *query, int64_t value)
{
	char text[24];

	bind(query, STR("Int64"), str_of(text, str_format_i64(value, text)));
}

void sql_bind_double(struct sql_query *query, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.17g", value);
	bind(query, STR("Float64"), str_from(text));
}

void sql_bind_ip(struct sql_query *query, const uint8_t ip[16])
{
	bind(query, STR("FixedString(16)"), str_of((const char *)ip, 16));
}
