/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up what index_make() laid out. */
#include "detect/index.h"

#include "base/hash.h"
#include "detect/fold.h"
#include "detect/match.h"
#include "detect/probe.h"

/* The value from its last path separator on; empty where there is none. */
static struct str text_tail(struct str text)
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
	struct recall_hits *kept; /* where hits are noted, too, or NULL */
	uint32_t *recent;         /* literals found in the text at hand */
};

/* In a text, which may repeat one thing ever again, a literal is noted once, unless another takes its place.
 */
#define RECENT 16

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
	struct recall_hits *kept = probing->kept;

	if (kept && kept->count++ < RECALL_HITS_MAX)
		kept->hits[kept->count - 1] = hit;
	note_hit(probing->matcher, probing->hits + hit);
}

static void found_literal(void *context, uint32_t payload)
{
	struct probing *probing = context;
	uint32_t *recent = &probing->recent[payload % RECENT];

	if (*recent == payload)
		return;
	*recent = payload;
	found(probing, payload);
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
	uint32_t recent[RECENT] = {0};

	probing->recent = recent;
	gram_table_scan(&probe->literals, lower, found_literal, probing);
	probing->recent = NULL;
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

#define LOOKUPS 16 /* on their way to the cache together */

/* A value to be looked up in what is recalled. */
struct lookup {
	const struct probe *probe;
	struct view_value *value;
	uint64_t hash;
};

static void probe_new(struct probing *probing, const struct lookup *lookup)
{
	struct matcher *matcher = probing->matcher;
	struct recall_hits kept = {.count = 0};
	bool again = recall_is_again(&matcher->recall, lookup->hash);

	probing->kept = again ? &kept : NULL;
	probe_value(probing, lookup->probe, view_lower(&matcher->view, lookup->value));
	probing->kept = NULL;
	if (again)
		recall_keep(&matcher->recall, lookup->probe, lookup->hash, lookup->value->text, &kept);
}

static void look_up_values(struct probing *probing, const struct lookup *lookups, unsigned count)
{
	struct matcher *matcher = probing->matcher;

	for (unsigned i = 0; i < count; i++) {
		const struct lookup *lookup = &lookups[i];
		const struct recall_entry *entry = &matcher->recall.entries[lookup->hash % RECALL_ENTRIES];
		uint32_t hit;

		if (!recall_is(entry, lookup->probe, lookup->hash, lookup->value->text)) {
			probe_new(probing, lookup);
			continue;
		}
		for (unsigned k = 0; k < entry->count; k++) {
			memcpy(&hit, entry->data + k * sizeof(hit), sizeof(hit));
			note_hit(matcher, probing->hits + hit);
		}
	}
}

/* Returns the number of lookups that wait. */
static inline unsigned add_lookup(struct probing *probing, const struct probe *probe,
				  struct view_value *value, uint64_t hash, struct lookup *lookups,
				  unsigned count)
{
	const struct recall_entry *entry = &probing->matcher->recall.entries[hash % RECALL_ENTRIES];

	lookups[count++] = (struct lookup){probe, value, hash};
	__builtin_prefetch(entry);
	__builtin_prefetch(&entry->data[64]);
	if (count < LOOKUPS)
		return count;
	look_up_values(probing, lookups, count);
	return 0;
}

/* The values of a slot join the lookups; returns their number. */
static unsigned add_values(struct probing *probing, const struct probe *probe, struct lookup *lookups,
			   unsigned count)
{
	struct matcher *matcher = probing->matcher;
	struct view *view = &matcher->view;

	for (uint32_t at = view_first(view, probe->slot); at != VIEW_END; at = view->values[at].next) {
		struct view_value *value = &view->values[at];

		if (value->null)
			continue;
		if (value->text.len > RECALL_DATA || value->text.len == 0) {
			probe_value(probing, probe, view_lower(view, value));
			continue;
		}
		count = add_lookup(probing, probe, value,
				   recall_hash(value->text, (uint64_t)(uintptr_t)probe), lookups, count);
	}
	return count;
}

/* For keywords. The event's constants, which come again and again, join the lookups. */
static unsigned probe_all(struct probing *probing, const struct probe *probe, struct lookup *lookups,
			  unsigned count)
{
	struct view *view = &probing->matcher->view;

	probe_inside(probing, probe, view_all(view));
	if (!view->constants.text.len)
		return count;
	return add_lookup(probing, probe, &view->constants,
			  recall_mix(view->constants_hash, (uint64_t)(uintptr_t)probe), lookups, count);
}

void index_probe(struct matcher *matcher, const struct index *index)
{
	struct probing probing = {.matcher = matcher, .hits = index->hits};
	struct lookup lookups[LOOKUPS];
	unsigned count = 0;

	for (uint32_t i = 0; i < index->always_count; i++)
		match_candidate(matcher, index->always[i]);
	for (uint32_t i = 0; i < index->probe_count; i++)
		if (index->probes[i].slot == SLOT_ANY)
			count = probe_all(&probing, &index->probes[i], lookups, count);
		else
			count = add_values(&probing, &index->probes[i], lookups, count);
	look_up_values(&probing, lookups, count);
}
