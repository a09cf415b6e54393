/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/tally.h"

#include "base/hash.h"
#include "coverage/registry.h"
#include "event/listener.h"

#define TABLE_FIRST 256

void coverage_tally_init(struct tally *tally, const struct registry *registry, int64_t step, uint64_t seed)
{
	*tally = (struct tally){.step = step, .registry = registry, .seed = seed, .texts = arena_new(16384)};
	tally->table_size = TABLE_FIRST;
	tally->table = calloc(TABLE_FIRST, sizeof(*tally->table));
	must(tally->table && tally->texts);
}

void coverage_tally_done(struct tally *tally)
{
	vec_done(&tally->heard);
	vec_done(&tally->numbers);
	vec_done(&tally->losses);
	vec_done(&tally->spans);
	arena_free(tally->texts);
	free(tally->table);
}

void coverage_tally_clear(struct tally *tally)
{
	if (tally->heard.len)
		memset(tally->table, 0, tally->table_size * sizeof(*tally->table));
	vec_clear(&tally->heard);
	vec_clear(&tally->numbers);
	vec_clear(&tally->losses);
	vec_clear(&tally->spans);
	arena_reset(tally->texts);
}

uint64_t talker_hash(const struct talker_key *key, uint64_t seed)
{
	uint64_t hash = hash_bytes_seeded(key->peer, sizeof(key->peer), seed + key->listener);

	hash = hash_bytes_seeded(key->source.ptr, key->source.len, hash);
	return key->name.len ? hash_bytes_seeded(key->name.ptr, key->name.len, hash) : hash;
}

bool talker_same(const struct talker_key *a, const struct talker_key *b)
{
	return memcmp(a->peer, b->peer, sizeof(a->peer)) == 0 && a->listener == b->listener &&
	       str_eq(a->source, b->source) && str_eq(a->name, b->name);
}

static bool is_talker(uint16_t listener)
{
	return listener != LISTENER_LOCAL && listener != LISTENER_PLATFORM && listener != LISTENER_AUDIT;
}

static struct talker_key make_key(const struct tally *tally, const struct event *event)
{
	struct talker_key key = {.listener = event->listener, .source = event->source};

	memcpy(key.peer, event->peer, sizeof(key.peer));
	if (registry_is_relay(tally->registry, key.peer))
		key.name = str_head(event_text(event, FIELD_ID_HOST_NAME), TALKER_NAME_MAX);
	return key;
}

static void put(struct tally *tally, uint64_t hash, size_t index)
{
	size_t at = hash & (tally->table_size - 1);

	while (tally->table[at])
		at = (at + 1) & (tally->table_size - 1);
	tally->table[at] = (uint32_t)index + 1;
}

static void grow(struct tally *tally)
{
	free(tally->table);
	tally->table_size *= 2;
	tally->table = calloc(tally->table_size, sizeof(*tally->table));
	must(tally->table);
	for (size_t i = 0; i < tally->heard.len; i++)
		put(tally, tally->heard.items[i].hash, i);
}

static struct heard *add_entry(struct tally *tally, const struct talker_key *key, uint64_t hash, int64_t step)
{
	struct heard *heard = vec_add_zero(&tally->heard);

	heard->key = *key;
	heard->key.name = arena_copy(tally->texts, key->name);
	heard->hash = hash;
	heard->step = step;
	if (tally->heard.len * 2 > tally->table_size)
		grow(tally);
	else
		put(tally, hash, tally->heard.len - 1);
	return heard;
}

/* A source's text lies in one place while a batch is worked on. */
static uint64_t entry_hash(const struct tally *tally, const struct talker_key *key, int64_t step)
{
	struct {
		uint8_t peer[16];
		uint64_t listener;
		const char *source;
	} place = {.listener = key->listener, .source = key->source.ptr};
	uint64_t hash;

	memcpy(place.peer, key->peer, sizeof(place.peer));
	hash = hash_bytes_seeded(&place, sizeof(place), tally->seed + (uint64_t)step);
	return key->name.len ? hash_bytes_seeded(key->name.ptr, key->name.len, hash) : hash;
}

static bool is_entry(const struct heard *heard, const struct talker_key *key, int64_t step)
{
	return heard->step == step && memcmp(heard->key.peer, key->peer, sizeof(key->peer)) == 0 &&
	       heard->key.listener == key->listener && heard->key.source.ptr == key->source.ptr &&
	       str_eq(heard->key.name, key->name);
}

/* The entry of key and step, made where there is none. Records of one talker come in runs. */
static struct heard *find_entry(struct tally *tally, const struct talker_key *key, int64_t step)
{
	struct heard *heard = tally->heard.len ? &tally->heard.items[tally->last] : NULL;
	uint64_t hash;

	if (heard && is_entry(heard, key, step))
		return heard;
	hash = entry_hash(tally, key, step);
	for (size_t at = hash & (tally->table_size - 1); tally->table[at];
	     at = (at + 1) & (tally->table_size - 1)) {
		heard = &tally->heard.items[tally->table[at] - 1];
		if (heard->hash == hash && is_entry(heard, key, step))
			return heard;
	}
	return add_entry(tally, key, hash, step);
}

/* Most records are of the same step as the one before: that saves a division. */
static int64_t step_of(struct tally *tally, int64_t received)
{
	if (received < tally->step_begin || received >= tally->step_begin + tally->step) {
		tally->step_number = received / tally->step;
		tally->step_begin = tally->step_number * tally->step;
	}
	return tally->step_number;
}

static void note_time(struct heard *heard, int64_t received)
{
	if (!heard->count) {
		heard->first = heard->last = received;
		return;
	}
	if (received - heard->last > heard->gap)
		heard->gap = received - heard->last;
	if (received > heard->last)
		heard->last = received;
	if (received < heard->first)
		heard->first = received;
}

/* A time equal to that of receipt was most likely made from it. */
static void note_delay(struct heard *heard, const struct event *event)
{
	const struct field *time = event_get(event, FIELD_ID_TIMESTAMP);

	if (!time || time->integer == event->received)
		return;
	heard->delay = event->received - time->integer;
	if (!heard->delayed++ || heard->delay > heard->delay_max)
		heard->delay_max = heard->delay;
}

/* By the sender's own clock, also where it was corrected. */
static void note_clock(struct heard *heard, const struct event *event)
{
	const struct field *time = event_get(event, FIELD_ID_EVENT_SOURCE_TIME);
	const unsigned kind = event->time_origin == TIME_ASSUMED;

	if (event->time_origin == TIME_RECEIVED)
		return;
	if (!time)
		time = event_get(event, FIELD_ID_TIMESTAMP);
	if (!heard->timed[kind]++ || time->integer - event->received > heard->ahead[kind])
		heard->ahead[kind] = time->integer - event->received;
}

static void note_loss(struct tally *tally, const struct event *event)
{
	if (event->listener == LISTENER_PLATFORM && str_starts(event->raw, STR(TALLY_LOSS)))
		vec_push(&tally->losses, ((struct heard_loss){event->received, event->raw}));
}

static void note_span(struct tally *tally, int64_t received)
{
	struct heard_span *span = tally->spans.len ? &tally->spans.items[tally->spans.len - 1] : NULL;

	if (!span || received - span->to > TALLY_APART || received < span->to - TALLY_BACK)
		vec_push(&tally->spans, ((struct heard_span){received, received}));
	else if (received > span->to)
		span->to = received;
}

void coverage_tally_add(struct tally *tally, const struct event *event, bool drill)
{
	struct talker_key key;
	struct heard *heard;

	note_span(tally, event->received);
	if (!is_talker(event->listener) || drill) {
		note_loss(tally, event);
		return;
	}
	key = make_key(tally, event);
	heard = find_entry(tally, &key, step_of(tally, event->received));
	tally->last = (size_t)(heard - tally->heard.items);
	note_time(heard, event->received);
	note_delay(heard, event);
	note_clock(heard, event);
	heard->count++;
	heard->bytes += event->raw.len;
	heard->unparsed += !event->source.len || event_get(event, FIELD_ID_ERROR_MESSAGE);
	if (event->sequence >= 0)
		vec_push(&tally->numbers,
			 ((struct heard_number){(uint32_t)tally->last, (uint32_t)event->sequence}));
}
