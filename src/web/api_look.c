/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked while somebody types a search or looks around in its result: over a sample, and with little
 * patience. */
#include "event/field.h"
#include "web/event.h"
#include "web/route.h"
#include "web/search.h"
#include "web/store_access.h"

#define VALUES_DEFAULT 10
#define VALUES_MAX 100
#define PREFIX_MAX 512

/* Asks, and frees the query. NULL: has answered. r: of what made the query. */
static json_t *ask(struct call *call, int r, struct sql_query *query, struct err *err)
{
	json_t *rows = NULL;

	if (r < 0)
		call_fail_query(call, err);
	else if ((r = store_ask(call, LOOK, query, &rows, err)) < 0)
		store_fail(call, r, err);
	sql_query_done(query);
	return r < 0 ? NULL : rows;
}

static void write_values(struct call *call, json_t *rows, struct str field)
{
	const char *name = arena_copy(call->request->arena, field).ptr;
	json_t *row;
	size_t i;

	out_open(call->out, "values", '[');
	json_array_foreach(rows, i, row)
	{
		out_open(call->out, NULL, '{');
		out_text(call->out, "value", event_cell(call->request->arena, row, "value", name));
		out_integer(call->out, "count", row_integer(row, "events"));
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
}

static json_t *ask_values(struct call *call, struct search *search, struct str field, struct str prefix)
{
	struct sql_query query = {0};
	struct err err = {0};
	int r = look_values(search, field, prefix, &query, &err);

	return ask(call, r, &query, &err);
}

static bool read_limit(struct call *call, struct search *search)
{
	int64_t limit;

	if (!call_number(call, "limit", 1, VALUES_MAX, VALUES_DEFAULT, &limit))
		return false;
	search->limit = (unsigned)limit;
	return true;
}

void api_list_values(struct call *call)
{
	struct str field, prefix = call_text(call, "prefix");
	struct search search = {0};
	json_t *rows;

	if (!call_search(call, &search) || !call_field(call, "field", &field) || !read_limit(call, &search))
		return;
	if (prefix.len > PREFIX_MAX) {
		call_fail(call, 400, "too_long", "prefix has more than %d bytes", PREFIX_MAX);
		return;
	}
	rows = ask_values(call, &search, field, prefix);
	if (!rows)
		return;
	out_open(call->out, NULL, '{');
	write_values(call, rows, field);
	out_close(call->out, '}');
	json_decref(rows);
}

/* Text has a least and a greatest one too, but they say nothing. */
static bool has_extremes(struct str field)
{
	enum field_id id = field_by_name(field);
	enum field_type type = id == FIELD_NONE ? FIELD_TEXT : field_info(id)->type;

	return type == FIELD_LONG || type == FIELD_DOUBLE || type == FIELD_DATE;
}

static void write_statistics(struct call *call, const json_t *statistics, json_t *values, struct str field)
{
	struct arena *arena = call->request->arena;
	const char *name = arena_copy(arena, field).ptr;
	int64_t events = row_integer(statistics, "events");

	out_open(call->out, NULL, '{');
	out_integer(call->out, "events", events);
	out_bool(call->out, "sampled", events >= SEARCH_SAMPLE_MAX && !str_eq(field, STR("@timestamp")));
	out_integer(call->out, "present", row_integer(statistics, "present"));
	out_integer(call->out, "distinct", row_integer(statistics, "distinct"));
	if (has_extremes(field)) {
		out_optional(call->out, "min", event_cell(arena, (json_t *)statistics, "min", name));
		out_optional(call->out, "max", event_cell(arena, (json_t *)statistics, "max", name));
	}
	write_values(call, values, field);
	out_close(call->out, '}');
}

void api_field_statistics(struct call *call)
{
	struct sql_query query = {0};
	struct search search = {0};
	struct err err = {0};
	struct str field;
	json_t *statistics, *values = NULL;
	int r;

	if (!call_search(call, &search) || !call_field(call, "field", &field) || !read_limit(call, &search))
		return;
	r = look_statistics(&search, field, &query, &err);
	statistics = ask(call, r, &query, &err);
	if (statistics && str_eq(field, STR("@timestamp")))
		values = json_array();
	else if (statistics)
		values = ask_values(call, &search, field, (struct str){0});
	if (values)
		write_statistics(call, json_array_get(statistics, 0), values, field);
	json_decref(statistics);
	json_decref(values);
}

static void write_fields(struct call *call, const char *key, json_t *rows)
{
	json_t *row;
	size_t i;

	out_open(call->out, key, '[');
	json_array_foreach(rows, i, row)
	{
		if (!row_text(row, "name").len)
			continue;
		out_open(call->out, NULL, '{');
		out_text(call->out, "name", row_text(row, "name"));
		out_integer(call->out, "present", row_integer(row, "present"));
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
}

void api_present_fields(struct call *call)
{
	struct sql_query query = {0}, more = {0};
	struct search search = {0};
	struct err err = {0};
	json_t *fields, *attributes = NULL;
	int64_t events;
	int r;

	if (!call_search(call, &search))
		return;
	r = look_fields(&search, &query, &err);
	fields = ask(call, r, &query, &err);
	if (fields) {
		r = look_attributes(&search, &more, &err);
		attributes = ask(call, r, &more, &err);
	}
	if (attributes) {
		events = row_integer(json_array_get(fields, 0), "present");
		out_open(call->out, NULL, '{');
		out_integer(call->out, "events", events);
		out_bool(call->out, "sampled", events >= SEARCH_FIELDS_SAMPLE);
		write_fields(call, "fields", fields);
		write_fields(call, "attributes", attributes);
		out_close(call->out, '}');
	}
	json_decref(fields);
	json_decref(attributes);
}
