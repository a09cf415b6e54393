/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIMULATION_H
#define SIMULATION_H
/*
 * Days of talking, made up and fed to a struct coverage as analyze would: records in order of time, in
 * batches of uneven size, with collect's heartbeat every minute. The same seed gives the same days.
 */
#include "coverage/coverage.h"

#define MONDAY (INT64_C(1772409600) * CLOCK_SECOND) /* 2026-03-02T00:00:00Z */
#define VOICES_MAX 64

struct simulation;

/* One who talks: next() is asked for the time of the next message after time; INT64_MAX: never again. */
struct voice {
	uint32_t number; /* 10.0.0.number; larger ones go on in 10/8 */
	uint16_t listener;
	const char *source;
	int64_t (*next)(struct simulation *simulation, const struct voice *voice, int64_t time);
	int64_t every;       /* as next() takes it */
	int64_t clock;       /* µs its clock is ahead */
	int64_t from, until; /* 0: always; talks only in [from, until) */
	int64_t at;          /* of its next message */
	uint32_t sequence;   /* 0: has none */
};

struct said {
	int64_t at; /* the time of receipt by then */
	char event[32];
	char members[512];
};

struct simulation {
	struct registry *registry;
	struct coverage *coverage;
	struct tally tally;
	struct arena *arena;
	uint64_t random, sizes; /* two streams: of the voices, of the batches' sizes */
	size_t batch_most;      /* records in a batch; 0: 700 */
	struct voice voices[VOICES_MAX];
	size_t voice_count;
	int64_t now, heartbeat;
	int64_t stopped_until; /* collect is down until then */
	size_t batch, beats;
	struct {
		VEC_OF(struct said)
	} said;
	struct {
		VEC_OF(struct coverage_change)
	} changes; /* without texts */
};

void simulation_start(struct simulation *simulation, const char *registry, struct coverage_options options);
void simulation_stop(struct simulation *simulation);
struct voice *simulation_add(struct simulation *simulation, struct voice voice);
void simulation_run(struct simulation *simulation, int64_t until);
void simulation_record(struct simulation *simulation, const struct voice *voice, int64_t time);
void simulation_flush(struct simulation *simulation);

double simulation_random(struct simulation *simulation); /* [0, 1) */

/* Ways to talk. */
int64_t talk_evenly(struct simulation *simulation, const struct voice *voice, int64_t time);   /* ± 10 % */
int64_t talk_randomly(struct simulation *simulation, const struct voice *voice, int64_t time); /* Poisson */
int64_t talk_in_bursts(struct simulation *simulation, const struct voice *voice, int64_t time);
int64_t talk_by_day(struct simulation *simulation, const struct voice *voice,
		    int64_t time); /* 8 to 18, Mon–Fri */

/* How often event was said of peer 10.0.0.number (0: of anybody) in [from, to); of those with text, unless
 * NULL. */
size_t said(const struct simulation *simulation, const char *event, int number, const char *text,
	    int64_t from, int64_t to);
/* When first; -1: never. */
int64_t said_at(const struct simulation *simulation, const char *event, int number, int64_t from);

#endif
