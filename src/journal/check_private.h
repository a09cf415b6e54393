/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_CHECK_PRIVATE_H
#define JOURNAL_CHECK_PRIVATE_H
/*
 * Checking a journal: archive_check.c goes from segment to segment and looks at how they
 * follow on each other, check_sealed.c looks at what is in a sealed one.
 */
#include "journal/archive_node.h"

struct check {
	const char *folder;
	const struct journal_key *key;
	int (*visit)(void *context, const struct journal_span *span);
	int (*every_leaf)(void *context, uint64_t leaf, uint64_t seq, const struct tlog_hash *hash);
	void *context;
	uint64_t segment;         /* being checked */
	struct journal_span span; /* not yet visited; segment 0: none */
};

/* Adds to what was found; visits what is complete. 0, or what a callback returned. reason: "" where there is
   nothing to say. */
int check_found(struct check *check, enum journal_finding finding, uint64_t first_seq, uint64_t last_seq,
		uint64_t leaf_begin, uint64_t leaf_end, const char *reason);
int check_leaf(struct check *check, uint64_t leaf, uint64_t seq, const struct tlog_hash *hash);

/* Looks at what the segment's file holds twice (JOURNAL_WORN). */
int check_spares(struct check *check, const struct journal_mark *mark, const struct archive_node *node);

/* ERR_DENIED, -errno. */
int check_sealed(struct check *check, struct err *ret_err);

#endif
