/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_POOL_H
#define SENSOR_POOL_H
/*
 * Memory of streams: blocks of powers of two that are kept when they come back, within one limit. Bytes that
 * arrive in pieces are held in them. One thread.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define POOL_LEAST_BITS 7                                   /* 128 bytes */
#define POOL_MOST_BITS 16                                   /* 64 KiB */
#define POOL_CLASSES (POOL_MOST_BITS - POOL_LEAST_BITS + 1) /* sizes of blocks */
#define POOL_MOST ((size_t)1 << POOL_MOST_BITS)

struct pool_free {
	struct pool_free *next;
};

struct pool {
	struct pool_free *free[POOL_CLASSES];
	size_t held, limit; /* bytes from the system */
	size_t used;
};

void pool_done(struct pool *pool); /* of blocks that came back; those that are out are lost */

/* NULL where size is more than POOL_MOST or the limit is reached. Not cleared. */
void *pool_take(struct pool *pool, size_t size);
void pool_give(struct pool *pool, void *block, size_t size); /* NULL is fine; size as it was asked for */

/* Bytes of which more will come. Zero-initialise. */
struct held {
	uint8_t *ptr;
	uint32_t len, size;
};

/* -1 where they would be more than max, or there is no memory; nothing is changed then. */
int held_add(struct pool *pool, struct held *held, const void *bytes, size_t len, size_t max);
void held_drop(struct held *held, size_t len); /* takes len off the front */
void held_done(struct pool *pool, struct held *held);

#endif
