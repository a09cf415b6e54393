/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/trail_link.h"

#include <stdlib.h>

#include "ipc/message.h"
#include "trail/trail.h"

#define CHUNK 512 /* records a transaction */

/* Length of what follows, as alert_link_send() cuts messages by it; number, time, text. */
void trail_link_add(struct buf *trail, const struct journal_record *record)
{
	size_t start = trail->len;
	uint32_t len;

	message_put_u32(trail, 0);
	message_put_u64(trail, record->seq);
	message_put_u64(trail, (uint64_t)record->received);
	message_put_str(trail, record->bytes);
	len = (uint32_t)(trail->len - start - sizeof(len));
	memcpy(trail->ptr + start, &len, sizeof(len));
}

static void get_record(struct message_reader *reader, struct trail_record *record)
{
	message_get_u32(reader); /* the length, which only the sender needs */
	record->seq = message_get_u64(reader);
	record->time = (int64_t)message_get_u64(reader);
	record->text = message_get_str(reader);
	if (record->seq > INT64_MAX)
		reader->bad = true;
}

int trail_link_receive(struct db *db, struct str payload)
{
	struct trail_record *records = calloc(CHUNK, sizeof(*records));
	struct message_reader reader = {payload, false};
	int r = 0;

	must(records);
	while (reader.rest.len && r == 0) {
		size_t count = 0;

		for (; count < CHUNK && reader.rest.len && !reader.bad; count++)
			get_record(&reader, &records[count]);
		r = reader.bad ? ERR_PROTOCOL : trail_add(db, records, count);
	}
	free(records);
	return r;
}
