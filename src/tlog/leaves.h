/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLOG_LEAVES_H
#define TLOG_LEAVES_H
/*
 * The hashes of many leaves (tree.h) for the price of half as many, where the CPU
 * has what it takes; else one after the other. Pure, any thread.
 */
#include "tlog/tree.h"

/* A leaf's entry in two pieces; either may be empty. */
struct tlog_entry {
	const void *prefix;
	size_t prefix_len;
	const void *bytes;
	size_t len;
};

/* What tlog_leaf() says of each. */
void tlog_leaves(const struct tlog_entry *entries, size_t count, struct tlog_hash *ret_hashes);

#endif
