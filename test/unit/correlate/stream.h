/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_CORRELATE_STREAM_H
#define TEST_CORRELATE_STREAM_H
/*
 * Streams of small events for tests of correlate/: four detection rules r0 … r3 match
 * events with t: 0 … 3, and two at once with t: 4 and 5; an event has a key g and a value v.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/vec.h"
#include "correlate/correlate.h"

#define SECOND INT64_C(1000000)
#define LATENESS (10 * SECOND)

struct sample {
	int64_t time, received;
	unsigned rule, key; /* rule 4: r0 and r3 at once; 5: r1 and r2 */
	int value;          /* negative: the event has none */
	enum lane lane;
};

struct stream {
	VEC_OF(struct sample)
};

/* What came of a stream. */
struct outcome {
	struct {
		VEC_OF(struct said)
	} alerts;
};
struct said {
	uint32_t rule;
	char key[32];
	int64_t from, to;
	double value;
	uint64_t repeats; /* in the end */
	char cause[128];
	char why[2048];
};

/* r0 … r3 and the documents of text behind them; fails the test where something does not load. */
struct ruleset *stream_rules(const char *text);
uint32_t stream_rule(const struct ruleset *set, const char *name);

/* Repeatable chance. */
unsigned stream_random(uint64_t *state, unsigned below);

/* Notes one event, as its record number. */
void stream_add(struct findings *findings, const struct finding_plan *plan, struct matcher *matcher,
		const struct sample *sample, size_t number, struct arena *arena);

/* Runs it, cut into batches (0: one; else by chance from that seed), saving and loading at cuts where reload.
 */
void stream_run(const struct ruleset *set, const struct stream *stream, uint64_t cuts, bool reload,
		const struct correlator_limits *limits, struct outcome *ret_outcome,
		struct correlator_stats *ret_stats);
void outcome_done(struct outcome *outcome);
/* In no particular order. */
void outcome_sort(struct outcome *outcome);
void outcome_equal(const struct outcome *a, const struct outcome *b, const char *what);

#endif
