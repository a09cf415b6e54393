/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_BLOCK_H
#define EVENT_BLOCK_H
/*
 * Events to ClickHouse's Native block: columns in the order of the field table,
 * preceded by those every event has (seq, received, peer, listener, product,
 * category, service) and followed by the attributes (two parallel arrays) not
 * marked ATTR_DERIVED. Built column by column while events arrive; the buffers are
 * kept from block to block. One thread per block.
 */
#include "base/buf.h"
#include "event/event.h"

struct block;

struct block *block_new(void);
void block_free(struct block *block);
void block_clear(struct block *block);

void block_add(struct block *block, const struct event *event); /* copies what it needs */
size_t block_rows(const struct block *block);

/* Appends the finished block, names and types included, to out. */
void block_encode(const struct block *block, struct buf *out);

/* The columns in order, for the DDL: index from 0; false past the end. */
bool block_column(size_t index, struct str *ret_name, const char **ret_type);

#endif
