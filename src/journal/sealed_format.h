/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEALED_FORMAT_H
#define JOURNAL_SEALED_FORMAT_H
/*
 * What a sealed segment's file looks like, and nothing else: structs in memory, their
 * encoding and decoding. doc/formats/journal.md, "Sealed segments", explains why it is
 * so; the offsets stand above the code in sealed_format.c and sealed_block.c.
 *
 *	file = header, index, tiles, parts…, copies of parts, copy of the index, header
 *
 * A part is a piece that is read, checked, decrypted and decompressed as one: a block of
 * records, the leaf hashes of a pruned block, a dictionary, a chunk of stream numbers.
 * Everything but blocks and tiles is there twice, so that one bad place costs one block.
 *
 * Records are put into streams, by what they look like and by their class; a stream's
 * records lie in its blocks in the order of their leaves. Which stream the record of a leaf
 * is in, the chunks say: CHUNK leaves each, with the count of each stream's records before.
 *
 * Decoding trusts nothing.
 */
#include "base/buf.h"
#include "base/vec.h"
#include "journal/archive.h"
#include "journal/format.h"

#define SEALED_VERSION 1
#define SEALED_SUFFIX ".wls"
#define SEALED_HEADER_SIZE 8192
#define SEALED_STREAMS_MAX 80 /* 64 groups and one for the rest of each class */
#define SEALED_LOST 255       /* in a chunk: the leaf's record was damaged before the sealing */
#define SEALED_CHUNK 4096     /* leaves */
#define SEALED_TILE 256       /* leaves under one hash of the tiles */
#define SEALED_TILE_LEVEL 8
#define SEALED_BLOCK_BYTES (128 * 1024) /* a block is closed when it has this much content */
#define SEALED_BLOCK_RECORDS 65536
#define SEALED_PLAIN_MAX (4 * 1024 * 1024) /* bytes of a part unpacked */
#define SEALED_DICTIONARY_MAX (32 * 1024)
#define SEALED_INDEX_MAX (64 * 1024 * 1024)
#define SEALED_REASON_MAX 255

enum { SEALED_ENCRYPTED = 1, SEALED_DELETED = 2 };

/* The cover of the segment, with holes where leaves are lost. */
struct sealed_cover {
	struct tlog_range range;
	bool known[2 * TLOG_LEVELS];
};

struct sealed_header {
	uint32_t flags;
	uint8_t node[JOURNAL_NODE_SIZE];
	uint64_t first_seq, last_seq; /* lost records counted */
	uint64_t follows;             /* of the first frame */
	uint64_t salt, generation;
	uint8_t key_check[JOURNAL_KEY_CHECK_SIZE]; /* as in a live segment */
	int64_t created, sealed, changed;          /* changed: pruned or deleted; 0: never */
	int64_t received_min, received_max;
	uint64_t lost;
	uint64_t class_records[JOURNAL_CLASSES_MAX], class_bytes[JOURNAL_CLASSES_MAX];
	uint64_t index, index_copy, index_checksum; /* offsets */
	uint32_t index_stored, index_plain;
	uint64_t tiles, tiles_checksum, copies, file_size;
	struct tlog_range before, after; /* of all leaves up to the segment's first, and with its last */
	struct sealed_cover cover;
	char reason[SEALED_REASON_MAX + 1];
};

void sealed_header_encode(const struct sealed_header *header, uint8_t out[SEALED_HEADER_SIZE]);

/* ERR_CORRUPT, or ERR_VERSION where a later version made it. */
int sealed_header_decode(const uint8_t bytes[SEALED_HEADER_SIZE], struct sealed_header *ret_header);

/* --- index --- */

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

static inline uint32_t sealed_chunk_count(const struct sealed_header *header)
{
	return (uint32_t)((header->after.end - header->before.end + SEALED_CHUNK - 1) / SEALED_CHUNK);
}

/* Aligned groups of SEALED_TILE leaves wholly in the segment. */
uint64_t sealed_tile_first(const struct sealed_header *header);
uint64_t sealed_tile_count(const struct sealed_header *header);

#endif
