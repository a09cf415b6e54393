/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/record_link.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/vec.h"
#include "event/listener.h"
#include "ipc/message.h"

#define DURABLE_STEP (10 * CLOCK_SECOND)
#define NOTICE_WAIT (10 * CLOCK_SECOND) /* for the disk; who says something does not wait longer */
#define RETRY_PAUSE_NS 250000000
#define RECONNECT_TRIES 240 /* a minute of pauses */
#define HEADER_BYTES 9      /* of a message: u8 is this a repetition, u64 durable before */

struct record_link {
	const char *socket;
	int64_t patience;            /* µs; 0: as long as it takes */
	struct ipc_channel *channel; /* NULL: lost */
	struct buf message;
	uint64_t durable; /* as the last ACK said */
};

/* --- sending ------------------------------------------------------------------------------------------ */

static void start_message(struct record_link *link)
{
	buf_clear(&link->message);
	buf_add_char(&link->message, 0);
	message_put_u64(&link->message, link->durable);
}

static int call(struct record_link *link)
{
	struct err err = {0};
	int r = link->channel ? 0 : ipc_connect(link->socket, link->patience, &link->channel);

	if (r == 0)
		r = ipc_call(link->channel, IPC_RECORDS, buf_str(&link->message), &link->durable, &err);
	if (r < 0 && r != -EAGAIN) {
		ipc_channel_free(link->channel);
		link->channel = NULL;
	}
	return r;
}

int record_link_open(const char *socket, struct record_link **ret_link)
{
	return record_link_open_within(socket, 0, ret_link);
}

int record_link_open_within(const char *socket, int64_t patience, struct record_link **ret_link)
{
	struct record_link *link = calloc(1, sizeof(*link));
	int r;

	must(link);
	link->socket = socket;
	link->patience = patience;
	r = record_link_refresh(link);
	if (r < 0)
		record_link_close(link);
	else
		*ret_link = link;
	return r;
}

int record_link_refresh(struct record_link *link)
{
	int r;

	start_message(link);
	r = call(link);
	start_message(link);
	return r;
}

void record_link_close(struct record_link *link)
{
	if (!link)
		return;
	ipc_channel_free(link->channel);
	buf_done(&link->message);
	free(link);
}

int record_link_flush(struct record_link *link)
{
	struct timespec pause = {0, RETRY_PAUSE_NS};
	int64_t limit = link->patience ? clock_monotonic() + link->patience : INT64_MAX;
	int r = 0;

	if (link->message.len == HEADER_BYTES)
		return 0;
	for (int tries = 0; tries < RECONNECT_TRIES; tries++) {
		r = call(link);
		if (r == 0 || clock_monotonic() >= limit)
			break;
		if (r == -EAGAIN)
			tries = 0; /* it is there, and full: that may take long */
		link->message.ptr[0] = 1;
		nanosleep(&pause, NULL);
	}
	if (r == 0)
		start_message(link);
	return r;
}

/* A record: flags in the lower half of a u32, the listener in the upper, then hint and bytes. */
static int add(struct record_link *link, uint16_t listener, uint16_t flags, struct str hint, struct str bytes)
{
	message_put_u32(&link->message, (uint32_t)listener << 16 | flags);
	message_put_str(&link->message, str_head(hint, JOURNAL_HINT_MAX));
	message_put_str(&link->message, str_head(bytes, JOURNAL_RECORD_MAX));
	return link->message.len >= RECORD_MESSAGE_MAX ? record_link_flush(link) : 0;
}

int record_link_add(struct record_link *link, struct str hint, uint16_t flags, struct str bytes)
{
	return add(link, LISTENER_LOCAL, flags, hint, bytes);
}

int record_link_add_from(struct record_link *link, uint16_t listener, struct str hint, struct str bytes)
{
	return add(link, listener, 0, hint, bytes);
}

/* --- receiving ---------------------------------------------------------------------------------------- */

struct records {
	VEC_OF(struct journal_record)
};

/* The kernel names the user, so that a process that was broken into cannot write what others did. */
static bool may_say(const struct record_sink *sink, uid_t user, uint16_t listener)
{
	if (listener == LISTENER_LOCAL || listener == LISTENER_PLATFORM)
		return true;
	for (size_t i = 0; i < sink->speaker_count; i++)
		if (sink->speakers[i].listener == listener && sink->speakers[i].user == user)
			return true;
	return listener == LISTENER_AUDIT && user == 0;
}

static int decode(const struct record_sink *sink, uid_t user, struct message_reader *reader,
		  struct records *records)
{
	int64_t now = clock_now();

	while (reader->rest.len && !reader->bad) {
		struct journal_record record = {.received = now};
		uint32_t word = message_get_u32(reader);

		record.listener = (uint16_t)(word >> 16);
		record.flags = word & (JOURNAL_DRILL | JOURNAL_TRUNCATED);
		record.hint = message_get_str(reader);
		record.bytes = message_get_str(reader);
		if (record.hint.len > JOURNAL_HINT_MAX || record.bytes.len > JOURNAL_RECORD_MAX ||
		    !may_say(sink, user, record.listener))
			return ERR_PROTOCOL;
		vec_push(records, record);
	}
	return reader->bad ? ERR_PROTOCOL : 0;
}

static bool same(const struct journal_record *a, const struct journal_record *b)
{
	return a->listener == b->listener && a->flags == b->flags && str_eq(a->hint, b->hint) &&
	       str_eq(a->bytes, b->bytes);
}

/* How many of the records, from the first on, lie in one run in the journal behind number after. A torn tail
   may have cut the run short. */
static int count_present(const struct record_sink *sink, uint64_t after, const struct records *records,
			 size_t *ret_present)
{
	struct journal_reader *reader;
	struct journal_record record;
	struct err err = {0};
	size_t run = 0;
	int r = journal_reader_open(sink->folder, sink->key, after + 1, &reader, &err);

	if (r < 0)
		return r;
	while (run < records->len && (r = journal_reader_next(reader, &record, &err)) == 0) {
		if (run && !same(&record, &records->items[run]))
			run = 0;
		if (same(&record, &records->items[run]))
			run++;
		journal_reader_release(reader);
	}
	journal_reader_close(reader);
	*ret_present = run;
	return r == ERR_END ? 0 : r;
}

static bool is_notice(const struct journal_record *record)
{
	return record->listener == LISTENER_PLATFORM || record->listener == LISTENER_AUDIT;
}

/* For what the platform says, which has room kept for it on a full disk. */
static int append_notices(struct journal *journal, struct journal_record *records, size_t count)
{
	int r = journal_append_reserved(journal, records, count);

	return r < 0 ? r : journal_wait(journal, records[count - 1].seq, NOTICE_WAIT);
}

/* Durable or not at all known: the sender is not answered before the disk has it. */
static int append(struct journal *journal, struct journal_record *records, size_t count)
{
	int r;

	if (is_notice(&records[0]))
		return append_notices(journal, records, count);
	r = journal_append(journal, records, count);
	while (r == 0 && journal_durable(journal) < records[count - 1].seq)
		journal_wait(journal, records[count - 1].seq, DURABLE_STEP);
	return r;
}

int record_link_receive(void *context, uid_t user, enum ipc_type type, struct str payload,
			uint64_t *ret_value, struct err *ret_err)
{
	const struct record_sink *sink = context;
	struct message_reader reader = {str_from_offset(payload, 1), payload.len < HEADER_BYTES};
	uint64_t after = message_get_u64(&reader);
	struct records records = {0};
	size_t present = 0;
	int r = type == IPC_RECORDS ? decode(sink, user, &reader, &records) : ERR_PROTOCOL;

	if (r == 0 && payload.ptr[0] && records.len)
		r = count_present(sink, after, &records, &present);
	if (r == 0 && present < records.len)
		r = append(sink->journal, records.items + present, records.len - present);
	if (r < 0 && r != ERR_PROTOCOL)
		err_set(ret_err, r, 0, 0, "the journal cannot take records now: %s", err_text(r));
	*ret_value = journal_durable(sink->journal);
	vec_done(&records);
	return r;
}
