/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_PROGRAM_H
#define PARSE_PROGRAM_H
/*
 * A source file as the parser runs it: immutable, in the set's arena, shared by
 * all workers. compile*.c makes it, recognise.c, parser.c and program.c run it.
 *
 * Names of attributes that a source speaks about are numbered: its slots. While
 * steps add attributes, those with a slot note their value there, so that the
 * program (alias, sigma, map, set, switch) finds each operand in one load.
 */
#include "event/event.h"
#include "parse/date.h"
#include "parse/names.h"
#include "parse/table.h"

#define FROM_MAX 16   /* operands of one mapping */
#define STEPS_MAX 16  /* of one source */
#define STRIPS_MAX 32 /* prefixes of one step */

enum operand_kind { OPERAND_ATTR, OPERAND_RAW, OPERAND_TEXT, OPERAND_SIGMA };

/* What "from" and "on" name: an attribute, else the canonical field of that name; or a pseudo name. */
struct operand {
	uint16_t slot;
	uint8_t kind;
	uint8_t part; /* of the Sigma log source: 0 product, 1 category, 2 service */
	enum field_id field;
};

struct operands {
	const struct operand *items;
	size_t count;
};

struct convert {
	/* Changes *value; false: there is none. */
	bool (*run)(struct arena *arena, struct str argument, struct value *value);
	struct str argument;
};

struct dates {
	const struct str *formats;
	size_t count;
	int64_t zone;
	bool has_zone;
};

/* One line of map or alias: the first operand that has a value, converted. */
struct mapping {
	struct operands from;
	bool joined; /* all operands instead, with join between them */
	struct str join;
	const struct convert *converts;
	size_t convert_count;
	const struct table *table;
	const struct field
		*constants; /* of a MAP that looks up the text as it is, but into no date: the field for
			       each place of the table; of no id where that is no value of its type */
	const struct dates *dates;
};

struct block;
struct branch {
	uint32_t number; /* in the set: where a parser remembers how it last went */
	struct operands on;
	struct map *index;           /* lower-case value → index into blocks */
	const struct block **blocks; /* block_count of them */
	size_t block_count;
	const struct block *fallback, *absent; /* another value; no value */
};

/* The block for a value, NULL where that is none of the cases. */
const struct block *branch_case(const struct branch *branch, struct str text);

/* What an instruction reads: bits of two words of the filled slots, and fields. None set: it does nothing. */
#define GUARD_FIELDS 3
struct guard {
	bool known; /* else it reads what cannot be said so */
	uint8_t field_count, fields[GUARD_FIELDS];
	uint16_t word;
	uint64_t slots[2];
};

enum op { OP_ALIAS, OP_SIGMA, OP_MAP, OP_SET, OP_SWITCH, OP_COPY, OP_REPEAT };

struct instruction {
	enum op op;
	enum field_id field; /* MAP, SET */
	bool keyword;        /* MAP: any text is a value of the field */
	uint16_t slot;       /* ALIAS: its own */
	uint16_t only;       /* ALIAS, MAP: the one slot it reads (REPEAT, COPY: as it is); 0: others too */
	struct str name;     /* ALIAS */
	uint64_t hash;       /* ALIAS */
	union {
		const struct mapping *mapping; /* ALIAS, MAP */
		const struct branch *branch;   /* SWITCH */
		const struct field *constant;  /* SET */
		const struct logsource *sigma; /* SIGMA; a NULL text leaves that part */
	};
};

struct block {
	const struct instruction *items;
	const struct guard *guards; /* of the items; apart, since most items are skipped for what these say */
	size_t count;
};

struct run;
struct compiler;
struct yaml_node;

/* A step takes a text apart into attributes. One file each; listed in steps.c. */
struct step_kind {
	const char *name;
	/* node is what stands behind the step's name. Options live in the set's arena. */
	int (*compile)(struct compiler *compiler, const struct yaml_node *node, const void **ret_options);
	/* 0, or a negative code where text is not of this kind. */
	int (*run)(struct run *run, const void *options, struct str text);
};

struct step {
	const struct step_kind *kind;
	const void *options;
	struct operand from;
	struct operand condition;    /* run only where this has a value in only_if */
	const struct table *only_if; /* NULL: always */
	bool negated;                /* "unless" instead of "if" */
	bool optional;               /* that it fails is no error */
};

struct source {
	struct str id, title, file;
	struct field dataset; /* the id as event.dataset */
	struct names names;
	size_t slot_count; /* slots are 1 … slot_count */
	const struct step *steps;
	size_t step_count;
	const struct block *program;
	bool generic; /* knows a form and not whose it is */
	bool has_inner;
	struct operand inner;          /* a text to be recognised anew, */
	struct operands inner_program; /* a message of these programs where they have a value */
	bool has_zone;
	int64_t zone;
	const struct yaml_node *samples; /* a sequence, or NULL */
	size_t sample_count;
};

#endif
