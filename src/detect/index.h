/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_INDEX_H
#define DETECT_INDEX_H
/*
 * The index of witnesses. For each rule a set of predicates is chosen of which at
 * least one must hold where the rule matches, and which seldom hold: its
 * witnesses. Each witness comes down to something that is found without
 * looking at the rule:
 *
 *	exact   the hash of the whole value
 *	tail    the hash of the value from its last \ or / on: endswith '\x.exe'
 *	number  the value as a number
 *	literal a text inside the value, by its grams
 *	high    a byte above 127 in the value, for short texts that are not ASCII
 *	key     the field has a value at all
 *
 * Rules without a witness are always candidates. Texts are in lower case
 * on both sides. Made once, constant afterwards.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "detect/grams.h"

struct ruleset;

/* Rules of one witness: index->postings[at] is their number, the rules follow. 0: none. */
struct hash_table {
	struct {
		uint64_t key;
		uint32_t postings;
	} * entries;
	uint32_t mask; /* entries - 1, a power of two; 0: the table is empty */
};

/* What is looked up in the values of one slot. */
struct probe {
	uint32_t slot;
	uint32_t key, high; /* postings */
	struct hash_table exact, tail, number;
	struct gram_table literals; /* their payload: postings */
};

struct index {
	const struct probe *probes;
	uint32_t probe_count;
	const uint32_t *postings;
	const uint32_t *always;
	uint32_t always_count;
};

/* Makes indices of some rules of a compiled set, in its arena. */
struct index_maker;
struct index_maker *index_maker_new(const struct ruleset *set);
void index_maker_free(struct index_maker *maker);
void index_make(struct index_maker *maker, const uint32_t *rules, uint32_t rule_count,
		struct index *ret_index);

/* Calls found(context, rule) for every rule that the lower-case text is a witness for; repeats are possible.
 */
typedef void index_found(void *context, const uint32_t *rules, uint32_t count);
void probe_text(const struct index *index, const struct probe *probe, struct str lower, index_found *found,
		void *context);

/* Only the literals inside the text. */
void probe_inside(const struct index *index, const struct probe *probe, struct str lower, index_found *found,
		  void *context);

/* The value from its last path separator on; empty where there is none. */
struct str text_tail(struct str text);

#endif
