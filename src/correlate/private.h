/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATE_PRIVATE_H
#define CORRELATE_PRIVATE_H
/* Inside correlate/: what its files do for one another, on the state of state.h. */
#include "correlate/state.h"

/* -- keys.c: the table, its order, its limits; a key's ring ---------------------------------------------- */

/* The key of an arrival, made where there is none, now the newest of its lane. */
struct key *key_touch(struct correlator *correlator, struct tracker *tracker, const struct arrival *arrival,
		      bool *ret_new);
/* A key will be touched soon: in three steps its memory is asked for. */
void key_expect(const struct tracker *tracker, struct hash128 hash, unsigned lane, unsigned step);
void key_free(struct correlator *correlator, struct key *key);
/* Takes away keys that nothing can come of any more, a few at a time. */
void keys_expire(struct correlator *correlator, struct tracker *tracker, enum lane lane);
void keys_keep_limits(struct correlator *correlator, struct tracker *tracker);

static inline struct entry *ring_at(const struct ring *ring, uint32_t index)
{
	return &ring->items[(ring->head + index) & (ring->capacity - 1)];
}
/* Gives the ring room for capacity entries, a power of two or 0, and the window as many values. */
void key_resize(struct correlator *correlator, struct key *key, uint32_t capacity);
/* Puts an entry in its place by time and number; the ring must have room. Returns the place. chains: of one
   event the rules stand with the later ones first, so that it makes no chain with itself. */
uint32_t entries_insert(struct ring *ring, const struct entry *entry, bool chains);
/* Takes the first entry off, of the window too where it is in it. */
void key_pop(struct key *key);

/* -- window.c: what holds of a run of entries ------------------------------------------------------------ */

void window_add(struct window *window, const struct correlation *correlation, uint32_t slots,
		const struct entry *entry);
void window_remove(struct window *window, const struct correlation *correlation, uint32_t slots,
		   const struct entry *entry);
/* Slots of a window over the key's ring. */
static inline uint32_t window_slots(const struct key *key)
{
	return key->tracker->correlation->type == CORRELATION_VALUE_COUNT ? 2 * key->ring.capacity : 0;
}
/* The correlator's own window, empty, with room for what the key's ring holds. */
struct window *window_scratch(struct correlator *correlator, const struct key *key);
/* Makes the key's window anew from its entries. */
void window_rebuild(struct key *key);

/* -- track.c, track_ordered.c, track_closed.c, compact.c ------------------------------------------------- */

void track(struct correlator *correlator, struct tracker *tracker, const struct arrival *arrival);
enum way way_of(const struct correlation *correlation);
/* Makes room for one more entry: by forgetting what cannot matter, by growing, by dropping the oldest. */
void key_make_room(struct correlator *correlator, struct key *key);
/* Entries before the end of the alert's window are its own: those behind last are repeats. */
void key_absorb(struct correlator *correlator, struct key *key, uint32_t last);

void ordered_take(struct correlator *correlator, struct key *key, const struct arrival *arrival,
		  uint32_t place);
void ordered_rebuild(struct key *key);

void closed_take(struct correlator *correlator, struct key *key, const struct entry *entry);
void closed_decide_all(struct correlator *correlator, struct key *key);
/* Decides all windows that end at limit or before. */
void timers_run(struct correlator *correlator, enum lane lane, int64_t limit);
void timer_set(struct correlator *correlator, struct key *key); /* or takes it out, where the ring is empty */
void timer_remove(struct correlator *correlator, struct key *key);

/* -- correlator.c, why.c --------------------------------------------------------------------------------- */

/* What came true: entries first to last of the key, within [from, to]. */
struct firing {
	struct key *key;
	int64_t from, to;
	uint32_t first, last;
	double number;
	uint64_t seq;
	uint32_t record;
	bool uncertain; /* of new_terms: the key may have been forgotten */
};
void fire(struct correlator *correlator, const struct firing *firing);
void key_repeated(struct correlator *correlator, struct key *key, uint64_t count, int64_t time);
void tell_repeats(struct correlator *correlator, struct key *key);

void firing_explain(const struct correlator *correlator, const struct firing *firing, struct buf *out);

#endif
