/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/clock_learner.h"

#include <stdlib.h>

#include "base/map.h"

#define QUARTER (15 * CLOCK_MINUTE)
#define KEY_MAX (17 + TALKER_NAME_MAX)

struct watched {
	uint8_t peer[16];
	uint8_t kind;
	bool told; /* that it is implausible */
	char name[TALKER_NAME_MAX];
	uint8_t name_len;
	uint8_t sample_count;
	uint32_t count; /* in the window */
	int64_t begin, heard, ahead;
	int64_t samples[CLOCK_WINDOWS]; /* a ring */
	uint32_t sample_next;
};

struct clock_learner {
	const struct registry *registry;
	int64_t window;
	struct clocks *clocks;
	struct map *index; /* peer, kind, name → number in watched */
	struct {
		VEC_OF(struct watched)
	} watched;
	struct {
		VEC_OF(struct clock_change)
	} changes;
	struct arena *texts; /* of the changes */
};

struct clock_learner *clock_learner_new(const struct registry *registry, int64_t window,
					struct clocks *clocks)
{
	struct clock_learner *learner = calloc(1, sizeof(*learner));

	must(learner);
	learner->registry = registry;
	learner->window = window;
	learner->clocks = clocks_use(clocks);
	learner->index = map_new();
	learner->texts = arena_new(0);
	must(learner->index && learner->texts);
	return learner;
}

void clock_learner_free(struct clock_learner *learner)
{
	if (!learner)
		return;
	clocks_release(learner->clocks);
	map_free(learner->index);
	vec_done(&learner->watched);
	vec_done(&learner->changes);
	arena_free(learner->texts);
	free(learner);
}

static struct str make_key(const uint8_t peer[16], struct str name, uint8_t kind, char key[KEY_MAX])
{
	memcpy(key, peer, 16);
	key[16] = (char)kind;
	memcpy(key + 17, name.len ? name.ptr : "", name.len);
	return str_of(key, 17 + name.len);
}

/* The map cannot forget; so it is made anew with all but the quarter that was heard longest ago. */
static int compare_heard(const void *pa, const void *pb)
{
	const struct watched *a = pa, *b = pb;

	return (a->heard < b->heard) - (a->heard > b->heard);
}

static void make_room(struct clock_learner *learner)
{
	char key[KEY_MAX];

	if (learner->watched.len < CLOCK_TALKERS_MAX)
		return;
	qsort(learner->watched.items, learner->watched.len, sizeof(struct watched), compare_heard);
	learner->watched.len = CLOCK_TALKERS_MAX / 4 * 3;
	map_free(learner->index);
	learner->index = map_new();
	must(learner->index);
	for (size_t i = 0; i < learner->watched.len; i++) {
		const struct watched *watched = &learner->watched.items[i];

		*map_put(
			learner->index,
			make_key(watched->peer, str_of(watched->name, watched->name_len), watched->kind, key),
			NULL) = i;
	}
}

static struct watched *watch(struct clock_learner *learner, const struct heard *heard, uint8_t kind)
{
	const struct str name = str_head(heard->key.name, TALKER_NAME_MAX);
	struct watched *watched;
	char key[KEY_MAX];
	bool fresh;
	uint64_t *number;

	make_room(learner);
	number = map_put(learner->index, make_key(heard->key.peer, name, kind, key), &fresh);
	if (!fresh)
		return &learner->watched.items[*number];
	*number = learner->watched.len;
	watched = vec_add_zero(&learner->watched);
	memcpy(watched->peer, heard->key.peer, sizeof(watched->peer));
	memcpy(watched->name, name.len ? name.ptr : "", name.len);
	watched->name_len = (uint8_t)name.len;
	watched->kind = kind;
	watched->begin = heard->first;
	return watched;
}

static int64_t to_quarters(int64_t error)
{
	return (error + (error < 0 ? -QUARTER : QUARTER) / 2) / QUARTER * QUARTER;
}

static enum clock_verdict judge(int64_t error, uint8_t kind, int64_t *ret_add)
{
	const int64_t zone = to_quarters(error);

	*ret_add = 0;
	if (llabs(error) < CLOCK_TOLERANCE)
		return CLOCK_RIGHT;
	if (error < -CLOCK_BEHIND_MAX - CLOCK_ZONE_REST)
		return CLOCK_IMPLAUSIBLE;
	if (kind == CLOCK_ASSUMED && zone && llabs(zone) <= CLOCK_BEHIND_MAX &&
	    llabs(error - zone) <= CLOCK_ZONE_REST) {
		*ret_add = -zone;
		return CLOCK_ZONE_WRONG;
	}
	*ret_add = -error;
	return CLOCK_WRONG;
}

/* The windows agree: what does that change? */
static void conclude(struct clock_learner *learner, struct watched *watched, int64_t error)
{
	const struct str name = str_of(watched->name, watched->name_len);
	const struct clock_correction *known =
		clocks_find(learner->clocks, watched->peer, name, watched->kind, UINT64_MAX);
	struct clock_change change = {.error = error};
	int64_t before = known ? known->add : 0;

	change.verdict = judge(error, watched->kind, &change.correction.add);
	if (change.verdict == CLOCK_IMPLAUSIBLE ? watched->told && !before
						: llabs(change.correction.add - before) < CLOCK_TOLERANCE)
		return;
	watched->told = change.verdict == CLOCK_IMPLAUSIBLE;
	memcpy(change.correction.peer, watched->peer, sizeof(watched->peer));
	change.correction.kind = watched->kind;
	change.correction.name = arena_copy(learner->texts, name);
	change.correction.since = watched->heard;
	vec_push(&learner->changes, change);
}

static void close_window(struct clock_learner *learner, struct watched *watched)
{
	int64_t least = INT64_MAX, most = INT64_MIN;

	watched->samples[watched->sample_next++ % CLOCK_WINDOWS] = watched->ahead;
	if (watched->sample_count < CLOCK_WINDOWS)
		watched->sample_count++;
	watched->count = 0;
	for (size_t i = 0; i < watched->sample_count; i++) {
		least = watched->samples[i] < least ? watched->samples[i] : least;
		most = watched->samples[i] > most ? watched->samples[i] : most;
	}
	if (watched->sample_count == CLOCK_WINDOWS && most - least <= CLOCK_AGREE)
		conclude(learner, watched, most);
}

static void take(struct clock_learner *learner, const struct heard *heard, uint8_t kind)
{
	struct watched *watched = watch(learner, heard, kind);

	if (!watched->count || heard->ahead[kind] > watched->ahead)
		watched->ahead = heard->ahead[kind];
	if (!watched->count)
		watched->begin = heard->first;
	watched->count += heard->timed[kind];
	watched->heard = heard->last;
	if (watched->count >= CLOCK_LEAST && heard->last - watched->begin >= learner->window)
		close_window(learner, watched);
}

size_t clock_learner_take(struct clock_learner *learner, const struct tally *tally)
{
	vec_clear(&learner->changes);
	arena_reset(learner->texts);
	for (size_t i = 0; i < tally->heard.len; i++)
		for (unsigned kind = 0; kind < CLOCK_KINDS; kind++)
			if (tally->heard.items[i].timed[kind])
				take(learner, &tally->heard.items[i], (uint8_t)kind);
	return learner->changes.len;
}

const struct clock_change *clock_learner_changes(const struct clock_learner *learner)
{
	return learner->changes.items;
}

struct clocks *clock_learner_publish(struct clock_learner *learner, uint64_t from)
{
	const size_t known = clocks_count(learner->clocks);
	struct clock_correction *items = calloc(known + learner->changes.len + 1, sizeof(*items));
	size_t count = known;

	must(items);
	for (size_t i = 0; i < known; i++)
		items[i] = *clocks_get(learner->clocks, i);
	for (size_t i = 0; i < learner->changes.len; i++) {
		const struct clock_change *change = &learner->changes.items[i];
		const struct clock_correction *of = &change->correction;

		if (!of->add && !clocks_find(learner->clocks, of->peer, of->name, of->kind, UINT64_MAX))
			continue; /* told, and nothing to take back */
		items[count] = *of;
		items[count++].from = from;
	}
	if (count > known) {
		struct clocks *clocks = clocks_new(learner->registry, items, count);

		clocks_release(learner->clocks);
		learner->clocks = clocks;
	}
	free(items);
	return count > known ? clocks_use(learner->clocks) : NULL;
}
