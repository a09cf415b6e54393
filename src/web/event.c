/* SPDX-License-Identifier: Apache-2.0 */
#include "web/event.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "event/field.h"
#include "event/ip.h"
#include "event/listener.h"
#include "journal/journal.h"
#include "web/store_access.h"

/* Parsed and written again: whatever the pipeline sent, what leaves here is JSON. */
static char *canonical_object(struct str json)
{
	json_t *root = json_loadb(json.len ? json.ptr : "", json.len, JSON_ALLOW_NUL, NULL);
	char *text = json_is_object(root) ? json_dumps(root, JSON_COMPACT) : NULL;

	json_decref(root);
	return text;
}

void event_write_object(struct call *call, const char *key, struct str json)
{
	char *text = canonical_object(json);

	out_json(call->out, key, text ? str_from(text) : STR("{}"));
	free(text);
}

/* Audit records are for auditors and nobody else, whatever leads to their number. */
static bool may_see(const struct call *call, const struct journal_record *record)
{
	return record->listener != LISTENER_AUDIT || call->session.user.role == ROLE_AUDIT_ADMINISTRATOR;
}

static bool get_record(struct call *call, uint64_t seq, struct journal_record *ret_record)
{
	const struct web_options *options = &call->web->options;

	return options->journal && seq &&
	       journal_get(options->journal, options->journal_key, seq, call->request->arena, ret_record,
			   NULL) == 0 &&
	       may_see(call, ret_record);
}

bool event_is_hidden(struct call *call, uint64_t seq)
{
	const struct web_options *options = &call->web->options;
	struct journal_record record;

	return journal_get(options->journal, options->journal_key, seq, call->request->arena, &record,
			   NULL) == 0 &&
	       !may_see(call, &record);
}

static void write_raw(struct call *call, const struct journal_record *record)
{
	if (record)
		out_text(call->out, "raw", record->bytes);
	else
		out_bool(call->out, "raw_missing", true);
}

void event_write_raw(struct call *call, uint64_t seq, size_t max)
{
	struct journal_record record;
	const bool found = get_record(call, seq, &record);

	if (found)
		record.bytes = str_head(record.bytes, max);
	write_raw(call, found ? &record : NULL);
}

void event_write_copy(struct call *call, const char *key, struct str json, uint64_t seq)
{
	char *text = canonical_object(json);
	struct journal_record record;

	if (!text)
		return;
	out_json(call->out, key, str_head(str_from(text), strlen(text) - 1)); /* more members follow */
	write_raw(call, get_record(call, seq, &record) ? &record : NULL);
	out_close(call->out, '}');
	free(text);
}

static void write_seq(struct buf *out, uint64_t seq)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, seq);
	out_text(out, "seq", str_from(text));
}

static void write_key(struct buf *out, const char *key, struct buf *quoted)
{
	buf_clear(quoted);
	buf_add_json_string(quoted, str_from(key));
	if (out->ptr[out->len - 1] != '{')
		buf_add_char(out, ',');
	buf_add_str(out, buf_str(quoted));
	buf_add_char(out, ':');
}

static bool is_absent(const json_t *value)
{
	if (json_is_string(value))
		return json_string_length(value) == 0;
	return json_is_null(value) || (json_is_number(value) && json_number_value(value) == 0);
}

struct str event_cell(struct arena *arena, json_t *row, const char *key, const char *field)
{
	const json_t *value = json_object_get(row, key);
	enum field_id id = field ? field_by_name(str_from(field)) : FIELD_NONE;
	enum field_type type = id == FIELD_NONE ? FIELD_TEXT : field_info(id)->type;
	int64_t integer = row_integer(row, key);
	bool numeric = type != FIELD_TEXT && type != FIELD_KEYWORD && type != FIELD_IP;

	if (is_absent(value) || (numeric && type != FIELD_DOUBLE && integer == 0))
		return (struct str){0};
	if (type == FIELD_DATE) {
		char text[CLOCK_TEXT_SIZE];

		clock_format(integer, text);
		return arena_copy(arena, str_from(text));
	}
	if (type == FIELD_BOOL)
		return STR("true");
	if (type == FIELD_LONG || json_is_integer(value))
		return arena_printf(arena, "%" PRId64, integer);
	if (json_is_number(value))
		return arena_printf(arena, "%.17g", json_number_value(value));
	return row_text(row, key);
}

static bool is_bare(const json_t *value, enum field_type type)
{
	return type == FIELD_BOOL || type == FIELD_LONG || (type != FIELD_DATE && json_is_number(value));
}

/* A value of the store in the JSON type of its field; 64-bit numbers come with or without quotes. */
static void write_value(struct arena *arena, struct buf *out, const char *key, json_t *row)
{
	enum field_id id = field_by_name(str_from(key));
	struct str text = event_cell(arena, row, key, key);
	struct buf quoted = {0};

	if (!text.len)
		return;
	write_key(out, key, &quoted);
	buf_done(&quoted);
	if (is_bare(json_object_get(row, key), id == FIELD_NONE ? FIELD_TEXT : field_info(id)->type))
		buf_add_str(out, text);
	else
		buf_add_json_string(out, text);
}

void event_write_row(struct arena *arena, struct buf *out, json_t *row)
{
	const char *key;
	json_t *value;

	out_open(out, NULL, '{');
	write_seq(out, (uint64_t)row_integer(row, "seq"));
	out_time(out, "time", row_integer(row, "@timestamp"));
	json_object_foreach(row, key, value) if (strcmp(key, "seq") != 0 && strcmp(key, "@timestamp") != 0)
		write_value(arena, out, key, row);
	out_close(out, '}');
}

static void write_fields(struct arena *arena, struct buf *out, json_t *row)
{
	out_open(out, "fields", '{');
	for (int id = 0; row && id < FIELD_COUNT; id++)
		write_value(arena, out, field_info((enum field_id)id)->name.ptr, row);
	out_close(out, '}');
}

static void write_attributes(struct buf *out, json_t *row)
{
	json_t *keys = json_object_get(row, "attr_keys"), *values = json_object_get(row, "attr_values");

	out_open(out, "attributes", '[');
	for (size_t i = 0; i < json_array_size(keys) && i < json_array_size(values); i++) {
		const json_t *key = json_array_get(keys, i), *value = json_array_get(values, i);

		out_open(out, NULL, '{');
		out_text(out, "name", str_of(json_string_value(key), json_string_length(key)));
		out_text(out, "value", str_of(json_string_value(value), json_string_length(value)));
		out_close(out, '}');
	}
	out_close(out, ']');
}

static void write_reception(struct buf *out, json_t *row, const struct journal_record *record)
{
	static const uint8_t local[16];
	char peer[IP_TEXT_SIZE];

	out_time(out, "received", record ? record->received : row_integer(row, "received"));
	if (record && memcmp(record->peer, local, sizeof(local)) != 0) {
		ip_format(record->peer, peer);
		out_text(out, "peer", str_from(peer));
	} else if (!record) {
		out_optional(out, "peer", row_text(row, "peer"));
	}
	out_bool(out, "drill",
		 record ? (record->flags & JOURNAL_DRILL) != 0
			: str_eq(row_text(row, "labels.environment"), STR("drill")));
}

bool event_write_detail(struct call *call, json_t *row, uint64_t seq)
{
	struct journal_record record;
	bool found = get_record(call, seq, &record);

	if (!row && !found)
		return false;
	out_open(call->out, NULL, '{');
	write_seq(call->out, seq);
	write_reception(call->out, row, found ? &record : NULL);
	write_fields(call->request->arena, call->out, row);
	write_attributes(call->out, row);
	write_raw(call, found ? &record : NULL);
	out_close(call->out, '}');
	return true;
}
