/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_REGEX_H
#define DETECT_REGEX_H
/*
 * Regular expressions of rules: PCRE2 with its JIT, unanchored, case-sensitive
 * unless flagged. They come from strangers, so a search is bounded: steps by
 * PCRE2's match limit, time by REGEX_TIME_MAX looked at between stretches of
 * the text. One compiled regex serves all threads; each thread brings a scratch.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define REGEX_TEXT_MAX 16384
#define REGEX_MATCH_LIMIT 20000             /* steps from one starting point */
#define REGEX_STRETCH 256                   /* starting points between two looks at the clock */
#define REGEX_TIME_MAX (50 * INT64_C(1000)) /* microseconds */

enum { REGEX_CASELESS = 1, REGEX_MULTILINE = 2, REGEX_DOTALL = 4 };
enum regex_result { REGEX_NO_MATCH, REGEX_MATCH, REGEX_EXCEEDED };

struct regex;
struct regex_scratch;

/* 0, or ERR_SYNTAX or ERR_LIMIT with the reason and the place in *ret_err's message. */
int regex_compile(struct str text, uint32_t flags, struct regex **ret_regex, struct err *ret_err);
void regex_free(struct regex *regex);

/* The same without keeping anything. */
int regex_check(struct str text, uint32_t flags, struct err *ret_err);

/* A text, in lower case, that every match contains, case aside; empty where none is known. Lives as long as
   the regex. */
struct str regex_literal(const struct regex *regex);
/* The same of a pattern, in its own case; out holds text.len bytes. */
struct str regex_find_literal(struct str text, char *out);

struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *scratch);

/* Does not allocate. */
enum regex_result regex_search(const struct regex *regex, struct str text, struct regex_scratch *scratch);

#endif
