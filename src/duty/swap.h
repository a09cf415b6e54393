/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_SWAP_H
#define DUTY_SWAP_H
/*
 * Swaps 换班: somebody asks another to take a shift, or to change it for one of theirs; it happens when the
 * other has agreed, in one transaction, and only if both shifts are still what they were and lie ahead.
 */
#include "duty/shift.h"

/* SWAP_STATE(NAME, number, "name") — numbered as stored */
#define SWAP_STATES(STATE)             \
	STATE(ASKED, 0, "asked")       \
	STATE(ACCEPTED, 1, "accepted") \
	STATE(REFUSED, 2, "refused")   \
	STATE(WITHDRAWN, 3, "withdrawn")

enum swap_state {
#define STATE(id, n, name) SWAP_##id = (n),
	SWAP_STATES(STATE)
#undef STATE
};

const char *swap_state_name(enum swap_state state);

struct swap {
	int64_t id, time, decided; /* µs */
	enum swap_state state;
	int64_t shift;   /* that is given away */
	int64_t against; /* that is taken for it; 0: none */
	struct duty_person to;
	struct str by, reason;
};

int swap_ask(struct db_tx *tx, const struct swap *swap, int64_t now, int64_t *ret_id, struct err *ret_err);

/* ERR_END: none that waits; ERR_BUSY: a shift has changed or begun since. */
int swap_decide(struct db_tx *tx, int64_t id, enum swap_state state, struct str by, int64_t now,
		struct err *ret_err);

int swap_list(struct db_tx *tx, bool waiting, int (*visit)(void *context, const struct swap *swap),
	      void *context);

#endif
