/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/change.h"

#include "base/hash.h"

/* The order of the put_ and get_ functions must agree. */

void coverage_put_batch(struct buf *out, const struct coverage_batch *batch)
{
	message_put_str(out, batch->node);
	message_put_u64(out, batch->first);
	message_put_u64(out, batch->end);
	message_put_u64(out, (uint64_t)batch->time);
}

void coverage_get_batch(struct message_reader *reader, struct coverage_batch *ret_batch)
{
	ret_batch->node = message_get_str(reader);
	ret_batch->first = message_get_u64(reader);
	ret_batch->end = message_get_u64(reader);
	ret_batch->time = (int64_t)message_get_u64(reader);
	if (ret_batch->end < ret_batch->first || ret_batch->end > INT64_MAX || ret_batch->time < 0)
		reader->bad = true;
}

static void put_talker(struct buf *out, const struct coverage_change *change)
{
	message_put_u32(out, change->kind);
	message_put_u32(out, change->key.listener);
	message_put_str(out, str_of((const char *)change->key.peer, sizeof(change->key.peer)));
	message_put_str(out, change->key.source);
	message_put_str(out, change->key.name);
	message_put_u64(out, (uint64_t)change->first);
}

static void get_talker(struct message_reader *reader, struct coverage_change *change)
{
	uint32_t kind = message_get_u32(reader);
	uint32_t listener = message_get_u32(reader);
	struct str peer = message_get_str(reader);

	if (kind >= TALKER_KINDS || listener > UINT16_MAX || peer.len != sizeof(change->key.peer)) {
		reader->bad = true;
		return;
	}
	change->kind = (enum talker_kind)kind;
	change->key.listener = (uint16_t)listener;
	memcpy(change->key.peer, peer.ptr, peer.len);
	change->key.source = message_get_str(reader);
	change->key.name = message_get_str(reader);
	change->first = (int64_t)message_get_u64(reader);
}

static void put_heard(struct buf *out, const struct coverage_change *change)
{
	message_put_u64(out, (uint64_t)change->hour);
	message_put_u64(out, change->received);
	message_put_u64(out, change->bytes);
	message_put_u64(out, change->unparsed);
	message_put_u64(out, change->lost);
	message_put_u64(out, (uint64_t)change->last);
}

static void get_heard(struct message_reader *reader, struct coverage_change *change)
{
	change->hour = (int64_t)message_get_u64(reader);
	change->received = message_get_u64(reader);
	change->bytes = message_get_u64(reader);
	change->unparsed = message_get_u64(reader);
	change->lost = message_get_u64(reader);
	change->last = (int64_t)message_get_u64(reader);
}

static void put_hour(struct buf *out, const struct coverage_change *change)
{
	message_put_u64(out, (uint64_t)change->hour);
	message_put_u64(out, (uint64_t)change->expected);
	message_put_u64(out, (uint64_t)change->delay);
	message_put_u64(out, (uint64_t)change->delay_max);
	message_put_u64(out, (uint64_t)change->clock_error);
	message_put_u32(out, change->unsure);
}

static void get_hour(struct message_reader *reader, struct coverage_change *change)
{
	change->hour = (int64_t)message_get_u64(reader);
	change->expected = (int64_t)message_get_u64(reader);
	change->delay = (int64_t)message_get_u64(reader);
	change->delay_max = (int64_t)message_get_u64(reader);
	change->clock_error = (int64_t)message_get_u64(reader);
	change->unsure = message_get_u32(reader) != 0;
}

static void put_span(struct buf *out, const struct coverage_change *change)
{
	message_put_u32(out, change->span);
	message_put_u64(out, (uint64_t)change->from);
	message_put_u64(out, (uint64_t)change->to);
	message_put_u64(out, change->count);
	message_put_u32(out, change->learning);
}

static void get_span(struct message_reader *reader, struct coverage_change *change)
{
	uint32_t span = message_get_u32(reader);

	if (span >= SPAN_KINDS)
		reader->bad = true;
	else
		change->span = (enum span_kind)span;
	change->from = (int64_t)message_get_u64(reader);
	change->to = (int64_t)message_get_u64(reader);
	change->count = message_get_u64(reader);
	change->learning = message_get_u32(reader) != 0;
}

static void put_retired(struct buf *out, const struct coverage_change *change)
{
	message_put_u64(out, (uint64_t)change->from);
}

static void get_retired(struct message_reader *reader, struct coverage_change *change)
{
	change->from = (int64_t)message_get_u64(reader);
}

static const struct {
	void (*put)(struct buf *out, const struct coverage_change *change);
	void (*get)(struct message_reader *reader, struct coverage_change *change);
} codecs[] = {
	[CHANGE_TALKER] = {put_talker, get_talker},    [CHANGE_HEARD] = {put_heard, get_heard},
	[CHANGE_HOUR] = {put_hour, get_hour},          [CHANGE_SPAN] = {put_span, get_span},
	[CHANGE_RETIRED] = {put_retired, get_retired},
};

void coverage_put(struct buf *out, const struct coverage_change *change)
{
	message_put_u32(out, change->type);
	message_put_u64(out, change->talker);
	codecs[change->type].put(out, change);
}

void coverage_get(struct message_reader *reader, struct coverage_change *ret_change)
{
	uint32_t type = message_get_u32(reader);

	*ret_change = (struct coverage_change){.talker = message_get_u64(reader)};
	if (type < CHANGE_TALKER || type > CHANGE_RETIRED || ret_change->talker > INT64_MAX) {
		reader->bad = true;
		return;
	}
	ret_change->type = (enum coverage_change_type)type;
	codecs[type].get(reader, ret_change);
}

uint64_t coverage_id(enum talker_kind kind, const struct talker_key *key)
{
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};
	uint64_t id;

	put_talker(&text, &(struct coverage_change){.kind = kind, .key = *key});
	sha256(text.ptr, text.len, digest);
	buf_done(&text);
	memcpy(&id, digest, sizeof(id));
	return id & INT64_MAX;
}
