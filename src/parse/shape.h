/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_SHAPE_H
#define PARSE_SHAPE_H
/*
 * Shapes of JSON records that a parser saw before. Programs write the same keys in
 * the same order again and again; only the values change. So the bytes between the
 * values, compared with those of an earlier record, stand for its grammar, its
 * keys, their hashes and names, and nearly all of what decides which source it is.
 *
 * A shape is a valid document cut at its scalars (its leaves): the literal before
 * each of them, white space and all, and behind the last one. A record follows it
 * where it has as many structural characters and, leaf by leaf, the same literal
 * stands before a value of the same kind. Since a literal decides what the bytes
 * of its own are, the record is then valid where its values are; these are looked
 * at each time: numbers by their grammar, strings by the first pass of base/json.h,
 * which has found their ends, control characters, faulty UTF-8 and wrong escapes.
 *
 * With the leaves a shape keeps the attribute that each becomes under its source,
 * and with the source the recognisers that are asked before it and up to it; what
 * the keys say of those is decided, what values say is asked again. A record that
 * follows no shape, or one whose values mean another source, goes the general way,
 * from the start; so what comes out is always what would have without a memory.
 *
 * With a shape goes what the program of its source has to do (plans.h).
 *
 * One cache per parser. Its size is bounded, and so is the share of records whose
 * shape is taken down, for senders whose records never look alike.
 */
#include "base/json_index.h"
#include "event/event.h"
#include "parse/plans.h"
#include "parse/recognise.h"

#define SHAPE_LEAVES_MAX 192
#define SHAPE_LITERALS_MAX 8192 /* bytes of a shape */
#define SHAPE_SETS 64           /* a record is looked for in one of them */
#define SHAPE_WAYS 4
#define SHAPE_CANDIDATES_MAX 16
#define SHAPE_HEAD 4 /* bytes of the first literal by which it is found; recognisers are, too */

/* Where a record's values are. */
#define LEAF_HEAD 32
struct shape_leaf {
	uint8_t head[LEAF_HEAD]; /* how the literal before it begins; zeros behind a shorter one */
	uint32_t mask;           /* a bit for each byte of head that is of the literal */
	uint32_t entry;          /* of the index: where the value begins */
	uint32_t literal;        /* its place in shape.literals */
	uint16_t literal_len;
	uint16_t escapes; /* in the literal */
	uint16_t gap;     /* between the value and the next entry: the closing quote, white space */
	uint8_t quote;    /* 1: before the value, which is a string */
};

/* What is to be done for some leaves. */
enum leaf_task {
	LEAF_KEY_RECORD, /* the name is a key that stands in the record, by so many bytes before the value */
	LEAF_KEY_COPY,   /* it was put together, or had escapes: the shape's, to be copied */
	LEAF_OWN,        /* it is that part of the Sigma log source, as in struct name */
};
struct shape_task {
	uint32_t leaf;
	uint32_t argument;
	uint8_t task;
};

/* A value that decides between sources. */
struct shape_test {
	uint32_t leaf;
	const struct str_list *values;
};

/* A recogniser that the keys allow, and what it asks of values. */
struct shape_candidate {
	const struct source *source;
	uint32_t test, test_count; /* in shape.tests */
};

struct shape {
	const struct source *source;
	const void *options; /* of its json step */
	size_t entries;      /* in the index */
	uint32_t leaf_count, token_count, candidate_count;
	uint32_t last, last_len; /* the literal behind the last leaf */
	const struct shape_leaf *leaves;
	const uint16_t *tokens; /* leaves that are no strings */
	const struct plan_slot *slots;
	uint32_t slot_count;
	uint16_t own[3];          /* as in struct plan_input */
	const struct attr *attrs; /* what they become, but for the values, and for names as tasks say */
	const struct shape_task *tasks;
	uint32_t task_count;
	uint32_t filled_words;
	const uint64_t *filled; /* slots */
	struct plans *plans;    /* NULL: of a source where something else fills slots, or memory is out */
	const struct shape_candidate *candidates; /* the last one asks nothing, or is of the shape's source */
	const struct shape_test *tests;
	const char *literals;
};

/* A record that follows a shape. */
struct shape_match {
	const struct shape *shape;
	struct str text;
	const uint32_t *places; /* of the index */
	struct attr *attrs; /* of its leaves: behind those that the event has, which do not count them yet */
};

struct shapes;
struct shapes *shapes_new(void);
void shapes_free(struct shapes *shapes);

/* The shape that text follows. index is of text, decoded to the event's arena. NULL: none, or it is another
   source's. */
const struct shape *shapes_find(const struct shapes *shapes, struct str text, const struct json_index *index,
				struct event *event, struct shape_match *ret_match);

/* Whether the parser should take down the shape of a record that follows none. */
bool shapes_want(struct shapes *shapes);

/* -- taking a shape down (shape_make.c) ------------------------------------------------------------------ */

/* What a json step made of a record: the leaves in their order. */
struct shape_note {
	const struct json_node *node;
	const struct name *name; /* NULL: the source knows none */
	struct str key;          /* then this */
	uint64_t hash;
	uint8_t own; /* as in struct name */
};

struct shape_notes {
	size_t count; /* beyond SHAPE_LEAVES_MAX: more than a shape has */
	struct shape_note items[SHAPE_LEAVES_MAX];
};

/* Keeps the shape of a record, where it has one that can be kept. root is its tree, of index; look what it
   was recognised by; notes what the step with these options made of it. */
void shapes_keep(struct shapes *shapes, const struct recognisers *recognisers, const struct look *look,
		 const struct source *source, const void *options, struct str text,
		 const struct json_index *index, const struct json_node *root,
		 const struct shape_notes *notes);

/* Inside: the place for the shape of a text, NULL where it has none; what was there may go. */
struct shape **shapes_place(struct shapes *shapes, struct str text, const struct json_index *index);

#endif
