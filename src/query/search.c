/* SPDX-License-Identifier: Apache-2.0 */
#include "query/search.h"

#include <inttypes.h>

#include "base/clock.h"
#include "event/block.h"
#include "query/kql.h"
#include "query/private.h"

#define ALIAS_MAX 128

static const struct str default_columns[] = {
	{"event.dataset", 13}, {"event.kind", 10},   {"host.name", 9}, {"source.ip", 9},
	{"user.name", 9},      {"event.action", 12}, {"message", 7},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void add(struct sql_query *query, const char *text)
{
	buf_add_str(&query->sql, str_from(text));
}

int search_check_name(struct str name, struct err *ret_err)
{
	bool fine = name.len && name.len <= ALIAS_MAX;

	for (size_t i = 0; fine && i < name.len; i++) {
		char c = name.ptr[i];

		fine = char_is_digit(c) || (unsigned char)(char_lower(c) - 'a') < 26 || strchr("_-.@ ", c);
		fine = fine && c;
	}
	return fine ? 0
		    : err_set(ret_err, ERR_SYNTAX, 0, 0, "'%.*s' is no name of a field",
			      (int)(name.len < ALIAS_MAX ? name.len : ALIAS_MAX), name.ptr);
}

/* The value as people want to see it. */
void search_add_expression(struct sql_query *query, const struct target *target)
{
	if (target->kind == TARGET_ATTRIBUTE) {
		add(query, "attr_values[indexOf(attr_keys, ");
		sql_bind_text(query, target->name);
		add(query, ")]");
	} else if (target->type == FIELD_IP) {
		buf_printf(&query->sql,
			   "if(%.*s = toFixedString('', 16), '', replaceOne(IPv6NumToString(%.*s), "
			   "'::ffff:', ''))",
			   STR_FMT(target->column), STR_FMT(target->column));
	} else {
		buf_add_str(&query->sql, target->column);
	}
}

static void add_range(struct sql_query *query, const char *column, int64_t from, int64_t to)
{
	buf_printf(&query->sql, "%s >= ", column);
	sql_bind_integer(query, from);
	buf_printf(&query->sql, " AND %s < ", column);
	sql_bind_integer(query, to);
}

int search_add_where(const struct search *search, struct sql_query *query, struct err *ret_err)
{
	add(query, " FROM events WHERE ");
	add_range(query, "time", search->from, search->to);
	add(query, " AND ");
	return kql_compile(search->kql, search->now, query, ret_err);
}

static void add_seq(struct sql_query *query, uint64_t seq)
{
	buf_printf(&query->sql, "%" PRIu64, seq);
}

/* Rows behind the one given, in the order of the answer. */
static void add_after(const struct search *search, struct sql_query *query)
{
	add(query, " AND time <= ");
	sql_bind_integer(query, search->after_time);
	add(query, " AND (time < ");
	sql_bind_integer(query, search->after_time);
	add(query, " OR seq < ");
	add_seq(query, search->after_seq);
	add(query, ")");
}

static int add_columns(const struct search *search, struct sql_query *query, struct err *ret_err)
{
	const struct str *columns = search->column_count ? search->columns : default_columns;
	size_t count = search->column_count ? search->column_count : COUNT(default_columns);
	int r = 0;

	if (count > SEARCH_COLUMNS_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d columns", SEARCH_COLUMNS_MAX);
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct target target = target_of(columns[i]);

		r = search_check_name(columns[i], ret_err);
		if (r < 0 || str_eq(columns[i], STR("@timestamp")) || str_eq(columns[i], STR("seq")))
			continue;
		add(query, ", ");
		search_add_expression(query, &target);
		buf_printf(&query->sql, " AS `%.*s`", STR_FMT(columns[i]));
	}
	return r;
}

int search_events(const struct search *search, struct sql_query *query, struct err *ret_err)
{
	int r;

	if (search->limit < 1 || search->limit > SEARCH_LIMIT_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "the limit is from 1 to %d", SEARCH_LIMIT_MAX);
	add(query, "SELECT seq, time AS `@timestamp`");
	r = add_columns(search, query, ret_err);
	if (r == 0)
		r = search_add_where(search, query, ret_err);
	if (r == 0 && search->after)
		add_after(search, query);
	if (r == 0)
		buf_printf(&query->sql, " ORDER BY time DESC, seq DESC LIMIT %u", search->limit);
	return r;
}

int search_count(const struct search *search, struct sql_query *query, struct err *ret_err)
{
	add(query, "SELECT count() AS events");
	return search_add_where(search, query, ret_err);
}

int64_t search_bucket_start(int64_t time, int64_t width)
{
	return time - ((time % width) + width) % width;
}

int search_check_width(int64_t from, int64_t to, int64_t width, struct err *ret_err)
{
	if (width <= 0 || from >= to || (to - from) / width >= SEARCH_BUCKETS_MAX - 1)
		return err_set(ret_err, ERR_LIMIT, 0, 0,
			       "at most %d buckets, in a time range that is not empty", SEARCH_BUCKETS_MAX);
	return 0;
}

void search_add_bucket(struct sql_query *query, const char *column, int64_t from, int64_t width)
{
	buf_printf(&query->sql, "intDiv(%s - ", column);
	sql_bind_integer(query, search_bucket_start(from, width));
	buf_printf(&query->sql, ", %" PRId64 ") AS bucket", width);
}

int search_histogram(const struct search *search, int64_t width, struct sql_query *query, struct err *ret_err)
{
	int r = search_check_width(search->from, search->to, width, ret_err);

	if (r < 0)
		return r;
	add(query, "SELECT ");
	search_add_bucket(query, "time", search->from, width);
	add(query, ", count() AS events");
	r = search_add_where(search, query, ret_err);
	if (r == 0)
		add(query, " GROUP BY bucket ORDER BY bucket");
	return r;
}

int64_t search_bucket_width(int64_t from, int64_t to, unsigned buckets)
{
	static const int64_t widths[] = {
		CLOCK_MILLISECOND, 10 * CLOCK_MILLISECOND, 100 * CLOCK_MILLISECOND, CLOCK_SECOND,
		5 * CLOCK_SECOND,  10 * CLOCK_SECOND,      30 * CLOCK_SECOND,       CLOCK_MINUTE,
		5 * CLOCK_MINUTE,  10 * CLOCK_MINUTE,      30 * CLOCK_MINUTE,       CLOCK_HOUR,
		3 * CLOCK_HOUR,    6 * CLOCK_HOUR,         12 * CLOCK_HOUR,         CLOCK_DAY,
		7 * CLOCK_DAY,     30 * CLOCK_DAY,
	};

	must(buckets > 0);
	for (size_t i = 0; i < COUNT(widths); i++)
		if ((to - from) / widths[i] < (int64_t)buckets)
			return widths[i];
	return ((to - from) / buckets / widths[COUNT(widths) - 1] + 1) * widths[COUNT(widths) - 1];
}

int search_statistics(const struct search *search, struct str field, struct sql_query *query,
		      struct err *ret_err)
{
	static const char *const parts[] = {", uniqIf(", ", minIf(", ", maxIf("};
	static const char *const names[] = {"distinct", "min", "max"};
	struct target target = target_of(field);
	int r = search_check_name(field, ret_err);

	if (r < 0)
		return r;
	add(query, "SELECT count() AS events, countIf(");
	condition_exists(query, &target);
	add(query, ") AS present");
	for (size_t i = 0; i < COUNT(parts); i++) {
		add(query, parts[i]);
		search_add_expression(query, &target);
		add(query, ", ");
		condition_exists(query, &target);
		buf_printf(&query->sql, ") AS %s", names[i]);
	}
	return search_add_where(search, query, ret_err);
}

void search_event(uint64_t seq, struct sql_query *query)
{
	struct target target;

	add(query, "SELECT seq, received, ");
	target = target_of(STR("peer"));
	search_add_expression(query, &target);
	add(query, " AS peer, listener, product, category, service");
	for (size_t i = 0; target_at(i, &target); i++) {
		add(query, ", ");
		search_add_expression(query, &target);
		buf_printf(&query->sql, " AS `%.*s`", STR_FMT(target.name));
	}
	add(query, ", attr_keys, attr_values FROM events WHERE seq = ");
	add_seq(query, seq);
	add(query, " LIMIT 1");
}

/* --- roll-ups --------------------------------------------------------------------------------------- */

struct rollup {
	struct str by;
	const char *table, *slot, *expression;
	int64_t step;
};

static const struct rollup rollups[] = {
	{{"dataset", 7}, "events_minute", "minute", "dataset", CLOCK_MINUTE},
	{{"kind", 4}, "events_minute", "minute", "kind", CLOCK_MINUTE},
	{{"category", 8}, "events_minute", "minute", "category", CLOCK_MINUTE},
	{{"outcome", 7}, "events_minute", "minute", "outcome", CLOCK_MINUTE},
	{{"severity", 8}, "events_minute", "minute", "severity", CLOCK_MINUTE},
	{{"country", 7}, "addresses_hour", "hour", "country", CLOCK_HOUR},
	{{"address", 7},
	 "addresses_hour",
	 "hour",
	 "if(address = toFixedString('', 16), '', replaceOne(IPv6NumToString(address), '::ffff:', ''))",
	 CLOCK_HOUR},
	{{"host", 4}, "hosts_hour", "hour", "host", CLOCK_HOUR},
};

int search_overview(struct str by, int64_t from, int64_t to, int64_t width, unsigned limit,
		    struct sql_query *query, struct err *ret_err)
{
	const struct rollup *rollup = NULL;

	for (size_t i = 0; i < COUNT(rollups); i++)
		if (str_eq(rollups[i].by, by))
			rollup = &rollups[i];
	if (!rollup)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0, "there is no overview by %.*s", STR_FMT(by));
	from = search_bucket_start(from, rollup->step);
	if (width && search_check_width(from, to, width, ret_err) < 0)
		return ERR_LIMIT;
	add(query, "SELECT ");
	if (width) {
		search_add_bucket(query, rollup->slot, from, width);
		add(query, ", ");
	}
	/* The sum has a name of its own: old servers would take "events" in it for itself. */
	buf_printf(&query->sql, "%s AS name, sum(%s.events) AS events FROM %s WHERE ", rollup->expression,
		   rollup->table, rollup->table);
	add_range(query, rollup->slot, from, to);
	buf_printf(&query->sql, " GROUP BY %sname ORDER BY %sevents DESC, name LIMIT %u",
		   width ? "bucket, " : "", width ? "bucket, " : "", limit);
	return 0;
}
