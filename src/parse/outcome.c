/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/outcome.h"

#include <stdlib.h>

#include "parse/plans.h"
#include "parse/run.h"

#define OUTCOME_SETS 64 /* a power of two */
#define OUTCOME_WAYS 4

/* One record in KEEP_EVERY at most has its outcome kept, in the long run; more at the start. */
#define KEEP_EVERY 32
#define CREDIT_MAX (KEEP_EVERY * OUTCOME_SETS * OUTCOME_WAYS)

struct outcome {
	uint64_t hash;
	const struct source *source;
	struct plans *plans;
	uint16_t own[3]; /* as in struct plan_input */
	uint8_t own_sigma;
	unsigned matched_count;
	const struct block *matched[MATCHED_MAX];
	uint64_t filled[]; /* slots */
};

struct outcomes {
	struct outcome *items[OUTCOME_SETS][OUTCOME_WAYS];
	uint64_t missed[OUTCOME_SETS]; /* the hash of the last one that was not there */
	uint8_t oldest[OUTCOME_SETS];
	uint32_t credit;
};

struct outcomes *outcomes_new(void)
{
	struct outcomes *outcomes = calloc(1, sizeof(*outcomes));

	if (outcomes)
		outcomes->credit = CREDIT_MAX;
	return outcomes;
}

static void outcome_free(struct outcome *outcome)
{
	if (outcome)
		plans_free(outcome->plans);
	free(outcome);
}

void outcomes_free(struct outcomes *outcomes)
{
	for (size_t i = 0; outcomes && i < OUTCOME_SETS; i++)
		for (size_t k = 0; k < OUTCOME_WAYS; k++)
			outcome_free(outcomes->items[i][k]);
	free(outcomes);
}

/* Words of the slots that a source has. */
static size_t words_of(const struct source *source)
{
	return source->slot_count / 64 + 1;
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
	hash = (hash ^ more) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ hash >> 32;
}

static uint64_t hash_of(const struct run *run)
{
	uint64_t hash = mix(run->own_sigma, (uintptr_t)run->source);

	for (size_t i = 0; i < words_of(run->source); i++)
		hash = mix(hash, run->parser->filled[i]);
	for (size_t i = 0; i < run->matched_count; i++)
		hash = mix(hash, (uintptr_t)run->matched[i]);
	return hash;
}

static bool is_of(const struct outcome *outcome, const struct run *run)
{
	uint64_t other = 0;

	if (outcome->source != run->source || outcome->own_sigma != run->own_sigma ||
	    outcome->matched_count != run->matched_count)
		return false;
	for (size_t i = 0; i < words_of(run->source); i++)
		other |= outcome->filled[i] ^ run->parser->filled[i];
	for (size_t i = 0; i < run->matched_count; i++)
		other |= (uintptr_t)outcome->matched[i] ^ (uintptr_t)run->matched[i];
	return !other;
}

static struct outcome *outcome_new(const struct run *run, uint64_t hash)
{
	const size_t words = words_of(run->source);
	struct outcome *outcome = calloc(1, sizeof(*outcome) + words * sizeof(*outcome->filled));

	if (!outcome)
		return NULL;
	outcome->hash = hash;
	outcome->source = run->source;
	outcome->own_sigma = run->own_sigma;
	for (unsigned part = 0; part < 3; part++)
		outcome->own[part] = run->own_sigma >> part & 1 ? 1 + PLACE_NONE : 0;
	outcome->matched_count = run->matched_count;
	memcpy(outcome->matched, run->matched, run->matched_count * sizeof(*outcome->matched));
	memcpy(outcome->filled, run->parser->filled, words * sizeof(*outcome->filled));
	outcome->plans = plans_new(&(struct plan_input){
		.source = run->source,
		.filled = outcome->filled,
		.filled_words = words,
		.own = outcome->own,
		.matched = outcome->matched,
		.matched_count = outcome->matched_count,
	});
	if (!outcome->plans) {
		free(outcome);
		return NULL;
	}
	return outcome;
}

/* Keeps an outcome that was not there, unless it is the first time that it comes. */
static struct outcome *keep(struct outcomes *outcomes, const struct run *run, uint64_t hash)
{
	const size_t set = hash % OUTCOME_SETS;
	struct outcome **place, *made;

	if (outcomes->credit < CREDIT_MAX)
		outcomes->credit++;
	if (outcomes->missed[set] != hash) {
		outcomes->missed[set] = hash;
		return NULL;
	}
	if (outcomes->credit < KEEP_EVERY)
		return NULL;
	outcomes->credit -= KEEP_EVERY;
	made = outcome_new(run, hash);
	if (!made)
		return NULL;
	place = &outcomes->items[set][outcomes->oldest[set]++ % OUTCOME_WAYS];
	outcome_free(*place);
	return *place = made;
}

const struct plan *outcomes_plan(struct outcomes *outcomes, const struct run *run)
{
	const struct slot *slots = run->parser->slots;
	const uint64_t hash = hash_of(run);
	struct outcome *const *set = outcomes->items[hash % OUTCOME_SETS], *outcome = NULL;

	for (size_t i = 0; i < OUTCOME_WAYS && !outcome; i++)
		if (set[i] && set[i]->hash == hash && is_of(set[i], run))
			outcome = set[i];
	if (!outcome)
		outcome = keep(outcomes, run, hash);
	return outcome ? plans_find(outcome->plans, (struct plan_values){&slots->value, sizeof(*slots)})
		       : NULL;
}
