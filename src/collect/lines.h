/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_LINES_H
#define COLLECT_LINES_H
/* The lines of a body: between LFs, a CR before the LF belonging to the line end, empty ones left out. */
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct lines {
	struct str rest;
	size_t number; /* of the line returned last, from 1; empty lines count */
};

static inline struct lines lines_of(struct str body)
{
	return (struct lines){.rest = body};
}

/* The next line, which is never empty. False at the end. */
bool lines_next(struct lines *lines, struct str *ret_line);

/* An upper bound of how many lines_next() gives, at most max. */
size_t lines_estimate(struct str body, size_t max);

#endif
