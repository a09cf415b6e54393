/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEALED_WALK_H
#define JOURNAL_SEALED_WALK_H
/*
 * The leaves of a sealed segment one after the other. Of each stream one block is
 * unpacked at a time; what was returned stays valid until sealed_walk_release(), which
 * also lets go of the open blocks where they have become too many.
 */
#include "journal/sealed.h"

enum sealed_item_kind {
	SEALED_ITEM_RECORD,
	SEALED_ITEM_PRUNED,  /* at most its hash is there */
	SEALED_ITEM_LOST,    /* damaged before the sealing: a whole span */
	SEALED_ITEM_DAMAGED, /* in this file: a block's record or all of a chunk */
};

struct sealed_item {
	enum sealed_item_kind kind;
	uint64_t leaf, leaf_end; /* one leaf, but for spans */
	uint64_t first_seq, last_seq;
	struct journal_record record;     /* RECORD */
	struct tlog_hash hash;            /* PRUNED */
	const struct sealed_entry *block; /* it is in; NULL: LOST, or DAMAGED by a chunk */
};

struct sealed_walk;

/* The sealed segment must be loaded and live as long. hashes: those of pruned records are wanted; else they
   are passed over unread. */
struct sealed_walk *sealed_walk_new(struct sealed *sealed, bool hashes);
void sealed_walk_free(struct sealed_walk *walk); /* NULL is fine */

/* The next leaf to look at. */
void sealed_walk_seek(struct sealed_walk *walk, uint64_t leaf);

/* 0 or ERR_END; ERR_DENIED and -errno do not move it. */
int sealed_walk_next(struct sealed_walk *walk, struct sealed_item *ret_item);

void sealed_walk_release(struct sealed_walk *walk);

/* The first and last leaf of a block's records, as far as the chunks tell. */
void sealed_block_extent(struct sealed *sealed, const struct sealed_entry *block, uint64_t *ret_first,
			 uint64_t *ret_last);

#endif
