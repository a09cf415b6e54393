/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DRAIN_DRAIN_PRIVATE_H
#define DRAIN_DRAIN_PRIVATE_H
#include <stdlib.h>
#include <string.h>

#include "drain/drain.h"
#include "drain/tokens.h"

struct entry {
	struct drain_template item; /* its tokens are those below */
	struct str tokens[DRAIN_TOKENS_MAX];
	char *text; /* what program and tokens point to */
};

/* A scan over the paths, which lie close together, stands for the tree: few lines come here, and it stays
   simple to forget. */
struct drain {
	uint64_t paths[DRAIN_TEMPLATES_MAX]; /* of the entries */
	struct entry *entries[DRAIN_TEMPLATES_MAX];
	const struct drain_template *list[DRAIN_TEMPLATES_MAX];
	size_t count;
};

/* Forgets the last entry. */
void drain_drop(struct drain *drain);

/* A new entry, after room was made; nobody counted it yet. */
struct entry *drain_make(struct drain *drain, const struct drain_line *line, const struct tokens *tokens);

#endif
