/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DRAIN_DRAFT_H
#define DRAIN_DRAFT_H
/*
 * A source file (doc/formats/sources.md) drafted from templates: how to recognise the
 * lines, how to take them apart, which fields their parts probably are, and samples. It
 * loads as it is; a person says what only a person knows.
 *
 * What names mean is a content file, suggest.yaml: by field, the names that devices give
 * it (keys) and the words that stand before it in a sentence (words). Names are compared
 * without regard to case, '_', '-' and '.'.
 */
#include "base/arena.h"
#include "base/map.h"
#include "drain/drain.h"

#define SUGGEST_FILE "suggest.yaml" /* in the content folder */
#define DRAFT_TEMPLATES_MAX 24      /* of one file; the most frequent */

struct draft_names {
	struct map *keys, *words; /* name → index into fields */
	const struct str *fields;
	struct arena *arena;
};

/* 0, -errno, or ERR_SYNTAX with *ret_err filled. */
int draft_names_load(const char *path, struct draft_names *ret_names, struct err *ret_err);
void draft_names_done(struct draft_names *names);

/* Templates of one file: of one peer, one form and one program, and of JSON one alone. */
bool draft_together(const struct drain_template *a, const struct drain_template *b);

/* The templates of the file that items[first] belongs into, itself first; how many they are. */
size_t draft_group(const struct drain_template *const *items, size_t count, size_t first,
		   const struct drain_template *ret_group[DRAFT_TEMPLATES_MAX]);

/* What the file may be called: "draft-10-0-0-7-program"; several of JSON are numbered. */
struct str draft_id(const struct drain_template *const *items, size_t index, struct arena *arena);

/* Appends the file. items: of one file, from the most frequent on; at most DRAFT_TEMPLATES_MAX are used. id:
   a-z, 0-9 and '-'. */
void draft_write(const struct draft_names *names, struct str id, const struct drain_template *const *items,
		 size_t count, struct buf *out);

#endif
