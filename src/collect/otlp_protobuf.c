/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTLP in protobuf. The numbers are those of opentelemetry/proto/{logs,common,
 * resource}/v1 and collector/logs/v1. Messages are read where they lie: a value
 * is the only one that can hold itself, and how deep is counted.
 */
#include <inttypes.h>

#include "base/base64.h"
#include "collect/otlp_read.h"
#include "collect/wire.h"

enum { REQUEST_RESOURCE_LOGS = 1 };
enum { RESOURCE_LOGS_RESOURCE = 1, RESOURCE_LOGS_SCOPE_LOGS = 2 };
enum { RESOURCE_ATTRIBUTES = 1 };
enum { SCOPE_LOGS_SCOPE = 1, SCOPE_LOGS_RECORDS = 2 };
enum { SCOPE_NAME = 1, SCOPE_VERSION = 2 };
enum {
	RECORD_TIME = 1,
	RECORD_SEVERITY = 2,
	RECORD_SEVERITY_TEXT = 3,
	RECORD_BODY = 5,
	RECORD_ATTRIBUTES = 6,
	RECORD_FLAGS = 8,
	RECORD_TRACE_ID = 9,
	RECORD_SPAN_ID = 10,
	RECORD_OBSERVED = 11,
	RECORD_EVENT_NAME = 12,
};
enum { PAIR_KEY = 1, PAIR_VALUE = 2 };
enum { LIST_VALUES = 1 };
enum {
	VALUE_STRING = 1,
	VALUE_BOOL = 2,
	VALUE_INT = 3,
	VALUE_DOUBLE = 4,
	VALUE_ARRAY = 5,
	VALUE_MAP = 6,
	VALUE_BYTES = 7,
};

#define ID_MAX 16 /* bytes of a trace id, of which a span id has half */

static int add_value(struct otlp *otlp, struct buf *out, struct str message, unsigned depth);

/* The KeyValues under a number of a message, as members. */
static int add_pairs(struct otlp *otlp, struct buf *out, struct str message, uint32_t number, unsigned depth)
{
	struct wire pairs = wire_of(message);
	struct wire_field field;
	int r = 0;

	while (r == 0 && !otlp_is_full(otlp, out) && wire_find(&pairs, number, WIRE_BYTES, &field)) {
		struct wire pair = wire_of(field.bytes);
		struct str key = {0}, value = {0};

		while (wire_next(&pair, &field)) {
			if (field.number == PAIR_KEY && field.type == WIRE_BYTES)
				key = field.bytes;
			else if (field.number == PAIR_VALUE && field.type == WIRE_BYTES)
				value = field.bytes;
		}
		if (pair.bad)
			return ERR_SYNTAX;
		otlp_add_name(otlp, out, key);
		r = add_value(otlp, out, value, depth);
	}
	return pairs.bad ? ERR_SYNTAX : r;
}

static int add_list(struct otlp *otlp, struct buf *out, struct str message, unsigned depth)
{
	struct wire values = wire_of(message);
	struct wire_field field;
	bool more = false;
	int r = 0;

	buf_add_char(out, '[');
	for (; r == 0 && !otlp_is_full(otlp, out) && wire_find(&values, LIST_VALUES, WIRE_BYTES, &field);
	     more = true) {
		if (more)
			buf_add_char(out, ',');
		r = add_value(otlp, out, field.bytes, depth);
	}
	buf_add_char(out, ']');
	return values.bad ? ERR_SYNTAX : r;
}

static int add_map(struct otlp *otlp, struct buf *out, struct str message, unsigned depth)
{
	int r;

	buf_add_char(out, '{');
	r = add_pairs(otlp, out, message, LIST_VALUES, depth);
	buf_add_char(out, '}');
	return r;
}

static void add_bytes(const struct otlp *otlp, struct buf *out, struct str bytes)
{
	bytes = str_head(bytes, otlp->line_max + 1);
	buf_add_char(out, '"');
	buf_add_base64(out, bytes.ptr, bytes.len);
	buf_add_char(out, '"');
}

static int add_variant(struct otlp *otlp, struct buf *out, const struct wire_field *field, unsigned depth)
{
	double number;
	int r = 0;

	if (field->number == VALUE_STRING && field->type == WIRE_BYTES) {
		otlp_add_text(otlp, out, field->bytes);
	} else if (field->number == VALUE_BOOL && field->type == WIRE_VARINT) {
		buf_add_str(out, field->value ? STR("true") : STR("false"));
	} else if (field->number == VALUE_INT && field->type == WIRE_VARINT) {
		buf_printf(out, "%" PRId64, (int64_t)field->value);
	} else if (field->number == VALUE_DOUBLE && field->type == WIRE_FIXED64) {
		memcpy(&number, &field->value, sizeof(number));
		otlp_add_double(out, number);
	} else if (field->number == VALUE_ARRAY && field->type == WIRE_BYTES) {
		r = add_list(otlp, out, field->bytes, depth + 1);
	} else if (field->number == VALUE_MAP && field->type == WIRE_BYTES) {
		r = add_map(otlp, out, field->bytes, depth + 1);
	} else if (field->number == VALUE_BYTES && field->type == WIRE_BYTES) {
		add_bytes(otlp, out, field->bytes);
	} else {
		buf_add_str(out, STR("null"));
	}
	return r;
}

/* An AnyValue: the last of its variants counts. */
static int add_value(struct otlp *otlp, struct buf *out, struct str message, unsigned depth)
{
	struct wire value = wire_of(message);
	struct wire_field field, variant = {0};

	if (depth > OTLP_DEPTH_MAX)
		return ERR_SYNTAX;
	while (wire_next(&value, &field))
		if (field.number >= VALUE_STRING && field.number <= VALUE_BYTES)
			variant = field;
	return value.bad ? ERR_SYNTAX : add_variant(otlp, out, &variant, depth);
}

/* Into out, which holds twice as many characters. An id of another length is none. */
static struct str hex_of(struct str bytes, size_t wanted, char *out)
{
	static const char digits[] = "0123456789abcdef";

	if (bytes.len != wanted)
		return (struct str){0};
	for (size_t i = 0; i < wanted; i++) {
		out[2 * i] = digits[(uint8_t)bytes.ptr[i] >> 4];
		out[2 * i + 1] = digits[bytes.ptr[i] & 15];
	}
	return str_of(out, 2 * wanted);
}

static void take_number(struct otlp_record *record, const struct wire_field *field)
{
	if (field->number == RECORD_TIME && field->type == WIRE_FIXED64)
		record->time = field->value;
	else if (field->number == RECORD_OBSERVED && field->type == WIRE_FIXED64)
		record->observed = field->value;
	else if (field->number == RECORD_SEVERITY && field->type == WIRE_VARINT)
		record->severity = field->value;
	else if (field->number == RECORD_FLAGS && field->type == WIRE_FIXED32)
		record->flags = field->value;
}

static int read_record(struct otlp *otlp, struct str message)
{
	struct wire wire = wire_of(message);
	struct otlp_record record = {0};
	struct wire_field field;
	struct str body = {0};
	bool has_body = false, has_attributes = false;
	char trace_id[2 * ID_MAX], span_id[ID_MAX];
	int r = 0;

	while (wire_next(&wire, &field)) {
		if (field.type != WIRE_BYTES) {
			take_number(&record, &field);
		} else if (field.number == RECORD_BODY) {
			body = field.bytes;
			has_body = true;
		} else if (field.number == RECORD_ATTRIBUTES) {
			has_attributes = true;
		} else if (field.number == RECORD_SEVERITY_TEXT) {
			record.severity_text = field.bytes;
		} else if (field.number == RECORD_EVENT_NAME) {
			record.event_name = field.bytes;
		} else if (field.number == RECORD_TRACE_ID) {
			record.trace_id = hex_of(field.bytes, ID_MAX, trace_id);
		} else if (field.number == RECORD_SPAN_ID) {
			record.span_id = hex_of(field.bytes, ID_MAX / 2, span_id);
		}
	}
	if (wire.bad)
		return ERR_SYNTAX;
	otlp_begin_record(otlp, &record);
	if (has_body) {
		otlp_add_name(otlp, &otlp->line, STR("body"));
		r = add_value(otlp, &otlp->line, body, 0);
	}
	if (r == 0 && has_attributes) {
		otlp_add_name(otlp, &otlp->line, STR("attributes"));
		buf_add_char(&otlp->line, '{');
		r = add_pairs(otlp, &otlp->line, message, RECORD_ATTRIBUTES, 0);
		buf_add_char(&otlp->line, '}');
	}
	return r < 0 ? r : otlp_end_record(otlp);
}

/* Both messages have text members only. */
static int read_scope(struct otlp *otlp, struct str message)
{
	struct wire wire = wire_of(message);
	struct wire_field field;

	while (wire_next(&wire, &field)) {
		if (field.type != WIRE_BYTES || (field.number != SCOPE_NAME && field.number != SCOPE_VERSION))
			continue;
		otlp_add_name(otlp, &otlp->head, field.number == SCOPE_NAME ? STR("name") : STR("version"));
		otlp_add_text(otlp, &otlp->head, field.bytes);
	}
	return wire.bad ? ERR_SYNTAX : 0;
}

static int read_scope_logs(struct otlp *otlp, struct str message)
{
	struct wire wire = wire_of(message);
	struct wire_field field;
	int r = 0;

	otlp->head.len = otlp->resource;
	buf_add_str(&otlp->head, STR(",\"scope\":{"));
	while (r == 0 && wire_find(&wire, SCOPE_LOGS_SCOPE, WIRE_BYTES, &field))
		r = read_scope(otlp, field.bytes);
	buf_add_char(&otlp->head, '}');
	if (wire.bad)
		return ERR_SYNTAX;
	wire = wire_of(message);
	while (r == 0 && wire_find(&wire, SCOPE_LOGS_RECORDS, WIRE_BYTES, &field))
		r = read_record(otlp, field.bytes);
	return r;
}

/* The resource may stand behind the logs that are of it. */
static int read_resource_logs(struct otlp *otlp, struct str message)
{
	struct wire wire = wire_of(message);
	struct wire_field field;
	int r = 0;

	buf_clear(&otlp->head);
	buf_add_str(&otlp->head, STR("\"resource\":{"));
	while (r == 0 && wire_find(&wire, RESOURCE_LOGS_RESOURCE, WIRE_BYTES, &field))
		r = add_pairs(otlp, &otlp->head, field.bytes, RESOURCE_ATTRIBUTES, 0);
	buf_add_char(&otlp->head, '}');
	otlp->resource = otlp->head.len;
	if (wire.bad)
		return ERR_SYNTAX;
	wire = wire_of(message);
	while (r == 0 && wire_find(&wire, RESOURCE_LOGS_SCOPE_LOGS, WIRE_BYTES, &field))
		r = read_scope_logs(otlp, field.bytes);
	return r;
}

int otlp_read_protobuf(struct otlp *otlp, struct str body)
{
	struct wire wire = wire_of(body);
	struct wire_field field;
	int r = 0;

	while (r == 0 && wire_find(&wire, REQUEST_RESOURCE_LOGS, WIRE_BYTES, &field))
		r = read_resource_logs(otlp, field.bytes);
	return wire.bad ? ERR_SYNTAX : r;
}
