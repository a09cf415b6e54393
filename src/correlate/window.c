/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of a run of entries, kept while entries come and go: O(1) for each. */
#include "correlate/private.h"

/* The slot of a value, or the empty one where it belongs. Values are hashes already. */
static struct value_slot *slot_of(const struct window *window, uint32_t slots, uint64_t value)
{
	uint32_t at = (uint32_t)value & (slots - 1);

	while (window->values[at].count && window->values[at].value != value)
		at = (at + 1) & (slots - 1);
	return &window->values[at];
}

/* Moves those behind an emptied slot back, so that each is found from where it belongs. */
static void close_gap(const struct window *window, uint32_t slots, uint32_t gap)
{
	uint32_t mask = slots - 1;

	for (uint32_t at = (gap + 1) & mask; window->values[at].count; at = (at + 1) & mask) {
		uint32_t home = (uint32_t)window->values[at].value & mask;

		if (((at - home) & mask) < ((at - gap) & mask))
			continue;
		window->values[gap] = window->values[at];
		window->values[at].count = 0;
		gap = at;
	}
}

static void add_number(struct window *window, const struct entry *entry, double sign)
{
	double number;

	memcpy(&number, &entry->value, sizeof(number));
	window->sum += sign * number;
}

void window_add(struct window *window, const struct correlation *correlation, uint32_t slots,
		const struct entry *entry)
{
	if (correlation->type == CORRELATION_VALUE_COUNT) {
		struct value_slot *slot = slot_of(window, slots, entry->value);

		slot->value = entry->value;
		window->distinct += slot->count++ == 0;
	} else if (correlation->type == CORRELATION_TEMPORAL) {
		window->distinct += window->counts[entry->position]++ == 0;
		window->rules |= UINT64_C(1) << entry->position;
	} else if (correlation->value_field_count) {
		add_number(window, entry, 1);
	}
}

void window_remove(struct window *window, const struct correlation *correlation, uint32_t slots,
		   const struct entry *entry)
{
	if (correlation->type == CORRELATION_VALUE_COUNT) {
		struct value_slot *slot = slot_of(window, slots, entry->value);

		if (--slot->count)
			return;
		window->distinct--;
		close_gap(window, slots, (uint32_t)(slot - window->values));
	} else if (correlation->type == CORRELATION_TEMPORAL) {
		if (--window->counts[entry->position])
			return;
		window->distinct--;
		window->rules &= ~(UINT64_C(1) << entry->position);
	} else if (correlation->value_field_count) {
		add_number(window, entry, -1);
	}
}

static void window_clear(struct window *window, const struct correlation *correlation, uint32_t slots)
{
	window->start = window->distinct = 0;
	window->rules = 0;
	window->sum = 0;
	if (window->values && slots)
		memset(window->values, 0, slots * sizeof(*window->values));
	if (window->counts)
		memset(window->counts, 0, correlation->rule_count * sizeof(*window->counts));
}

struct window *window_scratch(struct correlator *correlator, const struct key *key)
{
	struct window *scratch = &correlator->scratch;
	uint32_t slots = window_slots(key);

	if (slots > correlator->scratch_slots) {
		free(scratch->values);
		scratch->values = malloc(slots * sizeof(*scratch->values));
		must(scratch->values);
		correlator->scratch_slots = slots;
	}
	window_clear(scratch, key->tracker->correlation, slots);
	return scratch;
}

void window_rebuild(struct key *key)
{
	const struct correlation *correlation = key->tracker->correlation;
	struct window *window = &key->window;
	uint32_t slots = window_slots(key), start = 0;

	window_clear(window, correlation, slots);
	if (key->tracker->way != WAY_SLIDING)
		return;
	while (start < key->ring.count &&
	       ring_at(&key->ring, start)->time <= key->newest - correlation->timespan)
		start++;
	window->start = start;
	for (uint32_t i = start; i < key->ring.count; i++)
		window_add(window, correlation, slots, ring_at(&key->ring, i));
}
