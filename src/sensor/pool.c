/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/pool.h"

#include <stdlib.h>
#include <string.h>

static unsigned class_of(size_t size)
{
	unsigned class = 0;

	while (((size_t)1 << (class + POOL_LEAST_BITS)) < size)
		class ++;
	return class;
}

static size_t size_of(unsigned class)
{
	return (size_t)1 << (class + POOL_LEAST_BITS);
}

void pool_done(struct pool *pool)
{
	for (unsigned i = 0; i < POOL_CLASSES; i++)
		while (pool->free[i]) {
			struct pool_free *next = pool->free[i]->next;

			free(pool->free[i]);
			pool->free[i] = next;
		}
}

/* Blocks of other sizes that lie idle make room for one that is needed. */
static void shed(struct pool *pool, size_t size)
{
	for (unsigned i = POOL_CLASSES; i-- > 0 && pool->held + size > pool->limit;)
		while (pool->free[i] && pool->held + size > pool->limit) {
			struct pool_free *next = pool->free[i]->next;

			free(pool->free[i]);
			pool->free[i] = next;
			pool->held -= size_of(i);
		}
}

void *pool_take(struct pool *pool, size_t size)
{
	unsigned class = class_of(size);
	struct pool_free *block;

	if (size > POOL_MOST)
		return NULL;
	block = pool->free[class];
	if (block) {
		pool->free[class] = block->next;
	} else {
		shed(pool, size_of(class));
		if (pool->held + size_of(class) > pool->limit)
			return NULL;
		block = malloc(size_of(class));
		if (!block)
			return NULL;
		pool->held += size_of(class);
	}
	pool->used += size_of(class);
	return block;
}

void pool_give(struct pool *pool, void *block, size_t size)
{
	unsigned class = class_of(size);
	struct pool_free *item = block;

	if (!block)
		return;
	item->next = pool->free[class];
	pool->free[class] = item;
	pool->used -= size_of(class);
}

int held_add(struct pool *pool, struct held *held, const void *bytes, size_t len, size_t max)
{
	size_t need = held->len + len;

	if (need > max)
		return -1;
	if (need > held->size) {
		size_t size = size_of(class_of(need));
		uint8_t *grown = pool_take(pool, size);

		if (!grown)
			return -1;
		if (held->len)
			memcpy(grown, held->ptr, held->len);
		pool_give(pool, held->ptr, held->size);
		held->ptr = grown;
		held->size = (uint32_t)size;
	}
	if (len)
		memcpy(held->ptr + held->len, bytes, len);
	held->len = (uint32_t)need;
	return 0;
}

void held_drop(struct held *held, size_t len)
{
	held->len -= (uint32_t)len;
	memmove(held->ptr, held->ptr + len, held->len);
}

void held_done(struct pool *pool, struct held *held)
{
	pool_give(pool, held->ptr, held->size);
	*held = (struct held){0};
}
