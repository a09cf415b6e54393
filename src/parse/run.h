/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_RUN_H
#define PARSE_RUN_H
/*
 * One record on its way through a source. Steps add attributes with run_add()
 * and run_emit(); the program then reads the slots they filled.
 */
#include "base/hash.h"
#include "base/json.h"
#include "event/ip.h"
#include "parse/day.h"
#include "parse/hour.h"
#include "parse/program.h"
#include "parse/recognise.h"
#include "parse/shape.h"
#include "base/regex.h"
#include "parse/source.h"
#include "parse/syslog.h"

#define MATCHED_MAX 16 /* blocks that steps may add to the program of one event */
#define INNER_MAX 2    /* records within records */

struct slot {
	struct value value;
	uint32_t stamp; /* of the run that filled it */
	uint16_t attr;  /* 1 + index of the attribute; 0: a temporary value */
	bool repeated;
};

#define FILLED_WORDS (SLOTS_MAX / 64 + 2) /* a guard looks at two */

/* How a switch went the last time: records come in runs of a kind. */
struct branch_memo {
	const struct block *block;
	uint32_t len;  /* of text; 0: nothing is remembered, as nobody asks for an empty one */
	char text[52]; /* longer ones are looked up each time */
};

struct parser {
	const struct source_set *set;
	struct json_parser *json;
	struct regex_scratch *regex;
	const struct source *source; /* that recognised a text last */
	struct field kind_event, kind_unparsed;
	struct slot *slots; /* as many as the source with most has, and one */
	uint32_t stamp;
	uint64_t filled[FILLED_WORDS]; /* a bit for each slot that has a value in this run */
	struct branch_memo *branches;  /* by number */
	struct key_memo keys[KEY_MEMOS];
	struct path_memo paths[PATH_MEMOS];
	struct peer_memo peers[PEER_MEMOS];
	struct hour_memo hour;
	struct day_memos days;
	uint8_t observer[16]; /* the last sender, and its text; which is empty at first */
	struct str observer_text;
	char observer_buffer[IP_TEXT_SIZE];
	struct outcomes *outcomes;
	struct shapes *shapes;
	struct shape_match match;                               /* of the record that is looked at */
	struct shape_notes *notes;                              /* one, for whoever takes a shape down */
	const struct json_node *key_values[RECOGNISE_KEYS_MAX]; /* of the record that is looked at */
};

struct run {
	struct parser *parser;
	const struct parse_input *input;
	struct event *event;
	const struct source *source;
	struct str raw;               /* the text that was recognised, repaired */
	struct str text;              /* what the next step reads where it does not say */
	const struct json_node *json; /* of raw, where that is JSON; used up by the first json step */
	const struct shape *shape; /* or else what raw follows: the parser's match has the values; likewise */
	const struct plan *plan;   /* for leaves that it follows, or what its steps came to; NULL: none */
	uint32_t first_leaf;       /* the first attribute of those leaves */
	const struct look *look;
	const struct json_index *index; /* with json: of what is worth being taken down; NULL: nothing is */
	struct date_context date;
	const struct regex *searched; /* the parser's scratch holds its match on searched_text, as the source
					 was told by it; NULL: it holds nothing */
	struct str searched_text;
	uint8_t own_sigma; /* bit per part of the log source that the event itself decides */
	bool borrowed;     /* raw is the message of a program that was named apart from it */
	unsigned depth, matched_count;
	const struct block **matched; /* run behind the program; MATCHED_MAX */
};

static inline void run_note(struct run *run, uint16_t slot_number, struct value value, uint16_t attr)
{
	struct slot *slot = &run->parser->slots[slot_number];

	if (slot->stamp == run->parser->stamp) {
		slot->repeated = true;
		return;
	}
	value_copy(&slot->value, &value);
	slot->stamp = run->parser->stamp;
	slot->attr = attr;
	slot->repeated = false;
	run->parser->filled[slot_number / 64] |= UINT64_C(1) << slot_number % 64;
}

/* Adds an attribute under a name the source speaks about. */
static inline void run_add_name(struct run *run, const struct name *name, struct value value)
{
	event_add_attr(run->event, name->out, name->out_hash, value, 0);
	if (name->slot)
		run_note(run, name->slot, value, (uint16_t)run->event->attr_count);
}

/* Adds an attribute under a name a step found; the first of a name is what the program sees. Returns what the
   source knows of the name. */
static inline const struct name *run_add(struct run *run, struct str key, uint64_t hash, struct value value)
{
	const struct name *name = names_find(&run->source->names, key, hash);

	if (name)
		run_add_name(run, name, value);
	else
		event_add_attr(run->event, key, hash, value, 0);
	return name;
}

/* Part of run_read(): an operand whose slot is empty. */
bool run_read_other(struct run *run, const struct operand *operand, struct value *ret_value);

/* False where the operand has no value. *ret_slot, if not NULL, is its slot where it is an attribute. */
static inline bool run_read(struct run *run, const struct operand *operand, struct value *ret_value,
			    struct slot **ret_slot)
{
	struct slot *slot = &run->parser->slots[operand->slot];
	const bool filled = operand->kind == OPERAND_ATTR && slot->stamp == run->parser->stamp;

	if (ret_slot)
		*ret_slot = filled ? slot : NULL;
	if (!filled)
		return run_read_other(run, operand, ret_value);
	value_copy(ret_value, &slot->value);
	return true;
}

/* program.c: runs a block on what the steps found. */
void run_block(struct run *run, const struct block *block);
/* The source's program and what steps have matched, by the run's plan. */
void run_plan(struct run *run);

#endif
