/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_LEAF_H
#define JOURNAL_LEAF_H
/*
 * The leaves of records as they lie in a frame: nothing is copied or allocated. The
 * bytes of a leaf are the sequence number, 8 bytes, and the record from its byte 4 to
 * the end of its content; journal_leaf() of archive.h makes the same from a record in
 * memory.
 */
#include "journal/format.h"

/* Of one record at encoded, which is whole (journal_record_decode). */
void journal_leaf_encoded(uint64_t seq, const uint8_t *encoded, struct tlog_hash *ret_hash);

/* Appends the leaves of count records, the first of which has the number first_seq, to the range; and puts
   them into ret_leaves, where that is not NULL. ERR_CORRUPT where these are not exactly count records; range
   and leaves are then undefined. */
int journal_leaves_append(const uint8_t *records, size_t len, uint64_t first_seq, uint32_t count,
			  struct tlog_range *range, struct tlog_hash *ret_leaves);

#endif
