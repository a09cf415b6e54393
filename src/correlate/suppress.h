/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATE_SUPPRESS_H
#define CORRELATE_SUPPRESS_H
/*
 * Which match makes an alert and which is counted on an earlier one. After an alert
 * of a rule, matches with the same key whose time is less than the span before or
 * behind the alert's belong to it. Each lane is for itself.
 *
 * Bounded: with each new entry the oldest go whose span has passed for their lane;
 * past the limit the oldest alert is forgotten, so that its next match is an alert
 * again. Nothing is lost by that, it is told more often; suppress_stats() counts it. What is answered
 * depends on the calls and their order alone, also across a save and a load.
 */
#include "base/buf.h"
#include "correlate/correlate.h"
#include "ipc/message.h"

#define SUPPRESS_KEY_MAX 1024 /* bytes of a key; of a longer one its SHA-256 is kept */
#define SUPPRESS_CAUSE_MAX 1024

struct suppress;

struct suppress *suppress_new(size_t bytes); /* the limit */
void suppress_free(struct suppress *suppress);

struct suppress_match {
	uint64_t rule; /* a hash of the rule's content: what is kept is known by it again after a load */
	enum lane lane;
	struct str key;
	struct str cause;   /* what the alert's id would be made of; at most SUPPRESS_CAUSE_MAX bytes */
	int64_t time, span; /* µs; span > 0 */
	const int64_t *watermarks; /* of each lane: what ended before may be forgotten */
};

struct suppress_answer {
	uint64_t repeats; /* 0: an alert of its own; else it is the so manieth match counted on that of cause
			   */
	struct str cause; /* lives until the next call */
	int64_t last;     /* newest time counted on it */
};
struct suppress_answer suppress_take(struct suppress *suppress, const struct suppress_match *match);

void suppress_save(const struct suppress *suppress, struct buf *out);

/* Into an empty one. Entries of rules that known() denies are left out. 0, or ERR_CORRUPT: then it is empty.
 */
int suppress_load(struct suppress *suppress, struct message_reader *reader,
		  bool (*known)(void *context, uint64_t rule), void *context);

struct suppress_stats {
	uint64_t keys, bytes, evicted;
};
struct suppress_stats suppress_stats(const struct suppress *suppress);

#endif
