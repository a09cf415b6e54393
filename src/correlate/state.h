/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATE_STATE_H
#define CORRELATE_STATE_H
/*
 * Inside correlate/: the state. A tracker for each correlation has a table of keys;
 * a key has the events that may still matter, sorted by time, and what was last
 * alerted. Two ways to decide (track.c): at once, over the windows that end with an
 * event, or when the watermark has passed the end of a window (timers in a heap).
 */
#include "correlate/findings.h"
#include "correlate/suppress.h"

#define TIME_NEVER INT64_MIN

/* How a correlation is decided. */
enum way {
	WAY_SLIDING, /* at once, over the windows that end with an event */
	WAY_ORDERED, /* the same of temporal_ordered */
	WAY_CLOSED,  /* when the watermark has passed the end of a window */
	WAY_TERMS,   /* new_terms */
};

struct entry {
	int64_t time;
	uint64_t seq, value;
	uint32_t position; /* of the rule that matched */
	uint32_t weight;   /* events it stands for */
};

struct ring {
	struct entry *items;
	uint32_t capacity, head, count; /* capacity: 0 or a power of two */
};

/* What holds of the entries from number start to the last, kept while they come and go. */
struct window {
	uint32_t start;
	uint32_t distinct;
	uint64_t rules; /* a bit for each rule that is there */
	double sum;
	uint32_t *counts; /* by rule */
	struct value_slot {
		uint64_t value;
		uint32_t count;
	} * values; /* twice as many as the ring has room for */
};

struct key {
	struct hash128 hash;
	struct key *next;          /* in its bucket */
	struct key *older, *newer; /* by when they were last touched */
	uint64_t touched;          /* when, counted in arrivals */
	struct tracker *tracker;
	struct ring ring;
	struct window window;
	int64_t *best;  /* of temporal_ordered: the latest start of a chain of rules 0 … n */
	int64_t newest; /* event */
	/* The last alert: events from before the end of its window are repeats. */
	int64_t from, end, last; /* end: TIME_NEVER where there is none */
	uint64_t repeats;
	int64_t deadline;       /* of the first window that is open */
	uint32_t timer, repeat; /* 1 + index in timers, in repeated; 0: not there */
	uint32_t text_len;
	uint8_t lane;
	bool pinned; /* at work: not to be evicted */
	char text[];
};

struct tracker {
	const struct correlation *correlation;
	enum way way;
	uint32_t rule;
	const struct plan_rule *plan; /* who refers to it */
	struct key **buckets;
	size_t bucket_count, keys, bytes;
	struct {
		struct key *oldest, *newest;
	} order[LANE_COUNT];
	int64_t since[LANE_COUNT];     /* new_terms has watched; TIME_NEVER: not yet */
	int64_t forgotten[LANE_COUNT]; /* … and up to here a key may have been evicted */
};

struct clock_of_lane {
	int64_t newest, watermark; /* TIME_NEVER: nothing yet */
};

/* An event on its way to one key. */
struct arrival {
	int64_t time;
	uint64_t seq, value;
	uint32_t position, record;
	enum lane lane;
	struct hash128 hash;
	struct str text;
	bool inner; /* a correlation that came true */
};

struct correlator {
	const struct ruleset *set;
	struct correlator_limits limits;
	struct finding_plan *plan;
	struct tracker *trackers; /* by rule; those of detection rules are empty */
	struct suppress *suppress;
	uint64_t *rule_hashes; /* for suppress, by rule */
	struct clock_of_lane clocks[LANE_COUNT];
	struct {
		VEC_OF(struct key *)
	} timers[LANE_COUNT], repeated;
	struct window scratch;  /* for windows that are looked at anew … */
	uint32_t scratch_slots; /* … with room for so many values … */
	double *numbers;        /* … and their numbers in order */
	size_t number_capacity;
	uint64_t arrivals, evicted, late;
	size_t keys, bytes;
	struct buf cause, why;
	correlator_visit *visit;
	void *context;
};

#endif
