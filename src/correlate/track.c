/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event at its key. At once: a window is a run of entries less than the timespan
 * apart; an event makes true the first window that ends with it or an entry behind it,
 * and of that window the tightest part that still holds is the alert's. The alert stands
 * for its key until the timespan that began with its first event is over; until then
 * further events repeat it, and then counting begins anew.
 */
#include "correlate/private.h"

enum way way_of(const struct correlation *correlation)
{
	if (correlation->type == CORRELATION_NEW_TERMS)
		return WAY_TERMS;
	if (!correlation->at_once)
		return WAY_CLOSED;
	return correlation->type == CORRELATION_TEMPORAL_ORDERED ? WAY_ORDERED : WAY_SLIDING;
}

/* -- sliding windows ------------------------------------------------------------------------------------- */

/* The number that is compared, of entries first to last. */
static double number_of(const struct window *window, const struct correlation *correlation, uint32_t first,
			uint32_t last)
{
	if (correlation->type == CORRELATION_EVENT_COUNT)
		return last - first + 1;
	return correlation->type == CORRELATION_VALUE_SUM ? window->sum : window->distinct;
}

static bool holds(const struct window *window, const struct correlation *correlation, uint32_t first,
		  uint32_t last)
{
	if (correlation->expression)
		return correlation_expression_holds(correlation, window->rules);
	if (correlation->type == CORRELATION_VALUE_SUM)
		return correlation_conditions_hold(correlation, window->sum);
	return number_of(window, correlation, first, last) >= correlation->threshold;
}

/* The window ends with last and holds: takes off its beginning what it does not need, and fires. */
static void fire_tightest(struct correlator *correlator, struct key *key, struct window *window,
			  uint32_t last, const struct arrival *arrival)
{
	const struct correlation *correlation = key->tracker->correlation;
	uint32_t slots = window_slots(key);
	struct firing firing = {.key = key, .last = last, .seq = arrival->seq, .record = arrival->record};

	while (window->start < last) {
		window_remove(window, correlation, slots, ring_at(&key->ring, window->start));
		window->start++;
		if (holds(window, correlation, window->start, last))
			continue;
		window->start--;
		window_add(window, correlation, slots, ring_at(&key->ring, window->start));
		break;
	}
	firing.first = window->start;
	firing.from = ring_at(&key->ring, firing.first)->time;
	firing.to = ring_at(&key->ring, last)->time;
	firing.number = number_of(window, correlation, firing.first, last);
	fire(correlator, &firing);
	key_absorb(correlator, key, last);
}

static void slide(const struct key *key, struct window *window, int64_t time)
{
	const struct correlation *correlation = key->tracker->correlation;

	while (ring_at(&key->ring, window->start)->time <= time - correlation->timespan) {
		window_remove(window, correlation, window_slots(key), ring_at(&key->ring, window->start));
		window->start++;
	}
}

/* An entry between others: the windows that end with it and with those behind it, as far as it is in them. */
static void sliding_late(struct correlator *correlator, struct key *key, uint32_t place,
			 const struct arrival *arrival)
{
	const struct correlation *correlation = key->tracker->correlation;
	const struct ring *ring = &key->ring;
	int64_t time = arrival->time, span = correlation->timespan;
	uint32_t slots = window_slots(key);
	struct window *window;

	if (!correlation->expression && correlation->type != CORRELATION_VALUE_SUM &&
	    ring->count < correlation->threshold)
		return;
	window = window_scratch(correlator, key);
	window->counts = (uint32_t[CORRELATION_RULES_MAX]){0};
	window->start = place;
	while (window->start > 0 && ring_at(ring, window->start - 1)->time > time - span)
		window->start--;
	for (uint32_t i = window->start; i < place; i++)
		window_add(window, correlation, slots, ring_at(ring, i));
	for (uint32_t last = place; last < ring->count && ring_at(ring, last)->time < time + span; last++) {
		window_add(window, correlation, slots, ring_at(ring, last));
		slide(key, window, ring_at(ring, last)->time);
		if (holds(window, correlation, window->start, last)) {
			fire_tightest(correlator, key, window, last, arrival);
			break;
		}
	}
	window->counts = NULL;
}

static void sliding_take(struct correlator *correlator, struct key *key, const struct arrival *arrival,
			 uint32_t place)
{
	const struct correlation *correlation = key->tracker->correlation;
	struct window *window = &key->window;
	uint32_t last = key->ring.count - 1;

	if (place < last && arrival->time <= key->newest - correlation->timespan) {
		window->start++; /* it lies before the newest window */
	} else {
		window_add(window, correlation, window_slots(key), ring_at(&key->ring, place));
		slide(key, window, key->newest);
	}
	if (place < last)
		sliding_late(correlator, key, place, arrival);
	else if (holds(window, correlation, window->start, last))
		fire_tightest(correlator, key, window, last, arrival);
}

/* -- all ways -------------------------------------------------------------------------------------------- */

static void forget_old(const struct correlator *correlator, struct key *key)
{
	int64_t horizon = key->newest - key->tracker->correlation->timespan - 2 * correlator->limits.lateness;

	while (key->ring.count && ring_at(&key->ring, 0)->time <= horizon)
		key_pop(key);
}

static void take(struct correlator *correlator, struct key *key, const struct arrival *arrival)
{
	const struct entry entry = {arrival->time, arrival->seq, arrival->value, arrival->position, 1};
	uint32_t place;

	if (key->tracker->way == WAY_CLOSED) {
		closed_take(correlator, key, &entry);
		return;
	}
	if (arrival->time < key->end) {
		key_repeated(correlator, key, 1, arrival->time);
		return;
	}
	forget_old(correlator, key);
	key_make_room(correlator, key);
	place = entries_insert(&key->ring, &entry, key->tracker->way == WAY_ORDERED);
	if (key->tracker->way == WAY_ORDERED)
		ordered_take(correlator, key, arrival, place);
	else
		sliding_take(correlator, key, arrival, place);
}

/* A replay of earlier times: the key is as new. Windows that are open are decided as they are. */
static void restart(struct correlator *correlator, struct key *key)
{
	if (key->tracker->way == WAY_CLOSED)
		closed_decide_all(correlator, key);
	tell_repeats(correlator, key);
	key->ring.count = 0;
	key->end = key->newest = TIME_NEVER;
	window_rebuild(key);
	if (key->best)
		ordered_rebuild(key);
}

/* -- new_terms ------------------------------------------------------------------------------------------- */

static void watch_anew(struct correlator *correlator, struct tracker *tracker, const struct arrival *arrival)
{
	while (tracker->order[arrival->lane].oldest)
		key_free(correlator, tracker->order[arrival->lane].oldest);
	tracker->since[arrival->lane] = arrival->time;
	tracker->forgotten[arrival->lane] = TIME_NEVER;
}

static void take_term(struct correlator *correlator, struct tracker *tracker, const struct arrival *arrival)
{
	int64_t span = tracker->correlation->timespan, time = arrival->time;
	int64_t since = tracker->since[arrival->lane], forgotten = tracker->forgotten[arrival->lane];
	struct firing firing = {
		.from = time, .to = time, .number = 1, .seq = arrival->seq, .record = arrival->record};
	bool is_new;

	if (since == TIME_NEVER ||
	    (arrival->lane == LANE_IMPORT && time < since - correlator->limits.lateness)) {
		watch_anew(correlator, tracker, arrival);
		since = time;
	}
	firing.key = key_touch(correlator, tracker, arrival, &is_new);
	firing.uncertain = forgotten != TIME_NEVER && time - forgotten < span;
	is_new = is_new || time - firing.key->newest >= span;
	if (firing.key->newest < time)
		firing.key->newest = time;
	if (is_new && time - since >= span)
		fire(correlator, &firing);
}

void track(struct correlator *correlator, struct tracker *tracker, const struct arrival *arrival)
{
	struct key *key;
	bool is_new;

	keys_expire(correlator, tracker, arrival->lane);
	if (tracker->way == WAY_TERMS) {
		take_term(correlator, tracker, arrival);
	} else {
		key = key_touch(correlator, tracker, arrival, &is_new);
		key->pinned = true;
		if (!is_new && arrival->lane == LANE_IMPORT && !arrival->inner &&
		    arrival->time < key->newest - correlator->limits.lateness)
			restart(correlator, key);
		if (key->newest < arrival->time)
			key->newest = arrival->time;
		take(correlator, key, arrival);
		key->pinned = false;
	}
	keys_keep_limits(correlator, tracker);
}
