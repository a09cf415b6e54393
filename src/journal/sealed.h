/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEALED_H
#define JOURNAL_SEALED_H
/*
 * A sealed segment opened for reading: its header at once, its index and parts when they
 * are needed, with pread, so that a page the disk cannot give is an error like any other.
 * A file that is replaced meanwhile stays as it was for whoever has it open. One thread.
 *
 * What is damaged is found by checksums and costs what is in the part: ERR_CORRUPT. Without
 * the key whose check stands in the header, encrypted parts give ERR_DENIED.
 */
#include <limits.h>

#include "base/buf.h"
#include "journal/sealed_index.h"

#define SEALED_FOLDER "sealed"

struct sealed_chunk {
	uint32_t number, leaves;
	uint32_t before[SEALED_STREAMS_MAX]; /* each stream's records in the chunks before */
	uint8_t streams[SEALED_CHUNK];
};

struct sealed {
	struct sealed_header header;
	struct sealed_index index;                    /* empty until sealed_load() */
	uint32_t first_block[SEALED_STREAMS_MAX + 1]; /* of each stream, in index.blocks */
	char *path;
	struct sealed_store *store; /* file, key, caches: sealed.c's own */
};

/* Writes the path of a sealed segment, or of the folder where name is 0. -ENAMETOOLONG. */
int sealed_path(const char *folder, uint64_t name, char out[PATH_MAX]);

/* Only the header is read. key may be NULL; whether it is right shows with the first part. -ENOENT,
   ERR_CORRUPT where both headers are damaged or are of another segment, ERR_VERSION. */
int sealed_open(const char *folder, uint64_t name, const struct journal_key *key, struct sealed **ret_sealed,
		struct err *ret_err);
int sealed_open_path(const char *path, const struct journal_key *key, struct sealed **ret_sealed,
		     struct err *ret_err);
void sealed_close(struct sealed *sealed); /* NULL is fine */

uint64_t sealed_bytes(const struct sealed *sealed); /* of the file */

/* 0 where everything in the file is whole, in both of its places. For whoever has just written it. */
int sealed_check_places(struct sealed *sealed);

/* Lets the page cache go of the file: what is read next comes from the disk. */
void sealed_forget(const struct sealed *sealed);

/* Reads the index, once. ERR_CORRUPT, and the same again with each call. ERR_END for a deleted segment. */
int sealed_load(struct sealed *sealed);

/* Appends a part unpacked to out. kind and stream and first are what it was encrypted as. dictionary: that of
   the stream. */
enum sealed_part_kind { SEALED_PART_BLOCK, SEALED_PART_HASHES, SEALED_PART_DICTIONARY, SEALED_PART_CHUNK };
int sealed_read_part(struct sealed *sealed, const struct sealed_part *part, enum sealed_part_kind kind,
		     uint32_t stream, uint32_t first, struct buf *out);

/* The bytes of a part as they are in the file, from either place; ERR_CORRUPT. */
int sealed_read_stored(struct sealed *sealed, const struct sealed_part *part, struct buf *out);

int sealed_read_block(struct sealed *sealed, const struct sealed_entry *entry, struct buf *out);

/* The chunk with a leaf; valid until the next call. */
int sealed_read_chunk(struct sealed *sealed, uint64_t leaf, const struct sealed_chunk **ret_chunk);

/* The entry of the block with a stream's record; NULL where there is none. */
const struct sealed_entry *sealed_find_block(const struct sealed *sealed, uint32_t stream, uint32_t record);

/* All tiles, sealed_tile_count() of them; a tile of zeros is not known. ERR_CORRUPT where they are damaged.
 */
int sealed_tiles(struct sealed *sealed, const struct tlog_hash **ret_tiles);

/* From a number to the leaf with it or the next above it, and from a leaf to its number; the index must be
   loaded. ERR_END. */
int sealed_leaf_at(const struct sealed *sealed, uint64_t seq, uint64_t *ret_leaf);
int sealed_seq_of(const struct sealed *sealed, uint64_t leaf, uint64_t *ret_seq);

/* The loss with a leaf; NULL. */
const struct sealed_loss *sealed_find_loss(const struct sealed *sealed, uint64_t leaf);

/* What a part is encrypted with besides its key and nonce. */
struct sealed_aad {
	uint8_t bytes[12];
};
struct sealed_aad sealed_aad_of(enum sealed_part_kind kind, uint32_t stream, uint32_t first);

/* The key of the segment. */
void sealed_segment_key(const struct sealed_header *header, const struct journal_key *key,
			struct journal_key *ret_key);

#endif
