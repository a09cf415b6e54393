/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that was learnt, as bytes: a header (magic, version, the journal's node, the
 * record it goes up to, the time), the talkers, the registered sources by id, and
 * XXH3-64 of all before it. Integers little-endian, as of message_put_…; numbers
 * of the rhythm as the bits of a float. Candidates are not kept: they come again.
 * A snapshot that does not fit is left aside and all is learnt anew.
 */
#include "base/hash.h"
#include "coverage/private.h"

#define MAGIC 0x56434c57 /* "WLCV" */
#define VERSION 1

static void put_float(struct buf *out, float number)
{
	uint32_t bits;

	memcpy(&bits, &number, sizeof(bits));
	message_put_u32(out, bits);
}

/* A number that is none, or below 0, is damage. */
static float get_float(struct message_reader *reader)
{
	uint32_t bits = message_get_u32(reader);
	float number;

	memcpy(&number, &bits, sizeof(number));
	if (!(number >= 0 && number < 1e12f)) {
		reader->bad = true;
		return 0;
	}
	return number;
}

static void put_time(struct buf *out, int64_t time)
{
	message_put_u64(out, (uint64_t)time);
}

static int64_t get_time(struct message_reader *reader)
{
	int64_t time = (int64_t)message_get_u64(reader);

	if (time < 0)
		reader->bad = true;
	return time;
}

static void put_rhythm(struct buf *out, const struct rhythm *rhythm)
{
	for (int i = 0; i < RHYTHM_SLOTS; i++) {
		put_float(out, rhythm->messages[i]);
		put_float(out, rhythm->hours[i]);
		put_float(out, rhythm->longest[i]);
	}
	put_float(out, rhythm->longest_overall);
	put_float(out, rhythm->total_messages);
	put_float(out, rhythm->total_hours);
	message_put_u32(out, rhythm->gaps);
	put_float(out, (float)rhythm->missed);
}

static void get_rhythm(struct message_reader *reader, struct rhythm *rhythm)
{
	for (int i = 0; i < RHYTHM_SLOTS; i++) {
		rhythm->messages[i] = get_float(reader);
		rhythm->hours[i] = get_float(reader);
		rhythm->longest[i] = get_float(reader);
	}
	rhythm->longest_overall = get_float(reader);
	rhythm->total_messages = get_float(reader);
	rhythm->total_hours = get_float(reader);
	rhythm->gaps = message_get_u32(reader);
	rhythm->missed = get_float(reader);
}

/* What is of the hour that runs: delays begin anew. */
static void put_talker(struct buf *out, const struct talker *talker)
{
	message_put_str(out, str_of((const char *)talker->key.peer, sizeof(talker->key.peer)));
	message_put_u32(out, talker->key.listener);
	message_put_str(out, talker->key.source);
	message_put_str(out, talker->key.name);
	put_time(out, talker->first);
	put_time(out, talker->last);
	put_time(out, talker->armed);
	put_rhythm(out, &talker->rhythm);
	message_put_u32(out, talker->hour.messages);
	put_time(out, talker->hour.observed);
	put_time(out, talker->hour_from);
	put_time(out, talker->silent_from);
	put_float(out, (float)talker->silent_bound);
	message_put_u32(out, (uint32_t)talker->silent_slot);
	message_put_u32(out, talker->silent_learning);
	message_put_u32(out, talker->sequence.started);
	message_put_u32(out, talker->sequence.highest);
	message_put_u32(out, talker->sequence.seen);
	message_put_u32(out, talker->restarts);
	put_time(out, talker->loss_from);
	put_time(out, talker->loss_to);
	message_put_u64(out, talker->loss_count);
}

static void get_key(struct message_reader *reader, struct talker_key *key)
{
	struct str peer = message_get_str(reader);
	uint32_t listener = message_get_u32(reader);

	if (peer.len == sizeof(key->peer))
		memcpy(key->peer, peer.ptr, peer.len);
	key->listener = (uint16_t)listener;
	key->source = message_get_str(reader);
	key->name = message_get_str(reader);
	if (peer.len != sizeof(key->peer) || listener >= LISTENER_COUNT || key->name.len > TALKER_NAME_MAX)
		reader->bad = true;
}

static void get_talker(struct coverage *coverage, struct message_reader *reader)
{
	struct talker_key key = {0};
	struct talker *talker;
	int64_t first;

	get_key(reader, &key);
	first = get_time(reader);
	if (reader->bad)
		return;
	talker = talker_add(coverage, &key, talker_hash(&key, coverage->options.seed), first);
	talker->last = get_time(reader);
	talker->armed = get_time(reader);
	get_rhythm(reader, &talker->rhythm);
	talker->hour.messages = message_get_u32(reader);
	talker->hour.observed = get_time(reader);
	talker->hour_from = get_time(reader);
	talker->silent_from = get_time(reader);
	talker->silent_bound = get_float(reader);
	talker->silent_slot = (int)(message_get_u32(reader) % RHYTHM_SLOTS);
	talker->silent_learning = message_get_u32(reader) != 0;
	talker->sequence.started = message_get_u32(reader) != 0;
	talker->sequence.highest = message_get_u32(reader);
	talker->sequence.seen = message_get_u32(reader);
	talker->restarts = message_get_u32(reader);
	talker->loss_from = get_time(reader);
	talker->loss_to = get_time(reader);
	talker->loss_count = message_get_u64(reader);
}

static void put_watch(struct buf *out, const struct watch *watch)
{
	message_put_u64(out, watch->id);
	put_time(out, watch->last);
	put_time(out, watch->armed);
	put_time(out, watch->silent_from);
}

/* Of a source that is registered no more, it is passed over. */
static void get_watch(struct coverage *coverage, struct message_reader *reader)
{
	struct watch watch = {.id = message_get_u64(reader)};

	watch.last = get_time(reader);
	watch.armed = get_time(reader);
	watch.silent_from = get_time(reader);
	for (size_t i = 0; i < registry_count(coverage->options.registry) && !reader->bad; i++)
		if (coverage->watches[i].id == watch.id)
			coverage->watches[i] = watch;
}

void coverage_save(const struct coverage *coverage, struct str node, uint64_t end, struct buf *out)
{
	size_t watches = registry_count(coverage->options.registry), start = out->len;

	message_put_u32(out, MAGIC);
	message_put_u32(out, VERSION);
	message_put_str(out, node);
	message_put_u64(out, end);
	put_time(out, coverage->now);
	message_put_u32(out, (uint32_t)coverage->talkers.len);
	for (size_t i = 0; i < coverage->talkers.len; i++)
		put_talker(out, &coverage->talkers.items[i]);
	message_put_u32(out, (uint32_t)watches);
	for (size_t i = 0; i < watches; i++)
		put_watch(out, &coverage->watches[i]);
	message_put_u64(out, hash_bytes(out->ptr + start, out->len - start));
}

static int check(struct str *bytes, struct str node, struct message_reader *reader)
{
	struct message_reader sum = {str_from_offset(*bytes, bytes->len < 8 ? 0 : bytes->len - 8), false};

	if (bytes->len < 16 || message_get_u64(&sum) != hash_bytes(bytes->ptr, bytes->len - 8))
		return ERR_CORRUPT;
	*reader = (struct message_reader){str_head(*bytes, bytes->len - 8), false};
	if (message_get_u32(reader) != MAGIC)
		return ERR_CORRUPT;
	if (message_get_u32(reader) != VERSION)
		return ERR_VERSION;
	return str_eq(message_get_str(reader), node) ? 0 : ERR_UNKNOWN;
}

static void forget_all(struct coverage *coverage)
{
	struct coverage_options options = coverage->options;
	struct coverage *fresh = coverage_new(&options), old = *coverage;

	*coverage = *fresh;
	*fresh = old;
	coverage_free(fresh);
}

int coverage_restore(struct coverage *coverage, struct str bytes, struct str node, uint64_t *ret_end)
{
	struct message_reader reader;
	uint64_t end;
	uint32_t count;
	int r = check(&bytes, node, &reader);

	must(coverage->talkers.len == 0 && coverage->now == 0);
	if (r < 0)
		return r;
	end = message_get_u64(&reader);
	coverage->now = get_time(&reader);
	coverage->tick = coverage->now / coverage->step * coverage->step;
	count = message_get_u32(&reader);
	for (uint32_t i = 0; i < count && !reader.bad && i < coverage->options.talkers_max; i++)
		get_talker(coverage, &reader);
	count = message_get_u32(&reader);
	for (uint32_t i = 0; i < count && !reader.bad; i++)
		get_watch(coverage, &reader);
	if (!message_complete(&reader)) {
		forget_all(coverage);
		return ERR_CORRUPT;
	}
	hour_begin(coverage, coverage->tick);
	*ret_end = end;
	return 0;
}
