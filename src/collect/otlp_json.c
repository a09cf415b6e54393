/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTLP in JSON: protobuf's JSON mapping with ids in hexadecimal, enumerations as
 * numbers, and 64-bit numbers as texts or numbers (OTLP specification, "JSON
 * Protobuf Encoding").
 */
#include <inttypes.h>

#include "collect/otlp_read.h"

static struct str text_of(const struct json_node *node)
{
	return node && node->type == JSON_STRING ? str_of(node->text, node->len) : (struct str){0};
}

/* A number, or a text that is one; 0 for anything else. */
static uint64_t number_of(const struct json_node *node)
{
	uint64_t value = 0;

	if (node && (node->type == JSON_STRING || node->type == JSON_NUMBER))
		str_to_u64(str_of(node->text, node->len), &value);
	return value;
}

/* The items of a list that is a member; NULL where it is none. */
static const struct json_node *list_of(const struct json_node *object, struct str name)
{
	const struct json_node *list = json_get(object, name);

	return list && list->type == JSON_ARRAY ? list : NULL;
}

static void add_value(struct otlp *otlp, struct buf *out, const struct json_node *value);

/* Members as deep as the parser lets through: JSON_DEPTH_MAX. */
static void add_pairs(struct otlp *otlp, struct buf *out, const struct json_node *list)
{
	const struct json_node *pair;

	buf_add_char(out, '{');
	for (pair = list ? json_first(list) : NULL; pair && !otlp_is_full(otlp, out);
	     pair = json_next(list, pair)) {
		otlp_add_name(otlp, out, text_of(json_get(pair, STR("key"))));
		add_value(otlp, out, json_get(pair, STR("value")));
	}
	buf_add_char(out, '}');
}

static void add_list(struct otlp *otlp, struct buf *out, const struct json_node *list)
{
	const struct json_node *item = list ? json_first(list) : NULL;

	buf_add_char(out, '[');
	for (bool more = false; item && !otlp_is_full(otlp, out); item = json_next(list, item), more = true) {
		if (more)
			buf_add_char(out, ',');
		add_value(otlp, out, item);
	}
	buf_add_char(out, ']');
}

static void add_int(struct buf *out, const struct json_node *node)
{
	int64_t value;

	if (node->type <= JSON_STRING && str_to_i64(str_of(node->text, node->len), &value) == 0)
		buf_printf(out, "%" PRId64, value);
	else
		buf_add_str(out, STR("null"));
}

/* Numbers, booleans and texts as they are; bytes are base64 here too. */
static void add_plain(const struct otlp *otlp, struct buf *out, const struct json_node *node)
{
	if (node->type == JSON_STRING)
		otlp_add_text(otlp, out, text_of(node));
	else if (node->type < JSON_STRING)
		buf_add_str(out, str_of(node->text, node->len));
	else
		buf_add_str(out, STR("null"));
}

/* An AnyValue: an object whose one member's name says the type. */
static void add_value(struct otlp *otlp, struct buf *out, const struct json_node *value)
{
	const struct json_node *key = value && value->type == JSON_OBJECT ? json_first(value) : NULL;
	struct str name = key ? str_of(key->text, key->len) : (struct str){0};

	if (!key)
		buf_add_str(out, STR("null"));
	else if (str_eq(name, STR("arrayValue")))
		add_list(otlp, out, list_of(key + 1, STR("values")));
	else if (str_eq(name, STR("kvlistValue")))
		add_pairs(otlp, out, list_of(key + 1, STR("values")));
	else if (str_eq(name, STR("intValue")))
		add_int(out, key + 1);
	else
		add_plain(otlp, out, key + 1);
}

static int read_record(struct otlp *otlp, const struct json_node *node)
{
	struct buf *out = &otlp->line;
	const struct json_node *body = json_get(node, STR("body"));
	const struct json_node *attributes = list_of(node, STR("attributes"));
	const struct otlp_record record = {
		.time = number_of(json_get(node, STR("timeUnixNano"))),
		.observed = number_of(json_get(node, STR("observedTimeUnixNano"))),
		.severity = number_of(json_get(node, STR("severityNumber"))),
		.flags = number_of(json_get(node, STR("flags"))),
		.severity_text = text_of(json_get(node, STR("severityText"))),
		.event_name = text_of(json_get(node, STR("eventName"))),
		.trace_id = text_of(json_get(node, STR("traceId"))),
		.span_id = text_of(json_get(node, STR("spanId"))),
	};

	otlp_begin_record(otlp, &record);
	if (body) {
		otlp_add_name(otlp, out, STR("body"));
		add_value(otlp, out, body);
	}
	if (attributes && attributes->count) {
		otlp_add_name(otlp, out, STR("attributes"));
		add_pairs(otlp, out, attributes);
	}
	return otlp_end_record(otlp);
}

static void add_scope_member(struct otlp *otlp, const struct json_node *scope, struct str name)
{
	struct str text = text_of(json_get(scope, name));

	if (!text.len)
		return;
	otlp_add_name(otlp, &otlp->head, name);
	otlp_add_text(otlp, &otlp->head, text);
}

static int read_scope_logs(struct otlp *otlp, const struct json_node *node)
{
	const struct json_node *scope = json_get(node, STR("scope"));
	const struct json_node *records = list_of(node, STR("logRecords"));
	const struct json_node *record;
	int r = 0;

	otlp->head.len = otlp->resource;
	buf_add_str(&otlp->head, STR(",\"scope\":{"));
	add_scope_member(otlp, scope, STR("name"));
	add_scope_member(otlp, scope, STR("version"));
	buf_add_char(&otlp->head, '}');
	for (record = records ? json_first(records) : NULL; r == 0 && record;
	     record = json_next(records, record))
		r = record->type == JSON_OBJECT ? read_record(otlp, record) : ERR_SYNTAX;
	return r;
}

static int read_resource_logs(struct otlp *otlp, const struct json_node *node)
{
	const struct json_node *scopes = list_of(node, STR("scopeLogs")), *scope;
	int r = 0;

	buf_clear(&otlp->head);
	buf_add_str(&otlp->head, STR("\"resource\":"));
	add_pairs(otlp, &otlp->head, list_of(json_get(node, STR("resource")), STR("attributes")));
	otlp->resource = otlp->head.len;
	for (scope = scopes ? json_first(scopes) : NULL; r == 0 && scope; scope = json_next(scopes, scope))
		r = read_scope_logs(otlp, scope);
	return r;
}

int otlp_read_json(struct otlp *otlp, struct json_parser *json, struct str body)
{
	const struct json_node *root, *list, *item;
	int r = json_parse(json, body, &root, NULL);

	if (r == 0 && root->type != JSON_OBJECT)
		r = ERR_SYNTAX;
	list = r == 0 ? list_of(root, STR("resourceLogs")) : NULL;
	for (item = list ? json_first(list) : NULL; r == 0 && item; item = json_next(list, item))
		r = read_resource_logs(otlp, item);
	return r;
}
