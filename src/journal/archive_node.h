/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_ARCHIVE_NODE_H
#define JOURNAL_ARCHIVE_NODE_H
/*
 * What a segment, live or sealed, says about its place in the tree: from its header and,
 * where it is live, from its last frame.
 */
#include "journal/archive_tail.h"
#include "journal/sealed.h"

struct archive_node {
	uint64_t name, last_seq, follows;
	uint8_t node[JOURNAL_NODE_SIZE];
	bool live, deleted, encrypted;
	uint64_t lost; /* leaves of a sealed one */
	struct tlog_range before, after;
	bool after_known;          /* else only where it ends */
	struct sealed_cover cover; /* of a sealed one */
};

/* ERR_CORRUPT where its header is damaged; ret_other, where not NULL, is then the name of the segment that
   the file holds instead, 0 where it holds none. ERR_VERSION, -ENOENT. */
int archive_node_read(const char *folder, const struct archive_entry *entry, const struct journal_mark *mark,
		      uint64_t until, struct archive_node *ret_node, uint64_t *ret_other,
		      struct err *ret_err);

#endif
