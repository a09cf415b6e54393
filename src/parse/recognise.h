/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_RECOGNISE_H
#define PARSE_RECOGNISE_H
/*
 * Which source is it? Each source has one or more recognisers: predicates that
 * are all cheap, evaluated on what was looked at already: the first byte, the
 * syslog header, the top-level keys. They are tried in order of priority.
 */
#include "base/json.h"
#include "parse/key_memo.h"
#include "parse/literals.h"
#include "parse/program.h"
#include "base/regex.h"

#define RECOGNISE_KEYS_MAX 256 /* distinct top-level keys that recognisers of a set may name */
#define RECOGNISE_LIST_MAX 64  /* entries of one predicate */
#define PRIORITY_DEFAULT 50
#define PRIORITY_MAX 1000

enum format { FORMAT_ANY, FORMAT_TEXT, FORMAT_SYSLOG, FORMAT_JSON, FORMAT_XML };

struct str_list {
	const struct str *items;
	size_t count;
};

/* A member by its path from the root, and the texts it may have (none: any). */
struct path_test {
	struct str_list path;
	uint16_t bit; /* of the first part */
	struct str_list values;
};

struct key_set {
	uint64_t bits[RECOGNISE_KEYS_MAX / 64];
};

struct recogniser {
	const struct source *source;
	enum format format;
	int priority;
	unsigned predicates; /* the more, the more specific: decides between equal priorities */
	unsigned order;
	struct str_list hints, programs, prefixes, contains;
	const uint16_t *literals; /* of contains, in the set's literals; LITERAL_NONE: it is not there */
	const struct regex *regex;
	struct str pattern;  /* of regex */
	struct key_set keys; /* top-level keys that must be there */
	const struct path_test *tests;
	size_t test_count;
};

/* What is known of a text before its source is. */
struct look {
	enum format format;
	struct str hint, message, program;
	const struct json_node *json;
	struct key_set keys;
	const struct json_node **values; /* by bit: of the keys that are there; RECOGNISE_KEYS_MAX */
};

#define FORMATS 5
#define PROGRAM_HASHES 4096 /* a power of two */

/* Sets of recognisers, a bit for each in the order they are asked: which of them can fit at all. */
struct recognise_index {
	size_t words;                                         /* of one set */
	uint64_t *by_format, *by_first, *by_key, *by_program; /* several sets one behind the other */
	uint64_t *without_key, *without_program, *without_hint;
	uint64_t *by_literal, *without_literal;
	uint64_t *by_head, *without_head;             /* by the first four bytes, of prefixes as long */
	struct recognise_heads *heads;                /* which of by_head */
	struct map *programs;                         /* program → number of its set */
	uint64_t program_hashes[PROGRAM_HASHES / 64]; /* bits: most programs are none of them, told by this */
	struct literals literals;
	uint16_t *numbers; /* what recognisers' literals point to */
};

struct recognisers {
	struct recogniser *items;
	size_t len, capacity;
	struct map *keys; /* top-level key → its bit */
	uint64_t hashes;  /* bit n: there is a key whose hash ends in n; spares most lookups */
	struct recognise_index index;
};

/* A syslog message's MSG is text as well, so that sources of text work with and without a header. */
static inline bool recognise_format_fits(enum format wanted, enum format format)
{
	return wanted == FORMAT_ANY || wanted == format || (wanted == FORMAT_TEXT && format == FORMAT_SYSLOG);
}

/* recognise_index.c: makes the index of sorted recognisers; frees it. */
void recognise_index_make(struct recognisers *all);
void recognise_index_done(struct recognise_index *index);
/* The set of those that ask for a program, NULL where there is none. */
const uint64_t *recognise_index_program(const struct recognise_index *index, struct str program);
/* The set of those with prefixes that begin as a text does; it may be empty. */
const uint64_t *recognise_index_head(const struct recognise_index *index, struct str text);
/* A word of the set of those that may fit. What is left to ask of them are all their predicates but the
   format. programs is the set of look->program,
   heads that of look->message. */
uint64_t recognise_index_find(const struct recognisers *all, const struct look *look,
			      const uint64_t *programs, const uint64_t *heads, size_t word);

/* Those of a word of the sets that contain nothing, or one of the literals that were found. */
uint64_t recognise_index_with_literals(const struct recognise_index *index,
				       const struct literals_found *found, size_t word);

void recognisers_init(struct recognisers *all);
void recognisers_done(struct recognisers *all);

/* Compiles one entry of "recognise". */
int recognisers_add(struct recognisers *all, struct compiler *compiler, const struct yaml_node *node);
/* Puts them in order; call once when all are added. */
void recognisers_sort(struct recognisers *all);

/* Notes the top-level keys of look->json and their values, and fills their memos. */
void recognise_keys(const struct recognisers *all, struct look *look, struct key_memo *memos);

/* What a peer's last record was recognised by: it decides only what is looked at first, never the answer. */
#define PEER_MEMO_BITS 6
#define PEER_MEMOS (1u << PEER_MEMO_BITS)
#define RECOGNISER_NONE UINT32_MAX
struct peer_memo {
	uint64_t peer; /* hash of its address, the way it came in, and how deep inside others the text was */
	uint32_t recogniser;
};

/* The source, or NULL. memo, which may be NULL, is of the sender. *ret_matched is the regex whose match on
 * look->message scratch holds, NULL for none.
 */
const struct source *recognise(const struct recognisers *all, const struct look *look,
			       struct regex_scratch *scratch, struct peer_memo *memo,
			       const struct regex **ret_matched);

#endif
