/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the index of index.h out of the witnesses of witness.h. */
#include "base/hash.h"
#include "detect/index.h"
#include "detect/probe.h"
#include "detect/witness.h"

enum kind { KIND_KEY, KIND_EXACT, KIND_TAIL, KIND_NUMBER, KIND_LITERAL, KIND_HIGH };

/* A rule under one of its witnesses. Sorted, they are the index in order. */
struct entry {
	uint32_t slot;
	enum kind kind;
	uint64_t key; /* hash or number */
	struct str text;
	uint32_t rule;
};

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
	struct gram_counts *counts; /* of all literals of the set: what is rare in rules is rare in events */
};

/* -- entries ------------------------------------------------------------------------------------------- */

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
		const struct predicate *predicate = &maker->set->predicates.items[i];

		if (predicate->type == PREDICATE_LITERALS)
			for (uint32_t k = 0; k < predicate->literals->count; k++)
				gram_counts_add(maker->counts, predicate->literals->texts[k]);
		else
			gram_counts_add(maker->counts, witness_literal(predicate));
	}
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

/* A text inside the value: found as such, or by its not being ASCII, or not at all. */
static void add_literal(struct index_maker *maker, struct entry entry, struct str text)
{
	if (text.len >= GRAM_SIZE) {
		entry.kind = KIND_LITERAL;
		entry.text = lower_text(text, maker->arena);
	} else if (!text_is_ascii(text)) {
		entry.kind = KIND_HIGH;
	}
	vec_push(&maker->entries, entry);
}

static void add_entry(struct index_maker *maker, const struct predicate *predicate, uint32_t rule)
{
	struct entry entry = {.slot = predicate->slot, .kind = KIND_KEY, .rule = rule};
	bool field = predicate->slot != SLOT_ANY;

	if (predicate->type == PREDICATE_LITERALS) {
		for (uint32_t i = 0; i < predicate->literals->count; i++)
			add_literal(maker, entry, predicate->literals->texts[i]);
	} else if (field && predicate->type == PREDICATE_SET) {
		add_set(maker, entry, predicate->set);
	} else if (field && predicate->type == PREDICATE_EXACT) {
		add_exact(maker, entry, predicate->text);
	} else if (field && predicate->type == PREDICATE_NUMBER) {
		entry.kind = KIND_NUMBER;
		entry.key = number_key(predicate->number);
		vec_push(&maker->entries, entry);
	} else if (field && witness_is_tail(predicate)) {
		entry.kind = KIND_TAIL;
		entry.key = hash_str(lower_text(predicate->text, maker->arena));
		vec_push(&maker->entries, entry);
	} else {
		add_literal(maker, entry, witness_literal(predicate));
	}
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

static void make_literals(struct index_maker *maker, size_t *at, struct gram_table *table)
{
	size_t end = *at + run_length(maker, *at);
	struct literal *literals = arena_array(maker->arena, struct literal, end - *at);
	uint32_t count = 0;

	while (*at < end) {
		literals[count].text = maker->entries.items[*at].text;
		literals[count++].payload = take_postings(maker, at);
	}
	gram_table_make(table, literals, count, maker->counts, maker->arena);
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
		else if (kind == KIND_HIGH)
			probe->high = take_postings(maker, at);
		else if (kind == KIND_LITERAL)
			make_literals(maker, at, &probe->literals);
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
	maker->counts = gram_counts_new();
	count_grams(maker);
	witness_costs_init(&maker->costs, set, maker->counts);
	return maker;
}

void index_maker_free(struct index_maker *maker)
{
	witness_costs_done(&maker->costs);
	gram_counts_free(maker->counts);
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
