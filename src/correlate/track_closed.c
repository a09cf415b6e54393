/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions that are known only when a window is over. A key's window begins with its
 * earliest event that is not in a window yet, and is decided when the watermark has
 * passed its end; timers are a heap by that end for each lane.
 */
#include "correlate/private.h"

/* -- the heap -------------------------------------------------------------------------------------------- */

static bool is_before(const struct key *a, const struct key *b)
{
	if (a->deadline != b->deadline)
		return a->deadline < b->deadline;
	if (a->tracker->rule != b->tracker->rule)
		return a->tracker->rule < b->tracker->rule;
	return a->hash.high != b->hash.high ? a->hash.high < b->hash.high : a->hash.low < b->hash.low;
}

static void put(struct key **timers, size_t at, struct key *key)
{
	timers[at] = key;
	key->timer = (uint32_t)at + 1;
}

static void settle(struct correlator *correlator, struct key *key)
{
	struct key **timers = correlator->timers[key->lane].items;
	size_t at = key->timer - 1, count = correlator->timers[key->lane].len;

	for (; at > 0 && is_before(key, timers[(at - 1) / 2]); at = (at - 1) / 2)
		put(timers, at, timers[(at - 1) / 2]);
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && is_before(timers[child + 1], timers[child]))
			child++;
		if (!is_before(timers[child], key))
			break;
		put(timers, at, timers[child]);
	}
	put(timers, at, key);
}

void timer_remove(struct correlator *correlator, struct key *key)
{
	size_t at = key->timer;
	struct key *last;

	if (!at)
		return;
	last = correlator->timers[key->lane].items[--correlator->timers[key->lane].len];
	key->timer = 0;
	if (last == key)
		return;
	put(correlator->timers[key->lane].items, at - 1, last);
	settle(correlator, last);
}

void timer_set(struct correlator *correlator, struct key *key)
{
	if (key->ring.count == 0) {
		timer_remove(correlator, key);
		return;
	}
	key->deadline = ring_at(&key->ring, 0)->time + key->tracker->correlation->timespan;
	if (!key->timer) {
		vec_push(&correlator->timers[key->lane], key);
		key->timer = (uint32_t)correlator->timers[key->lane].len;
	}
	settle(correlator, key);
}

/* -- a window -------------------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* Linear between the two nearest ranks, as spreadsheets and numpy have it. */
static double percentile_of(struct correlator *correlator, const struct key *key, uint32_t count,
			    double percent)
{
	double rank = percent / 100 * (count - 1);
	uint32_t low = (uint32_t)rank;

	if (correlator->number_capacity < count) {
		free(correlator->numbers);
		correlator->number_capacity = key->ring.capacity;
		correlator->numbers = malloc(correlator->number_capacity * sizeof(double));
		must(correlator->numbers);
	}
	for (uint32_t i = 0; i < count; i++)
		memcpy(&correlator->numbers[i], &ring_at(&key->ring, i)->value, sizeof(double));
	qsort(correlator->numbers, count, sizeof(double), compare_numbers);
	if (low + 1 >= count)
		return correlator->numbers[count - 1];
	return correlator->numbers[low] +
	       (rank - low) * (correlator->numbers[low + 1] - correlator->numbers[low]);
}

static double number_of(struct correlator *correlator, const struct key *key, const struct window *window,
			uint32_t count)
{
	const struct correlation *correlation = key->tracker->correlation;
	double events = 0;

	switch (correlation->type) {
	case CORRELATION_EVENT_COUNT:
		for (uint32_t i = 0; i < count; i++)
			events += ring_at(&key->ring, i)->weight;
		return events;
	case CORRELATION_VALUE_SUM:
		return window->sum;
	case CORRELATION_VALUE_AVG:
		return window->sum / count;
	case CORRELATION_VALUE_PERCENTILE:
		return percentile_of(correlator, key, count, correlation->percentile);
	case CORRELATION_VALUE_MEDIAN:
		return percentile_of(correlator, key, count, 50);
	default:
		return window->distinct;
	}
}

/* Decides the key's first window and takes its events away. */
static void decide(struct correlator *correlator, struct key *key)
{
	const struct correlation *correlation = key->tracker->correlation;
	struct window *window = window_scratch(correlator, key);
	struct firing firing = {.key = key, .to = key->deadline, .record = CORRELATOR_NO_RECORD};
	uint32_t count = 0;
	bool holds;

	window->counts = (uint32_t[CORRELATION_RULES_MAX]){0};
	while (count < key->ring.count && ring_at(&key->ring, count)->time < key->deadline)
		window_add(window, correlation, window_slots(key), ring_at(&key->ring, count++));
	firing.number = number_of(correlator, key, window, count);
	holds = correlation->expression ? correlation_expression_holds(correlation, window->rules)
					: correlation_conditions_hold(correlation, firing.number);
	window->counts = NULL;
	firing.from = ring_at(&key->ring, 0)->time;
	firing.last = count - 1;
	firing.seq = ring_at(&key->ring, firing.last)->seq;
	if (holds)
		fire(correlator, &firing);
	while (count--)
		key_pop(key);
	timer_set(correlator, key);
}

void closed_decide_all(struct correlator *correlator, struct key *key)
{
	while (key->ring.count)
		decide(correlator, key);
}

/* Where there is no room left the newest event counts for more; of numbers it is forgotten. */
void closed_take(struct correlator *correlator, struct key *key, const struct entry *entry)
{
	if (key->ring.count == CORRELATOR_ENTRIES_MAX) {
		ring_at(&key->ring, key->ring.count - 1)->weight++;
		correlator->evicted++;
		return;
	}
	if (key->ring.count == key->ring.capacity)
		key_resize(correlator, key, key->ring.capacity ? 2 * key->ring.capacity : 4);
	if (entries_insert(&key->ring, entry, false) == 0)
		timer_set(correlator, key);
}

void timers_run(struct correlator *correlator, enum lane lane, int64_t limit)
{
	while (correlator->timers[lane].len && correlator->timers[lane].items[0]->deadline <= limit) {
		struct key *key = correlator->timers[lane].items[0];

		key->pinned = true;
		decide(correlator, key);
		key->pinned = false;
		if (key->ring.count == 0)
			key_free(correlator, key);
	}
}
