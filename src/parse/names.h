/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_NAMES_H
#define PARSE_NAMES_H
/*
 * The attribute names one source speaks about: a hash table from the name as a
 * step finds it to the name the event carries and the slot the program reads.
 * Built at load time, constant afterwards.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/str.h"

#define SLOTS_MAX 4096

struct name {
	uint64_t hash;  /* of key */
	struct str key; /* ptr NULL: an empty place */
	struct str out; /* what the event carries: key, or what it is renamed to */
	uint64_t out_hash;
	uint16_t slot; /* of out; 0: nobody reads it */
	uint8_t own;   /* 1 + part of the Sigma log source that a top-level key of this name decides */
};

struct names {
	struct map *slots; /* of names as the event carries them; only while compiling */
	struct name *items;
	uint32_t mask, count;
};

void names_init(struct names *names);
void names_done(struct names *names);

/* The slot of an attribute by the name the event carries; 0 past SLOTS_MAX. The text must live on. */
uint16_t names_slot(struct names *names, struct str name);
size_t names_slot_count(const struct names *names);

/* Has a step's key carried as out. ERR_DUPLICATE where key is renamed already. */
int names_rename(struct names *names, struct str key, struct str out);

/* Gives every name its place; no slot or rename may be added or counted afterwards. The texts stay the
   arena's. */
void names_finish(struct names *names);

static inline const struct name *names_find(const struct names *names, struct str key, uint64_t hash)
{
	for (uint32_t i = (uint32_t)hash & names->mask; names->items[i].key.ptr; i = (i + 1) & names->mask)
		if (names->items[i].hash == hash && str_eq(names->items[i].key, key))
			return &names->items[i];
	return NULL;
}

#endif
