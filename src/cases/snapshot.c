/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/snapshot.h"

#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "event/ip.h"

static void add_time(struct buf *out, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	buf_printf(out, "\"%s\"", text);
}

static void add_ip(struct buf *out, const uint8_t ip[16])
{
	char text[IP_TEXT_SIZE];

	ip_format(ip, text);
	buf_printf(out, "\"%s\"", text);
}

void event_snapshot_value(const struct field *field, struct buf *out)
{
	switch (field_info(field->id)->type) {
	case FIELD_LONG:
		buf_printf(out, "%" PRId64, field->integer);
		break;
	case FIELD_DOUBLE: /* JSON has no infinity */
		buf_printf(out, isfinite(field->number) ? "%.17g" : "null", field->number);
		break;
	case FIELD_IP:
		add_ip(out, field->ip);
		break;
	case FIELD_DATE:
		add_time(out, field->integer);
		break;
	case FIELD_BOOL:
		buf_add_str(out, field->integer ? STR("true") : STR("false"));
		break;
	default:
		buf_add_json_string(out, value_str(field->value));
	}
}

static void add_fields(const struct event *event, struct buf *out)
{
	for (uint32_t i = 0; i < event->field_count; i++) {
		if (i)
			buf_add_char(out, ',');
		buf_add_json_string(out, field_info(event->fields[i].id)->name);
		buf_add_char(out, ':');
		event_snapshot_value(&event->fields[i], out);
	}
}

static void add_attributes(const struct event *event, struct buf *out)
{
	const char *comma = "";

	for (uint32_t i = 0; i < event->attr_count; i++) {
		if (event->attrs[i].flags & ATTR_DERIVED)
			continue;
		buf_printf(out, "%s{\"name\":", comma);
		buf_add_json_string(out, event->attrs[i].key);
		buf_printf(out, ",\"value\":");
		buf_add_json_string(out, value_str(event->attrs[i].value));
		buf_add_char(out, '}');
		comma = ",";
	}
}

void event_snapshot(const struct event *event, bool drill, struct buf *out)
{
	static const uint8_t local[16];

	buf_printf(out, "{\"seq\":\"%" PRIu64 "\",\"received\":", event->seq);
	add_time(out, event->received);
	if (memcmp(event->peer, local, sizeof(local)) != 0) {
		buf_printf(out, ",\"peer\":");
		add_ip(out, event->peer);
	}
	buf_printf(out, ",\"drill\":%s,\"fields\":{", drill ? "true" : "false");
	add_fields(event, out);
	buf_printf(out, "},\"attributes\":[");
	add_attributes(event, out);
	buf_printf(out, "]}");
}
