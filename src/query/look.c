/* SPDX-License-Identifier: Apache-2.0 */
/* What the console asks while somebody types and looks around: over a sample, so that it is quick. */
#include "query/private.h"
#include "query/search.h"

#define VALUE_MAX 512 /* bytes of a value; longer ones are cut */

static void add(struct sql_query *query, const char *text)
{
	buf_add_str(&query->sql, str_from(text));
}

/* Ends a sub-query: the newest come first, which the table's order makes cheap. */
static void add_sample(struct sql_query *query, unsigned rows)
{
	buf_printf(&query->sql, " ORDER BY time DESC, seq DESC LIMIT %u)", rows);
}

int look_values(const struct search *search, struct str field, struct str prefix, struct sql_query *query,
		struct err *ret_err)
{
	struct target target = target_of(field);
	int r = search_check_name(field, ret_err);

	if (r < 0)
		return r;
	add(query, "SELECT value, count() AS events FROM (SELECT ");
	if (target.type == FIELD_KEYWORD || target.type == FIELD_TEXT || target.kind == TARGET_ATTRIBUTE)
		add(query, "substring(");
	search_add_expression(query, &target);
	if (target.type == FIELD_KEYWORD || target.type == FIELD_TEXT || target.kind == TARGET_ATTRIBUTE)
		buf_printf(&query->sql, ", 1, %d)", VALUE_MAX);
	add(query, " AS value");
	r = search_add_where(search, query, ret_err);
	if (r < 0)
		return r;
	add(query, " AND ");
	condition_exists(query, &target);
	if (prefix.len) {
		add(query, " AND positionCaseInsensitive(toString(value), ");
		sql_bind_text(query, prefix);
		add(query, ") = 1");
	}
	add_sample(query, SEARCH_SAMPLE_MAX);
	buf_printf(&query->sql, " GROUP BY value ORDER BY events DESC, value LIMIT %u", search->limit);
	return 0;
}

int look_statistics(const struct search *search, struct str field, struct sql_query *query,
		    struct err *ret_err)
{
	struct target target = target_of(field);
	int r = search_check_name(field, ret_err);

	if (r < 0 || str_eq(field, STR("@timestamp")))
		return r < 0 ? r : search_statistics(search, field, query, ret_err);
	add(query, "SELECT count() AS events, countIf(there) AS present, uniqIf(value, there) AS distinct, "
		   "minIf(value, there) AS min, maxIf(value, there) AS max FROM (SELECT ");
	search_add_expression(query, &target);
	add(query, " AS value, (");
	condition_exists(query, &target);
	add(query, ") AS there");
	r = search_add_where(search, query, ret_err);
	if (r == 0)
		add_sample(query, SEARCH_SAMPLE_MAX);
	return r;
}

/* Two arrays side by side, so that the answer is rows of a name and a number. */
int look_fields(const struct search *search, struct sql_query *query, struct err *ret_err)
{
	struct target target;
	int r;

	add(query, "SELECT name, present FROM (SELECT [''");
	for (size_t i = 0; target_at(i, &target); i++)
		buf_printf(&query->sql, ", '%.*s'", STR_FMT(target.name));
	add(query, "] AS names, [count()");
	for (size_t i = 0; target_at(i, &target); i++) {
		add(query, ", countIf(");
		condition_exists(query, &target);
		add(query, ")");
	}
	add(query, "] AS counts FROM (SELECT *");
	r = search_add_where(search, query, ret_err);
	if (r < 0)
		return r;
	add_sample(query, SEARCH_FIELDS_SAMPLE);
	add(query, ") ARRAY JOIN names AS name, counts AS present WHERE present > 0 OR name = ''");
	return 0;
}

int look_attributes(const struct search *search, struct sql_query *query, struct err *ret_err)
{
	int r;

	add(query, "SELECT name, count() AS present FROM (SELECT arrayDistinct(attr_keys) AS keys");
	r = search_add_where(search, query, ret_err);
	if (r < 0)
		return r;
	add_sample(query, SEARCH_FIELDS_SAMPLE);
	buf_printf(&query->sql, " ARRAY JOIN keys AS name GROUP BY name ORDER BY present DESC, name LIMIT %d",
		   SEARCH_ATTRIBUTES_MAX);
	return 0;
}

int search_histogram_by(const struct search *search, int64_t width, struct str field,
			const struct str *values, size_t count, struct sql_query *query, struct err *ret_err)
{
	struct target target = target_of(field);
	int r = search_check_width(search->from, search->to, width, ret_err);

	if (r == 0)
		r = search_check_name(field, ret_err);
	if (r < 0)
		return r;
	add(query, "SELECT ");
	search_add_bucket(query, "time", search->from, width);
	add(query, ", if(toString(");
	search_add_expression(query, &target);
	add(query, ") IN (''");
	for (size_t i = 0; i < count; i++) {
		add(query, ", ");
		sql_bind_text(query, values[i]);
	}
	add(query, "), toString(");
	search_add_expression(query, &target);
	add(query, "), '') AS name, count() AS events");
	r = search_add_where(search, query, ret_err);
	if (r == 0)
		add(query, " GROUP BY bucket, name ORDER BY bucket");
	return r;
}
