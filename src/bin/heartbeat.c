/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/heartbeat.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "bin/notice.h"

/* One record that says it is there, one for each listener with losses; they are told together or not at all.
 */
struct beat {
	struct journal_record records[LISTENER_COUNT + 1];
	struct buf texts[LISTENER_COUNT + 1];
	size_t count;
};

static struct buf *add(struct beat *beat, const char *event, const char *level)
{
	struct buf *text = &beat->texts[beat->count++];

	buf_printf(text, "{\"event\":\"%s\",\"level\":\"%s\"", event, level);
	return text;
}

static void add_loss(struct beat *beat, const char *listener, uint64_t dropped, uint64_t received,
		     int64_t seconds)
{
	struct buf *text = add(beat, "collect.dropped", "warning");

	buf_printf(text,
		   ",\"message\":\"%" PRIu64
		   " messages were lost on %s before they could be read: more arrive "
		   "than this machine takes\",\"listener\":\"%s\",\"dropped\":%" PRIu64
		   ",\"received\":%" PRIu64 ",\"seconds\":%" PRId64 "}",
		   dropped, listener, listener, dropped, received, seconds);
}

int heartbeat_write(struct heartbeat *heartbeat, struct journal *journal, const struct collect *collect,
		    const char *state, int64_t now)
{
	struct beat beat = {0};
	struct collect_stats stats;
	int64_t seconds = heartbeat->last ? (now - heartbeat->last) / CLOCK_SECOND : 0;
	struct heartbeat told = {.last = now};
	int r;

	collect_stats(collect, &stats);
	buf_printf(add(&beat, HEARTBEAT_EVENT, "info"), ",\"message\":\"collecting\",\"state\":\"%s\"}",
		   state);
	for (int i = 0; i < LISTENER_COUNT; i++) {
		told.dropped[i] = stats.values[i][COLLECT_DROPPED];
		told.received[i] = stats.values[i][COLLECT_RECEIVED];
		if (told.dropped[i] > heartbeat->dropped[i])
			add_loss(&beat, listener_name((uint16_t)i), told.dropped[i] - heartbeat->dropped[i],
				 told.received[i] - heartbeat->received[i], seconds);
	}
	for (size_t i = 0; i < beat.count; i++)
		beat.records[i] = (struct journal_record){.received = now,
							  .listener = LISTENER_PLATFORM,
							  .hint = STR(NOTICE_PLATFORM),
							  .bytes = buf_str(&beat.texts[i])};
	r = journal_status(journal);
	if (r == 0)
		r = journal_append(journal, beat.records, beat.count);
	if (r == 0)
		*heartbeat = told;
	for (size_t i = 0; i < beat.count; i++)
		buf_done(&beat.texts[i]);
	return r;
}
