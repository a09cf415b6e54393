/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MAP_H
#define BASE_MAP_H
/*
 * A hash map from byte strings to 64-bit values, open addressing, linear
 * probing. Keys are copied in. Made at load time and read afterwards; map_get()
 * neither locks nor allocates and may run in many threads while nobody changes it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct map;

struct map *map_new(void);
void map_free(struct map *map); /* NULL is fine */

/* The value's place, or NULL where the key is absent; valid until the next map_put(). */
uint64_t *map_get(const struct map *map, struct str key);

/* The same with hash_str(key) already known. */
uint64_t *map_get_hashed(const struct map *map, struct str key, uint64_t hash);

/* The value's place, made with value 0 where it was absent; ret_new, if not NULL, says which. */
uint64_t *map_put(struct map *map, struct str key, bool *ret_new);

size_t map_len(const struct map *map);

/* Walks in no particular order: start with *cursor 0; false at the end. */
bool map_next(const struct map *map, size_t *cursor, struct str *ret_key, uint64_t *ret_value);

#endif
