/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DRAIN_TOKENS_H
#define DRAIN_TOKENS_H
/* Inside drain/: a line's tokens, masked. */
#include "drain/drain.h"

struct tokens {
	struct str items[DRAIN_TOKENS_MAX];
	size_t count;
	char text[DRAIN_TEXT_MAX * 2 + 8]; /* what items point to */
};

/* Cuts and masks the first DRAIN_TEXT_MAX bytes. */
void tokens_cut(struct tokens *tokens, struct str line);

/* The key of "key=" followed by anything; empty where the token is no such. */
struct str token_key(struct str token);

#endif
