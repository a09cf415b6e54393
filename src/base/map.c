/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"

#define CAPACITY_FIRST 16
#define KEYS_BLOCK 512 /* bytes: most maps are small, and there are thousands of them */

struct entry {
	struct str key; /* ptr NULL: empty */
	uint64_t hash, value;
};

struct map {
	struct entry *entries;
	size_t capacity, len; /* capacity is a power of two, at most 3/4 full */
	struct arena *keys;
};

struct map *map_new(void)
{
	struct map *map = calloc(1, sizeof(*map));

	must(map);
	map->capacity = CAPACITY_FIRST;
	map->entries = calloc(map->capacity, sizeof(*map->entries));
	map->keys = arena_new(KEYS_BLOCK);
	must(map->entries && map->keys);
	return map;
}

void map_free(struct map *map)
{
	if (!map)
		return;
	arena_free(map->keys);
	free(map->entries);
	free(map);
}

static struct entry *find(const struct map *map, struct str key, uint64_t hash)
{
	size_t mask = map->capacity - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct entry *entry = &map->entries[i];

		if (!entry->key.ptr || (entry->hash == hash && str_eq(entry->key, key)))
			return entry;
	}
}

uint64_t *map_get_hashed(const struct map *map, struct str key, uint64_t hash)
{
	struct entry *entry = find(map, key, hash);

	return entry->key.ptr ? &entry->value : NULL;
}

uint64_t *map_get(const struct map *map, struct str key)
{
	return map_get_hashed(map, key, hash_str(key));
}

static void grow(struct map *map)
{
	struct entry *old = map->entries;
	size_t old_capacity = map->capacity;

	map->capacity *= 2;
	map->entries = calloc(map->capacity, sizeof(*map->entries));
	must(map->entries);
	for (size_t i = 0; i < old_capacity; i++)
		if (old[i].key.ptr)
			*find(map, old[i].key, old[i].hash) = old[i];
	free(old);
}

uint64_t *map_put(struct map *map, struct str key, bool *ret_new)
{
	uint64_t hash = hash_str(key);
	struct entry *entry = find(map, key, hash);

	if (ret_new)
		*ret_new = !entry->key.ptr;
	if (entry->key.ptr)
		return &entry->value;
	if ((map->len + 1) * 4 > map->capacity * 3) {
		grow(map);
		entry = find(map, key, hash);
	}
	*entry = (struct entry){.key = arena_copy(map->keys, key), .hash = hash};
	map->len++;
	return &entry->value;
}

size_t map_len(const struct map *map)
{
	return map->len;
}

bool map_next(const struct map *map, size_t *cursor, struct str *ret_key, uint64_t *ret_value)
{
	for (; *cursor < map->capacity; ++*cursor) {
		const struct entry *entry = &map->entries[*cursor];

		if (!entry->key.ptr)
			continue;
		*ret_key = entry->key;
		*ret_value = entry->value;
		++*cursor;
		return true;
	}
	return false;
}
