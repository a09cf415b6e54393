/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_INDEX_H
#define DETECT_INDEX_H
/*
 * The index of witnesses. For each rule some clauses are chosen (witness.h) of which
 * each must hold where the rule matches, and which together seldom hold.
 * Their predicates, the witnesses, come down to something that is found without looking at
 * the rule:
 *
 *	exact   the whole value
 *	tail    the value from its last \ or / on: endswith '\x.exe'
 *	end     the last bytes of the value: endswith '.docm'
 *	number  the value as a number
 *	literal a text inside the value, by its grams; short ones by themselves
 *	key     the field has a value at all
 *
 * What is found is a hit: it says which predicates hold by that, or may hold, and which
 * clauses of which rules are met. Rules without a clause are always candidates. Texts
 * are in lower case on both sides. Made once, constant afterwards.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "detect/grams.h"

struct ruleset;
struct matcher;

/* A hit is a place in index->hits: the number of predicates, these, the number of rules, these. */
enum { HIT_SURE = 1, HIT_PREDICATE_SHIFT = 1 }; /* predicate << 1 | whether it holds for sure */
enum { HIT_CLAUSE = 3, HIT_RULE_SHIFT = 2 };    /* rule << 2 | clause */

struct hash_entry {
	uint64_t key;
	struct str text; /* what is to be found, in lower case */
	uint32_t hit;    /* 0: empty */
};

struct hash_table {
	struct hash_entry *entries;
	uint32_t mask; /* entries - 1, a power of two */
};

/* What is looked up in the values of one slot. */
struct probe {
	uint32_t slot;
	uint32_t key; /* hit, or 0 */
	struct hash_table exact, tail, long_end, short_end, number;
	struct gram_table literals; /* their payload: hits */
};

struct index {
	const struct probe *probes; /* by slot */
	uint32_t probe_count;
	const uint32_t *hits;
	const uint32_t *always;
	uint32_t always_count;
	uint32_t
		keyword_min; /* bytes of the shortest value its keywords can be in; UINT32_MAX: no keywords */
};

/* Makes indices of some rules of a compiled set, in its arena. Their plans are made, too, and nodes of
 * witnesses marked. */
struct index_maker;
struct index_maker *index_maker_new(struct ruleset *set);
void index_maker_free(struct index_maker *maker);
void index_make(struct index_maker *maker, const uint32_t *rules, uint32_t rule_count,
		struct index *ret_index);

/* Part of index_make(): marks the nodes of predicates that are found for sure or not at all (bits in
 * covered), and fills keyword_min. */
void index_mark(struct ruleset *set, const uint64_t *covered, const uint32_t *rules, uint32_t rule_count,
		struct index *index);

/* Finds the candidates among the rules of the index for the event at hand, and notes which predicates hold.
 */
void index_probe(struct matcher *matcher, const struct index *index);

#endif
