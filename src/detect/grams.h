/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_GRAMS_H
#define DETECT_GRAMS_H
/*
 * Many literals looked for in one text at once. Each literal is found by four
 * of its bytes, its gram: at every place of the text the four bytes there are
 * looked up in a bit filter, seldom in a hash table, and still less often a literal
 * is compared. Of a literal's grams the one rarest among all literals is taken.
 * Constant once made; lives in an arena.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "base/finder.h"

#define GRAM_SIZE 4

enum { LITERAL_AT_START = 1, LITERAL_AT_END = 2 };

struct literal {
	struct str text;
	uint32_t gram, gram_at; /* the gram, and where in text it stands */
	uint32_t payload;       /* the caller's */
	uint8_t anchors;        /* LITERAL_ bits: where in the text looked through it must stand */
};

struct gram_entry {
	uint32_t gram, first, count; /* of literals; count 0: empty */
};

struct gram_table {
	const struct literal *literals;
	const uint32_t *bits;       /* a filter before the table */
	struct gram_entry *entries; /* NULL: no literals */
	uint32_t mask;
	uint8_t filter_shift;             /* 32 - log2 of the filter's bits */
	const struct finder *finder;      /* of few grams, in place of the filter; NULL: they are many */
	const struct short_table *shorts; /* looked for along with the literals; NULL: none */
	uint32_t count;
};

/* Literals shorter than a gram: as grams whose last bytes are 0, by length. */
struct short_table {
	const struct literal *literals;
	struct {
		const struct gram_entry *entries; /* NULL: none of this length */
		uint32_t mask;
	} lengths[GRAM_SIZE];
	struct finder finder;
};

/* How often each gram is met, by hash. */
struct gram_counts;
struct gram_counts *gram_counts_new(void);
void gram_counts_free(struct gram_counts *counts);
void gram_counts_add(struct gram_counts *counts, struct str text, uint32_t times);
/* How often the rarest gram of the text was met; 0 for a text shorter than a gram. */
uint32_t gram_counts_rarest(const struct gram_counts *counts, struct str text);

/* Sorts literals, which must live as long as the table: text (of at least GRAM_SIZE bytes), payload and
   anchors are given. Without counts each literal's last gram is taken. */
void gram_table_make(struct gram_table *table, struct literal *literals, uint32_t count,
		     const struct gram_counts *counts, struct arena *arena);

/* Adds literals of 1 byte to GRAM_SIZE - 1, once, to a table that may be all zero; likewise. */
void gram_table_add_shorts(struct gram_table *table, struct literal *literals, uint32_t count,
			   struct arena *arena);

/* Calls found(context, payload) for each literal in the text, at each place. The text is
   readable for FINDER_PADDING bytes behind its end. */
typedef void literal_found(void *context, uint32_t payload);
void gram_table_scan(const struct gram_table *table, struct str text, literal_found *found, void *context);

/* Any of many texts inside a text: those of at least GRAM_SIZE bytes by their grams, shorter ones by hash. */
struct literal_set {
	struct gram_table grams;
	struct map *shorts;       /* NULL: none */
	uint64_t short_starts[4]; /* their first bytes */
	const struct str *texts;
	uint32_t count;
};

/* No text is empty. The texts must live as long as the set. */
void literal_set_make(struct literal_set *set, const struct str *texts, uint32_t count, struct arena *arena);
void literal_set_done(struct literal_set *set);

/* One of the texts that is inside text; empty where none is. */
struct str literal_set_find(const struct literal_set *set, struct str text);
/* Whether one is; quicker. The text is readable for FINDER_PADDING bytes behind its end. */
bool literal_set_any(const struct literal_set *set, struct str text);

#endif
