/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_PLAN_H
#define PARSE_PLAN_H
/*
 * What a source's program, and the blocks that its steps have matched, have to do
 * where it is known which slots are filled: the instructions that may find
 * something, out of the many of a large source. Those that read what may come of
 * instructions before them stay as they are.
 *
 * Where it is also known which attributes fill the slots, and no field is set yet,
 * as in a record of a shape of JSON (shape.h), instructions that read one attribute
 * or the first that has a value of several become such; the slots themselves need
 * not be filled then. Of other records (outcome.h) fields and the log source may be
 * set by whoever came before, and what reads those stays as it is, too.
 *
 * A plan may also be settled: made for records in which some values, its deciders,
 * are what they were in one at hand. What switches go by and tables look up hardly
 * ever changes between records of a kind, so that of a switch the block that it
 * leads to is left, and of a table what it says.
 *
 * Which plans are made for records of a kind: plans.h. What comes out is what the
 * program would have done.
 */
#include "event/event.h"
#include "parse/program.h"

#define PLAN_MAX 256 /* items; programs that need more have no plan */
#define DECIDERS_MAX 8
#define DECIDER_LEN_MAX 64
#define LIVELY_PLACES 256 /* a power of two, and not less than a shape has leaves */

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
	uint16_t place, len;
	char text[DECIDER_LEN_MAX];
};

struct plan {
	const struct planned *items;
	const struct decider *deciders;
	const struct plan_slot *slots; /* that are read */
	size_t count, decider_count, slot_count;
};

/* The values of a record by place: of its leaves in their attributes, or of slots. */
struct plan_values {
	const struct value *first; /* NULL: not known */
	size_t stride;             /* bytes from one to the next */
};

#define PLACE_NONE (UINT16_MAX - 1)

/* What is known of records of a kind. With slots, the only step adds the leaves that fill all that are
   filled, and no field is set yet; without, the place of a value is the number of its slot, and anything may
   be set. */
struct plan_input {
	const struct source *source;
	const uint64_t *filled; /* slots that have a value; words of it */
	size_t filled_words;
	const struct plan_slot *slots; /* NULL: without */
	size_t slot_count;
	const uint16_t *own;    /* of each part of the log source 1 + the place of the value that decides it,
				   or 1 + PLACE_NONE for one that cannot be told; 0: none does */
	const uint64_t *lively; /* a bit for each place that may not decide, modulo LIVELY_PLACES */
	struct plan_values values;          /* by which the plan is to be settled */
	const struct block *const *matched; /* run behind the program */
	size_t matched_count;
};

/* A plan in one piece, that the caller frees; in place of old, which may be NULL. NULL where there is none or
   memory is out, and then old is as it was. */
struct plan *plan_make(const struct plan_input *input, struct plan *old);

static inline struct str plan_text(struct plan_values values, uint16_t place)
{
	const void *value = (const char *)values.first + place * values.stride;

	return value_str(*(const struct value *)value);
}

/* Whether it has its value in a record with these. */
static inline bool decider_holds(const struct decider *decider, struct plan_values values)
{
	return str_eq(plan_text(values, decider->place), str_of(decider->text, decider->len));
}

/* Whether the plan is for such a record. */
static inline bool plan_holds(const struct plan *plan, struct plan_values values)
{
	for (size_t i = 0; i < plan->decider_count; i++)
		if (!decider_holds(&plan->deciders[i], values))
			return false;
	return true;
}

#endif
