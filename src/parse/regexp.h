/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_REGEXP_H
#define PARSE_REGEXP_H
/*
 * PCRE2 with JIT for patterns that content files bring: compiled at load,
 * shared; each worker matches with its own state. Match and depth limits bound
 * what a bad pattern costs on a bad line. A literal the pattern begins with is
 * compared first.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/err.h"
#include "base/str.h"

#define REGEXP_PATTERN_MAX 8192
#define REGEXP_GROUPS_MAX 64
#define REGEXP_MATCH_LIMIT 100000

struct regexp {
	pcre2_code *code;
	struct str prefix; /* view of the pattern; empty: none */
	uint32_t groups;   /* capturing ones */
};

struct regexp_state {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

/* 0, or ERR_SYNTAX, ERR_LIMIT with ret_err filled at line and column. The pattern's text must live on. */
int regexp_compile(struct str pattern, unsigned line, unsigned column, struct regexp *ret_regex,
		   struct err *ret_err);
void regexp_done(struct regexp *regex);

int regexp_state_init(struct regexp_state *state);
void regexp_state_done(struct regexp_state *state);

/* True where it matches; then the offsets are in state's ovector. A limit that is reached counts as no match.
 */
bool regexp_match(const struct regexp *regex, struct regexp_state *state, struct str text);

/* The text of a group of the last match; ptr NULL where it took no part. */
struct str regexp_group(const struct regexp_state *state, struct str text, uint32_t group);

/* The name of the group with that number, or NULL. */
const char *regexp_group_name(const struct regexp *regex, uint32_t group);

#endif
