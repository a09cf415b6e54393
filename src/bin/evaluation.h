/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_EVALUATION_H
#define BIN_EVALUATION_H
/*
 * Records through parser and rules to one line per match, for `wanglou eval`.
 *
 * Records are gathered into batches in a ring. Threads take batches in order and
 * may finish in any; the thread that adds records writes what came of them in the
 * order of the input. Where the ring is full it works along instead of waiting, so
 * that N threads are N at work, reading included; with one there is no other.
 */
#include <stdio.h>

#include "bin/eval_incidents.h"
#include "detect/detect.h"
#include "parse/source.h"

#define EVALUATION_THREADS_MAX 64

struct evaluation;

struct evaluation_record {
	struct str bytes; /* copied */
	uint64_t line;
	const char *file;   /* must live until evaluation_end() */
	const char *member; /* of an archive, or "" */
	uint64_t number;    /* filled in: the line, or one over all files where alerts are grouped */
};

struct evaluation_totals {
	uint64_t events, matches, candidates, exceeded;
	uint64_t candidates_p95; /* of an event, at most CANDIDATES_BUCKETS - 1 */
};

struct evaluation_options {
	unsigned threads;
	bool straight;                    /* every rule that the log source admits, without the index */
	FILE *out;                        /* NULL: matches are counted only */
	struct eval_incidents *incidents; /* NULL: alerts are not grouped */
};

struct evaluation *evaluation_new(const struct source_set *sources, const struct ruleset *rules,
				  const struct evaluation_options *options);
void evaluation_add(struct evaluation *evaluation, const struct evaluation_record *record);
/* Waits for what is under way, writes it, frees everything. */
struct evaluation_totals evaluation_end(struct evaluation *evaluation);

#endif
