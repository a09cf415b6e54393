/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_LITERALS_H
#define PARSE_LITERALS_H
/*
 * All texts that recognisers want contained in a message, looked for in one pass:
 * a vector filter (base/finder.h) names the places where one may begin, a table of
 * the first four bytes there says which. What a pass costs depends on the message,
 * not on how many texts there are. Made at load, constant afterwards.
 */
#include "base/finder.h"

#define LITERALS_MAX 512 /* of a set; those beyond are looked for one at a time */
#define LITERAL_HEAD 4   /* bytes; shorter texts are looked for one at a time */
#define LITERAL_NONE UINT16_MAX
#define LITERAL_PLACES 1024 /* of the table, twice LITERALS_MAX */

struct literals {
	struct str *items; /* by their first four bytes; the set's */
	size_t count;
	uint16_t first[LITERAL_PLACES]; /* by the hash of a head: 1 + the first item that has it, 0: none */
	struct finder finder;
};

/* Which of them are in a text. */
struct literals_found {
	uint64_t bits[LITERALS_MAX / 64];
};

/* Of count texts, which must live as long as the set: takes those that are long enough, each once. */
void literals_make(struct literals *literals, const struct str *texts, size_t count);
void literals_done(struct literals *literals);

/* The number of a text, LITERAL_NONE where it is not in the set. */
uint16_t literals_number(const struct literals *literals, struct str text);

void literals_find(const struct literals *literals, struct str text, struct literals_found *ret_found);

static inline bool literals_has(const struct literals_found *found, uint16_t number)
{
	return found->bits[number / 64] >> number % 64 & 1;
}

#endif
