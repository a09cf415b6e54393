/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_LIVE_WALK_H
#define JOURNAL_LIVE_WALK_H
/*
 * The frames of a live segment one after the other, each checked against the tree: by
 * its checksums, and by hashing its records again and comparing with the range that
 * stands behind it. Where a frame is lost, the leaves and numbers that it had are known
 * from its neighbours.
 */
#include "base/vec.h"
#include "journal/segment.h"

enum live_item_kind {
	LIVE_FRAME,   /* whole, and what the tree has */
	LIVE_ALTERED, /* whole, but not what the tree has, or not where the tree has it */
	LIVE_LOSS,    /* damaged or missing */
};

struct live_item {
	enum live_item_kind kind;
	uint64_t offset;               /* of the frame */
	uint64_t leaf_begin, leaf_end; /* of a loss they may be the same: only numbers are missing */
	uint64_t first_seq, last_seq;
	uint64_t follows;
	const uint8_t *records; /* of a frame; valid until the next call */
	size_t len;
	const struct tlog_hash *leaves;
	const char *reason; /* else */
};

struct live_walk {
	struct journal_segment *segment;
	struct journal_key key; /* of the segment */
	uint64_t offset, leaf, last_seq;
	uint64_t forgotten; /* the pages before are let go */
	bool begun;
	bool torn; /* what is before offset is no whole frame */
	bool range_known;
	struct tlog_range range; /* of all leaves before leaf, where known */
	struct buf scratch;
	struct {
		VEC_OF(struct tlog_hash)
	} leaves;

	/* Where the segment is complete: where the next one begins; 0: not known. What is missing up to there
	   was in this segment if its end is damaged; if it is not, a segment is missing. */
	uint64_t end_leaf, end_seq;
};

/* ERR_DENIED where key is not the segment's. To be closed either way. until: the name of the next segment, 0
 * where there is none. limit: bytes that may be looked at. */
int live_walk_open(struct live_walk *walk, const char *folder, uint64_t name, const struct journal_key *key,
		   uint64_t until, uint64_t limit, struct err *ret_err);
void live_walk_close(struct live_walk *walk);

/* 0, ERR_END; ERR_DENIED, ERR_VERSION. */
int live_walk_next(struct live_walk *walk, struct live_item *ret_item);

/* The records of the frame at offset once more, unchecked: it was LIVE_FRAME before. */
int live_walk_again(struct live_walk *walk, uint64_t offset, struct journal_frame *ret_frame,
		    const uint8_t **ret_records, size_t *ret_len);

#endif
