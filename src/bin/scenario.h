/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SCENARIO_H
#define BIN_SCENARIO_H
/*
 * A drill scenario (a file of content/drill): background traffic and attacks, from
 * which log lines are made for a span of time. The same scenario, seed and span give
 * the same lines. doc/formats/drill.md describes the file.
 *
 * Placeholders of a line: ${name} takes one of the scenario's lists or of the
 * attack's own values; ${int:1-9}, ${hex:8}; ${time:FORMAT} with FORMAT one of
 * rfc3164, rfc5424, iso, clf, epoch, epoch_ms, snare; ${ip:10.20.0.0/16}.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define SCENARIO_LINES_MAX 1000000

struct scenario;

/* Lives in arena. zone: µs east of UTC in which times are written by formats that name none. */
int scenario_load(const char *path, int64_t zone, struct arena *arena, struct scenario **ret_scenario,
		  struct err *ret_err);

int64_t scenario_span(const struct scenario *scenario); /* µs that it lasts: whole days */

struct scenario_line {
	int64_t time;
	struct str source; /* hint for the parser */
	struct str text;
};

/* The lines of [from, to) in order of time, in arena: background by its rates and the hours of the day, and
   the attacks placed relative to to. ERR_LIMIT past SCENARIO_LINES_MAX. */
int scenario_play(const struct scenario *scenario, int64_t from, int64_t to, bool attacks,
		  struct arena *arena, struct scenario_line **ret_lines, size_t *ret_count);

#endif
