/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_REBUILD_H
#define AUDIT_REBUILD_H
/*
 * The tree, made again from the leaves as they are hashed now, and compared with
 * each signed head on the way. Where leaves are deleted, the nodes kept in their
 * place fill the gap; where they are lost, it begins again behind them from the
 * range that the archive keeps there. A root that fits a signature proves the
 * leaves, wherever the nodes came from.
 *
 * Memory: one compact range.
 */
#include "audit/heads.h"
#include "tlog/tree.h"

/* Since the last head that fitted, heads did not. Of those kept elsewhere and those beside the archive. */
struct audit_misfit {
	uint64_t after; /* the sequence number the last fitting head ends with; 0: none fitted */
	int64_t after_time;
	const struct audit_head *first, *last;
	uint64_t heads;
};

struct audit_rebuild {
	/* from the user */
	const struct audit_heads *heads;
	tlog_fetch *fetch; /* of nodes that are kept */
	void *fetch_context;
	void (*misfit)(void *context, const struct audit_misfit *misfit);
	void *context;

	/* results */
	uint64_t checked;     /* heads that fit */
	uint64_t given;       /* of these kept elsewhere */
	uint64_t unchecked;   /* heads whose leaves are deleted or lost, and no node says what they were */
	uint64_t misfits[2];  /* heads that do not fit: beside the archive, kept elsewhere */
	uint64_t signed_size; /* leaves below the largest head that fits */
	uint64_t signed_seq;
	int64_t signed_time;

	/* its own */
	struct tlog_range range;
	bool known;  /* range begins at 0; else it only says where we are */
	size_t next; /* head to come */
	struct audit_misfit open[2];
	uint64_t fit_seq[2];
	int64_t fit_time[2];
};

/* Begins at a leaf: heads of fewer leaves are not looked at. */
void audit_rebuild_begin(struct audit_rebuild *rebuild, uint64_t leaf);

/* The next leaf that is known; those left out before it come from fetch. */
void audit_rebuild_leaf(struct audit_rebuild *rebuild, uint64_t leaf, const struct tlog_hash *hash);

/* No more leaves are known below end; looks at the heads up to there. one_more: also at the first behind it,
   if fetch has what lies between. */
void audit_rebuild_end(struct audit_rebuild *rebuild, uint64_t end, bool one_more);

#endif
