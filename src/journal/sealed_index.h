/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEALED_INDEX_H
#define JOURNAL_SEALED_INDEX_H
/*
 * The index of a sealed segment's file: where its parts are, which records they hold,
 * and how leaves and sequence numbers go together. Decoded it has been checked against
 * itself and the header; what is in the parts has not.
 */
#include "base/buf.h"
#include "base/vec.h"
#include "journal/sealed_format.h"

struct sealed_part {
	uint64_t offset;
	uint64_t copy;   /* 0: there is none; in the file, and when writing: counted from the copies' start */
	uint32_t stored; /* bytes in the file; 0: there is no such part */
	uint32_t plain;
	uint64_t checksum; /* XXH3-64 over what is in the file, seeded with the salt */
};

struct sealed_stream {
	uint8_t class;
	uint32_t records;
	uint64_t bytes; /* of content */
	struct sealed_part dictionary;
};

enum sealed_kind {
	SEALED_RECORDS,
	SEALED_HASHES, /* pruned: the leaf hashes */
	SEALED_NOTHING /* pruned when it was damaged already */
};

struct sealed_entry {
	uint8_t stream, kind;
	uint32_t first, count; /* which of the stream's records */
	struct sealed_part part;
};

/* From leaf on, up to the next run, numbers rise with the leaves; those up to follows may have been used
   before. */
struct sealed_run {
	uint64_t leaf, seq, follows;
};

/* Leaves whose records were damaged before the sealing, with the numbers they had as far as that is known. */
struct sealed_loss {
	uint64_t leaf_begin, leaf_end, first_seq, last_seq;
};

/* A node above lost leaves, from the range behind a live frame. */
struct sealed_node {
	uint8_t level;
	uint64_t index;
	struct tlog_hash hash;
};

struct sealed_index {
	struct {
		VEC_OF(struct sealed_stream)
	} streams;
	struct {
		VEC_OF(struct sealed_entry)
	} blocks; /* by stream and first */
	struct {
		VEC_OF(struct sealed_part)
	} chunks;
	struct {
		VEC_OF(struct sealed_run)
	} runs;
	struct {
		VEC_OF(struct sealed_loss)
	} losses;
	struct {
		VEC_OF(struct sealed_node)
	} nodes;
};

void sealed_index_encode(const struct sealed_index *index, struct buf *out);

/* Checks all that the header says about it; ERR_CORRUPT. The index is to be given to sealed_index_done()
   either way. */
int sealed_index_decode(const void *bytes, size_t len, const struct sealed_header *header,
			struct sealed_index *ret_index);
void sealed_index_done(struct sealed_index *index);

#endif
