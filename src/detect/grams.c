/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/grams.h"

#include <stdlib.h>

#include "base/err.h"

#define COUNTS 65536
#define FILTER_BITS_MIN 12
#define FILTER_BITS_MAX 20
#define FILTER_LOAD 32 /* bits of the filter per gram */

struct gram_counts {
	uint32_t counts[COUNTS];
};

static inline uint32_t load_gram(const char *at)
{
	uint32_t gram;

	memcpy(&gram, at, sizeof(gram));
	return gram;
}

/* Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4). */
static inline uint32_t gram_hash(uint32_t gram)
{
	return gram * UINT32_C(2654435761);
}

/* The upper bits are the good ones; the filter takes them as they are, tables by their lower bits. */
static inline uint32_t fold(uint32_t hash)
{
	return hash ^ hash >> 15;
}

struct gram_counts *gram_counts_new(void)
{
	struct gram_counts *counts = calloc(1, sizeof(*counts));

	must(counts);
	return counts;
}

void gram_counts_free(struct gram_counts *counts)
{
	free(counts);
}

void gram_counts_add(struct gram_counts *counts, struct str text)
{
	for (size_t at = 0; at + GRAM_SIZE <= text.len; at++)
		counts->counts[fold(gram_hash(load_gram(text.ptr + at))) % COUNTS]++;
}

/* Where the rarest gram of a text stands. */
static size_t rarest_gram(const struct gram_counts *counts, struct str text, uint32_t *ret_count)
{
	uint32_t lowest = UINT32_MAX;
	size_t place = 0;

	for (size_t at = 0; at + GRAM_SIZE <= text.len; at++) {
		uint32_t count = counts->counts[fold(gram_hash(load_gram(text.ptr + at))) % COUNTS];

		if (count < lowest) {
			lowest = count;
			place = at;
		}
	}
	*ret_count = lowest;
	return place;
}

uint32_t gram_counts_rarest(const struct gram_counts *counts, struct str text)
{
	uint32_t count = 0;

	if (text.len >= GRAM_SIZE)
		rarest_gram(counts, text, &count);
	return count;
}

static void choose_gram(struct literal *literal, const struct gram_counts *counts)
{
	uint32_t count;

	must(literal->text.len >= GRAM_SIZE);
	literal->gram_at = (uint32_t)rarest_gram(counts, literal->text, &count);
	literal->gram = load_gram(literal->text.ptr + literal->gram_at);
}

static int compare_grams(const void *left, const void *right)
{
	const struct literal *a = left, *b = right;

	return a->gram < b->gram ? -1 : a->gram > b->gram;
}

static void add_gram(struct gram_table *table, uint64_t *bits, uint32_t gram, uint32_t literal)
{
	uint32_t hash = gram_hash(gram), bit = hash >> table->filter_shift, place = fold(hash) & table->mask;

	bits[bit >> 6] |= UINT64_C(1) << (bit & 63);
	while (table->entries[place].count && table->entries[place].gram != gram)
		place = (place + 1) & table->mask;
	if (!table->entries[place].count)
		table->entries[place].first = literal;
	table->entries[place].gram = gram;
	table->entries[place].count++;
}

void gram_table_make(struct gram_table *table, struct literal *literals, uint32_t count,
		     const struct gram_counts *counts, struct arena *arena)
{
	uint32_t filter_bits = FILTER_BITS_MIN, size = 4;
	uint64_t *bits;

	if (count == 0)
		return;
	for (uint32_t i = 0; i < count; i++)
		choose_gram(&literals[i], counts);
	qsort(literals, count, sizeof(*literals), compare_grams);
	while (filter_bits < FILTER_BITS_MAX && (uint64_t)count * FILTER_LOAD > UINT64_C(1) << filter_bits)
		filter_bits++;
	while (size < 2 * count)
		size *= 2;
	bits = arena_zalloc(arena, (UINT64_C(1) << filter_bits) / 8);
	table->filter_shift = (uint8_t)(32 - filter_bits);
	table->entries = arena_zalloc(arena, size * sizeof(*table->entries));
	table->mask = size - 1;
	for (uint32_t i = 0; i < count; i++)
		add_gram(table, bits, literals[i].gram, i);
	table->bits = bits;
	table->literals = literals;
}

static bool literal_is_at(const struct literal *literal, struct str text, size_t gram_at)
{
	return gram_at >= literal->gram_at && text.len - (gram_at - literal->gram_at) >= literal->text.len &&
	       memcmp(text.ptr + gram_at - literal->gram_at, literal->text.ptr, literal->text.len) == 0;
}

/* Behind cursor->at - 1, the next place whose gram is in the table; its literals are then left. */
static bool find_gram(const struct gram_table *table, struct str text, struct gram_cursor *cursor)
{
	for (size_t at = cursor->at; at + GRAM_SIZE <= text.len; at++) {
		uint32_t gram = load_gram(text.ptr + at), hash = gram_hash(gram);
		uint32_t bit = hash >> table->filter_shift;

		if (!(table->bits[bit >> 6] >> (bit & 63) & 1))
			continue;
		for (uint32_t i = fold(hash) & table->mask; table->entries[i].count;
		     i = (i + 1) & table->mask)
			if (table->entries[i].gram == gram) {
				cursor->at = at + 1;
				cursor->next = table->entries[i].first;
				cursor->left = table->entries[i].count;
				return true;
			}
	}
	return false;
}

const struct literal *gram_table_next(const struct gram_table *table, struct str text,
				      struct gram_cursor *cursor)
{
	if (!table->entries)
		return NULL;
	for (;;) {
		while (cursor->left) {
			const struct literal *literal = &table->literals[cursor->next++];

			cursor->left--;
			if (literal_is_at(literal, text, cursor->at - 1))
				return literal;
		}
		if (!find_gram(table, text, cursor))
			return NULL;
	}
}

/* -- sets ---------------------------------------------------------------------------------------------- */

static void add_short(struct literal_set *set, struct str text, uint32_t index)
{
	uint8_t first = (uint8_t)text.ptr[0];

	if (!set->shorts)
		set->shorts = map_new();
	*map_put(set->shorts, text, NULL) = index;
	set->short_starts[first / 64] |= UINT64_C(1) << first % 64;
}

void literal_set_make(struct literal_set *set, const struct str *texts, uint32_t count, struct arena *arena)
{
	struct literal *literals = arena_array(arena, struct literal, count);
	struct gram_counts *counts = gram_counts_new();
	uint32_t long_count = 0;

	*set = (struct literal_set){.texts = texts, .count = count};
	for (uint32_t i = 0; i < count; i++) {
		must(texts[i].len > 0);
		gram_counts_add(counts, texts[i]);
		if (texts[i].len < GRAM_SIZE)
			add_short(set, texts[i], i);
		else
			literals[long_count++] = (struct literal){.text = texts[i], .payload = i};
	}
	gram_table_make(&set->grams, literals, long_count, counts, arena);
	gram_counts_free(counts);
}

void literal_set_done(struct literal_set *set)
{
	map_free(set->shorts);
}

static struct str find_short(const struct literal_set *set, struct str text)
{
	for (size_t at = 0; at < text.len; at++) {
		uint8_t first = (uint8_t)text.ptr[at];

		if (!(set->short_starts[first / 64] >> first % 64 & 1))
			continue;
		for (size_t len = 1; len < GRAM_SIZE && len <= text.len - at; len++)
			if (map_get(set->shorts, str_of(text.ptr + at, len)))
				return str_of(text.ptr + at, len);
	}
	return (struct str){0};
}

struct str literal_set_find(const struct literal_set *set, struct str text)
{
	struct gram_cursor cursor = {0};
	const struct literal *literal = gram_table_next(&set->grams, text, &cursor);

	if (literal)
		return literal->text;
	return set->shorts ? find_short(set, text) : (struct str){0};
}
