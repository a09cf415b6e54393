/* SPDX-License-Identifier: Apache-2.0 */
/* The table of talkers, and who is let into it. */
#include <stdlib.h>

#include "base/hash.h"
#include "coverage/private.h"

#define SET 8 /* a candidate's places */
#define ADMIT_STEPS 3
#define FORGET_LEAST CLOCK_DAY
#define FORGET_MOST (30 * CLOCK_DAY)
#define FORGET_FACTOR 10

static void put(struct coverage *coverage, size_t index)
{
	size_t mask = coverage->table_size - 1, at = coverage->talkers.items[index].hash & mask;

	while (coverage->table[at])
		at = (at + 1) & mask;
	coverage->table[at] = (uint32_t)index + 1;
}

static void fill_table(struct coverage *coverage)
{
	while (coverage->table_size < coverage->talkers.len * 2)
		coverage->table_size *= 2;
	free(coverage->table);
	coverage->table = calloc(coverage->table_size, sizeof(*coverage->table));
	must(coverage->table);
	for (size_t i = 0; i < coverage->talkers.len; i++)
		put(coverage, i);
}

static struct talker *look_up(const struct coverage *coverage, const struct talker_key *key, uint64_t hash)
{
	size_t mask = coverage->table_size - 1;

	for (size_t at = hash & mask; coverage->table[at]; at = (at + 1) & mask) {
		struct talker *talker = &coverage->talkers.items[coverage->table[at] - 1];

		if (talker->hash == hash && talker_same(&talker->key, key))
			return talker;
	}
	return NULL;
}

/* One allocation for both texts. */
static void own_texts(struct talker_key *key)
{
	char *texts = malloc(key->source.len + key->name.len + 1);

	must(texts);
	if (key->source.len)
		memcpy(texts, key->source.ptr, key->source.len);
	if (key->name.len)
		memcpy(texts + key->source.len, key->name.ptr, key->name.len);
	key->source.ptr = texts;
	key->name.ptr = texts + key->source.len;
}

struct talker *talker_add(struct coverage *coverage, const struct talker_key *key, uint64_t hash,
			  int64_t first)
{
	struct talker *talker = vec_add_zero(&coverage->talkers);

	talker->key = *key;
	own_texts(&talker->key);
	talker->id = coverage_id(TALKER_LEARNT, key);
	talker->hash = hash;
	talker->first = first;
	talker->registered = registry_find(coverage->options.registry, key);
	coverage->udp_talkers += key->listener == LISTENER_SYSLOG_UDP;
	if (coverage->talkers.len * 2 > coverage->table_size)
		fill_table(coverage);
	else
		put(coverage, coverage->talkers.len - 1);
	return talker;
}

void talker_announce(struct coverage *coverage, const struct talker *talker)
{
	emit(coverage, &(struct coverage_change){.type = CHANGE_TALKER,
						 .talker = talker->id,
						 .kind = TALKER_LEARNT,
						 .key = talker->key,
						 .first = talker->first});
}

/* Registered ones find room where others do not. */
static bool has_room(const struct coverage *coverage, uint16_t listener, bool registered)
{
	size_t max = coverage->options.talkers_max;

	if (registered)
		return coverage->talkers.len < max;
	return coverage->talkers.len < max - max / 8 &&
	       (listener != LISTENER_SYSLOG_UDP || coverage->udp_talkers < max / 4 * 3);
}

/* The candidate's place in its set; a new one takes that of whoever was heard in the fewest steps, then of
   the one not heard for longest. */
static struct candidate *candidate_find(struct coverage *coverage, const struct heard *heard, uint64_t hash)
{
	struct candidate *set = coverage->candidates[heard->key.listener == LISTENER_SYSLOG_UDP];
	struct candidate *victim = set += hash / 64 % (COVERAGE_CANDIDATES / SET) * SET;

	for (int i = 0; i < SET; i++) {
		if (set[i].hash == hash)
			return &set[i];
		if (set[i].steps < victim->steps ||
		    (set[i].steps == victim->steps && set[i].step < victim->step))
			victim = &set[i];
	}
	*victim = (struct candidate){.hash = hash, .first = heard->first, .step = -1};
	return victim;
}

/* Whether it has been there long enough now, with *ret_first then. */
static bool admit(struct coverage *coverage, const struct heard *heard, uint64_t hash, int64_t *ret_first)
{
	struct candidate *candidate = candidate_find(coverage, heard, hash);

	*ret_first = candidate->first;
	if (candidate->step != heard->step)
		candidate->steps++;
	candidate->step = heard->step;
	if (candidate->steps < ADMIT_STEPS || heard->last - candidate->first < coverage->options.admit)
		return false;
	*candidate = (struct candidate){0};
	return true;
}

struct talker *talker_find(struct coverage *coverage, const struct heard *heard)
{
	uint64_t hash = talker_hash(&heard->key, coverage->options.seed);
	struct talker *talker = look_up(coverage, &heard->key, hash);
	int64_t first = heard->first;
	bool registered;

	if (talker)
		return talker;
	registered = registry_find(coverage->options.registry, &heard->key) >= 0;
	if (!has_room(coverage, heard->key.listener, registered) ||
	    (!registered && !admit(coverage, heard, hash, &first)))
		return NULL;
	talker = talker_add(coverage, &heard->key, hash, first);
	talker->last = talker->armed = talker->hour_from = heard->first;
	talker_announce(coverage, talker);
	return talker;
}

static int64_t patience(const struct talker *talker)
{
	int64_t most = (talker->last - talker->first) * FORGET_FACTOR;

	return most < FORGET_LEAST ? FORGET_LEAST : most > FORGET_MOST ? FORGET_MOST : most;
}

static void retire(struct coverage *coverage, struct talker *talker)
{
	struct coverage_change change = {
		.type = CHANGE_RETIRED, .talker = talker->id, .from = coverage->tick};

	if (talker->silent_from)
		silence_close(coverage, talker, coverage->tick);
	emit(coverage, &change);
	coverage->udp_talkers -= talker->key.listener == LISTENER_SYSLOG_UDP;
	free((char *)talker->key.source.ptr);
	*talker = coverage->talkers.items[--coverage->talkers.len];
}

void talkers_retire(struct coverage *coverage)
{
	size_t before = coverage->talkers.len;

	for (size_t i = coverage->talkers.len; i-- > 0;)
		if (coverage->tick - coverage->talkers.items[i].last > patience(&coverage->talkers.items[i]))
			retire(coverage, &coverage->talkers.items[i]);
	if (coverage->talkers.len != before)
		fill_table(coverage);
}

struct loss *other_of(struct coverage *coverage, uint16_t listener)
{
	struct loss *loss = &coverage->losses[listener < LISTENER_COUNT ? listener : LISTENER_PLATFORM];
	struct talker_key key = {.listener = listener};

	if (!loss->known) {
		loss->id = coverage_id(TALKER_OTHER, &key);
		emit(coverage, &(struct coverage_change){.type = CHANGE_TALKER,
							 .talker = loss->id,
							 .kind = TALKER_OTHER,
							 .key = key,
							 .first = coverage->now});
	}
	loss->known = true;
	return loss;
}
