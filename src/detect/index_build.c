/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the index of index.h out of the witnesses of witness.h. */
#include "base/hash.h"
#include "detect/index.h"
#include "detect/probe.h"
#include "detect/witness.h"

enum kind { KIND_KEY, KIND_EXACT, KIND_TAIL, KIND_NUMBER, KIND_GRAM };

/* A rule under one of its witnesses. Sorted, they are the index in order. */
struct entry {
	uint32_t slot;
	enum kind kind;
	uint64_t key; /* hash, number or gram */
	struct str text;
	uint32_t gram_at, rule;
};

#define GRAM_COUNTS 65536
#define FILTER_BITS_MIN 12
#define FILTER_BITS_MAX 20
#define FILTER_LOAD 32 /* bits of the filter per gram */

struct index_maker {
	const struct ruleset *set;
	struct arena *arena;
	struct witness_costs costs;
	struct {
		VEC_OF(struct entry)
	} entries;
	struct {
		VEC_OF(uint32_t)
	} postings, always;
	struct {
		VEC_OF(struct probe)
	} probes;
	uint32_t *gram_counts; /* by hash, over all literals of the set */
};

/* -- entries ------------------------------------------------------------------------------------------- */

static uint32_t gram_at(struct str text, size_t at)
{
	uint32_t gram;

	memcpy(&gram, text.ptr + at, sizeof(gram));
	return gram;
}

static struct str lower_text(struct str text, struct arena *arena)
{
	char *lower = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		lower[i] = char_lower(text.ptr[i]);
	return str_of(lower, text.len);
}

static void count_grams(struct index_maker *maker)
{
	for (size_t i = 0; i < maker->set->predicates.len; i++) {
		struct str text = witness_literal(&maker->set->predicates.items[i]);

		for (size_t at = 0; at + GRAM_SIZE <= text.len; at++)
			maker->gram_counts[gram_hash(gram_at(text, at)) % GRAM_COUNTS]++;
	}
}

/* What is rare in rules' texts is rare in events: the place of the rarest gram. */
static uint32_t choose_gram(const struct index_maker *maker, struct str text)
{
	uint32_t best = 0, lowest = UINT32_MAX;

	for (size_t at = 0; at + GRAM_SIZE <= text.len; at++) {
		uint32_t count = maker->gram_counts[gram_hash(gram_at(text, at)) % GRAM_COUNTS];

		if (count < lowest) {
			lowest = count;
			best = (uint32_t)at;
		}
	}
	return best;
}

static void add_exact(struct index_maker *maker, struct entry entry, struct str text)
{
	entry.kind = KIND_EXACT;
	entry.key = hash_str(lower_text(text, maker->arena));
	vec_push(&maker->entries, entry);
}

static void add_set(struct index_maker *maker, struct entry entry, const struct map *set)
{
	size_t cursor = 0;
	struct str text;
	uint64_t value;

	while (map_next(set, &cursor, &text, &value))
		add_exact(maker, entry, text);
}

static void add_entry(struct index_maker *maker, const struct predicate *predicate, uint32_t rule)
{
	struct entry entry = {.slot = predicate->slot, .kind = KIND_KEY, .rule = rule};
	struct str literal = witness_literal(predicate);
	bool field = predicate->slot != SLOT_ANY;

	if (field && predicate->type == PREDICATE_SET) {
		add_set(maker, entry, predicate->set);
		return;
	}
	if (field && predicate->type == PREDICATE_EXACT) {
		add_exact(maker, entry, predicate->text);
		return;
	}
	if (field && predicate->type == PREDICATE_NUMBER) {
		entry.kind = KIND_NUMBER;
		entry.key = number_key(predicate->number);
	} else if (field && witness_is_tail(predicate)) {
		entry.kind = KIND_TAIL;
		entry.key = hash_str(lower_text(predicate->text, maker->arena));
	} else if (literal.len >= GRAM_SIZE) {
		entry.kind = KIND_GRAM;
		entry.text = lower_text(literal, maker->arena);
		entry.gram_at = choose_gram(maker, entry.text);
		entry.key = gram_at(entry.text, entry.gram_at);
	}
	vec_push(&maker->entries, entry);
}

static void add_rules(struct index_maker *maker, const uint32_t *rules, uint32_t rule_count)
{
	struct witnesses witnesses = {0};

	for (uint32_t i = 0; i < rule_count; i++) {
		witness_choose(&maker->costs, rules[i], &witnesses);
		if (witnesses.len == 0)
			vec_push(&maker->always, rules[i]);
		for (size_t k = 0; k < witnesses.len; k++)
			add_entry(maker, &maker->set->predicates.items[witnesses.items[k]], rules[i]);
	}
	vec_done(&witnesses);
}

#define compare_by(a, b, member)        \
	if ((a)->member != (b)->member) \
	return (a)->member < (b)->member ? -1 : 1

/* By slot, kind and what is looked up: entries of one witness stand together. */
static int compare_witness(const struct entry *a, const struct entry *b)
{
	compare_by(a, b, slot);
	compare_by(a, b, kind);
	compare_by(a, b, key);
	compare_by(a, b, gram_at);
	return str_cmp(a->text, b->text);
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = compare_witness(a, b);

	if (order)
		return order;
	compare_by(a, b, rule);
	return 0;
}

/* -- tables -------------------------------------------------------------------------------------------- */

/* The postings of the witness at entry *at; moves *at behind it. */
static uint32_t take_postings(struct index_maker *maker, size_t *at)
{
	const struct entry *first = &maker->entries.items[*at];
	uint32_t start = (uint32_t)maker->postings.len, count = 0;

	vec_push(&maker->postings, 0);
	for (; *at < maker->entries.len && compare_witness(first, &maker->entries.items[*at]) == 0; ++*at) {
		uint32_t rule = maker->entries.items[*at].rule;

		if (count && maker->postings.items[maker->postings.len - 1] == rule)
			continue;
		vec_push(&maker->postings, rule);
		count++;
	}
	maker->postings.items[start] = count;
	return start;
}

static size_t run_length(const struct index_maker *maker, size_t at)
{
	const struct entry *first = &maker->entries.items[at];
	size_t end = at;

	while (end < maker->entries.len && maker->entries.items[end].slot == first->slot &&
	       maker->entries.items[end].kind == first->kind)
		end++;
	return end - at;
}

/* A power of two at least twice count. */
static uint32_t table_size(size_t count)
{
	uint32_t size = 4;

	while (size < 2 * count)
		size *= 2;
	return size;
}

static void make_hash_table(struct index_maker *maker, size_t *at, struct hash_table *table)
{
	size_t end = *at + run_length(maker, *at);
	uint32_t size = table_size(end - *at);

	table->entries = arena_zalloc(maker->arena, size * sizeof(*table->entries));
	table->mask = size - 1;
	while (*at < end) {
		uint64_t key = maker->entries.items[*at].key;
		uint32_t place = (uint32_t)key & table->mask;

		while (table->entries[place].postings)
			place = (place + 1) & table->mask;
		table->entries[place].key = key;
		table->entries[place].postings = take_postings(maker, at);
	}
}

static void add_gram(struct gram_table *grams, uint64_t *bits, uint32_t gram, uint32_t literal)
{
	uint32_t hash = gram_hash(gram), bit = hash >> grams->filter_shift, place = hash & grams->mask;

	bits[bit >> 6] |= UINT64_C(1) << (bit & 63);
	while (grams->entries[place].count && grams->entries[place].gram != gram)
		place = (place + 1) & grams->mask;
	if (!grams->entries[place].count)
		grams->entries[place].first = literal;
	grams->entries[place].gram = gram;
	grams->entries[place].count++;
}

static void make_gram_table(struct index_maker *maker, size_t *at, struct gram_table *grams)
{
	size_t end = *at + run_length(maker, *at), count = 0;
	uint32_t size = table_size(end - *at), filter_bits = FILTER_BITS_MIN;
	struct literal *literals = arena_array(maker->arena, struct literal, end - *at);
	uint64_t *bits;

	while (filter_bits < FILTER_BITS_MAX && (end - *at) * FILTER_LOAD > UINT32_C(1) << filter_bits)
		filter_bits++;
	bits = arena_zalloc(maker->arena, (UINT64_C(1) << filter_bits) / 8);
	grams->filter_shift = (uint8_t)(32 - filter_bits);
	grams->entries = arena_zalloc(maker->arena, size * sizeof(*grams->entries));
	grams->mask = size - 1;
	while (*at < end) {
		const struct entry *entry = &maker->entries.items[*at];

		add_gram(grams, bits, (uint32_t)entry->key, (uint32_t)count);
		literals[count] = (struct literal){.text = entry->text, .gram_at = entry->gram_at};
		literals[count++].postings = take_postings(maker, at);
	}
	grams->bits = bits;
	grams->literals = literals;
}

static void make_probe(struct index_maker *maker, size_t *at)
{
	uint32_t slot = maker->entries.items[*at].slot;
	struct probe *probe = vec_add_zero(&maker->probes);

	probe->slot = slot;
	while (*at < maker->entries.len && maker->entries.items[*at].slot == slot) {
		struct hash_table *tables[] = {[KIND_EXACT] = &probe->exact,
					       [KIND_TAIL] = &probe->tail,
					       [KIND_NUMBER] = &probe->number};
		enum kind kind = maker->entries.items[*at].kind;

		if (kind == KIND_KEY)
			probe->key = take_postings(maker, at);
		else if (kind == KIND_GRAM)
			make_gram_table(maker, at, &probe->grams);
		else
			make_hash_table(maker, at, tables[kind]);
	}
}

static const void *keep(struct arena *arena, const void *items, size_t size)
{
	void *copy = arena_alloc(arena, size + 1);

	if (size)
		memcpy(copy, items, size);
	return copy;
}

struct index_maker *index_maker_new(const struct ruleset *set)
{
	struct index_maker *maker = calloc(1, sizeof(*maker));

	must(maker);
	maker->set = set;
	maker->arena = set->arena;
	maker->gram_counts = calloc(GRAM_COUNTS, sizeof(*maker->gram_counts));
	must(maker->gram_counts);
	witness_costs_init(&maker->costs, set);
	count_grams(maker);
	return maker;
}

void index_maker_free(struct index_maker *maker)
{
	witness_costs_done(&maker->costs);
	free(maker->gram_counts);
	vec_done(&maker->entries);
	vec_done(&maker->probes);
	vec_done(&maker->postings);
	vec_done(&maker->always);
	free(maker);
}

void index_make(struct index_maker *maker, const uint32_t *rules, uint32_t rule_count,
		struct index *ret_index)
{
	struct arena *arena = maker->arena;

	vec_clear(&maker->entries);
	vec_clear(&maker->probes);
	vec_clear(&maker->postings);
	vec_clear(&maker->always);
	add_rules(maker, rules, rule_count);
	if (maker->entries.len)
		qsort(maker->entries.items, maker->entries.len, sizeof(struct entry), compare_entries);
	vec_push(&maker->postings, 0); /* so that no postings begin at 0 */
	for (size_t at = 0; at < maker->entries.len;)
		make_probe(maker, &at);
	ret_index->probes = keep(arena, maker->probes.items, maker->probes.len * sizeof(struct probe));
	ret_index->probe_count = (uint32_t)maker->probes.len;
	ret_index->postings = keep(arena, maker->postings.items, maker->postings.len * sizeof(uint32_t));
	ret_index->always = keep(arena, maker->always.items, maker->always.len * sizeof(uint32_t));
	ret_index->always_count = (uint32_t)maker->always.len;
}
