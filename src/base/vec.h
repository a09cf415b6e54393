/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_VEC_H
#define BASE_VEC_H
/*
 * Growable arrays for load time and the business; the event path uses arenas.
 *
 *	struct { VEC_OF(struct rule) } rules = {0};
 *	vec_push(&rules, rule);
 *	for (size_t i = 0; i < rules.len; i++) … rules.items[i] …
 *	vec_done(&rules);
 *
 * Out of memory ends the process, as it does in the arena.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/err.h"

#define VEC_OF(type) \
	type *items; \
	size_t len;  \
	size_t capacity;

/* Returns items with room for at least need of them; used by the macros below. */
static inline void *vec_grow(void *items, size_t *capacity, size_t need, size_t item_size)
{
	size_t capacity_new = *capacity ? *capacity * 2 : 8;
	void *grown;

	if (need <= *capacity)
		return items;
	while (capacity_new < need)
		capacity_new *= 2;
	must(capacity_new <= (size_t)-1 / 2 / item_size);
	grown = realloc(items, capacity_new * item_size);
	must(grown);
	*capacity = capacity_new;
	return grown;
}

#define vec_reserve(v, n) ((v)->items = vec_grow((v)->items, &(v)->capacity, (n), sizeof(*(v)->items)))
#define vec_push(v, item) (vec_reserve((v), (v)->len + 1), (v)->items[(v)->len++] = (item))
#define vec_add_zero(v)                                                                       \
	(vec_reserve((v), (v)->len + 1), (v)->items[(v)->len] = (__typeof__(*(v)->items)){0}, \
	 &(v)->items[(v)->len++])
#define vec_clear(v) ((v)->len = 0)
#define vec_done(v) (free((v)->items), (v)->items = NULL, (v)->len = (v)->capacity = 0)

#endif
