/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_PARSE_MIX_H
#define BENCH_PARSE_MIX_H
/*
 * Syslog lines of twenty sources, mixed, out of the sources' own samples: the same
 * ones every time. What has no header gets one. Samples of JSON are left out, and so are
 * those that show what is not recognised.
 */
#include "base/arena.h"
#include "parse/source.h"

#define MIX_SOURCES 20

struct mix_line {
	struct str bytes;
	struct str source; /* what shall recognise it */
	unsigned sender;   /* number of its source */
};

/* count lines, in the arena. Where a source or its samples are missing it is left out, and said on stderr. */
struct mix_line *mix_make(const struct source_set *set, size_t count, struct arena *arena);

#endif
