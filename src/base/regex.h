/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H
/*
 * Regular expressions of sources and rules: PCRE2 with its JIT, unanchored,
 * case-sensitive unless flagged. They come from strangers, so a search is
 * bounded: steps by PCRE2's match limit, time by REGEX_TIME_MAX looked at between
 * stretches of the text. A pattern matches bytes unless it speaks of characters
 * beyond ASCII. One compiled regex serves all threads; each brings a scratch.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define REGEX_TEXT_MAX 16384
#define REGEX_GROUPS_MAX 64     /* whose text can be asked for */
#define REGEX_MATCH_LIMIT 20000 /* steps from one starting point */
#define REGEX_STRETCH 256       /* starting points between two looks at the clock */
/* Nanoseconds of the thread's CPU time: the load that others make cuts nothing short. */
#define REGEX_TIME_MAX (50 * UINT64_C(1000000))

enum { REGEX_CASELESS = 1, REGEX_MULTILINE = 2, REGEX_DOTALL = 4 };
enum regex_result { REGEX_NO_MATCH, REGEX_MATCH, REGEX_EXCEEDED };

struct regex;
struct regex_scratch;

/* 0, or ERR_SYNTAX or ERR_LIMIT with the reason and the place in *ret_err's message. */
int regex_compile(struct str text, uint32_t flags, struct regex **ret_regex, struct err *ret_err);
void regex_free(struct regex *regex);

/* The same without keeping anything. */
int regex_check(struct str text, uint32_t flags, struct err *ret_err);

/* Capturing groups, and the name of one of them, counted from 1: NULL where it has none. */
uint32_t regex_groups(const struct regex *regex);
const char *regex_group_name(const struct regex *regex, uint32_t group);

/* What it was compiled of. */
struct str regex_pattern(const struct regex *regex);

/* True where it matches characters, so that letters may match others of different bytes. */
bool regex_is_utf(const struct regex *regex);

/* groups: how many groups' text will be asked for, at most REGEX_GROUPS_MAX; none is quickest. */
struct regex_scratch *regex_scratch_new(uint32_t groups);
void regex_scratch_free(struct regex_scratch *scratch); /* NULL is fine */

/* Does not allocate. */
enum regex_result regex_search(const struct regex *regex, struct str text, struct regex_scratch *scratch);

/* The part of text that a group took in the last search, which matched; ptr NULL where it took no part. */
struct str regex_group(const struct regex_scratch *scratch, struct str text, uint32_t group);

/* Where the groups of the last search, which matched, begin and end: of group n at [2n] and [2n + 1], both
   REGEX_UNSET where it took no part. */
#define REGEX_UNSET SIZE_MAX
const size_t *regex_offsets(const struct regex_scratch *scratch);

#endif
