/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_RHYTHM_H
#define COVERAGE_RHYTHM_H
/*
 * How often a talker talks, learnt from what it says, and whether it has been
 * silent for longer than that explains.
 *
 * Silence is measured not in minutes but in messages missed: the integral of the
 * expected rate over the time since the last message. By the time-rescaling
 * theorem (Brown, Barbieri, Ventura, Kass, Frank, Neural Computation 14, 2002;
 * Daley and Vere-Jones, An Introduction to the Theory of Point Processes, 7.4)
 * gaps measured so have the same distribution at every hour, so that one bound
 * serves a source whatever its day looks like: at night an office's source is
 * expected to say nothing, misses nothing, and is not silent.
 *
 *   rate    48 slots: the hour of the day, on working days and on days of rest.
 *           Counts and hours of observation, both halved about every four visits
 *           (DECAY); the estimate is the mean of a gamma posterior whose prior is
 *           the talker's overall rate with the weight of PRIOR messages, so that
 *           a slot seen once is not taken at its word.
 *   longest the largest number of messages missed in a gap that ended well, of a
 *           slot and overall, fading slowly. Slots with SLOT_SURE messages use
 *           their own and their neighbours', others the overall one.
 *   bound   3 × longest × (1 + 5 / gaps seen). A periodic source misses 1: three
 *           periods. For a Poisson source of n gaps the longest is about ln n, so
 *           a gap beyond the bound has probability n⁻³.
 *
 * A slot never visited expects nothing, except on a talker's first day, where the
 * overall rate stands in: then an alarm is marked as still learning. Hours in
 * which it is silent teach nothing, and a silence that was alarmed about widens
 * longest to at most 1.5 bounds: a habit is learnt after some alarms, an outage
 * is forgotten.
 *
 * Pure: no clock, no memory of its own, one thread per rhythm.
 */
#include <stdbool.h>
#include <stdint.h>

#define RHYTHM_SLOTS 48
#define RHYTHM_NEW CLOCK_DAY /* so long is a talker new */

struct rhythm {
	float messages[RHYTHM_SLOTS], hours[RHYTHM_SLOTS]; /* decayed sums of closed hours */
	float longest[RHYTHM_SLOTS];                       /* messages missed */
	float longest_overall;
	float total_messages, total_hours; /* decayed, of all slots */
	uint32_t gaps;                     /* saturating */
	double missed;                     /* since the last message */
};

/* The hour that runs: what rhythm_close() will add. */
struct rhythm_hour {
	uint32_t messages;
	int64_t observed; /* µs of it, up to now, in which the talker could be heard */
};

/* 0 … 47. local: µs in local time; rest: a day without work. */
int rhythm_slot(int64_t local, bool rest);

/* Messages an hour expected in slot. fresh: the talker is new. */
double rhythm_rate(const struct rhythm *rhythm, const struct rhythm_hour *hour, int slot, bool fresh);

/* Time passes without a message: span µs at rate. */
void rhythm_wait(struct rhythm *rhythm, double rate, int64_t span);

/* Messages came: count of them with the longest gap (µs) among them; the wait before the first is over. */
void rhythm_hear(struct rhythm *rhythm, int slot, double rate, uint32_t count, int64_t gap);

/* The wait that is about to end went through slot. */
void rhythm_waited(struct rhythm *rhythm, int slot);

/* A silence that was alarmed about in slot, at bound, is over: to be called before rhythm_hear(). */
void rhythm_resume(struct rhythm *rhythm, int slot, double bound);

/* How many messages must be missed for a silence in slot. */
double rhythm_bound(const struct rhythm *rhythm, int slot);

/* The hour in slot is over: messages in observed µs. */
void rhythm_close(struct rhythm *rhythm, int slot, uint32_t messages, int64_t observed);

#endif
