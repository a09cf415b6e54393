/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state as bytes: "WLCO", version, XXH3 of the rest; the clocks; of each
 * correlation its content's hash and its keys, the least recently touched first within
 * a lane; then suppression. Numbers are little-endian. What can be counted again from
 * the entries (windows, chains, timers) is not written.
 */
#include "correlate/private.h"

#define STATE_MAGIC 0x4f434c57u
#define STATE_VERSION 1
#define STATE_HEAD 16 /* magic, version, checksum */

/* -- saving ---------------------------------------------------------------------------------------------- */

static void save_key(const struct key *key, struct buf *out)
{
	message_put_u64(out, key->hash.low);
	message_put_u64(out, key->hash.high);
	message_put_u64(out, key->touched);
	message_put_u64(out, (uint64_t)key->newest);
	message_put_u64(out, (uint64_t)key->from);
	message_put_u64(out, (uint64_t)key->end);
	message_put_u64(out, (uint64_t)key->last);
	message_put_u64(out, key->repeats);
	message_put_str(out, str_of(key->text, key->text_len));
	message_put_u64(out, 0);
	memcpy(out->ptr + out->len - sizeof(uint64_t), &key->window.sum, sizeof(double));
	for (uint32_t i = 0; key->best && i < key->tracker->correlation->rule_count; i++)
		message_put_u64(out, (uint64_t)key->best[i]);
	message_put_u32(out, key->ring.capacity);
	message_put_u32(out, key->ring.count);
	for (uint32_t i = 0; i < key->ring.count; i++) {
		const struct entry *entry = ring_at(&key->ring, i);

		message_put_u64(out, (uint64_t)entry->time);
		message_put_u64(out, entry->seq);
		message_put_u64(out, entry->value);
		message_put_u32(out, entry->position);
		message_put_u32(out, entry->weight);
	}
}

static void save_tracker(const struct tracker *tracker, struct buf *out)
{
	size_t start;
	uint64_t len;

	message_put_u64(out, tracker->correlation->content.low);
	message_put_u64(out, tracker->correlation->content.high);
	message_put_u64(out, 0); /* length of what follows */
	start = out->len;
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		uint64_t count = 0;

		message_put_u64(out, (uint64_t)tracker->since[lane]);
		message_put_u64(out, (uint64_t)tracker->forgotten[lane]);
		for (const struct key *key = tracker->order[lane].oldest; key; key = key->newer)
			count++;
		message_put_u64(out, count);
		for (const struct key *key = tracker->order[lane].oldest; key; key = key->newer)
			save_key(key, out);
	}
	len = out->len - start;
	memcpy(out->ptr + start - sizeof(len), &len, sizeof(len));
}

void correlator_save(const struct correlator *correlator, struct buf *out)
{
	size_t head = out->len, count = ruleset_count(correlator->set);
	uint64_t checksum, trackers = 0;

	message_put_u32(out, STATE_MAGIC);
	message_put_u32(out, STATE_VERSION);
	message_put_u64(out, 0);
	message_put_u64(out, correlator->arrivals);
	message_put_u64(out, correlator->evicted);
	message_put_u64(out, correlator->late);
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		message_put_u64(out, (uint64_t)correlator->clocks[lane].newest);
		message_put_u64(out, (uint64_t)correlator->clocks[lane].watermark);
	}
	for (size_t i = 0; i < count; i++)
		trackers += correlator->trackers[i].correlation != NULL;
	message_put_u64(out, trackers);
	for (size_t i = 0; i < count; i++)
		if (correlator->trackers[i].correlation)
			save_tracker(&correlator->trackers[i], out);
	suppress_save(correlator->suppress, out);
	checksum = hash_bytes(out->ptr + head + STATE_HEAD, out->len - head - STATE_HEAD);
	memcpy(out->ptr + head + STATE_HEAD - sizeof(checksum), &checksum, sizeof(checksum));
}

/* -- loading --------------------------------------------------------------------------------------------- */

static int64_t get_time(struct message_reader *reader)
{
	return (int64_t)message_get_u64(reader);
}

/* Times that were written are within what arithmetic may be done with, or TIME_NEVER. */
static bool is_time(int64_t time)
{
	return time == TIME_NEVER || (time > -(INT64_C(1) << 61) && time < INT64_C(1) << 61);
}

static bool load_entries(struct message_reader *reader, struct key *key, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct entry entry = {.time = get_time(reader), .seq = message_get_u64(reader)};

		entry.value = message_get_u64(reader);
		entry.position = message_get_u32(reader);
		entry.weight = message_get_u32(reader);
		if (reader->bad || entry.position >= key->tracker->correlation->rule_count ||
		    !is_time(entry.time) || entry.time == TIME_NEVER || entry.weight == 0 ||
		    entries_insert(&key->ring, &entry, key->best) != i)
			return false;
	}
	return true;
}

static bool load_ring(struct correlator *correlator, struct message_reader *reader, struct key *key)
{
	uint64_t sum = message_get_u64(reader);
	uint32_t capacity, count;

	for (uint32_t i = 0; key->best && i < key->tracker->correlation->rule_count; i++)
		if (!is_time(key->best[i] = get_time(reader)))
			return false;
	capacity = message_get_u32(reader);
	count = message_get_u32(reader);
	if (reader->bad || capacity > CORRELATOR_ENTRIES_MAX || (capacity & (capacity - 1)) ||
	    count > capacity || reader->rest.len / sizeof(struct entry) < count)
		return false;
	key_resize(correlator, key, capacity);
	if (!load_entries(reader, key, count))
		return false;
	window_rebuild(key);
	memcpy(&key->window.sum, &sum, sizeof(sum)); /* as it was, to the last bit */
	if (key->tracker->way == WAY_CLOSED)
		timer_set(correlator, key);
	return true;
}

static bool load_key(struct correlator *correlator, struct message_reader *reader, struct tracker *tracker,
		     enum lane lane)
{
	struct arrival arrival = {.lane = lane};
	uint64_t touched, repeats;
	int64_t times[4];
	struct key *key;
	bool is_new;

	arrival.hash.low = message_get_u64(reader);
	arrival.hash.high = message_get_u64(reader);
	touched = message_get_u64(reader);
	for (int i = 0; i < 4; i++)
		times[i] = get_time(reader);
	if (reader->bad || times[0] == TIME_NEVER || !is_time(times[0]) || !is_time(times[1]) ||
	    !is_time(times[2]) || !is_time(times[3]))
		return false;
	repeats = message_get_u64(reader);
	arrival.text = message_get_str(reader);
	if (reader->bad || arrival.text.len > UINT32_MAX / 2)
		return false;
	key = key_touch(correlator, tracker, &arrival, &is_new);
	key->touched = touched;
	key->newest = times[0];
	key->from = times[1];
	key->end = times[2];
	key->last = times[3];
	key->repeats = repeats;
	return is_new && load_ring(correlator, reader, key);
}

static bool load_tracker(struct correlator *correlator, struct message_reader *reader,
			 struct tracker *tracker)
{
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		uint64_t count;

		tracker->since[lane] = get_time(reader);
		tracker->forgotten[lane] = get_time(reader);
		count = message_get_u64(reader);
		if (!is_time(tracker->since[lane]) || !is_time(tracker->forgotten[lane]))
			return false;
		for (uint64_t i = 0; i < count; i++)
			if (!load_key(correlator, reader, tracker, (enum lane)lane))
				return false;
	}
	return message_complete(reader);
}

static struct tracker *find_tracker(struct correlator *correlator, struct hash128 content)
{
	for (size_t i = 0; i < ruleset_count(correlator->set); i++) {
		struct tracker *tracker = &correlator->trackers[i];

		if (tracker->correlation && tracker->correlation->content.low == content.low &&
		    tracker->correlation->content.high == content.high)
			return tracker;
	}
	return NULL;
}

static bool load_trackers(struct correlator *correlator, struct message_reader *reader)
{
	uint64_t count = message_get_u64(reader);

	for (uint64_t i = 0; i < count && !reader->bad; i++) {
		struct hash128 content = {.low = message_get_u64(reader)};
		struct message_reader part;
		struct tracker *tracker;
		uint64_t len;

		content.high = message_get_u64(reader);
		len = message_get_u64(reader);
		if (reader->bad || len > reader->rest.len)
			return false;
		part = (struct message_reader){.rest = str_head(reader->rest, len)};
		reader->rest = str_from_offset(reader->rest, len);
		tracker = find_tracker(correlator, content);
		if (tracker && (tracker->keys || !load_tracker(correlator, &part, tracker)))
			return false;
	}
	return !reader->bad;
}

static bool is_known(void *context, uint64_t rule)
{
	const struct correlator *correlator = context;

	for (size_t i = 0; i < ruleset_count(correlator->set); i++)
		if (correlator->rule_hashes[i] == rule)
			return true;
	return false;
}

static int load_all(struct correlator *correlator, struct message_reader *reader)
{
	uint64_t arrivals = message_get_u64(reader), evicted = message_get_u64(reader);

	correlator->late = message_get_u64(reader);
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		correlator->clocks[lane].newest = get_time(reader);
		correlator->clocks[lane].watermark = get_time(reader);
		if (!is_time(correlator->clocks[lane].newest) || !is_time(correlator->clocks[lane].watermark))
			return ERR_CORRUPT;
	}
	if (!load_trackers(correlator, reader) ||
	    suppress_load(correlator->suppress, reader, is_known, correlator) < 0 ||
	    !message_complete(reader))
		return ERR_CORRUPT;
	correlator->arrivals = arrivals;
	correlator->evicted = evicted;
	for (size_t i = 0; i < ruleset_count(correlator->set); i++)
		if (correlator->trackers[i].correlation)
			keys_keep_limits(correlator, &correlator->trackers[i]);
	return 0;
}

/* Keys point to their trackers, which lie in an array that stays where it is. */
static void swap(struct correlator *a, struct correlator *b)
{
	struct correlator old = *a;

	*a = *b;
	*b = old;
}

int correlator_load(struct correlator *correlator, struct str bytes)
{
	struct message_reader reader = {.rest = bytes};
	uint32_t magic = message_get_u32(&reader), version = message_get_u32(&reader);
	uint64_t checksum = message_get_u64(&reader);
	struct correlator *loaded;
	int r;

	if (reader.bad || magic != STATE_MAGIC)
		return ERR_CORRUPT;
	if (version != STATE_VERSION)
		return ERR_VERSION;
	if (checksum != hash_bytes(reader.rest.ptr, reader.rest.len))
		return ERR_CORRUPT;
	loaded = correlator_new(correlator->set, &correlator->limits);
	r = load_all(loaded, &reader);
	if (r == 0)
		swap(correlator, loaded);
	correlator_free(loaded);
	return r;
}
