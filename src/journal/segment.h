/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEGMENT_H
#define JOURNAL_SEGMENT_H
/*
 * A segment file mapped for reading. Everything is looked at only below limit,
 * which its user sets to what is durable: bytes behind that may be cut off by the
 * writer at any time, and to touch a page that is gone is a SIGBUS. A page that
 * the disk cannot read would be one too; therefore pages are asked of the kernel
 * (MADV_POPULATE_READ) before they are touched, which fails in an orderly way.
 *
 * Frames can be found from any offset: a frame header is recognised by its
 * checksum, which is seeded with the segment's salt, so that no record, whatever
 * its sender puts into it, can pass for one.
 */
#include <stdint.h>

#include "base/buf.h"
#include "journal/format.h"

struct journal_segment {
	const uint8_t *map;
	uint64_t name;  /* its first sequence number, as its file is called */
	uint64_t limit; /* bytes that may be looked at */
	uint64_t until; /* numbers from here on are in a later segment; 0: not known yet */
	struct journal_segment_header header;
	struct journal_segment *next; /* for lists of its user */
	int fd;
};

/* -ENOENT; ERR_CORRUPT where its header is not whole; ERR_VERSION where a later version made it. limit is
   the file's size. */
int journal_segment_open(const char *folder, uint64_t name, struct journal_segment **ret_segment,
			 struct err *ret_err);
void journal_segment_close(struct journal_segment *segment); /* NULL is fine */

/* The segment's key out of the journal's, which is NULL where none is known: ERR_DENIED where the segment is
   encrypted with another. Leaves *ret_key alone where it is not encrypted. */
int journal_segment_key(const struct journal_segment *segment, const struct journal_key *key,
			struct journal_key *ret_key, struct err *ret_err);

/* Sets the limit to end or to the size of the file, whichever is less. */
void journal_segment_limit(struct journal_segment *segment, uint64_t end);

/* The header of the frame at offset. ERR_END where the segment ends there, ERR_CORRUPT where it is no frame
   or one that reaches beyond the limit, ERR_VERSION. */
int journal_segment_frame(const struct journal_segment *segment, uint64_t offset,
			  struct journal_frame *ret_frame);

/* Checks the frame's payload: 0 or ERR_CORRUPT. */
int journal_segment_verify(const struct journal_segment *segment, uint64_t offset,
			   const struct journal_frame *frame);

/* The records of a frame that verify has found whole: a view of the map, or of scratch, where they are
   encrypted. segment_key: journal_segment_key()'s; NULL or any where the segment is not encrypted. ERR_DENIED
   where it is NULL or the records were changed by someone who could make the checksum right. */
int journal_segment_records(const struct journal_segment *segment, uint64_t offset,
			    const struct journal_frame *frame, const struct journal_key *segment_key,
			    struct buf *scratch, const uint8_t **ret_records, size_t *ret_len);

/* The range of all leaves up to and with this frame's, as it stands behind the payload. ERR_CORRUPT. */
int journal_segment_after(const struct journal_segment *segment, uint64_t offset,
			  const struct journal_frame *frame, struct tlog_range *ret_range);

/* The offset, from offset on and below end, of the next frame header; end where there is none. */
uint64_t journal_segment_resync(const struct journal_segment *segment, uint64_t offset, uint64_t end);

/* The offset of a frame that is at or before the one with seq, and near it. */
uint64_t journal_segment_seek(const struct journal_segment *segment, uint64_t seq);

/* Lets go of the memory of the pages between two offsets; they can still be read. */
void journal_segment_forget(const struct journal_segment *segment, uint64_t from, uint64_t to);

#endif
