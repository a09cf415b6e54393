/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_PRIVATE_H
#define COVERAGE_PRIVATE_H
/* Inside coverage/: the state, and the parts it is worked on by. */
#include "coverage/coverage.h"
#include "coverage/rhythm.h"
#include "coverage/sequence.h"
#include "event/listener.h"

#define DELAY_SAMPLES 32
#define RESTARTS_SURE 3 /* in an hour: more, and several senders share the numbers */

/* A sample of an hour's delays: every stride-th, so that they spread over the hour. ms. */
struct delays {
	int32_t samples[DELAY_SAMPLES];
	uint32_t count, stride, skip;
	int64_t max; /* µs */
};

struct talker {
	struct talker_key key; /* its texts are one allocation, at key.source.ptr */
	uint64_t id, hash;
	int64_t first, last;
	int64_t armed; /* silence counts from then: last, or when collect came back */
	int registered;
	struct rhythm rhythm;
	struct rhythm_hour hour; /* since hour_from */
	int64_t hour_from;
	int64_t silent_from; /* 0: it talks */
	double silent_bound; /* in silent_slot, when it was found silent */
	int silent_slot;
	bool silent_learning;
	struct sequence sequence;
	uint32_t restarts; /* of the numbers, in this hour */
	struct delays delays;
	int64_t loss_from, loss_to; /* the span of loss it is in, or was last */
	uint64_t loss_count;
};

struct watch {
	uint64_t id;
	int64_t last;  /* 0: never heard */
	int64_t armed; /* silence counts from then */
	int64_t silent_from;
	bool known; /* to core */
};

struct loss {
	uint64_t id;
	bool known;
	int64_t from, to;
	uint64_t count;
};

struct candidate {
	uint64_t hash; /* 0: free */
	int64_t first, step;
	uint32_t steps;
};

struct coverage {
	struct coverage_options options;
	int64_t step;
	int64_t now, tick; /* tick: the last step's end that was looked at */
	int slot;          /* of the running hour */
	struct {
		VEC_OF(struct talker)
	} talkers;
	uint32_t *table; /* 1 + index into talkers */
	size_t table_size;
	size_t udp_talkers;
	struct candidate *candidates[2]; /* [1]: of UDP */
	struct watch *watches;           /* of each registered source */
	struct loss losses[LISTENER_COUNT];
	struct {
		VEC_OF(uint32_t)
	} order, who; /* of the tally at hand: its entries by time; the entry's talker, 1 + index */
	size_t step_notices, step_unsaid;
	struct coverage_output output;
};

/* --- talkers.c --- */
/* NULL where it is not admitted. */
struct talker *talker_find(struct coverage *coverage, const struct heard *heard);
struct talker *talker_add(struct coverage *coverage, const struct talker_key *key, uint64_t hash,
			  int64_t first);
void talker_announce(struct coverage *coverage, const struct talker *talker);
void talkers_retire(struct coverage *coverage);
/* The listener's "other". */
struct loss *other_of(struct coverage *coverage, uint16_t listener);

/* --- silence.c --- */
void silence_look(struct coverage *coverage, int64_t from, int64_t to); /* a step has passed */
void silence_end(struct coverage *coverage, struct talker *talker, int64_t at);
void silence_close(struct coverage *coverage, const struct talker *talker, int64_t at); /* the span only */
void silence_watch_heard(struct coverage *coverage, int registered, const struct heard *heard);
void silence_down(struct coverage *coverage, int64_t from, int64_t to);
double talker_rate(const struct coverage *coverage, const struct talker *talker);

/* --- hour.c --- */
void hour_begin(struct coverage *coverage, int64_t time); /* sets the slot */
int hour_slot(const struct coverage *coverage, int64_t time);
void hour_close(struct coverage *coverage, int64_t end);
void delays_add(struct delays *delays, int64_t delay, int64_t max);
void talker_lost(struct coverage *coverage, struct talker *talker, uint64_t count, int64_t at);

static inline int64_t hour_of(int64_t time)
{
	return time / CLOCK_HOUR * CLOCK_HOUR;
}

/* A message has its limit: what is only expected gives way to what happened. */
#define CHANGES_FULL (32u * 1024 * 1024)

static inline void emit(struct coverage *coverage, const struct coverage_change *change)
{
	if (change->type == CHANGE_HOUR && coverage->output.changes.len > CHANGES_FULL)
		return;
	coverage_put(&coverage->output.changes, change);
}

/* Says it, or counts it where the step has had its share. message lives in the output's arena; members is
   done with. */
void say(struct coverage *coverage, const char *event, const char *level, struct str message,
	 struct buf *members);
/* That it is silent, which somebody may have announced. */
void say_silent(struct coverage *coverage, uint64_t talker, bool learning, struct str message,
		struct buf *members);

#endif
