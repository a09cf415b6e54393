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

bool text_is_ascii(struct str text)
{
	unsigned char all = 0;

	for (size_t i = 0; i < text.len; i++)
		all |= (unsigned char)text.ptr[i];
	return all < 0x80;
}

void probe_inside(const struct index *index, const struct probe *probe, struct str lower, index_found *found,
		  void *context)
{
	struct gram_cursor cursor = {0};
	const struct literal *literal;

	while ((literal = gram_table_next(&probe->literals, lower, &cursor)))
		give(index, literal->payload, found, context);
	if (probe->high && !text_is_ascii(lower))
		give(index, probe->high, found, context);
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
