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

/* -- what a text begins with ----------------------------------------------------------------------------- */

/* The last byte of the class that begins at from; pattern.len where it is not a simple one. */
static size_t class_end(struct str pattern, size_t from)
{
	size_t i = from + 1;

	i += i < pattern.len && pattern.ptr[i] == '^';
	i += i < pattern.len && pattern.ptr[i] == ']';
	while (i < pattern.len && pattern.ptr[i] != ']') {
		if (pattern.ptr[i] == '[') /* perhaps [:alpha:] */
			return pattern.len;
		i += 1 + (pattern.ptr[i] == '\\');
	}
	return i < pattern.len ? i : pattern.len;
}

/* Whether a pattern may have alternatives that begin elsewhere than at its front. */
static bool has_alternatives(struct str pattern)
{
	int depth = 0;

	for (size_t i = 0; i < pattern.len; i++) {
		const char c = pattern.ptr[i];

		if (c == '[')
			i = class_end(pattern, i);
		if (i >= pattern.len || (c == '|' && depth <= 0))
			return true;
		if (c == '\\' && i + 1 < pattern.len && pattern.ptr[++i] == 'Q')
			return true;
		depth += (c == '(') - (c == ')');
	}
	return false;
}

/* The bytes that the first item of a pattern behind ^ stands for: a plain character, \d, or a class of plain
   ranges such as [A-Z]. Returns its length, 0 where it is something else. */
static size_t first_item(struct str pattern, bool ret_bytes[256])
{
	const char *p = pattern.ptr;
	size_t i = 1;

	if (pattern.len < 2)
		return 0;
	if (p[0] == '\\' && p[1] == 'd') {
		memset(ret_bytes + '0', true, 10);
		return 2;
	}
	if (p[0] != '[') {
		ret_bytes[(unsigned char)p[0]] = true;
		return memchr("\\^$.|?*+(){}[]", p[0], 14) ? 0 : 1;
	}
	for (; i + 3 < pattern.len && char_lower(p[i]) >= 'a' && char_lower(p[i]) <= 'z' && p[i + 1] == '-' &&
	       char_lower(p[i + 2]) >= 'a' && char_lower(p[i + 2]) <= 'z' && p[i] <= p[i + 2];
	     i += 3)
		memset(ret_bytes + p[i], true, (size_t)(p[i + 2] - p[i]) + 1);
	return i > 1 && p[i] == ']' ? i + 1 : 0;
}

/* False where any byte may be the first of what a pattern fits. */
static bool pattern_first(struct str pattern, bool ret_bytes[256])
{
	size_t len;

	if (!str_starts(pattern, STR("^")) || has_alternatives(pattern))
		return false;
	pattern = str_from_offset(pattern, 1);
	len = first_item(pattern, ret_bytes);
	if (!len || len == pattern.len)
		return false;
	pattern = str_from_offset(pattern, len);
	return pattern.ptr[0] != '?' && pattern.ptr[0] != '*' &&
	       !(pattern.ptr[0] == '{' &&
		 (pattern.len < 2 || !char_is_digit(pattern.ptr[1]) || pattern.ptr[1] == '0'));
}

static bool list_first(const struct str_list *prefixes, bool ret_bytes[256])
{
	for (size_t i = 0; i < prefixes->count && prefixes->items[i].len; i++)
		ret_bytes[(unsigned char)prefixes->items[i].ptr[0]] = true;
	return !has_empty(prefixes);
}

static void add_by_first(struct recognise_index *index, const struct recogniser *item, size_t number)
{
	bool prefixes[256] = {0}, pattern[256] = {0};
	const bool by_prefix = list_first(&item->prefixes, prefixes);
	const bool by_pattern = pattern_first(item->pattern, pattern);

	for (size_t first = 0; first < 256; first++)
		if ((!by_prefix || prefixes[first]) && (!by_pattern || pattern[first]))
			add(index, index->by_first, first, number);
	if (!by_prefix && !by_pattern)
		add(index, index->by_first, FIRSTS - 1, number);
}

/* -- the index ------------------------------------------------------------------------------------------- */

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

const uint64_t *recognise_index_program(const struct recognise_index *index, struct str program)
{
	const uint64_t *number = map_get(index->programs, program);

	return number ? &index->by_program[*number * index->words] : NULL;
}

uint64_t recognise_index_find(const struct recognisers *all, const struct look *look,
			      const uint64_t *programs, size_t word)
{
	const struct recognise_index *index = &all->index;
	const size_t first = look->message.len ? (unsigned char)look->message.ptr[0] : FIRSTS - 1;
	uint64_t set = index->by_format[look->format * index->words + word] &
		       index->by_first[first * index->words + word] &
		       (index->without_program[word] | (programs ? programs[word] : 0));

	if (!look->hint.len)
		set &= index->without_hint[word];
	if (set && look->format == FORMAT_JSON)
		set &= with_keys(index, &look->keys, word);
	return set;
}
