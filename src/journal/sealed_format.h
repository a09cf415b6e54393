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

static inline uint32_t sealed_chunk_count(const struct sealed_header *header)
{
	return (uint32_t)((header->after.end - header->before.end + SEALED_CHUNK - 1) / SEALED_CHUNK);
}

/* Aligned groups of SEALED_TILE leaves wholly in the segment. */
uint64_t sealed_tile_first(const struct sealed_header *header);
uint64_t sealed_tile_count(const struct sealed_header *header);

#endif
