/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/record_event.h"

#include <string.h>

#include "event/listener.h"

/* Only the platform itself is believed to be the platform (doc/formats/notices.md). */
static struct str believed_hint(const struct journal_record *record)
{
	bool own = record->listener == LISTENER_PLATFORM || record->listener == LISTENER_AUDIT;

	return !own && str_starts(record->hint, STR("wanglou-")) ? (struct str){0} : record->hint;
}

void record_event(const struct record_means *means, const struct journal_record *record, struct arena *arena,
		  struct event *ret_event)
{
	struct parse_input input = {
		.bytes = record->bytes,
		.hint = believed_hint(record),
		.received = record->received,
		.seq = record->seq,
		.listener = record->listener,
		.zone = means->zone,
	};

	memcpy(input.peer, record->peer, sizeof(input.peer));
	event_init(ret_event, arena);
	parser_run(means->parser, &input, ret_event);
	if (means->clocks && record_lane(record) == LANE_LIVE)
		clocks_correct(means->clocks, ret_event);
	if (means->enricher)
		enricher_run(means->enricher, ret_event);
	event_set_text(ret_event, FIELD_ID_LABELS_ENVIRONMENT,
		       record->flags & JOURNAL_DRILL ? STR("drill") : STR("production"));
}

enum lane record_lane(const struct journal_record *record)
{
	return record->flags & JOURNAL_DRILL        ? LANE_DRILL
	       : record->listener == LISTENER_LOCAL ? LANE_IMPORT
						    : LANE_LIVE;
}

int64_t record_time(const struct event *event)
{
	const struct field *time = event_get(event, FIELD_ID_TIMESTAMP);

	return time ? time->integer : event->received;
}
