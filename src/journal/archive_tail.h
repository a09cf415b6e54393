/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_ARCHIVE_TAIL_H
#define JOURNAL_ARCHIVE_TAIL_H
/*
 * Where a live segment ends, without reading all of it: from its last whole frame.
 */
#include "journal/archive_list.h"
#include "journal/head.h"
#include "journal/segment.h"

struct archive_tail {
	uint64_t last_seq; /* 0: there is no whole frame */
	int64_t time;      /* of its commit */
	struct tlog_range after;
};

/* What is durable of a journal; of one without a head everything. 0 or why the head cannot be used. */
int archive_mark(const char *folder, struct journal_mark *ret_mark);

/* The mark, and the segments up to it: one that its writer has only just begun is left out. ret_err says why
   not. */
int archive_read(const char *folder, struct journal_mark *ret_mark, struct archive_list *ret_list,
		 struct err *ret_err);

/* Sets the segment's bounds as the mark and the next segment's name (0: none) say. */
void archive_bound(struct journal_segment *segment, const struct journal_mark *mark, uint64_t until);

/* The end of a segment so bounded. */
void archive_tail(const struct journal_segment *segment, struct archive_tail *ret_tail);

#endif
