/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "collect/syslog_private.h"

_Static_assert(COLLECT_RECORD_MAX + 2 * SYSLOG_READ_SIZE <= COLLECT_APPEND_MAX,
	       "what is held is offered at once");

struct batch {
	size_t count, bytes, cut, used;
	enum framing_result last; /* FRAMING_FRAME: the batch is full, there may be more */
};

static struct batch fill_batch(struct connection *connection, struct str data)
{
	struct syslog_tcp *tcp = connection->tcp;
	struct batch batch = {.last = FRAMING_FRAME};
	int64_t now = clock_now();
	struct frame frame;
	size_t used;

	while (batch.count < SYSLOG_BATCH && batch.last == FRAMING_FRAME) {
		struct collect_record *record = &tcp->records[batch.count];

		batch.last = framing_next(&connection->framing, str_from_offset(data, batch.used),
					  connection->ended, &used, &frame);
		batch.used += used;
		if (batch.last != FRAMING_FRAME)
			break;
		*record = (struct collect_record){.received = now, .listener = tcp->feed.listener};
		memcpy(record->peer, connection->peer, sizeof(record->peer));
		record->flags = frame.truncated ? COLLECT_TRUNCATED : 0;
		record->bytes = frame.message;
		batch.count++;
		batch.bytes += frame.message.len;
		batch.cut += frame.truncated;
	}
	return batch;
}

int syslog_deliver(struct connection *connection, struct str data, size_t *ret_used)
{
	const struct feed *feed = &connection->tcp->feed;
	struct batch batch = {.last = FRAMING_FRAME};

	for (*ret_used = 0; batch.last == FRAMING_FRAME; *ret_used += batch.used) {
		struct framing before = connection->framing;
		int r;

		batch = fill_batch(connection, str_from_offset(data, *ret_used));
		r = batch.count ? feed_append(feed, connection->tcp->records, batch.count) : 0;
		if (r < 0) {
			connection->framing = before;
			return r;
		}
		feed_count(feed, COLLECT_RECEIVED, batch.count);
		feed_count(feed, COLLECT_BYTES, batch.bytes);
		feed_count(feed, COLLECT_TRUNCATED_COUNT, batch.cut);
	}
	return (int)batch.last;
}

void syslog_drop_held(struct connection *connection)
{
	struct str held = buf_str(&connection->held);
	struct batch batch = {.last = FRAMING_FRAME};

	while (batch.last == FRAMING_FRAME) {
		batch = fill_batch(connection, held);
		held = str_from_offset(held, batch.used);
		feed_count(&connection->tcp->feed, COLLECT_DROPPED, batch.count);
	}
}
