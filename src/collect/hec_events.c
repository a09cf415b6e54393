/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/hec_events.h"

static enum hec_code check_envelope(const struct json_node *envelope)
{
	const struct json_node *event = json_get(envelope, STR("event"));

	if (envelope->type != JSON_OBJECT)
		return HEC_INVALID_FORMAT;
	if (!event)
		return HEC_EVENT_REQUIRED;
	if (event->type == JSON_NULL || (event->type == JSON_STRING && !event->len))
		return HEC_EVENT_BLANK;
	return HEC_SUCCESS;
}

/* The rest of the line that the bad text begins in. */
static void skip_line(struct hec_events *events)
{
	struct str line;

	while (events->rest.len && char_is_space(events->rest.ptr[0]))
		events->rest = str_from_offset(events->rest, 1);
	str_split(&events->rest, '\n', &line);
}

bool hec_events_next(struct hec_events *events, struct hec_event *ret_event)
{
	const struct json_node *envelope;
	size_t used = 0;
	int r = json_parse_prefix(events->json, events->rest, &envelope, &used);

	if (r == ERR_END)
		return false;
	*ret_event = (struct hec_event){.code = HEC_INVALID_FORMAT};
	if (r < 0) {
		skip_line(events);
		return true;
	}
	ret_event->envelope = str_of(envelope->text, envelope->len);
	if (envelope->len <= events->event_max)
		ret_event->code = check_envelope(envelope);
	events->rest = str_from_offset(events->rest, used);
	return true;
}
