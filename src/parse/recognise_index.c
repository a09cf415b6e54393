/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which recognisers can fit a text, by what is known of it at once: its form, the
 * first byte of the message, the syslog program, the keys. With this the many that
 * speak of something else cost nothing, however many sources there are.
 */
#include <stdlib.h>

#include "base/vec.h"
#include "parse/recognise.h"

#define FIRSTS 257 /* by the first byte of the message; the last: it is empty */

static uint64_t *new_sets(const struct recognise_index *index, size_t count)
{
	uint64_t *sets = calloc(index->words * count, sizeof(*sets));

	must(sets);
	return sets;
}

static void add(const struct recognise_index *index, uint64_t *sets, size_t set, size_t recogniser)
{
	sets[set * index->words + recogniser / 64] |= UINT64_C(1) << recogniser % 64;
}

static bool has_empty(const struct str_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i].len)
			return true;
	return !list->count;
}

/* Under one of its keys: it fits only where all of them are there. */
static void add_by_key(struct recognise_index *index, const struct recogniser *item, size_t number)
{
	for (size_t word = 0; word < RECOGNISE_KEYS_MAX / 64; word++)
		if (item->keys.bits[word]) {
			add(index, index->by_key, word * 64 + (size_t)__builtin_ctzll(item->keys.bits[word]),
			    number);
			return;
		}
	add(index, index->without_key, 0, number);
}

static void add_by_first(struct recognise_index *index, const struct recogniser *item, size_t number)
{
	for (size_t first = 0; first < FIRSTS && has_empty(&item->prefixes); first++)
		add(index, index->by_first, first, number);
	for (size_t i = 0; i < item->prefixes.count; i++)
		if (item->prefixes.items[i].len)
			add(index, index->by_first, (unsigned char)item->prefixes.items[i].ptr[0], number);
}

/* The number of each program's set. */
static void number_programs(struct recognisers *all)
{
	struct map *programs = all->index.programs;

	for (size_t i = 0; i < all->len; i++)
		for (size_t k = 0; k < all->items[i].programs.count; k++) {
			const uint64_t number = map_len(programs);
			bool fresh;
			uint64_t *value = map_put(programs, all->items[i].programs.items[k], &fresh);

			if (fresh)
				*value = number;
		}
}

static void add_recogniser(struct recognise_index *index, const struct recogniser *item, size_t number)
{
	for (size_t format = 0; format < FORMATS; format++)
		if (recognise_format_fits(item->format, (enum format)format))
			add(index, index->by_format, format, number);
	add_by_first(index, item, number);
	add_by_key(index, item, number);
	if (!item->programs.count)
		add(index, index->without_program, 0, number);
	for (size_t i = 0; i < item->programs.count; i++)
		add(index, index->by_program, *map_get(index->programs, item->programs.items[i]), number);
	if (has_empty(&item->hints))
		add(index, index->without_hint, 0, number);
}

void recognise_index_make(struct recognisers *all)
{
	struct recognise_index *index = &all->index;

	recognise_index_done(index);
	index->words = all->len / 64 + 1;
	index->programs = map_new();
	must(index->programs);
	number_programs(all);
	index->by_format = new_sets(index, FORMATS);
	index->by_first = new_sets(index, FIRSTS);
	index->by_key = new_sets(index, RECOGNISE_KEYS_MAX);
	index->by_program = new_sets(index, map_len(index->programs) + 1);
	index->without_key = new_sets(index, 1);
	index->without_program = new_sets(index, 1);
	index->without_hint = new_sets(index, 1);
	for (size_t i = 0; i < all->len; i++)
		add_recogniser(index, &all->items[i], i);
}

void recognise_index_done(struct recognise_index *index)
{
	map_free(index->programs);
	free(index->by_format);
	free(index->by_first);
	free(index->by_key);
	free(index->by_program);
	free(index->without_key);
	free(index->without_program);
	free(index->without_hint);
	*index = (struct recognise_index){0};
}

/* Those of a word of the sets that are registered under a key that is there, or need none. */
static uint64_t with_keys(const struct recognise_index *index, const struct key_set *keys, size_t word)
{
	uint64_t set = index->without_key[word];

	for (size_t i = 0; i < RECOGNISE_KEYS_MAX / 64; i++)
		for (uint64_t bits = keys->bits[i]; bits; bits &= bits - 1)
			set |= index->by_key[(i * 64 + (size_t)__builtin_ctzll(bits)) * index->words + word];
	return set;
}

static uint64_t with_program(const struct recognise_index *index, struct str program, size_t word)
{
	const uint64_t *number = map_len(index->programs) ? map_get(index->programs, program) : NULL;

	return index->without_program[word] | (number ? index->by_program[*number * index->words + word] : 0);
}

size_t recognise_index_next(const struct recognisers *all, const struct look *look, size_t from)
{
	const struct recognise_index *index = &all->index;
	const size_t first = look->message.len ? (unsigned char)look->message.ptr[0] : FIRSTS - 1;
	uint64_t mask = UINT64_MAX << from % 64;

	for (size_t word = from / 64; word < index->words; word++, mask = UINT64_MAX) {
		uint64_t set = mask & index->by_format[look->format * index->words + word] &
			       index->by_first[first * index->words + word];

		if (!look->hint.len)
			set &= index->without_hint[word];
		if (set && look->format == FORMAT_JSON)
			set &= with_keys(index, &look->keys, word);
		if (set & ~index->without_program[word])
			set &= with_program(index, look->program, word);
		if (set)
			return word * 64 + (size_t)__builtin_ctzll(set);
	}
	return all->len;
}
