/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_PATTERN_H
#define DETECT_PATTERN_H
/*
 * String values of Sigma rules. A pattern is a list of parts: text, * (any
 * run of characters), ? (one character), and a dash, which stands for any of the
 * five characters that the windash modifier treats alike.
 *
 * Escapes (Sigma specification, "Escaping"): \* and \? are the characters
 * themselves, \\ is one backslash, and a backslash before anything else is a backslash.
 *
 * Patterns live in the arena they were made in and do not change.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define PATTERN_TEXT_MAX 65536 /* bytes of one value in a rule */
#define PATTERN_PARTS_MAX 1024
#define PATTERN_VARIANTS_MAX 625 /* texts that one value may stand for: 5 to the power of 4 dashes */

enum part_type { PART_TEXT, PART_ANY, PART_ONE, PART_DASH };

struct pattern_part {
	enum part_type type;
	struct str text; /* of PART_TEXT, never empty */
};

struct pattern {
	const struct pattern_part *parts;
	uint32_t count; /* 0: the empty string */
};

/* What a pattern comes down to; most are one of the simple ones. */
enum shape { SHAPE_EXACT, SHAPE_PREFIX, SHAPE_SUFFIX, SHAPE_CONTAINS, SHAPE_ANY, SHAPE_GLOB };

/* With wildcards and escapes. 0 or ERR_LIMIT. */
int pattern_parse(struct str text, struct arena *arena, struct pattern *ret_pattern);

/* The text as it stands. */
struct pattern pattern_plain(struct str text, struct arena *arena);

/* One behind the other; texts that meet are joined, and so are runs of *. 0 or ERR_LIMIT. */
int pattern_join(const struct pattern *a, const struct pattern *b, struct arena *arena,
		 struct pattern *ret_pattern);

/* With * put before or behind, and ASCII letters in lower case, as flags say. 0 or ERR_LIMIT. */
enum { ANCHOR_OPEN_START = 1, ANCHOR_OPEN_END = 2, PATTERN_LOWER = 4 }; /* endswith is open at the start */
int pattern_open(const struct pattern *pattern, unsigned flags, struct arena *arena,
		 struct pattern *ret_pattern);

/* Turns each dash or slash that begins a word into a PART_DASH. 0 or ERR_LIMIT. */
int pattern_windash(const struct pattern *pattern, struct arena *arena, struct pattern *ret_pattern);

/* The texts that a pattern of text and dashes stands for, at most PATTERN_VARIANTS_MAX.
   0, ERR_SYNTAX where there are wildcards, ERR_LIMIT. */
int pattern_variants(const struct pattern *pattern, struct arena *arena, struct str **ret_texts,
		     size_t *ret_count);

/* The same in another arena. */
struct pattern pattern_copy(const struct pattern *pattern, struct arena *arena);

/* ret_text is the one text of a simple shape, empty for SHAPE_ANY and SHAPE_GLOB. */
enum shape pattern_shape(const struct pattern *pattern, struct str *ret_text);

/* Parts tried, and blocks of PATTERN_STEP bytes of them: what a text may take before it is given up. Patterns
   that people write take a few a byte at the very most, those of a thousand wildcards as many a byte. */
#define PATTERN_STEP 16
#define PATTERN_STEPS(text_len) \
	(64 * ((text_len) > PATTERN_TEXT_MAX ? (uint64_t)(text_len) : PATTERN_TEXT_MAX))

/* True where the whole text matches; does not fold case. Adds its steps to *steps; where they are more than
   PATTERN_STEPS(text.len) it was given up. */
bool pattern_match_counted(const struct pattern *pattern, struct str text, uint64_t *steps);
bool pattern_match(const struct pattern *pattern, struct str text);

/* The pattern written back as in a rule, wildcards escaped; for explanations. */
struct str pattern_text(const struct pattern *pattern, struct arena *arena);

#endif
