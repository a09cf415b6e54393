/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_PROGRAM_H
#define DETECT_PROGRAM_H
/*
 * The compiled rule set. Fields that rules name are slots; a predicate is one
 * test of one slot, shared by all rules that make it; selections and conditions
 * are trees over predicates, laid out in prefix order in one array of nodes.
 * Everything is made by compile.c and index.c and constant afterwards.
 */
#include "base/map.h"
#include "detect/ast.h"
#include "detect/budget.h"
#include "detect/filter_build.h"
#include "detect/index.h"

#define SLOT_ANY UINT32_MAX /* keywords: every value of the event */
#define SLOT_NONE (UINT32_MAX - 1)
#define SET_MIN 8 /* texts of one item that are worth a set */
#define PREDICATE_NONE UINT32_MAX
#define RULE_CLAUSES_MAX 3 /* witnesses that a rule may demand together */

enum predicate_type {
	PREDICATE_EXACT, /* the first six in the order of enum shape */
	PREDICATE_PREFIX,
	PREDICATE_SUFFIX,
	PREDICATE_CONTAINS,
	PREDICATE_ANY,
	PREDICATE_GLOB,
	PREDICATE_SET,      /* any of many whole texts */
	PREDICATE_LITERALS, /* any of many texts inside */
	PREDICATE_NUMBER,
	PREDICATE_COMPARE,
	PREDICATE_REGEX,
	PREDICATE_CIDR,
	PREDICATE_TIME,
	PREDICATE_EXISTS,
	PREDICATE_NULL,
	PREDICATE_FIELDREF,
	PREDICATE_EXPIRED, /* the event was received at a time or later; looks at no slot */
	PREDICATE_TYPES
};

struct predicate {
	uint8_t type; /* enum predicate_type */
	uint8_t compare, time_part, anchor;
	bool cased, exists;
	uint32_t slot;
	uint32_t other;  /* of PREDICATE_FIELDREF: the other slot */
	uint32_t uses;   /* places in rules, a measure of how common it is */
	struct str text; /* the one text of a simple shape; lower case unless cased */
	union {
		struct pattern pattern;
		const struct map *set;
		const struct literal_set *literals;
		struct {
			const struct regex *regex;
			struct str literal; /* in every match, case aside; may be empty */
		};
		struct ip_net net;
		double number;
		int64_t time; /* of PREDICATE_EXPIRED */
	};
	struct str written; /* as in the first rule that makes it */
};

/* NODE_WITNESS is a predicate that the index of the rule's group finds: what it did not find does not hold.
 */
enum node_type { NODE_PREDICATE, NODE_WITNESS, NODE_SELECTION, NODE_AND, NODE_OR, NODE_NOT };

/* Children of node n begin at n + 1, each ends where the next begins, the last at end. */
struct node {
	uint8_t type;
	uint32_t operand; /* index of the predicate or selection */
	uint32_t end;
};

struct selection {
	struct str name;
	uint32_t root;
};

/* What matching needs of a rule at once. */
struct rule_plan {
	uint32_t root;
	uint32_t guard; /* see witness.h: a predicate or PREDICATE_NONE */
	bool guard_negated;
	uint8_t clauses; /* bits, one for each that must be found before the rule is a candidate */
};

struct compiled_rule {
	struct rule_info info;
	uint32_t root;
	uint32_t selection_first, selection_count;
	const struct correlation_source *source; /* of a correlation, as parsed */
	const struct correlation *correlation;   /* the same, resolved */
	const uint32_t *suppress_slots;
	const struct rule_test *tests;
	size_t test_count;
};

struct slot {
	struct str name;
	enum field_id field; /* the ECS field of that name, or FIELD_NONE */
	uint32_t alias;      /* slot to look at where this one is empty, or SLOT_NONE */
};

/* Rules of one log source as they state it, indexed together. */
struct group {
	const uint32_t *rules; /* ascending */
	uint32_t rule_count;
	struct index index;
};

struct ruleset {
	struct arena *arena;
	struct {
		VEC_OF(struct compiled_rule)
	} rules;
	struct {
		VEC_OF(struct node)
	} nodes;
	struct {
		VEC_OF(struct predicate)
	} predicates;
	struct {
		VEC_OF(struct selection)
	} selections;
	struct {
		VEC_OF(struct slot)
	} slots;
	struct {
		VEC_OF(struct group)
	} groups;
	struct {
		VEC_OF(struct filter)
	} filters;
	int64_t built;                 /* when, by the clock */
	struct rule_plan *plans;       /* by rule; made with the indices */
	struct slot_entry *slot_table; /* by hash of the name; made with the indices */
	uint32_t slot_mask;
	struct map *slot_by_name, *group_by_source;
	uint32_t slot_of_field[FIELD_COUNT]; /* or SLOT_NONE */
	struct aside *aside;                 /* what changes of a set while it is used; see budget.h */
	size_t cached_files;
	bool all_rules, has_keywords;
};

#endif
