/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_ARCHIVE_LIST_H
#define JOURNAL_ARCHIVE_LIST_H
/*
 * The segments of a journal, live and sealed, as one row. live/ is looked at first: a
 * segment that its owner removes meanwhile is in sealed/ by then.
 */
#include "base/vec.h"
#include "journal/folder.h"
#include "journal/sealed.h"

struct archive_entry {
	uint64_t name;
	bool live, sealed;
};

struct archive_list {
	VEC_OF(struct archive_entry) /* by name */
};

/* An absent folder is an empty one. 0 or -errno. */
int archive_list_read(const char *folder, struct archive_list *ret_list);
void archive_list_done(struct archive_list *list);

/* The neighbours of a number, without a list of all: the first segment there is, the last named at or below
   seq, the first named above it; name 0: none. */
struct archive_around {
	struct archive_entry first, below, above;
};
int archive_list_around(const char *folder, uint64_t seq, struct archive_around *ret_around);

/* The index of the last entry named at or below seq; -1. */
long archive_list_find(const struct archive_list *list, uint64_t seq);

/* What a segment says about the end of the one before it. */
struct archive_border {
	struct tlog_range before;
	uint64_t follows; /* of its first frame; 0: not known */
};
int archive_border_of(const char *folder, const struct archive_entry *entry,
		      struct archive_border *ret_border, struct err *ret_err);

#endif
