/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which entries of a full ring can still matter. New ones are never from before the
 * key's newest less twice the lateness (a watermark is within the lateness of the
 * newest, and times are within the lateness of receipt); so of what is older
 *
 *	value_count, temporal      the newest of each value is enough,
 *	temporal_ordered           of a run of the same rule the last is.
 *
 * (Of event_count what is older lies within one timespan and is fewer than the
 * threshold.) None of this changes what comes true. Only where a key then has more than
 * CORRELATOR_ENTRIES_MAX does it forget.
 */
#include "correlate/private.h"

#define CAPACITY_FIRST 4
#define COMPACT_FROM 64 /* entries; below it growing is cheaper */

/* Entries that no new one comes before. */
static uint32_t settled(const struct correlator *correlator, const struct key *key)
{
	int64_t border = key->newest - 2 * correlator->limits.lateness;
	uint32_t low = 0, high = key->ring.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (ring_at(&key->ring, middle)->time < border)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Takes out entries without weight. */
static void squeeze(struct key *key)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < key->ring.count; i++)
		if (ring_at(&key->ring, i)->weight)
			*ring_at(&key->ring, kept++) = *ring_at(&key->ring, i);
	key->ring.count = kept;
}

static void merge(struct entry *into, struct entry *from)
{
	into->weight = into->weight > UINT32_MAX - from->weight ? UINT32_MAX : into->weight + from->weight;
	from->weight = 0;
}

/* Where the kept entry of each value is, in the slots' counts (from 1). */
static void compact_values(struct correlator *correlator, struct key *key, uint32_t old)
{
	struct window *scratch = window_scratch(correlator, key);
	uint32_t mask = window_slots(key) - 1;

	for (uint32_t i = old; i-- > 0;) {
		struct entry *entry = ring_at(&key->ring, i);
		uint32_t at = (uint32_t)entry->value & mask;

		while (scratch->values[at].count && scratch->values[at].value != entry->value)
			at = (at + 1) & mask;
		if (scratch->values[at].count)
			merge(ring_at(&key->ring, scratch->values[at].count - 1), entry);
		else
			scratch->values[at] = (struct value_slot){entry->value, i + 1};
	}
	squeeze(key);
	window_rebuild(key);
}

static void compact_rules(struct key *key, uint32_t old)
{
	struct entry *kept[CORRELATION_RULES_MAX] = {0};

	for (uint32_t i = old; i-- > 0;) {
		struct entry *entry = ring_at(&key->ring, i);

		if (kept[entry->position])
			merge(kept[entry->position], entry);
		else
			kept[entry->position] = entry;
	}
	squeeze(key);
	window_rebuild(key);
}

static void compact_runs(struct key *key, uint32_t old)
{
	for (uint32_t i = 1; i < old; i++) {
		struct entry *entry = ring_at(&key->ring, i), *before = ring_at(&key->ring, i - 1);

		if (before->position == entry->position)
			merge(entry, before);
	}
	squeeze(key);
}

static void compact(struct correlator *correlator, struct key *key)
{
	uint32_t old = settled(correlator, key);

	if (key->tracker->way == WAY_ORDERED)
		compact_runs(key, old);
	else if (key->tracker->correlation->type == CORRELATION_VALUE_COUNT)
		compact_values(correlator, key, old);
	else if (key->tracker->correlation->type == CORRELATION_TEMPORAL)
		compact_rules(key, old);
}

void key_make_room(struct correlator *correlator, struct key *key)
{
	struct ring *ring = &key->ring;

	if (ring->count < ring->capacity)
		return;
	if (ring->capacity >= COMPACT_FROM) {
		compact(correlator, key);
		if (ring->count <= ring->capacity / 4 * 3)
			return;
	}
	if (ring->capacity < CORRELATOR_ENTRIES_MAX) {
		key_resize(correlator, key, ring->capacity ? ring->capacity * 2 : CAPACITY_FIRST);
		return;
	}
	for (uint32_t i = 0; i < CORRELATOR_ENTRIES_MAX / 8; i++) {
		correlator->evicted += ring_at(ring, 0)->weight;
		key_pop(key);
	}
}
