/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a tracker: found by hash, in the order in which they were touched, within limits. */
#include "correlate/private.h"

#define BUCKETS_FIRST 16
#define EXPIRE_AT_ONCE 2 /* looked at with each arrival, so that a table shrinks faster than it grows */
#define RING_KEPT 64     /* an empty ring of more entries is given back */

static size_t key_size(const struct key *key)
{
	const struct correlation *correlation = key->tracker->correlation;
	size_t size = sizeof(*key) + key->text_len + key->ring.capacity * sizeof(struct entry);

	if (key->tracker->way == WAY_SLIDING)
		size += window_slots(key) * sizeof(struct value_slot);
	if (key->window.counts)
		size += correlation->rule_count * sizeof(uint32_t);
	if (key->best)
		size += correlation->rule_count * sizeof(int64_t);
	return size;
}

static void account(struct correlator *correlator, struct tracker *tracker, size_t before, size_t after)
{
	tracker->bytes += after - before;
	correlator->bytes += after - before;
}

/* -- the table ------------------------------------------------------------------------------------------- */

static struct key **bucket_of(const struct tracker *tracker, struct hash128 hash, unsigned lane)
{
	return &tracker->buckets[(hash.low + lane) & (tracker->bucket_count - 1)];
}

static void grow(struct tracker *tracker)
{
	struct key **old = tracker->buckets;
	size_t count = tracker->bucket_count;

	if (tracker->keys < count)
		return;
	tracker->bucket_count = count ? count * 2 : BUCKETS_FIRST;
	tracker->buckets = calloc(tracker->bucket_count, sizeof(struct key *));
	must(tracker->buckets);
	for (size_t i = 0; i < count; i++)
		for (struct key *key = old[i], *next; key; key = next) {
			struct key **bucket = bucket_of(tracker, key->hash, key->lane);

			next = key->next;
			key->next = *bucket;
			*bucket = key;
		}
	free(old);
}

static void link_newest(struct key *key)
{
	struct tracker *tracker = key->tracker;

	key->older = tracker->order[key->lane].newest;
	key->newer = NULL;
	*(key->older ? &key->older->newer : &tracker->order[key->lane].oldest) = key;
	tracker->order[key->lane].newest = key;
}

static void unlink_key(struct key *key)
{
	struct tracker *tracker = key->tracker;

	*(key->older ? &key->older->newer : &tracker->order[key->lane].oldest) = key->newer;
	*(key->newer ? &key->newer->older : &tracker->order[key->lane].newest) = key->older;
}

static struct key *find(const struct tracker *tracker, struct hash128 hash, unsigned lane)
{
	struct key *key = tracker->bucket_count ? *bucket_of(tracker, hash, lane) : NULL;

	while (key && (key->hash.low != hash.low || key->hash.high != hash.high || key->lane != lane))
		key = key->next;
	return key;
}

void key_expect(const struct tracker *tracker, struct hash128 hash, unsigned lane, unsigned step)
{
	struct key **bucket = tracker->bucket_count ? bucket_of(tracker, hash, lane) : NULL;
	const struct key *key;

	if (!bucket)
		return;
	if (step == 0) {
		__builtin_prefetch(bucket);
		return;
	}
	key = *bucket;
	if (!key)
		return;
	if (step == 1) {
		__builtin_prefetch(key);
		__builtin_prefetch((const char *)key + 64);
		__builtin_prefetch((const char *)key + 128);
		__builtin_prefetch((const char *)key + 192);
		return;
	}
	if (key->older)
		__builtin_prefetch(&key->older->newer);
	if (key->newer)
		__builtin_prefetch(&key->newer->older);
	if (key->ring.count)
		__builtin_prefetch(ring_at(&key->ring, key->ring.count - 1));
	if (key->ring.count)
		__builtin_prefetch(ring_at(&key->ring, 0));
}

static struct key *make(struct correlator *correlator, struct tracker *tracker, const struct arrival *arrival)
{
	const struct correlation *correlation = tracker->correlation;
	struct key *key = calloc(1, sizeof(*key) + arrival->text.len);

	must(key);
	grow(tracker);
	key->hash = arrival->hash;
	key->tracker = tracker;
	key->lane = (uint8_t)arrival->lane;
	key->newest = key->end = TIME_NEVER;
	key->text_len = (uint32_t)arrival->text.len;
	if (key->text_len)
		memcpy(key->text, arrival->text.ptr, arrival->text.len);
	if (tracker->way == WAY_SLIDING && correlation->type == CORRELATION_TEMPORAL)
		must(key->window.counts = calloc(correlation->rule_count, sizeof(uint32_t)));
	if (tracker->way == WAY_ORDERED) {
		must(key->best = malloc(correlation->rule_count * sizeof(int64_t)));
		ordered_rebuild(key);
	}
	key->next = *bucket_of(tracker, key->hash, key->lane);
	*bucket_of(tracker, key->hash, key->lane) = key;
	tracker->keys++;
	correlator->keys++;
	account(correlator, tracker, 0, key_size(key));
	return key;
}

struct key *key_touch(struct correlator *correlator, struct tracker *tracker, const struct arrival *arrival,
		      bool *ret_new)
{
	struct key *key = find(tracker, arrival->hash, arrival->lane);

	*ret_new = !key;
	if (!key) {
		key = make(correlator, tracker, arrival);
		link_newest(key);
	} else if (key->newer) {
		unlink_key(key);
		link_newest(key);
	}
	key->touched = ++correlator->arrivals;
	return key;
}

void key_free(struct correlator *correlator, struct key *key)
{
	struct tracker *tracker = key->tracker;
	struct key **at = bucket_of(tracker, key->hash, key->lane);

	if (key->repeat)
		tell_repeats(correlator, key);
	timer_remove(correlator, key);
	while (*at != key)
		at = &(*at)->next;
	*at = key->next;
	unlink_key(key);
	account(correlator, tracker, key_size(key), 0);
	tracker->keys--;
	correlator->keys--;
	free(key->ring.items);
	free(key->window.values);
	free(key->window.counts);
	free(key->best);
	free(key);
}

/* -- limits ---------------------------------------------------------------------------------------------- */

/* Nothing that may still come falls into a window with what the key remembers. */
static bool is_over(const struct correlator *correlator, const struct key *key)
{
	int64_t watermark = correlator->clocks[key->lane].watermark;

	return watermark != TIME_NEVER && key->newest + key->tracker->correlation->timespan <= watermark;
}

/* In the import lane time goes back and forth: there keys stay until they are evicted. */
void keys_expire(struct correlator *correlator, struct tracker *tracker, enum lane lane)
{
	for (int i = 0; lane != LANE_IMPORT && i < EXPIRE_AT_ONCE; i++) {
		struct key *oldest = tracker->order[lane].oldest;

		if (!oldest || oldest->pinned || !is_over(correlator, oldest))
			return;
		key_free(correlator, oldest);
	}
}

/* The least recently touched key that is not at work; NULL where there is none. */
static struct key *first_to_go(const struct tracker *tracker)
{
	struct key *found = NULL;

	for (int lane = 0; lane < LANE_COUNT; lane++) {
		struct key *key = tracker->order[lane].oldest;

		while (key && key->pinned)
			key = key->newer;
		if (key && (!found || key->touched < found->touched))
			found = key;
	}
	return found;
}

static bool evict(struct correlator *correlator, struct tracker *tracker)
{
	struct key *key = first_to_go(tracker);

	if (!key)
		return false;
	correlator->evicted += !is_over(correlator, key);
	if (tracker->forgotten[key->lane] < key->newest)
		tracker->forgotten[key->lane] = key->newest;
	key_free(correlator, key);
	return true;
}

static struct tracker *largest(const struct correlator *correlator)
{
	struct tracker *found = NULL;

	for (size_t i = 0; i < ruleset_count(correlator->set); i++) {
		struct tracker *tracker = &correlator->trackers[i];

		if (tracker->correlation && (!found || tracker->bytes > found->bytes))
			found = tracker;
	}
	return found;
}

void keys_keep_limits(struct correlator *correlator, struct tracker *tracker)
{
	while (tracker->bytes > correlator->limits.bytes_per_rule && evict(correlator, tracker))
		;
	while (correlator->bytes > correlator->limits.bytes && evict(correlator, largest(correlator)))
		;
}

/* -- a key's ring ---------------------------------------------------------------------------------------- */

void key_resize(struct correlator *correlator, struct key *key, uint32_t capacity)
{
	struct ring *ring = &key->ring;
	size_t before = key_size(key);
	struct entry *items = capacity ? malloc(capacity * sizeof(*items)) : NULL;

	must((items || !capacity) && ring->count <= capacity);
	for (uint32_t i = 0; i < ring->count; i++)
		items[i] = *ring_at(ring, i);
	free(ring->items);
	*ring = (struct ring){items, capacity, 0, ring->count};
	account(correlator, key->tracker, before, key_size(key));
	if (key->tracker->way != WAY_SLIDING || key->tracker->correlation->type != CORRELATION_VALUE_COUNT)
		return;
	free(key->window.values);
	key->window.values = capacity ? calloc(window_slots(key), sizeof(struct value_slot)) : NULL;
	must(key->window.values || !capacity);
	window_rebuild(key);
}

static bool is_behind(const struct entry *a, const struct entry *b, bool chains)
{
	if (a->time != b->time)
		return a->time > b->time;
	if (a->seq != b->seq)
		return a->seq > b->seq;
	return chains && a->position < b->position;
}

uint32_t entries_insert(struct ring *ring, const struct entry *entry, bool chains)
{
	uint32_t place = ring->count++;

	for (; place > 0 && is_behind(ring_at(ring, place - 1), entry, chains); place--)
		*ring_at(ring, place) = *ring_at(ring, place - 1);
	*ring_at(ring, place) = *entry;
	return place;
}

void key_pop(struct key *key)
{
	if (key->window.start)
		key->window.start--;
	else if (key->tracker->way == WAY_SLIDING)
		window_remove(&key->window, key->tracker->correlation, window_slots(key),
			      ring_at(&key->ring, 0));
	key->ring.head = (key->ring.head + 1) & (key->ring.capacity - 1);
	key->ring.count--;
}

void key_absorb(struct correlator *correlator, struct key *key, uint32_t last)
{
	uint64_t repeats = 0,
		 seq = ring_at(&key->ring, last)->seq; /* the other rules of that event repeat nothing */
	int64_t time = key->last;

	for (uint32_t i = 0; key->ring.count && ring_at(&key->ring, 0)->time < key->end; i++) {
		if (i > last && ring_at(&key->ring, 0)->seq != seq) {
			repeats += ring_at(&key->ring, 0)->weight;
			time = ring_at(&key->ring, 0)->time;
		}
		key_pop(key);
	}
	if (repeats)
		key_repeated(correlator, key, repeats, time);
	if (key->ring.count == 0 && key->ring.capacity > RING_KEPT)
		key_resize(correlator, key, 0);
}
