/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEALED_WRITE_H
#define JOURNAL_SEALED_WRITE_H
/*
 * Writing a sealed segment's file: first to a temporary one beside it, part after part;
 * at the end the copies, the index and the headers; synced. Whoever writes it looks at
 * what came out and then puts it in its place, or throws it away. An error of the disk is
 * kept and returned at the end.
 */
#include <zdict.h>
#include <zstd.h>

#include "journal/sealed.h"

struct sealed_writer {
	int fd, error;
	char folder[PATH_MAX], path[PATH_MAX], temporary[PATH_MAX];
	uint64_t offset;
	uint64_t index, index_room; /* kept free for the index; 0: nothing is */
	bool keyed;
	struct journal_key key; /* of the segment */
	uint64_t salt;
	ZSTD_CCtx *packer;
	struct buf packed; /* scratch */
	struct buf copies; /* to be written a second time */
};

/* Makes the folder where it is missing, removes temporary files that a killed process left, begins a new one.
   The header must have its node, first_seq, salt and flags. */
int sealed_writer_open(struct sealed_writer *writer, const char *folder, const struct sealed_header *header,
		       const struct journal_key *key, struct err *ret_err);

/* Keeps room at this place of the file for the index, so that it is there twice and far apart: a file that
   lost its end is then read up to there. What does not fit goes to the end. */
void sealed_writer_reserve(struct sealed_writer *writer, size_t len);

void sealed_writer_tiles(struct sealed_writer *writer, struct sealed_header *header, struct str tiles);

/* Compresses, encrypts and writes a part. level: of zstd; dictionary: with it instead, may be NULL. twice:
   there will be a copy. */
struct sealed_part sealed_writer_add(struct sealed_writer *writer, enum sealed_part_kind kind,
				     uint32_t stream, uint32_t first, struct str plain, int level,
				     const ZSTD_CDict *dictionary, bool twice);

/* Writes a part as it is in another file of the segment with the same salt and key. */
struct sealed_part sealed_writer_move(struct sealed_writer *writer, const struct sealed_part *part,
				      struct str stored, bool twice);

/* Writes what is missing, fills in the header's places, and syncs. The first error of all that was written.
 */
int sealed_writer_finish(struct sealed_writer *writer, struct sealed_header *header,
			 const struct sealed_index *index, struct err *ret_err);

/* Puts the file where it belongs, durably. */
int sealed_writer_publish(struct sealed_writer *writer, struct err *ret_err);

/* Removes what was not published, lets go of all. */
void sealed_writer_close(struct sealed_writer *writer);

#endif
