/* SPDX-License-Identifier: Apache-2.0 */
/* temporal_ordered: for each rule the latest start of a chain of all rules up to it. */
#include "correlate/private.h"

/* Takes an entry into account; true where it completes the chain within the timespan. */
static bool advance(struct key *key, const struct entry *entry, int64_t *ret_start)
{
	const struct correlation *correlation = key->tracker->correlation;
	int64_t start = entry->position ? key->best[entry->position - 1] : entry->time;

	if (start == TIME_NEVER)
		return false;
	if (start > key->best[entry->position])
		key->best[entry->position] = start;
	*ret_start = start;
	return entry->position + 1 == correlation->rule_count && entry->time - start < correlation->timespan;
}

static void forget_all(struct key *key)
{
	for (uint32_t i = 0; i < key->tracker->correlation->rule_count; i++)
		key->best[i] = TIME_NEVER;
}

void ordered_rebuild(struct key *key)
{
	int64_t start;

	forget_all(key);
	for (uint32_t i = 0; i < key->ring.count; i++)
		advance(key, ring_at(&key->ring, i), &start);
}

static void fire_chain(struct correlator *correlator, struct key *key, const struct arrival *arrival,
		       int64_t start, uint32_t last)
{
	struct firing firing = {.key = key,
				.from = start,
				.to = ring_at(&key->ring, last)->time,
				.last = last,
				.number = key->tracker->correlation->rule_count,
				.seq = arrival->seq,
				.record = arrival->record};

	while (ring_at(&key->ring, firing.first)->time < start)
		firing.first++;
	fire(correlator, &firing);
	key_absorb(correlator, key, last);
	ordered_rebuild(key);
}

/* An entry between others: all chains are looked at anew. */
void ordered_take(struct correlator *correlator, struct key *key, const struct arrival *arrival,
		  uint32_t place)
{
	uint32_t from = place;
	int64_t start = 0;

	if (place + 1 < key->ring.count) {
		forget_all(key);
		from = 0;
	}
	for (uint32_t i = from; i < key->ring.count; i++)
		if (advance(key, ring_at(&key->ring, i), &start) && i >= place) {
			fire_chain(correlator, key, arrival, start, i);
			return;
		}
}
