/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/names.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"

#define NAMES_FIRST 64

static const struct str own_keys[] = {
	{"product", 7},
	{"category", 8},
	{"service", 7},
};

/* Kept at most a quarter full: most attributes are looked up in vain, and should find an empty place at
 * once. */
static struct name *put(struct names *names, struct str key)
{
	uint64_t hash = hash_str(key);
	uint32_t i = (uint32_t)hash & names->mask;

	while (names->items[i].key.ptr)
		i = (i + 1) & names->mask;
	names->items[i] = (struct name){.hash = hash, .key = key, .out = key, .out_hash = hash};
	names->count++;
	return &names->items[i];
}

static void grow(struct names *names)
{
	struct name *old = names->items;
	uint32_t old_mask = names->mask;

	names->mask = (old_mask + 1) * 2 - 1;
	names->count = 0;
	names->items = calloc(names->mask + 1, sizeof(*names->items));
	must(names->items);
	for (uint32_t i = 0; i <= old_mask; i++)
		if (old[i].key.ptr)
			*put(names, old[i].key) = old[i];
	free(old);
}

static struct name *find_or_put(struct names *names, struct str key)
{
	struct name *name = (struct name *)names_find(names, key, hash_str(key));

	if (name)
		return name;
	if ((names->count + 1) * 4 > names->mask)
		grow(names);
	return put(names, key);
}

void names_init(struct names *names)
{
	*names = (struct names){.slots = map_new(), .mask = NAMES_FIRST - 1};
	names->items = calloc(NAMES_FIRST, sizeof(*names->items));
	must(names->slots && names->items);
}

void names_done(struct names *names)
{
	map_free(names->slots);
	free(names->items);
	*names = (struct names){0};
}

uint16_t names_slot(struct names *names, struct str name)
{
	uint64_t *slot = map_get(names->slots, name);

	if (slot)
		return (uint16_t)*slot;
	if (map_len(names->slots) == SLOTS_MAX)
		return 0;
	slot = map_put(names->slots, name, NULL);
	*slot = map_len(names->slots);
	if (name.len)
		find_or_put(names, name);
	return (uint16_t)*slot;
}

size_t names_slot_count(const struct names *names)
{
	return map_len(names->slots);
}

int names_rename(struct names *names, struct str key, struct str out)
{
	struct name *name = find_or_put(names, key);

	if (!str_eq(name->out, key))
		return ERR_DUPLICATE;
	name->out = out;
	name->out_hash = hash_str(out);
	return 0;
}

void names_finish(struct names *names)
{
	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++)
		find_or_put(names, own_keys[i])->own = (uint8_t)(i + 1);
	for (uint32_t i = 0; i <= names->mask; i++) {
		struct name *name = &names->items[i];
		const uint64_t *slot = name->key.ptr ? map_get(names->slots, name->out) : NULL;

		if (slot)
			name->slot = (uint16_t)*slot;
	}
	map_free(names->slots);
	names->slots = NULL;
}
