/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLOG_PROOF_H
#define TLOG_PROOF_H
/*
 * Proofs about a transparency log (RFC 9162, sections 2.1.3 and 2.1.4): that a leaf
 * is in the tree with a root, and that one tree is the beginning of another. Made
 * from whole nodes that a tlog_fetch gives; checked with nothing but the proof.
 *
 * Pure: no files, no allocation, any thread.
 */
#include <stdbool.h>

#include "tlog/tree.h"

#define TLOG_PROOF_MAX (2 * TLOG_LEVELS)

struct tlog_proof {
	unsigned count;
	struct tlog_hash hashes[TLOG_PROOF_MAX]; /* in the order of the RFC */
};

/* ERR_RANGE where index >= size; else what fetch returns. */
int tlog_prove_inclusion(uint64_t index, uint64_t size, tlog_fetch *fetch, void *context,
			 struct tlog_proof *ret_proof);

/* ERR_RANGE where first is 0 or above second. */
int tlog_prove_consistency(uint64_t first, uint64_t second, tlog_fetch *fetch, void *context,
			   struct tlog_proof *ret_proof);

bool tlog_check_inclusion(uint64_t index, uint64_t size, const struct tlog_hash *leaf,
			  const struct tlog_proof *proof, const struct tlog_hash *root);
bool tlog_check_consistency(uint64_t first, const struct tlog_hash *first_root, uint64_t second,
			    const struct tlog_hash *second_root, const struct tlog_proof *proof);

#endif
