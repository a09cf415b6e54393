/* SPDX-License-Identifier: Apache-2.0 */
#include "event/snapshot.h"

#include <inttypes.h>

#include "base/clock.h"
#include "event/ip.h"

static void add_field(struct buf *out, const struct field *field)
{
	char time[CLOCK_TEXT_SIZE], ip[IP_TEXT_SIZE];

	switch (field_info(field->id)->type) {
	case FIELD_KEYWORD:
	case FIELD_TEXT:
		buf_add_json_string(out, value_str(field->value));
		break;
	case FIELD_LONG:
		buf_printf(out, "%" PRId64, field->integer);
		break;
	case FIELD_DOUBLE:
		buf_printf(out, "%.17g", field->number);
		break;
	case FIELD_IP:
		ip_format(field->ip, ip);
		buf_add_json_string(out, str_from(ip));
		break;
	case FIELD_DATE:
		clock_format(field->integer, time);
		buf_add_json_string(out, str_from(time));
		break;
	case FIELD_BOOL:
		buf_add_str(out, field->integer ? STR("true") : STR("false"));
		break;
	}
}

static void add_attributes(struct buf *out, const struct event *event)
{
	bool first = true;

	for (uint32_t i = 0; i < event->attr_count; i++) {
		const struct attr *attr = &event->attrs[i];

		if (attr->flags & ATTR_DERIVED)
			continue;
		buf_add_str(out, first ? STR("{\"name\":") : STR(",{\"name\":"));
		buf_add_json_string(out, attr->key);
		buf_add_str(out, STR(",\"value\":"));
		buf_add_json_string(out, value_str(attr->value));
		buf_add_char(out, '}');
		first = false;
	}
}

void event_snapshot(const struct event *event, struct buf *out)
{
	static const uint8_t nobody[16];
	char time[CLOCK_TEXT_SIZE], peer[IP_TEXT_SIZE] = "";

	clock_format(event->received, time);
	if (memcmp(event->peer, nobody, sizeof(nobody)) != 0)
		ip_format(event->peer, peer);
	buf_printf(out,
		   "{\"seq\":\"%" PRIu64 "\",\"received\":\"%s\",\"peer\":\"%s\",\"source\":", event->seq,
		   time, peer);
	buf_add_json_string(out, event->source);
	buf_add_str(out, STR(",\"fields\":{"));
	for (uint32_t i = 0; i < event->field_count; i++) {
		if (i)
			buf_add_char(out, ',');
		buf_add_json_string(out, field_info(event->fields[i].id)->name);
		buf_add_char(out, ':');
		add_field(out, &event->fields[i]);
	}
	buf_add_str(out, STR("},\"attributes\":["));
	add_attributes(out, event);
	buf_add_str(out, STR("]}"));
}
