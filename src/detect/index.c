/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up what index_build() laid out. */
#include "detect/index.h"

#include "base/hash.h"
#include "detect/probe.h"
#include "detect/program.h"

struct str text_tail(struct str text)
{
	for (size_t i = text.len; i-- > 0;)
		if (text.ptr[i] == '\\' || text.ptr[i] == '/')
			return str_of(text.ptr + i, text.len - i);
	return (struct str){0};
}

bool text_number(struct str text, double *ret_number)
{
	uint64_t whole;
	int64_t number;

	if (text.len == 0 || (!char_is_digit(text.ptr[0]) && !strchr("+-.", text.ptr[0])))
		return false;
	if (str_to_i64(text, &number) == 0)
		*ret_number = (double)number;
	else if (str_to_u64(text, &whole) == 0)
		*ret_number = (double)whole;
	else
		return str_to_double(text, ret_number) == 0;
	return true;
}

uint64_t number_key(double number)
{
	number += 0.0; /* -0 and 0 are one number */
	return hash_bytes(&number, sizeof(number));
}

static inline uint32_t load_gram(const char *at)
{
	uint32_t gram;

	memcpy(&gram, at, sizeof(gram));
	return gram;
}

static inline void give(const struct index *index, uint32_t at, index_found *found, void *context)
{
	found(context, index->postings + at + 1, index->postings[at]);
}

static void look_up(const struct index *index, const struct hash_table *table, uint64_t key,
		    index_found *found, void *context)
{
	for (uint32_t at = (uint32_t)key & table->mask; table->entries[at].postings;
	     at = (at + 1) & table->mask)
		if (table->entries[at].key == key) {
			give(index, table->entries[at].postings, found, context);
			return;
		}
}

static bool literal_is_at(const struct literal *literal, struct str text, size_t gram_at)
{
	return gram_at >= literal->gram_at && text.len - (gram_at - literal->gram_at) >= literal->text.len &&
	       memcmp(text.ptr + gram_at - literal->gram_at, literal->text.ptr, literal->text.len) == 0;
}

static __attribute__((noinline)) void look_up_gram(const struct index *index, const struct gram_table *grams,
						   struct str text, size_t at, uint32_t hash,
						   index_found *found, void *context)
{
	uint32_t gram = load_gram(text.ptr + at);

	for (uint32_t i = hash & grams->mask; grams->entries[i].count; i = (i + 1) & grams->mask) {
		if (grams->entries[i].gram != gram)
			continue;
		for (uint32_t k = 0; k < grams->entries[i].count; k++) {
			const struct literal *literal = &grams->literals[grams->entries[i].first + k];

			if (literal_is_at(literal, text, at))
				give(index, literal->postings, found, context);
		}
		return;
	}
}

void probe_inside(const struct index *index, const struct probe *probe, struct str lower, index_found *found,
		  void *context)
{
	const struct gram_table *grams = &probe->grams;

	if (!grams->entries)
		return;
	for (size_t at = 0; at + GRAM_SIZE <= lower.len; at++) {
		uint32_t hash = gram_hash(load_gram(lower.ptr + at)), bit = hash >> grams->filter_shift;

		if (grams->bits[bit >> 6] >> (bit & 63) & 1)
			look_up_gram(index, grams, lower, at, hash, found, context);
	}
}

void probe_text(const struct index *index, const struct probe *probe, struct str lower, index_found *found,
		void *context)
{
	double number;
	struct str tail;

	if (probe->key)
		give(index, probe->key, found, context);
	if (probe->exact.entries)
		look_up(index, &probe->exact, hash_str(lower), found, context);
	if (probe->tail.entries && (tail = text_tail(lower)).len)
		look_up(index, &probe->tail, hash_str(tail), found, context);
	if (probe->number.entries && text_number(lower, &number))
		look_up(index, &probe->number, number_key(number), found, context);
	probe_inside(index, probe, lower, found, context);
}
