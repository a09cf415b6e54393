/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLOG_SHA256_PAIR_H
#define TLOG_SHA256_PAIR_H
/*
 * The compression function of SHA-256 (FIPS 180-4, section 6.2.2) over two messages
 * at a time, with the CPU's instructions for it. Each of them waits for the one
 * before in the same message; with a second message between them the CPU does both
 * in little more time than one.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK 64

/* Where there are no such instructions, the rest must not be called. */
bool sha256_pair_runs_here(void);

/* The hash so far, in the order of the instructions: A B E F and C D G H, the last in the lowest place. */
struct sha256_state {
	_Alignas(16) uint32_t abef[4], cdgh[4];
};

void sha256_pair_init(struct sha256_state *state);
/* count blocks of one message, … */
void sha256_pair_one(struct sha256_state *state, const uint8_t *blocks, size_t count);
/* … or of each of two. */
void sha256_pair_both(struct sha256_state *first, const uint8_t *first_blocks, struct sha256_state *second,
		      const uint8_t *second_blocks, size_t count);
void sha256_pair_digest(const struct sha256_state *state, uint8_t ret_digest[32]);

#endif
