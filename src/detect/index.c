/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up what index_make() laid out. */
#include "detect/index.h"

#include "base/hash.h"
#include "detect/fold.h"
#include "detect/match.h"
#include "detect/probe.h"

struct str text_tail(struct str text)
{
	size_t at = fold_last_separator(text);

	return at == STR_NOT_FOUND ? (struct str){0} : str_of(text.ptr + at, text.len - at);
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

/* -- hits ---------------------------------------------------------------------------------------------- */

/* The index at hand, as context of literal_found. */
struct probing {
	struct matcher *matcher;
	const uint32_t *hits;
	struct recall_entry *entry; /* where hits are kept, or NULL */
};

static inline void note_hit(struct matcher *matcher, const uint32_t *hit)
{
	uint32_t stamp = matcher->stamp, count = *hit++;

	for (; count > 0; count--, hit++) {
		uint32_t *memo = &matcher->predicates[*hit >> HIT_PREDICATE_SHIFT];

		if (*hit & HIT_SURE)
			*memo = stamp << MEMO_SHIFT | MEMO_TRUE;
		else if (*memo >> MEMO_SHIFT != stamp)
			*memo = stamp << MEMO_SHIFT | MEMO_MAYBE;
	}
	for (count = *hit++; count > 0; count--, hit++)
		match_clause(matcher, *hit >> HIT_RULE_SHIFT, 1u << (*hit & HIT_CLAUSE));
}

static inline void found(struct probing *probing, uint32_t hit)
{
	struct recall_entry *entry = probing->entry;

	if (entry && entry->count < RECALL_HITS_MAX)
		entry->hits[entry->count] = hit;
	if (entry)
		entry->count++;
	note_hit(probing->matcher, probing->hits + hit);
}

static void found_literal(void *context, uint32_t payload)
{
	found(context, payload);
}

/* -- probes -------------------------------------------------------------------------------------------- */

static inline void look_up(struct probing *probing, const struct hash_table *table, uint64_t key,
			   struct str text, bool whole)
{
	for (uint32_t at = (uint32_t)key & table->mask; table->entries[at].hit; at = (at + 1) & table->mask) {
		const struct hash_entry *entry = &table->entries[at];

		if (entry->key == key && (!whole || text.len == entry->text.len) &&
		    str_ends(text, entry->text))
			found(probing, entry->hit);
	}
}

static void probe_inside(struct probing *probing, const struct probe *probe, struct str lower)
{
	gram_table_scan(&probe->literals, lower, found_literal, probing);
	if (probe->shorts)
		short_table_scan(probe->shorts, lower, found_literal, probing);
}

static void probe_value(struct probing *probing, const struct probe *probe, struct str lower)
{
	double number;
	struct str tail;

	if (probe->key)
		found(probing, probe->key);
	if (probe->exact.entries)
		look_up(probing, &probe->exact, hash_str(lower), lower, true);
	if (probe->tail.entries && (tail = text_tail(lower)).len)
		look_up(probing, &probe->tail, hash_str(tail), tail, true);
	if (probe->long_end.entries && lower.len >= END_LONG)
		look_up(probing, &probe->long_end, long_end_key(lower), lower, false);
	if (probe->short_end.entries && lower.len >= END_SHORT)
		look_up(probing, &probe->short_end, short_end_key(lower), lower, false);
	if (probe->number.entries && text_number(lower, &number))
		look_up(probing, &probe->number, number_key(number), (struct str){0}, true);
	probe_inside(probing, probe, lower);
}

/* -- values seen before -------------------------------------------------------------------------------- */

static bool is_value(const struct recall_entry *entry, const struct probe *probe, uint64_t hash,
		     struct str text)
{
	return entry->hash == hash && entry->probe == probe && entry->len == text.len &&
	       memcmp(entry->text, text.ptr, text.len) == 0;
}

/* An entry to be filled, for a value seen before in the place; NULL for a new one. */
static struct recall_entry *new_entry(struct recall *recall, const struct probe *probe, uint64_t hash,
				      struct str text)
{
	struct recall_entry *entry = &recall->entries[hash % RECALL_ENTRIES];
	uint32_t *seen = &recall->seen[hash % RECALL_ENTRIES];

	if (*seen != hash >> 32) {
		*seen = (uint32_t)(hash >> 32);
		return NULL;
	}
	entry->probe = probe;
	entry->hash = hash;
	entry->len = (uint16_t)text.len;
	entry->count = 0;
	memcpy(entry->text, text.ptr, text.len);
	return entry;
}

static void recall_or_probe(struct probing *probing, const struct probe *probe, struct view_value *value)
{
	struct matcher *matcher = probing->matcher;
	struct str text = value->text;
	uint64_t hash;
	struct recall_entry *entry;

	if (text.len > RECALL_TEXT_MAX || text.len == 0) {
		probe_value(probing, probe, view_lower(&matcher->view, value));
		return;
	}
	hash = recall_hash(text, (uint64_t)(uintptr_t)probe);
	entry = &matcher->recall.entries[hash % RECALL_ENTRIES];
	if (is_value(entry, probe, hash, text)) {
		for (unsigned i = 0; i < entry->count; i++)
			note_hit(matcher, probing->hits + entry->hits[i]);
		return;
	}
	probing->entry = new_entry(&matcher->recall, probe, hash, text);
	probe_value(probing, probe, view_lower(&matcher->view, value));
	if (probing->entry && probing->entry->count > RECALL_HITS_MAX)
		probing->entry->probe = NULL;
	probing->entry = NULL;
}

void index_probe(struct matcher *matcher, const struct index *index)
{
	struct view *view = &matcher->view;
	struct probing probing = {matcher, index->hits, NULL};

	for (uint32_t i = 0; i < index->always_count; i++)
		match_candidate(matcher, index->always[i]);
	for (uint32_t i = 0; i < index->probe_count; i++) {
		const struct probe *probe = &index->probes[i];

		if (probe->slot == SLOT_ANY) {
			probe_inside(&probing, probe, view_all(view));
			continue;
		}
		for (uint32_t at = view_first(view, probe->slot); at != VIEW_END; at = view->values[at].next)
			if (!view->values[at].null)
				recall_or_probe(&probing, probe, &view->values[at]);
	}
}
