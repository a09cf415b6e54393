/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_BLOCK_H
#define EVENT_BLOCK_H
/*
 * Events to ClickHouse's Native block: columns in the order of the field table,
 * preceded by those every event has (seq, received, peer, listener, product,
 * category, service) and followed by the attributes (two parallel arrays) not
 * marked ATTR_DERIVED. Built column by column while events arrive; the buffers are
 * kept from block to block. One thread per block.
 *
 * A column that no event of the block set costs nothing and is left out: whoever
 * inserts the block names its columns, and the server fills in the rest. An event
 * without @timestamp is stored at the time it was received. Text need not be UTF-8.
 */
#include "base/buf.h"
#include "base/vec.h"
#include "event/event.h"

/* A full block: more rows win nothing, and memory stays bounded. */
#define BLOCK_ROWS_MAX (1u << 20)

struct block;

struct block *block_new(void);
void block_free(struct block *block); /* NULL is fine */
void block_clear(struct block *block);

void block_add(struct block *block, const struct event *event); /* copies what it needs */
size_t block_rows(const struct block *block);
size_t block_bytes(const struct block *block); /* about what block_encode() will append */

/* Appends the finished block, names and types included, to out. */
void block_encode(const struct block *block, struct buf *out);

/* The same bytes where they are, in order: what is long in the block itself, which must not be changed
   meanwhile, the rest beside it. Zero-initialise; kept from block to block. */
struct block_pieces {
	struct {
		VEC_OF(struct str)
	} list;
	struct buf rest;
};

void block_finish(const struct block *block, struct block_pieces *pieces);
void block_pieces_clear(struct block_pieces *pieces);
void block_pieces_done(struct block_pieces *pieces);

/* Appends the names of the columns in the block, "seq,received,…", as INSERT wants them. */
void block_names(const struct block *block, struct buf *out);

/* All columns in order, for the DDL: index from 0; false past the end. */
bool block_column(size_t index, struct str *ret_name, const char **ret_type);

#endif
