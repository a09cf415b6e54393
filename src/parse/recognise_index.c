/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which recognisers can fit a text, by what is known of it at once: its form, the
 * first byte of the message, the syslog program, the keys. With this the many that
 * speak of something else cost nothing, however many sources there are.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "base/vec.h"
#include "parse/pattern_first.h"
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

/* -- prefixes ------------------------------------------------------------------------------------------- */

#define HEADS_MAX 512
#define HEAD_PLACES 2048 /* more than twice as many, so that most look-ups end at an empty one */

struct recognise_heads {
	size_t count;
	uint32_t heads[HEAD_PLACES];
	uint16_t sets[HEAD_PLACES]; /* 1 + the number of the head's set, 0: empty */
};

static size_t head_place(uint32_t head)
{
	return head * UINT32_C(0x9E3779B1) >> 21;
}

/* The place of a head, or the empty one where it would be. */
static size_t find_head(const struct recognise_heads *heads, uint32_t head)
{
	size_t place = head_place(head);

	while (heads->sets[place] && heads->heads[place] != head)
		place = (place + 1) % HEAD_PLACES;
	return place;
}

static uint32_t head_of(struct str text)
{
	uint32_t head;

	memcpy(&head, text.ptr, LITERAL_HEAD);
	return head;
}

/* Whether all prefixes of a recogniser can be found by their heads; makes room for those. */
static bool number_heads(struct recognise_heads *heads, const struct str_list *prefixes)
{
	for (size_t i = 0; i < prefixes->count; i++)
		if (prefixes->items[i].len < LITERAL_HEAD)
			return false;
	if (heads->count + prefixes->count > HEADS_MAX)
		return false;
	for (size_t i = 0; i < prefixes->count; i++) {
		const uint32_t head = head_of(prefixes->items[i]);
		const size_t place = find_head(heads, head);

		if (!heads->sets[place])
			heads->sets[place] = (uint16_t)++heads->count;
		heads->heads[place] = head;
	}
	return prefixes->count > 0;
}

static void make_heads(struct recognisers *all)
{
	struct recognise_index *index = &all->index;

	index->heads = calloc(1, sizeof(*index->heads));
	must(index->heads);
	index->by_head = new_sets(index, HEADS_MAX + 1);
	index->without_head = new_sets(index, 1);
	for (size_t i = 0; i < all->len; i++) {
		const struct str_list *prefixes = &all->items[i].prefixes;

		if (!number_heads(index->heads, prefixes)) {
			add(index, index->without_head, 0, i);
			continue;
		}
		for (size_t k = 0; k < prefixes->count; k++)
			add(index, index->by_head,
			    index->heads->sets[find_head(index->heads, head_of(prefixes->items[k]))], i);
	}
}

/* Set 0 is empty. */
const uint64_t *recognise_index_head(const struct recognise_index *index, struct str text)
{
	const size_t set =
		text.len < LITERAL_HEAD ? 0 : index->heads->sets[find_head(index->heads, head_of(text))];

	return &index->by_head[set * index->words];
}

/* -- what a text contains -------------------------------------------------------------------------------- */

/* Not told by a hint, the program or what the text begins with: it is asked about texts of all kinds, and its
   longest literal, which is the least likely to be there by chance, is looked for with those of others. All
   other literals are looked for one at a time, as they seldom are. */
static bool is_open(const struct recognise_index *index, const struct recogniser *item, size_t number)
{
	return item->contains.count && has_empty(&item->hints) && !item->programs.count &&
	       item->format != FORMAT_JSON && index->without_head[number / 64] >> number % 64 & 1;
}

static struct str longest(const struct str_list *literals)
{
	struct str longest = literals->items[0];

	for (size_t i = 1; i < literals->count; i++)
		if (literals->items[i].len > longest.len)
			longest = literals->items[i];
	return longest;
}

static void number_literals(struct recognise_index *index, struct recogniser *item, bool open,
			    uint16_t *numbers)
{
	for (size_t i = 0; i < item->contains.count; i++)
		numbers[i] = open ? literals_number(&index->literals, item->contains.items[i]) : LITERAL_NONE;
	item->literals = numbers;
}

/* Behind make_heads(). */
static void make_literals(struct recognisers *all)
{
	struct recognise_index *index = &all->index;
	size_t count = 0, open = 0;
	struct str *texts = calloc(all->len + 1, sizeof(*texts));

	for (size_t i = 0; i < all->len; i++)
		count += all->items[i].contains.count;
	index->numbers = calloc(count + 1, sizeof(*index->numbers));
	must(texts && index->numbers);
	for (size_t i = 0; i < all->len; i++)
		if (is_open(index, &all->items[i], i))
			texts[open++] = longest(&all->items[i].contains);
	literals_make(&index->literals, texts, open);
	count = 0;
	for (size_t i = 0; i < all->len; i++) {
		struct recogniser *item = &all->items[i];

		number_literals(index, item, is_open(index, item, i), index->numbers + count);
		count += item->contains.count;
	}
	free(texts);
}

/* Under its longest literal, where that is one of those looked for together. */
static void add_by_literal(struct recognise_index *index, const struct recogniser *item, size_t number)
{
	const uint16_t literal = is_open(index, item, number)
					 ? literals_number(&index->literals, longest(&item->contains))
					 : LITERAL_NONE;

	if (literal == LITERAL_NONE)
		add(index, index->without_literal, 0, number);
	else
		add(index, index->by_literal, literal, number);
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
			const size_t bit = hash_str(all->items[i].programs.items[k]) % PROGRAM_HASHES;

			all->index.program_hashes[bit / 64] |= UINT64_C(1) << bit % 64;

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
	add_by_literal(index, item, number);
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
	make_heads(all);
	make_literals(all);
	index->by_format = new_sets(index, FORMATS);
	index->by_first = new_sets(index, FIRSTS);
	index->by_key = new_sets(index, RECOGNISE_KEYS_MAX);
	index->by_program = new_sets(index, map_len(index->programs) + 1);
	index->without_key = new_sets(index, 1);
	index->without_program = new_sets(index, 1);
	index->without_hint = new_sets(index, 1);
	index->by_literal = new_sets(index, index->literals.count + 1);
	index->without_literal = new_sets(index, 1);
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
	free(index->by_literal);
	free(index->without_literal);
	free(index->numbers);
	free(index->by_head);
	free(index->without_head);
	free(index->heads);
	literals_done(&index->literals);
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

uint64_t recognise_index_with_literals(const struct recognise_index *index,
				       const struct literals_found *found, size_t word)
{
	uint64_t set = index->without_literal[word];

	for (size_t i = 0; i * 64 < index->literals.count; i++)
		for (uint64_t bits = found->bits[i]; bits; bits &= bits - 1)
			set |= index->by_literal[(i * 64 + (size_t)__builtin_ctzll(bits)) * index->words +
						 word];
	return set;
}

const uint64_t *recognise_index_program(const struct recognise_index *index, struct str program)
{
	const uint64_t hash = hash_str(program);
	const size_t bit = hash % PROGRAM_HASHES;
	const uint64_t *number = index->program_hashes[bit / 64] >> bit % 64 & 1
					 ? map_get_hashed(index->programs, program, hash)
					 : NULL;

	return number ? &index->by_program[*number * index->words] : NULL;
}

uint64_t recognise_index_find(const struct recognisers *all, const struct look *look,
			      const uint64_t *programs, const uint64_t *heads, size_t word)
{
	const struct recognise_index *index = &all->index;
	const size_t first = look->message.len ? (unsigned char)look->message.ptr[0] : FIRSTS - 1;
	uint64_t set = index->by_format[look->format * index->words + word] &
		       index->by_first[first * index->words + word] &
		       (index->without_head[word] | heads[word]) &
		       (index->without_program[word] | (programs ? programs[word] : 0));

	if (!look->hint.len)
		set &= index->without_hint[word];
	if (set && look->format == FORMAT_JSON)
		set &= with_keys(index, &look->keys, word);
	return set;
}
