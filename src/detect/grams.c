/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/grams.h"

#include <endian.h>
#include <stdlib.h>

#include "base/err.h"

#define COUNTS 65536
#define GRAM_FACTOR UINT32_C(2654435761)
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
	return gram * GRAM_FACTOR;
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

void gram_counts_add(struct gram_counts *counts, struct str text, uint32_t times)
{
	for (size_t at = 0; at + GRAM_SIZE <= text.len; at++)
		counts->counts[fold(gram_hash(load_gram(text.ptr + at))) % COUNTS] += times;
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
	literal->gram_at = counts ? (uint32_t)rarest_gram(counts, literal->text, &count)
				  : (uint32_t)literal->text.len - GRAM_SIZE;
	literal->gram = load_gram(literal->text.ptr + literal->gram_at);
}

static int compare_keys(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* By the bytes of their grams, so that those that a finder puts into one bucket begin alike, and those of one
   gram as they stood: numbers are sorted, and each literal is moved once. */
static void sort_by_gram(struct literal *literals, uint32_t count)
{
	struct literal *unsorted = malloc(count * sizeof(*unsorted));
	uint64_t *keys = malloc(count * sizeof(*keys));

	must(unsorted && keys);
	memcpy(unsorted, literals, count * sizeof(*unsorted));
	for (uint32_t i = 0; i < count; i++)
		keys[i] = (uint64_t)be32toh(literals[i].gram) << 32 | i;
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (uint32_t i = 0; i < count; i++)
		literals[i] = unsorted[(uint32_t)keys[i]];
	free(keys);
	free(unsorted);
}

/* Literals of one gram stand together, in their order. */
static void add_entry(struct gram_entry *entries, uint32_t mask, uint32_t gram, uint32_t literal)
{
	uint32_t place = fold(gram_hash(gram)) & mask;

	while (entries[place].count && entries[place].gram != gram)
		place = (place + 1) & mask;
	if (!entries[place].count)
		entries[place].first = literal;
	entries[place].gram = gram;
	entries[place].count++;
}

static inline const struct gram_entry *find_entry(const struct gram_entry *entries, uint32_t mask,
						  uint32_t gram)
{
	uint32_t place = fold(gram_hash(gram)) & mask;

	while (entries[place].count && entries[place].gram != gram)
		place = (place + 1) & mask;
	return &entries[place];
}

/* A power of two at least twice count. */
static uint32_t entries_size(uint32_t count)
{
	uint32_t size = 4;

	while (size < 2 * count)
		size *= 2;
	return size;
}

/* Grams that stand together come into one of the buckets. */
static void add_grams(struct finder *finder, const struct gram_table *table, unsigned buckets)
{
	for (uint32_t i = 0; i < table->count; i++)
		finder_add(finder, table->literals[i].text.ptr + table->literals[i].gram_at, GRAM_SIZE,
			   (unsigned)((uint64_t)i * buckets / table->count));
}

void gram_table_make(struct gram_table *table, struct literal *literals, uint32_t count,
		     const struct gram_counts *counts, struct arena *arena)
{
	uint32_t filter_bits = FILTER_BITS_MIN, size = entries_size(count);
	struct finder *finder;
	uint32_t *bits;

	if (count == 0)
		return;
	for (uint32_t i = 0; i < count; i++)
		choose_gram(&literals[i], counts);
	sort_by_gram(literals, count);
	while (filter_bits < FILTER_BITS_MAX && (uint64_t)count * FILTER_LOAD > UINT64_C(1) << filter_bits)
		filter_bits++;
	bits = arena_zalloc(arena, (UINT64_C(1) << filter_bits) / 8);
	table->filter_shift = (uint8_t)(32 - filter_bits);
	table->entries = arena_zalloc(arena, size * sizeof(*table->entries));
	table->mask = size - 1;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t bit = gram_hash(literals[i].gram) >> table->filter_shift;

		bits[bit >> 5] |= UINT32_C(1) << (bit & 31);
		add_entry(table->entries, table->mask, literals[i].gram, i);
	}
	table->bits = bits;
	table->literals = literals;
	table->count = count;
	if (count > FINDER_MAX)
		return;
	table->finder = finder = arena_struct(arena, struct finder);
	add_grams(finder, table, FINDER_BUCKETS);
}

static bool literal_is_at(const struct literal *literal, struct str text, size_t gram_at)
{
	size_t at = gram_at - literal->gram_at;

	if (gram_at < literal->gram_at || text.len - at < literal->text.len ||
	    memcmp(text.ptr + at, literal->text.ptr, literal->text.len) != 0)
		return false;
	if (literal->anchors & LITERAL_AT_START && at > 0)
		return false;
	return !(literal->anchors & LITERAL_AT_END) || text.len - at == literal->text.len;
}

/* The literals whose gram stands at a place. */
static inline void look_at(const struct gram_table *table, struct str text, size_t at, literal_found *found,
			   void *context)
{
	const struct gram_entry *entry = find_entry(table->entries, table->mask, load_gram(text.ptr + at));

	for (uint32_t i = 0; i < entry->count; i++) {
		const struct literal *literal = &table->literals[entry->first + i];

		if (literal_is_at(literal, text, at))
			found(context, literal->payload);
	}
}

#define SCAN_PLACES 8 /* looked at together */

#ifdef __AVX2__

/* Bit n: the gram at at + n may be in the table. Up to 16 bytes are read. */
static inline uint32_t filter_places(const struct gram_table *table, const char *at)
{
	const __m256i grams = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5,
					       6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
	const __m256i bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)at));
	const __m256i hashes =
		_mm256_mullo_epi32(_mm256_shuffle_epi8(bytes, grams), _mm256_set1_epi32((int)GRAM_FACTOR));
	const __m256i bits = _mm256_srl_epi32(hashes, _mm_cvtsi32_si128(table->filter_shift));
	const __m256i words =
		_mm256_i32gather_epi32((const int *)(const void *)table->bits, _mm256_srli_epi32(bits, 5), 4);
	/* Shifts take their count modulo nothing: all but the lower five bits must go. */
	const __m256i low = _mm256_srlv_epi32(words, _mm256_and_si256(bits, _mm256_set1_epi32(31)));

	return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32(low, 31)));
}

#else

static inline uint32_t filter_places(const struct gram_table *table, const char *at)
{
	uint32_t places = 0;

	for (unsigned n = 0; n < SCAN_PLACES; n++) {
		uint32_t bit = gram_hash(load_gram(at + n)) >> table->filter_shift;

		places |= (table->bits[bit >> 5] >> (bit & 31) & 1) << n;
	}
	return places;
}

#endif

/* Many grams. */
static void scan_by_filter(const struct gram_table *table, struct str text, literal_found *found,
			   void *context)
{
	for (size_t at = 0; at + GRAM_SIZE <= text.len; at += SCAN_PLACES)
		for (uint32_t places = filter_places(table, text.ptr + at); places; places &= places - 1) {
			size_t place = at + (unsigned)__builtin_ctz(places);

			if (place + GRAM_SIZE <= text.len)
				look_at(table, text, place, found, context);
		}
}

/* -- short ones ---------------------------------------------------------------------------------------- */

/* The first len bytes of a gram; the rest 0. */
static inline uint32_t gram_head(uint32_t gram, size_t len)
{
	return gram << (8 * (GRAM_SIZE - len)) >> (8 * (GRAM_SIZE - len));
}

static int compare_shorts(const void *left, const void *right)
{
	const struct literal *a = left, *b = right;

	if (a->text.len != b->text.len)
		return a->text.len < b->text.len ? -1 : 1;
	return memcmp(&a->gram, &b->gram, sizeof(a->gram));
}

/* Those of one length, from first on; returns their number. */
static uint32_t make_length(struct short_table *table, const struct literal *literals, uint32_t count,
			    uint32_t first, struct arena *arena)
{
	size_t len = literals[first].text.len;
	uint32_t end = first, size;
	struct gram_entry *entries;

	while (end < count && literals[end].text.len == len)
		end++;
	size = entries_size(end - first);
	entries = arena_zalloc(arena, size * sizeof(*entries));
	for (uint32_t i = first; i < end; i++)
		add_entry(entries, size - 1, literals[i].gram, i);
	table->lengths[len].entries = entries;
	table->lengths[len].mask = size - 1;
	return end - first;
}

static int compare_texts(const void *left, const void *right)
{
	const struct literal *a = left, *b = right;

	return str_cmp(a->text, b->text);
}

/* One finder for both where there is one for the grams: one look at the text finds all. */
static void join_finders(struct gram_table *table, const struct literal *shorts, uint32_t count,
			 struct arena *arena)
{
	struct finder *finder = arena_struct(arena, struct finder);

	add_grams(finder, table, FINDER_APART);
	for (uint32_t i = 0; i < count; i++)
		finder_add(finder, shorts[i].text.ptr, shorts[i].text.len, FINDER_APART);
	table->finder = finder;
}

void gram_table_add_shorts(struct gram_table *table, struct literal *literals, uint32_t count,
			   struct arena *arena)
{
	struct short_table *shorts = arena_struct(arena, struct short_table);

	qsort(literals, count, sizeof(*literals), compare_texts);
	for (uint32_t i = 0; i < count; i++) {
		char bytes[GRAM_SIZE] = {0};

		must(literals[i].text.len > 0 && literals[i].text.len < GRAM_SIZE);
		memcpy(bytes, literals[i].text.ptr, literals[i].text.len);
		literals[i].gram = load_gram(bytes);
		finder_add(&shorts->finder, bytes, literals[i].text.len,
			   (unsigned)((uint64_t)i * FINDER_BUCKETS / count));
	}
	qsort(literals, count, sizeof(*literals), compare_shorts);
	for (uint32_t i = 0; i < count;)
		i += make_length(shorts, literals, count, i, arena);
	shorts->literals = literals;
	table->shorts = shorts;
	if (table->finder)
		join_finders(table, literals, count, arena);
}

/* Those of one length that stand at a place. */
static inline void look_at_length(const struct short_table *table, size_t len, struct str text, size_t at,
				  literal_found *found, void *context)
{
	const struct gram_entry *entry = find_entry(table->lengths[len].entries, table->lengths[len].mask,
						    gram_head(load_gram(text.ptr + at), len));

	for (uint32_t i = 0; i < entry->count; i++) {
		const struct literal *literal = &table->literals[entry->first + i];

		if (literal->anchors & LITERAL_AT_START && at > 0)
			continue;
		if (!(literal->anchors & LITERAL_AT_END) || text.len - at == len)
			found(context, literal->payload);
	}
}

static inline void look_at_shorts(const struct short_table *table, struct str text, size_t at,
				  literal_found *found, void *context)
{
	for (size_t len = 1; len < GRAM_SIZE && len <= text.len - at; len++)
		if (table->lengths[len].entries)
			look_at_length(table, len, text, at, found, context);
}

static void scan_shorts(const struct short_table *table, struct str text, literal_found *found, void *context)
{
	for (size_t at = 0; at < text.len; at += FINDER_BLOCK)
		for (uint32_t places = finder_places(&table->finder, text, at); places; places &= places - 1)
			look_at_shorts(table, text, at + (unsigned)__builtin_ctz(places), found, context);
}

/* -- all ----------------------------------------------------------------------------------------------- */

/* Few grams. */
static void scan_by_finder(const struct gram_table *table, struct str text, literal_found *found,
			   void *context)
{
	for (size_t at = 0; at < text.len; at += FINDER_BLOCK) {
		uint32_t shorts, places = finder_block_apart(table->finder, text.ptr + at, &shorts);

		if (!table->shorts) {
			places |= shorts;
			shorts = 0;
		}
		shorts = finder_within(shorts, text.len - at);
		for (; places; places &= places - 1) {
			size_t place = at + (unsigned)__builtin_ctz(places);

			if (place + GRAM_SIZE <= text.len)
				look_at(table, text, place, found, context);
		}
		for (; shorts; shorts &= shorts - 1)
			look_at_shorts(table->shorts, text, at + (unsigned)__builtin_ctz(shorts), found,
				       context);
	}
}

void gram_table_scan(const struct gram_table *table, struct str text, literal_found *found, void *context)
{
	if (table->finder) {
		scan_by_finder(table, text, found, context);
		return;
	}
	if (table->entries)
		scan_by_filter(table, text, found, context);
	if (table->shorts)
		scan_shorts(table->shorts, text, found, context);
}

/* -- one by one ---------------------------------------------------------------------------------------- */

/* Starts zeroed. */
struct gram_cursor {
	size_t at;
	uint32_t next, left; /* literals of the gram at that place not yet looked at */
};

/* Behind cursor->at - 1, the next place whose gram is in the table; its literals are then left. */
static bool find_gram(const struct gram_table *table, struct str text, struct gram_cursor *cursor)
{
	for (size_t at = cursor->at; at + GRAM_SIZE <= text.len; at++) {
		uint32_t gram = load_gram(text.ptr + at), hash = gram_hash(gram);
		uint32_t bit = hash >> table->filter_shift;

		if (!(table->bits[bit >> 5] >> (bit & 31) & 1))
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

/* The next literal in the text, by place; NULL when there is none. The text need not be padded. */
static const struct literal *next_literal(const struct gram_table *table, struct str text,
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
	uint32_t long_count = 0;

	*set = (struct literal_set){.texts = texts, .count = count};
	for (uint32_t i = 0; i < count; i++) {
		must(texts[i].len > 0);
		if (texts[i].len < GRAM_SIZE)
			add_short(set, texts[i], i);
		else
			literals[long_count++] = (struct literal){.text = texts[i], .payload = i};
	}
	gram_table_make(&set->grams, literals, long_count, NULL, arena);
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
	const struct literal *literal = next_literal(&set->grams, text, &cursor);

	if (literal)
		return literal->text;
	return set->shorts ? find_short(set, text) : (struct str){0};
}

static void note_found(void *context, uint32_t payload)
{
	(void)payload;
	*(bool *)context = true;
}

bool literal_set_any(const struct literal_set *set, struct str text)
{
	bool found = false;

	gram_table_scan(&set->grams, text, note_found, &found);
	return found || (set->shorts && find_short(set, text).len);
}
