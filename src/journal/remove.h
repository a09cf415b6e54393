/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_REMOVE_H
#define JOURNAL_REMOVE_H
/* What the writer asks of the archive before it removes a live segment. */
#include "base/err.h"
#include "tlog/tree.h"

/* 0 where FOLDER/sealed/ has the segment and all of its file is there and has the right checksums, which
   needs no key; with the ranges of all leaves before it and up to its end as it says. -ENOENT, ERR_CORRUPT.
 */
int journal_sealed_is_whole(const char *folder, uint64_t name, struct tlog_range *ret_before,
			    struct tlog_range *ret_after, struct err *ret_err);

#endif
