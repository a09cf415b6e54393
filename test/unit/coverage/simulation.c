/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation.h"

#include <math.h>
#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "event/listener.h"

#define BATCH_MOST 700

static double draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 11) / (double)(UINT64_C(1) << 53);
}

double simulation_random(struct simulation *simulation)
{
	return draw(&simulation->random);
}

void simulation_start(struct simulation *simulation, const char *registry, struct coverage_options options)
{
	struct err err = {0};

	*simulation = (struct simulation){.random = 42, .sizes = 1, .now = MONDAY, .arena = arena_new(0)};
	assert_int_equal(registry_parse(str_from(registry), &simulation->registry, &err), 0);
	options.registry = simulation->registry;
	if (!options.admit)
		options.admit = 5 * CLOCK_MINUTE;
	simulation->coverage = coverage_new(&options);
	coverage_tally_init(&simulation->tally, simulation->registry, coverage_step(options.silent_least),
			    options.seed);
	simulation->heartbeat = simulation->now;
}

void simulation_stop(struct simulation *simulation)
{
	coverage_free(simulation->coverage);
	coverage_tally_done(&simulation->tally);
	registry_free(simulation->registry);
	arena_free(simulation->arena);
	vec_done(&simulation->said);
	vec_done(&simulation->changes);
}

static void keep_said(struct simulation *simulation, const struct coverage_notice *notice)
{
	struct said *said = vec_add_zero(&simulation->said);

	said->at = coverage_now(simulation->coverage);
	snprintf(said->event, sizeof(said->event), "%s", notice->event);
	snprintf(said->members, sizeof(said->members), "%.*s", STR_FMT(notice->members));
}

void simulation_flush(struct simulation *simulation)
{
	const struct coverage_output *output = coverage_output(simulation->coverage);
	struct message_reader reader;

	coverage_begin(simulation->coverage);
	coverage_take(simulation->coverage, &simulation->tally);
	coverage_tally_clear(&simulation->tally);
	for (size_t i = 0; i < output->notices.len; i++)
		keep_said(simulation, &output->notices.items[i]);
	reader = (struct message_reader){buf_str(&output->changes), false};
	while (reader.rest.len) {
		struct coverage_change change;

		coverage_get(&reader, &change);
		assert_false(reader.bad);
		if (change.type != CHANGE_HEARD)
			vec_push(&simulation->changes, change);
	}
	simulation->batch = simulation->beats = 0;
}

static void add(struct simulation *simulation, struct event *event)
{
	coverage_tally_add(&simulation->tally, event, false);
	if (simulation->batch == 0)
		simulation->batch =
			1 + (size_t)(draw(&simulation->sizes) *
				     (double)(simulation->batch_most ? simulation->batch_most : BATCH_MOST));
	if (--simulation->batch == 0)
		simulation_flush(simulation);
}

void simulation_record(struct simulation *simulation, const struct voice *voice, int64_t time)
{
	struct event event;

	arena_reset(simulation->arena);
	event_init(&event, simulation->arena);
	event.received = time;
	event.listener = voice->listener;
	event.raw = STR("something happened");
	memcpy(event.peer,
	       (const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, (uint8_t)(voice->number >> 16),
				 (uint8_t)(voice->number >> 8), (uint8_t)voice->number},
	       16);
	event.source = str_from(voice->source);
	event.sequence = voice->sequence ? (int64_t)voice->sequence : -1;
	event_set_integer(&event, FIELD_ID_TIMESTAMP,
			  time + voice->clock - (int64_t)(simulation_random(simulation) * CLOCK_SECOND));
	add(simulation, &event);
}

static void beat(struct simulation *simulation, int64_t time)
{
	struct event event;

	event_init(&event, simulation->arena);
	event.received = time;
	event.listener = LISTENER_PLATFORM;
	event.raw = STR("{\"event\":\"collect.alive\"}");
	add(simulation, &event);
	if (++simulation->beats == 2)
		simulation_flush(simulation);
}

static int64_t ask(struct simulation *simulation, struct voice *voice, int64_t time)
{
	if (time < voice->from)
		time = voice->from;
	time = voice->next(simulation, voice, time);
	return voice->until && time >= voice->until ? INT64_MAX : time;
}

struct voice *simulation_add(struct simulation *simulation, struct voice voice)
{
	struct voice *place = &simulation->voices[simulation->voice_count++];

	assert_true(simulation->voice_count <= VOICES_MAX);
	*place = voice;
	if (!place->listener)
		place->listener = LISTENER_SYSLOG_UDP;
	if (!place->source)
		place->source = "openssh";
	place->at = ask(simulation, place, simulation->now);
	return place;
}

void simulation_run(struct simulation *simulation, int64_t until)
{
	while (simulation->now < until) {
		struct voice *next = NULL;

		for (size_t i = 0; i < simulation->voice_count; i++)
			if (!next || simulation->voices[i].at < next->at)
				next = &simulation->voices[i];
		if (!next || simulation->heartbeat <= next->at) {
			simulation->now = simulation->heartbeat;
			simulation->heartbeat += CLOCK_MINUTE;
			if (simulation->now >= simulation->stopped_until)
				beat(simulation, simulation->now);
			continue;
		}
		simulation->now = next->at;
		if (simulation->now >= simulation->stopped_until)
			simulation_record(simulation, next, next->at);
		next->sequence += next->sequence != 0;
		next->at = ask(simulation, next, next->at);
	}
	simulation_flush(simulation);
}

int64_t talk_evenly(struct simulation *simulation, const struct voice *voice, int64_t time)
{
	return time + (int64_t)((double)voice->every * (0.9 + 0.2 * simulation_random(simulation)));
}

int64_t talk_randomly(struct simulation *simulation, const struct voice *voice, int64_t time)
{
	return time + 1 + (int64_t)(-log(1 - simulation_random(simulation)) * (double)voice->every);
}

/* Fifty messages within a second or so, then a pause. */
int64_t talk_in_bursts(struct simulation *simulation, const struct voice *voice, int64_t time)
{
	if (simulation_random(simulation) < 0.98)
		return time + 1 + (int64_t)(simulation_random(simulation) * 50 * CLOCK_MILLISECOND);
	return time + (int64_t)((double)voice->every * (0.5 + simulation_random(simulation)));
}

/* People come and go up to half an hour early or late. */
int64_t talk_by_day(struct simulation *simulation, const struct voice *voice, int64_t time)
{
	int64_t next = talk_randomly(simulation, voice, time), day = next / CLOCK_DAY * CLOCK_DAY;
	int64_t late = (int64_t)((simulation_random(simulation) - 0.5) * CLOCK_HOUR);

	if (next > day + 18 * CLOCK_HOUR - 30 * CLOCK_MINUTE)
		day = next > day + 18 * CLOCK_HOUR + late ? day + CLOCK_DAY : day;
	while (clock_weekday(day) == 0 || clock_weekday(day) == 6)
		day += CLOCK_DAY;
	return next < day + 7 * CLOCK_HOUR + 30 * CLOCK_MINUTE ? day + 8 * CLOCK_HOUR + late : next;
}

size_t said(const struct simulation *simulation, const char *event, int number, const char *text,
	    int64_t from, int64_t to)
{
	char peer[40];
	size_t count = 0;

	snprintf(peer, sizeof(peer), "\"peer\":\"10.0.0.%d\"", number);
	for (size_t i = 0; i < simulation->said.len; i++) {
		const struct said *one = &simulation->said.items[i];

		count += strcmp(one->event, event) == 0 && one->at >= from && one->at < to &&
			 (!number || strstr(one->members, peer)) && (!text || strstr(one->members, text));
	}
	return count;
}

int64_t said_at(const struct simulation *simulation, const char *event, int number, int64_t from)
{
	char peer[40];

	snprintf(peer, sizeof(peer), "\"peer\":\"10.0.0.%d\"", number);
	for (size_t i = 0; i < simulation->said.len; i++) {
		const struct said *one = &simulation->said.items[i];

		if (strcmp(one->event, event) == 0 && one->at >= from && strstr(one->members, peer))
			return one->at;
	}
	return -1;
}
