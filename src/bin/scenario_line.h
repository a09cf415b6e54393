/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SCENARIO_LINE_H
#define BIN_SCENARIO_LINE_H
/* The placeholders of a scenario's lines (scenario.h), and the repeatable chance they draw on. */
#include "base/buf.h"
#include "base/yaml.h"

/* splitmix64 (Steele, Lea, Flood 2014): small, and good enough for drills. */
struct random {
	uint64_t state;
};

void random_seed(struct random *random, uint64_t seed);
uint64_t random_below(struct random *random, uint64_t bound); /* 0 where bound is 0 */

/* Appends line with its placeholders filled; zone (µs east of UTC) is for time formats that name none. values
   (may be NULL) come before lists; a placeholder nobody knows stays as it is, so that its author sees it. A
   value may itself hold placeholders, two levels deep. */
void scenario_line_expand(struct str line, int64_t time, int64_t zone, const struct yaml_node *values,
			  const struct yaml_node *lists, struct random *random, struct buf *out);

#endif
