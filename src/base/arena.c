/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/huge.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define RED_ZONE 16
#define poison(p, n) __asan_poison_memory_region((p), (n))
#define unpoison(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define RED_ZONE 0
#define poison(p, n) ((void)0)
#define unpoison(p, n) ((void)0)
#endif

#define ALIGNMENT 16

struct block {
	struct block *next;
	size_t size; /* of data */
	_Alignas(ALIGNMENT) char data[];
};

_Static_assert(sizeof(struct block) + ARENA_BLOCK_HUGE == HUGE_PAGE, "such a block is a huge page");

struct arena {
	struct block *first, *current;
	size_t block_size, offset, used, held;
};

static struct block *block_new(struct arena *arena, size_t size)
{
	size_t whole = sizeof(struct block) + size;
	struct block *block = whole < HUGE_PAGE ? malloc(whole) : huge_alloc(whole);

	if (!block)
		return NULL;
	block->next = NULL;
	block->size = size;
	arena->held += size;
	poison(block->data, size);
	return block;
}

struct arena *arena_new(size_t block_size)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		return NULL;
	arena->block_size = block_size ? block_size : ARENA_BLOCK_DEFAULT;
	arena->first = arena->current = block_new(arena, arena->block_size);
	if (!arena->first) {
		free(arena);
		return NULL;
	}
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->first, *next; block; block = next) {
		next = block->next;
		unpoison(block->data, block->size);
		free(block);
	}
	free(arena);
}

/* Moves to a block with room for size bytes: one kept from an earlier round, else a new one. */
static void arena_advance(struct arena *arena, size_t size)
{
	struct block *block = arena->current->next;

	if (!block || block->size < size) {
		block = block_new(arena, size > arena->block_size ? size : arena->block_size);
		if (!block)
			must_failed("memory is available", __FILE__, __LINE__);
		block->next = arena->current->next;
		arena->current->next = block;
	}
	arena->current = block;
	arena->offset = 0;
}

/* From the block at hand, which has room for step bytes. */
static inline void *take(struct arena *arena, size_t size, size_t step)
{
	void *p = arena->current->data + arena->offset;

	arena->offset += step;
	arena->used += size;
	unpoison(p, size);
	return p;
}

/* Apart, and called last: arena_alloc() is called for everything, and then need not save registers for it. */
static __attribute__((noinline)) void *take_elsewhere(struct arena *arena, size_t size, size_t step)
{
	arena_advance(arena, step);
	return take(arena, size, step);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t step = ((size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1)) + RED_ZONE;

	must(size <= SIZE_MAX / 2);
	if (arena->current->size - arena->offset < step)
		return take_elsewhere(arena, size, step);
	return take(arena, size, step);
}

void *arena_zalloc(struct arena *arena, size_t size)
{
	return memset(arena_alloc(arena, size), 0, size);
}

struct str arena_copy(struct arena *arena, struct str s)
{
	char *copy = arena_alloc(arena, s.len + 1);

	if (s.len)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = 0;
	return str_of(copy, s.len);
}

struct str arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	must(len >= 0);
	text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	va_end(args);
	return str_of(text, (size_t)len);
}

void arena_reset(struct arena *arena)
{
	for (struct block *block = arena->first; block; block = block->next) {
		poison(block->data, block->size);
		if (block == arena->current)
			break;
	}
	arena->current = arena->first;
	arena->offset = 0;
	arena->used = 0;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
size_t arena_held(const struct arena *arena)
{
	return arena->held;
}
