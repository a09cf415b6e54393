/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "collect/systemd.h"

#define HEAD "{\"__CURSOR\":\""
#define ROOM_FOR_END 2 /* the bracket of an array, the object's */

static struct str name_of(struct str field)
{
	const size_t equals = str_find_char(field, '=');

	return str_head(field, equals == STR_NOT_FOUND ? 0 : equals);
}

/* What a journal takes for a name; others come from nowhere but damage. */
static bool is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(char_is_digit(name.ptr[i]) || name.ptr[i] == '_' ||
		      (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')))
			return false;
	return name.len && name.len <= 64 && !str_starts(name, STR("__"));
}

static void add_value(struct str value, struct buf *out)
{
	if (str_is_utf8(value)) {
		buf_add_json_string(out, value);
		return;
	}
	buf_add_char(out, '[');
	for (size_t i = 0; i < value.len; i++)
		buf_printf(out, "%s%u", i ? "," : "", (unsigned char)value.ptr[i]);
	buf_add_char(out, ']');
}

/* All values of the field's name. False where a value was cut. */
static bool add_values(const struct systemd_entry *entry, size_t first, struct buf *out)
{
	const struct str name = name_of(entry->fields[first]);
	size_t values = 0, seen = 0;
	bool whole = true;

	for (size_t i = first; i < entry->count; i++)
		values += str_eq(name_of(entry->fields[i]), name);
	if (values > 1)
		buf_add_char(out, '[');
	for (size_t i = first; i < entry->count && seen < values; i++) {
		struct str value = str_from_offset(entry->fields[i], name.len + 1);

		if (!str_eq(name_of(entry->fields[i]), name))
			continue;
		if (value.len > SYSTEMD_VALUE_MAX) {
			value.len = SYSTEMD_VALUE_MAX;
			/* Not inside of a character. */
			while (value.len > SYSTEMD_VALUE_MAX - 4 && (value.ptr[value.len] & 0xC0) == 0x80)
				value.len--;
			whole = false;
		}
		if (seen++)
			buf_add_char(out, ',');
		add_value(value, out);
		if (out->len > 2 * (size_t)COLLECT_RECORD_MAX) /* it is taken back as a whole */
			break;
	}
	if (values > 1)
		buf_add_char(out, ']');
	return whole;
}

static bool is_first_of_its_name(const struct systemd_entry *entry, size_t at)
{
	const struct str name = name_of(entry->fields[at]);

	for (size_t i = 0; i < at; i++)
		if (str_eq(name_of(entry->fields[i]), name))
			return false;
	return true;
}

/* False where it was cut or left out. */
static bool add_field(const struct systemd_entry *entry, size_t at, size_t start, struct buf *out)
{
	const struct str name = name_of(entry->fields[at]);
	const size_t before = out->len;
	bool whole;

	if (!is_name(name) || !is_first_of_its_name(entry, at))
		return true;
	buf_printf(out, ",\"%.*s\":", STR_FMT(name));
	whole = add_values(entry, at, out);
	if (out->len - start + ROOM_FOR_END <= COLLECT_RECORD_MAX)
		return whole;
	out->len = before;
	return false;
}

bool systemd_format(const struct systemd_entry *entry, struct buf *out)
{
	const size_t start = out->len;
	bool whole = true;

	/* The cursor is letters, digits and =;- as libsystemd makes it. */
	buf_printf(out,
		   HEAD "%.*s\",\"__REALTIME_TIMESTAMP\":\"%" PRIu64 "\",\"__MONOTONIC_TIMESTAMP\":\"%" PRIu64
			"\"",
		   STR_FMT(str_head(entry->cursor, SYSTEMD_CURSOR_MAX)), entry->realtime, entry->monotonic);
	/* The message first, so that others rather than it do not fit. */
	for (int message = 1; message >= 0; message--)
		for (size_t i = 0; i < entry->count && i < SYSTEMD_FIELDS_MAX; i++)
			if (str_starts(entry->fields[i], STR("MESSAGE=")) == (message == 1))
				whole &= add_field(entry, i, start, out);
	buf_add_char(out, '}');
	return !whole || entry->count > SYSTEMD_FIELDS_MAX;
}

struct str systemd_cursor_of(struct str record)
{
	struct str cursor;
	size_t end;

	if (!str_starts(record, STR(HEAD)))
		return STR("");
	cursor = str_from_offset(record, sizeof(HEAD) - 1);
	end = str_find_char(cursor, '"');
	return end == STR_NOT_FOUND || end > SYSTEMD_CURSOR_MAX ? STR("") : str_head(cursor, end);
}
