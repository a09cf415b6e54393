/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEALED_BLOCK_H
#define JOURNAL_SEALED_BLOCK_H
/*
 * Records of one stream packed together, column by column, as they are before the
 * compression: see sealed_block.c for the layout. A builder collects records until the
 * block is large enough; a cursor goes over a finished one and gives views into it.
 */
#include "base/buf.h"
#include "journal/sealed_format.h"

#define SEALED_ORIGINS_MAX 1024
#define SEALED_ORIGIN_SLOTS 4096

struct sealed_builder {
	struct buf origins, origin_of, received, lengths, contents;
	uint32_t count, origin_count;
	uint16_t slots[SEALED_ORIGIN_SLOTS]; /* hash table over origins: index + 1 */
	uint32_t starts[SEALED_ORIGINS_MAX]; /* where each begins in origins */
	int64_t last;
};

struct sealed_builder *sealed_builder_new(void);
void sealed_builder_free(struct sealed_builder *builder); /* NULL is fine */

/* False where the block is full: it is to be finished first. The first record always fits. */
bool sealed_builder_add(struct sealed_builder *builder, const struct journal_record *record);

/* Appends the block's bytes to out and empties the builder. */
void sealed_builder_finish(struct sealed_builder *builder, struct buf *out);

/* A place in a block; points into its bytes. */
struct sealed_cursor {
	const uint8_t *origins_end, *origin_of, *origin_of_end, *received, *received_end, *lengths,
		*lengths_end, *contents, *contents_end;
	const uint8_t *const *origins; /* where each begins; the caller's memory */
	uint32_t left, origin_count;
	int64_t last;
};

/* Begins at the first record. origins is room for SEALED_ORIGINS_MAX. ERR_CORRUPT where the bytes are no
   block of count records. */
int sealed_cursor_init(struct sealed_cursor *cursor, const void *bytes, size_t len, uint32_t count,
		       const uint8_t **origins);

/* Fills all but seq. ERR_END behind the last, ERR_CORRUPT. */
int sealed_cursor_next(struct sealed_cursor *cursor, struct journal_record *ret_record);

#endif
