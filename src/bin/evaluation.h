/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_EVALUATION_H
#define BIN_EVALUATION_H
/*
 * Records through parser and rules to one line per match, for `wanglou eval`.
 *
 * Records are gathered into batches in a ring. Worker threads take batches in
 * order and may finish in any; the thread that adds records writes what came of
 * them in the order of the input. With one thread there is no worker and the
 * same code runs in place.
 */
#include <stdio.h>

#include "detect/detect.h"
#include "parse/source.h"

#define EVALUATION_THREADS_MAX 64

struct evaluation;

struct evaluation_record {
	struct str bytes; /* copied */
	uint64_t line;
	const char *file;   /* must live until evaluation_end() */
	const char *member; /* of an archive, or "" */
};

struct evaluation_totals {
	uint64_t events, matches, candidates, exceeded;
};

struct evaluation *evaluation_new(const struct source_set *sources, const struct ruleset *rules,
				  unsigned threads, FILE *out);
void evaluation_add(struct evaluation *evaluation, const struct evaluation_record *record);
/* Waits for what is under way, writes it, frees everything. */
struct evaluation_totals evaluation_end(struct evaluation *evaluation);

#endif
