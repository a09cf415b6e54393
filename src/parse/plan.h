/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_PLAN_H
#define PARSE_PLAN_H
/*
 * What a source's program has to do where it is known which attributes of a record
 * fill which slots, and no field is set yet: the instructions that may find
 * something, out of the many of a large source, those that read one attribute or
 * the first that has a value of several as such, and those that read what may come
 * of instructions before them as they are.
 *
 * A plan may also be settled: made for records in which some values, its deciders,
 * are what they were in one at hand. What switches go by and tables look up hardly
 * ever changes between records of one shape, so that of a switch the block that it
 * leads to is left, and of a table what it says.
 *
 * Made for each shape of JSON, and for the deciders that it mostly has
 * (shape_plans.h). What comes out is what the program would have done.
 */
#include "event/event.h"
#include "parse/program.h"

#define PLAN_MAX 256 /* items; programs that need more have no plan */
#define DECIDERS_MAX 8
#define DECIDER_LEN_MAX 64

/* A slot that an attribute fills for certain: the leaf-th of those that the record's step adds. */
struct plan_slot {
	uint16_t number, leaf;
	bool repeated; /* by a later one, which does not count */
};

enum plan_op {
	PLAN_COPY,    /* the leaf into the field, as it is */
	PLAN_CONVERT, /* the same by conversions */
	PLAN_MAP,     /* the same by a mapping */
	PLAN_FIRST,   /* the same; where it finds something, the others behind it have nothing to do */
	PLAN_SET,     /* a constant */
	PLAN_SIGMA,   /* a part of the log source */
	PLAN_RUN,     /* an instruction as it is; alone of these it reads slots, fields or the log source */
};

struct planned {
	uint8_t op, field, flags; /* flags: of the leaf, where it is copied */
	uint8_t others;           /* FIRST: as many items */
	uint16_t leaf;            /* SIGMA: the part, as in struct operand */
	bool keyword;
	union {
		const struct mapping *mapping;
		const struct field *constant;
		const struct str *part;
		const struct instruction *instruction;
	};
	const struct guard *guard; /* RUN; NULL: it has something to do for certain */
};

struct decider {
	uint16_t leaf, len;
	char text[DECIDER_LEN_MAX];
};

struct plan {
	const struct planned *items;
	const struct decider *deciders;
	const struct plan_slot *slots; /* that are read */
	size_t count, decider_count, slot_count;
};

/* What is known of a record. */
struct plan_input {
	const struct source *source; /* of one step, which adds the leaves */
	const struct plan_slot *slots;
	size_t slot_count;
	const uint16_t *own; /* of each part of the log source 1 + the leaf that decides it; 0: none does */
	const struct attr *attrs; /* its leaves; NULL: the plan is not to be settled */
	const uint64_t *lively;   /* a bit for each leaf that may not decide */
};

/* A plan in one piece, that the caller frees; in place of old, which may be NULL. NULL where there is none or
   memory is out, and then old is as it was. */
struct plan *plan_make(const struct plan_input *input, struct plan *old);

/* Whether it has its value in a record with these leaves. */
static inline bool decider_holds(const struct decider *decider, const struct attr *attrs)
{
	return str_eq(value_str(attrs[decider->leaf].value), str_of(decider->text, decider->len));
}

/* Whether the plan is for such a record. */
static inline bool plan_holds(const struct plan *plan, const struct attr *attrs)
{
	for (size_t i = 0; i < plan->decider_count; i++)
		if (!decider_holds(&plan->deciders[i], attrs))
			return false;
	return true;
}

#endif
