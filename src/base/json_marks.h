/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_MARKS_H
#define BASE_JSON_MARKS_H
/* From the masks of a block, and what is carried from the one before, to what the scan notes of it. */
#include "base/json_block.h"
#include "base/json_private.h"

#define EVEN_BITS UINT64_C(0x5555555555555555)

struct json_marks {
	uint64_t starts;   /* of escapes */
	uint64_t specials; /* as in the map */
	uint64_t entries;  /* of the index */
};

/* The backslashes that begin an escape: the first, third, ... of every run of them. A run that begins at an
   even place loses its bits when its first bit is added to it, which leaves those that begin at an odd one.
 */
static inline uint64_t json_escape_starts(uint64_t backslash)
{
	const uint64_t run_starts = backslash & ~(backslash << 1);
	const uint64_t odd_runs = backslash & (backslash + (run_starts & EVEN_BITS));

	return backslash & (EVEN_BITS ^ odd_runs);
}

/* prefix_xor: bit n of its result is the exclusive or of bits 0 to n. */
static inline __attribute__((always_inline)) struct json_marks
json_marks_of(struct json_block block, struct json_scan *scan, uint64_t (*prefix_xor)(uint64_t))
{
	const uint64_t starts = json_escape_starts(block.backslash & ~scan->escaped);
	const uint64_t escaped = starts << 1 | scan->escaped;
	const uint64_t quote = block.quote & ~escaped;
	const uint64_t in_string = prefix_xor(quote) ^ scan->in_string; /* with the opening quote */
	const uint64_t scalar = ~(block.op | block.space | quote);
	const uint64_t scalar_starts = scalar & ~(scalar << 1 | scan->in_scalar);

	scan->escaped = starts >> 63;
	scan->in_string = (uint64_t)((int64_t)in_string >> 63);
	scan->in_scalar = scalar >> 63;
	scan->high |= block.high;
	scan->control |= in_string & block.control;
	return (struct json_marks){.starts = starts,
				   .specials = escaped & ~(block.backslash | block.quote),
				   .entries =
					   ((block.op | scalar_starts) & ~in_string) | (quote & in_string)};
}

#endif
