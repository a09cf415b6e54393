/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
/*
 * A bump allocator: everything taken from it dies together at arena_reset().
 * Blocks are kept across a reset, so that after warm-up nothing on the event
 * path reaches malloc. One thread at a time. Under AddressSanitizer each
 * allocation is followed by a poisoned red zone.
 */
#include <stddef.h>

#include "base/str.h"

struct arena;

#define ARENA_BLOCK_DEFAULT (256 * 1024)
#define ARENA_BLOCK_HUGE (2 * 1024 * 1024 - 16) /* for what takes megabytes and is kept: see base/huge.h */

/* A block_size of 0 takes the default. NULL when memory is out. */
struct arena *arena_new(size_t block_size);
void arena_free(struct arena *arena); /* NULL is fine */

/* 16-byte aligned, not cleared, never NULL: out of memory ends the process. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_zalloc(struct arena *arena, size_t size);     /* cleared */
struct str arena_copy(struct arena *arena, struct str s); /* also NUL-terminated */
struct str arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Invalidates everything handed out; keeps the memory for the next batch. */
void arena_reset(struct arena *arena);

/* Bytes handed out since the last reset, and bytes held from the system. */
size_t arena_used(const struct arena *arena);
size_t arena_held(const struct arena *arena);

#define arena_array(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (n)))
#define arena_struct(arena, type) ((type *)arena_zalloc((arena), sizeof(type)))

#endif
