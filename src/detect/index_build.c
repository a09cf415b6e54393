/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the index of index.h out of the witnesses of witness.h. */
#include <endian.h>

#include "base/hash.h"
#include "detect/index.h"
#include "detect/probe.h"
#include "detect/witness.h"
#include "detect/view.h"

#define SURE_NUMBER_MAX 9007199254740992.0 /* 2 to the power of 53: whole numbers below are told apart */

enum kind {
	KIND_KEY,
	KIND_EXACT,
	KIND_TAIL,
	KIND_LONG_END,
	KIND_SHORT_END,
	KIND_NUMBER,
	KIND_LITERAL,
	KIND_SHORT
};

/* A rule under one of its witnesses. Sorted, they are the index in order. */
struct entry {
	uint32_t slot;
	uint8_t kind, anchors;
	bool sure; /* what is found is all that the predicate asks for */
	uint64_t key;
	struct str text;
	uint32_t predicate;
	uint32_t rule; /* with its clause, as in a hit */
};

struct index_maker {
	struct ruleset *set;
	struct arena *arena, *scratch; /* the set's; of entries */
	struct frequencies *frequencies;
	struct witness_costs costs;
	struct {
		VEC_OF(struct entry)
	} entries;
	struct {
		VEC_OF(uint32_t)
	} hits, always, met; /* met: rules of one hit */
	struct {
		VEC_OF(struct probe)
	} probes;
	uint64_t *covered; /* bits, by predicate: found by the index at hand */
};

/* -- entries ------------------------------------------------------------------------------------------- */

static struct str lower_text(struct str text, struct arena *arena)
{
	char *lower = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		lower[i] = char_lower(text.ptr[i]);
	return str_of(lower, text.len);
}

static void count_text(struct index_maker *maker, struct str text)
{
	arena_reset(maker->scratch);
	frequencies_add(maker->frequencies, lower_text(text, maker->scratch));
}

static void count_texts(struct index_maker *maker)
{
	for (size_t i = 0; i < maker->set->predicates.len; i++) {
		const struct predicate *predicate = &maker->set->predicates.items[i];

		if (predicate->type == PREDICATE_LITERALS)
			for (uint32_t k = 0; k < predicate->literals->count; k++)
				count_text(maker, predicate->literals->texts[k]);
		else
			count_text(maker, witness_literal(predicate));
	}
}

/* The first bytes of a text as a number in the same order: nearly all that sorting needs to look at. */
static uint64_t head_of(struct str text)
{
	uint64_t head = 0;

	memcpy(&head, text.ptr, text.len < sizeof(head) ? text.len : sizeof(head));
	return be64toh(head);
}

static void push(struct index_maker *maker, struct entry entry, enum kind kind, struct str text)
{
	entry.kind = (uint8_t)kind;
	entry.text = lower_text(text, maker->scratch);
	if (kind == KIND_EXACT || kind == KIND_TAIL)
		entry.key = hash_str(entry.text);
	else if (kind == KIND_LONG_END)
		entry.key = long_end_key(entry.text);
	else if (kind == KIND_SHORT_END)
		entry.key = short_end_key(entry.text);
	else
		entry.key = head_of(entry.text);
	vec_push(&maker->entries, entry);
}

/* A text inside the value. All values of an event are looked through as one text, with NUL between them. */
static void push_literal(struct index_maker *maker, struct entry entry, struct str text, uint8_t anchors)
{
	if (entry.slot == SLOT_ANY && text.len && memchr(text.ptr, 0, text.len))
		entry.sure = false;
	entry.anchors = entry.slot == SLOT_ANY ? 0 : anchors;
	push(maker, entry, text.len < GRAM_SIZE ? KIND_SHORT : KIND_LITERAL, text);
}

static void push_set(struct index_maker *maker, struct entry entry, const struct map *set)
{
	size_t cursor = 0;
	struct str text;
	uint64_t value;

	while (map_next(set, &cursor, &text, &value))
		push(maker, entry, KIND_EXACT, text);
}

static void push_number(struct index_maker *maker, struct entry entry, double number)
{
	entry.kind = KIND_NUMBER;
	entry.key = number_key(number);
	entry.sure = number > -SURE_NUMBER_MAX && number < SURE_NUMBER_MAX;
	vec_push(&maker->entries, entry);
}

static void push_suffix(struct index_maker *maker, struct entry entry, const struct predicate *predicate)
{
	if (witness_is_tail(predicate))
		push(maker, entry, KIND_TAIL, predicate->text);
	else if (predicate->text.len >= END_LONG)
		push(maker, entry, KIND_LONG_END, predicate->text);
	else if (predicate->text.len >= END_SHORT)
		push(maker, entry, KIND_SHORT_END, predicate->text);
	else
		push_literal(maker, entry, predicate->text, LITERAL_AT_END);
}

/* What is found by a literal of it, or by its field's being there. */
static void push_other(struct index_maker *maker, struct entry entry, const struct predicate *predicate)
{
	struct str literal = witness_literal(predicate);

	entry.sure = predicate->type == PREDICATE_CONTAINS && !predicate->cased;
	if (literal.len)
		push_literal(maker, entry, literal, 0);
	else
		vec_push(&maker->entries, entry);
}

static void add_entry(struct index_maker *maker, uint32_t index, uint32_t rule)
{
	const struct predicate *predicate = &maker->set->predicates.items[index];
	bool field = predicate->slot != SLOT_ANY;
	struct entry entry = {.slot = predicate->slot,
			      .kind = KIND_KEY,
			      .sure = !predicate->cased,
			      .predicate = index,
			      .rule = rule};

	if (predicate->type == PREDICATE_LITERALS)
		for (uint32_t i = 0; i < predicate->literals->count; i++)
			push_literal(maker, entry, predicate->literals->texts[i], 0);
	else if (field && predicate->type == PREDICATE_SET)
		push_set(maker, entry, predicate->set);
	else if (field && predicate->type == PREDICATE_EXACT)
		push(maker, entry, KIND_EXACT, predicate->text);
	else if (field && predicate->type == PREDICATE_NUMBER)
		push_number(maker, entry, predicate->number);
	else if (field && predicate->type == PREDICATE_SUFFIX)
		push_suffix(maker, entry, predicate);
	else if (field && predicate->type == PREDICATE_PREFIX)
		push_literal(maker, entry, predicate->text, LITERAL_AT_START);
	else
		push_other(maker, entry, predicate);
}

static void add_rules(struct index_maker *maker, const uint32_t *rules, uint32_t rule_count)
{
	struct witnesses witnesses = {0};

	for (uint32_t i = 0; i < rule_count; i++) {
		struct rule_plan *plan = &maker->set->plans[rules[i]];

		witness_choose(&maker->costs, rules[i], &witnesses);
		if (witnesses_burden(maker->set, &witnesses))
			witnesses.count = 0;
		if (witnesses.count == 0)
			vec_push(&maker->always, rules[i]);
		for (unsigned clause = 0; clause < witnesses.count; clause++)
			for (size_t k = 0; k < witnesses.clauses[clause].len; k++)
				add_entry(maker, witnesses.clauses[clause].items[k],
					  rules[i] << HIT_RULE_SHIFT | clause);
		*plan = (struct rule_plan){.root = maker->set->rules.items[rules[i]].root,
					   .guard = witnesses.guard,
					   .guard_negated = witnesses.guard_negated,
					   .clauses = (uint8_t)((1u << witnesses.count) - 1)};
	}
	witnesses_done(&witnesses);
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
	compare_by(a, b, anchors);
	return str_cmp(a->text, b->text);
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = compare_witness(a, b);

	if (order)
		return order;
	compare_by(a, b, predicate);
	compare_by(a, b, rule);
	return 0;
}

/* -- tables -------------------------------------------------------------------------------------------- */

static int compare_numbers(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* The rules of one hit, each clause once, behind its predicates. */
static void add_met(struct index_maker *maker)
{
	size_t place = maker->hits.len;

	vec_push(&maker->hits, 0);
	qsort(maker->met.items, maker->met.len, sizeof(uint32_t), compare_numbers);
	for (size_t i = 0; i < maker->met.len; i++)
		if (i == 0 || maker->met.items[i] != maker->met.items[i - 1])
			vec_push(&maker->hits, maker->met.items[i]);
	maker->hits.items[place] = (uint32_t)(maker->hits.len - place - 1);
}

/* The hit of the witness at entry *at; moves *at behind it. */
static uint32_t take_hit(struct index_maker *maker, size_t *at)
{
	const struct entry *first = &maker->entries.items[*at];
	uint32_t start = (uint32_t)maker->hits.len, last = PREDICATE_NONE;

	vec_push(&maker->hits, 0);
	vec_clear(&maker->met);
	for (; *at < maker->entries.len && compare_witness(first, &maker->entries.items[*at]) == 0; ++*at) {
		const struct entry *entry = &maker->entries.items[*at];

		vec_push(&maker->met, entry->rule);
		if (entry->predicate == last || entry->kind == KIND_KEY)
			continue;
		last = entry->predicate;
		maker->covered[last / 64] |= UINT64_C(1) << last % 64;
		vec_push(&maker->hits, last << HIT_PREDICATE_SHIFT | entry->sure);
	}
	maker->hits.items[start] = (uint32_t)(maker->hits.len - start - 1);
	add_met(maker);
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

/* Of the entries of a run, those with different witnesses. */
static size_t witness_count(const struct index_maker *maker, size_t at, size_t end)
{
	size_t count = 1;

	for (size_t i = at + 1; i < end; i++)
		count += compare_witness(&maker->entries.items[i - 1], &maker->entries.items[i]) != 0;
	return count;
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
	uint32_t size = table_size(witness_count(maker, *at, end));

	table->entries = arena_zalloc(maker->arena, size * sizeof(*table->entries));
	table->mask = size - 1;
	while (*at < end) {
		const struct entry *entry = &maker->entries.items[*at];
		uint32_t place = (uint32_t)entry->key & table->mask;

		while (table->entries[place].hit)
			place = (place + 1) & table->mask;
		table->entries[place].key = entry->key;
		table->entries[place].text = arena_copy(maker->arena, entry->text);
		table->entries[place].hit = take_hit(maker, at);
	}
}

static struct literal *take_literals(struct index_maker *maker, size_t *at, uint32_t *ret_count)
{
	size_t end = *at + run_length(maker, *at);
	struct literal *literals = arena_array(maker->arena, struct literal, witness_count(maker, *at, end));
	uint32_t count = 0;

	while (*at < end) {
		const struct entry *entry = &maker->entries.items[*at];

		literals[count] = (struct literal){.text = arena_copy(maker->arena, entry->text),
						   .anchors = entry->anchors};
		literals[count++].payload = take_hit(maker, at);
	}
	*ret_count = count;
	return literals;
}

static void make_probe(struct index_maker *maker, size_t *at)
{
	uint32_t slot = maker->entries.items[*at].slot, count;
	struct probe *probe = vec_add_zero(&maker->probes);
	struct literal *literals;

	probe->slot = slot;
	while (*at < maker->entries.len && maker->entries.items[*at].slot == slot) {
		struct hash_table *tables[] = {[KIND_EXACT] = &probe->exact,
					       [KIND_TAIL] = &probe->tail,
					       [KIND_LONG_END] = &probe->long_end,
					       [KIND_SHORT_END] = &probe->short_end,
					       [KIND_NUMBER] = &probe->number};
		enum kind kind = maker->entries.items[*at].kind;

		if (kind == KIND_KEY) {
			probe->key = take_hit(maker, at);
		} else if (kind == KIND_LITERAL) {
			literals = take_literals(maker, at, &count);
			gram_table_make(&probe->literals, literals, count,
					frequencies_grams(maker->frequencies), maker->arena);
		} else if (kind == KIND_SHORT) {
			literals = take_literals(maker, at, &count);
			gram_table_add_shorts(&probe->literals, literals, count, maker->arena);
		} else {
			make_hash_table(maker, at, tables[kind]);
		}
	}
}

/* -- the maker ----------------------------------------------------------------------------------------- */

/* The slots by the hash of their names. */
static void make_slot_table(struct ruleset *set)
{
	uint32_t size = table_size(2 * set->slots.len);

	set->slot_table = arena_array(set->arena, struct slot_entry, size);
	set->slot_mask = size - 1;
	for (uint32_t i = 0; i < size; i++)
		set->slot_table[i] = (struct slot_entry){0, SLOT_NONE};
	for (uint32_t i = 0; i < set->slots.len; i++) {
		uint64_t hash = hash_str(set->slots.items[i].name);
		uint32_t place = (uint32_t)hash & set->slot_mask;

		while (set->slot_table[place].slot != SLOT_NONE)
			place = (place + 1) & set->slot_mask;
		set->slot_table[place] = (struct slot_entry){hash, i};
	}
}

struct index_maker *index_maker_new(struct ruleset *set)
{
	struct index_maker *maker = calloc(1, sizeof(*maker));

	must(maker && set->rules.len < UINT32_MAX >> HIT_RULE_SHIFT);
	maker->set = set;
	maker->arena = set->arena;
	set->plans = arena_array(set->arena, struct rule_plan, set->rules.len + 1);
	maker->covered = calloc(set->predicates.len / 64 + 1, sizeof(uint64_t));
	maker->scratch = arena_new(0);
	must(maker->covered && maker->scratch);
	maker->frequencies = frequencies_new();
	make_slot_table(set);
	count_texts(maker);
	witness_costs_init(&maker->costs, set, maker->frequencies);
	return maker;
}

void index_maker_free(struct index_maker *maker)
{
	witness_costs_done(&maker->costs);
	frequencies_free(maker->frequencies);
	vec_done(&maker->entries);
	vec_done(&maker->probes);
	vec_done(&maker->hits);
	vec_done(&maker->always);
	vec_done(&maker->met);
	arena_free(maker->scratch);
	free(maker->covered);
	free(maker);
}

static const void *keep(struct arena *arena, const void *items, size_t size)
{
	void *copy = arena_alloc(arena, size + 1);

	if (size)
		memcpy(copy, items, size);
	return copy;
}

void index_make(struct index_maker *maker, const uint32_t *rules, uint32_t rule_count,
		struct index *ret_index)
{
	struct arena *arena = maker->arena;

	vec_clear(&maker->entries);
	vec_clear(&maker->probes);
	vec_clear(&maker->hits);
	vec_clear(&maker->always);
	arena_reset(maker->scratch);
	memset(maker->covered, 0, (maker->set->predicates.len / 64 + 1) * sizeof(uint64_t));
	add_rules(maker, rules, rule_count);
	if (maker->entries.len)
		qsort(maker->entries.items, maker->entries.len, sizeof(struct entry), compare_entries);
	vec_push(&maker->hits, 0); /* so that no hit is 0 */
	for (size_t at = 0; at < maker->entries.len;)
		make_probe(maker, &at);
	*ret_index = (struct index){
		.probes = keep(arena, maker->probes.items, maker->probes.len * sizeof(struct probe)),
		.probe_count = (uint32_t)maker->probes.len,
		.hits = keep(arena, maker->hits.items, maker->hits.len * sizeof(uint32_t)),
		.always = keep(arena, maker->always.items, maker->always.len * sizeof(uint32_t)),
		.always_count = (uint32_t)maker->always.len,
		.keyword_min = UINT32_MAX};
	index_mark(maker->set, maker->covered, rules, rule_count, ret_index);
}
