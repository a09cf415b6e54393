/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/coverage.h"

#include <stdlib.h>

#include "coverage/private.h"

#define WAIT_LEARNT (4 * CLOCK_DAY) /* its last part, of longer waits */

int64_t coverage_step(int64_t silent_least)
{
	static const int64_t steps[] = {30, 20, 15, 10, 5, 2, 1}; /* they divide the minute */

	if (silent_least == 0 || silent_least >= CLOCK_MINUTE)
		return CLOCK_MINUTE;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (silent_least >= steps[i] * CLOCK_SECOND)
			return steps[i] * CLOCK_SECOND;
	return CLOCK_SECOND;
}

static void make_watches(struct coverage *coverage)
{
	size_t count = registry_count(coverage->options.registry);

	coverage->watches = calloc(count + 1, sizeof(*coverage->watches));
	must(coverage->watches);
	for (size_t i = 0; i < count; i++) {
		const struct registered *source = registry_get(coverage->options.registry, i);
		struct talker_key key = {.source = source->source, .name = source->name};

		coverage->watches[i].id = coverage_id(TALKER_REGISTERED, &key);
	}
}

struct coverage *coverage_new(const struct coverage_options *options)
{
	struct coverage *coverage = calloc(1, sizeof(*coverage));

	must(coverage);
	coverage->options = *options;
	if (!coverage->options.talkers_max)
		coverage->options.talkers_max = COVERAGE_TALKERS_MAX;
	if (!coverage->options.silent_least)
		coverage->options.silent_least = CLOCK_MINUTE;
	coverage->step = coverage_step(options->silent_least);
	coverage->table_size = 1024;
	coverage->table = calloc(coverage->table_size, sizeof(*coverage->table));
	for (int i = 0; i < 2; i++)
		coverage->candidates[i] = calloc(COVERAGE_CANDIDATES, sizeof(struct candidate));
	coverage->output.texts = arena_new(0);
	must(coverage->table && coverage->candidates[0] && coverage->candidates[1] && coverage->output.texts);
	make_watches(coverage);
	return coverage;
}

void coverage_free(struct coverage *coverage)
{
	if (!coverage)
		return;
	for (size_t i = 0; i < coverage->talkers.len; i++)
		free((char *)coverage->talkers.items[i].key.source.ptr);
	vec_done(&coverage->talkers);
	vec_done(&coverage->order);
	vec_done(&coverage->who);
	vec_done(&coverage->output.notices);
	buf_done(&coverage->output.changes);
	arena_free(coverage->output.texts);
	for (int i = 0; i < 2; i++)
		free(coverage->candidates[i]);
	free(coverage->watches);
	free(coverage->table);
	free(coverage);
}

void coverage_begin(struct coverage *coverage)
{
	buf_clear(&coverage->output.changes);
	vec_clear(&coverage->output.notices);
	arena_reset(coverage->output.texts);
}

const struct coverage_output *coverage_output(const struct coverage *coverage)
{
	return &coverage->output;
}

int64_t coverage_now(const struct coverage *coverage)
{
	return coverage->now;
}

size_t coverage_talkers(const struct coverage *coverage)
{
	return coverage->talkers.len;
}

static void add_notice(struct coverage *coverage, struct coverage_notice notice, struct buf *members)
{
	if (coverage->step_notices++ >= COVERAGE_NOTICES) {
		coverage->step_unsaid++;
	} else {
		notice.members = arena_copy(coverage->output.texts, buf_str(members));
		vec_push(&coverage->output.notices, notice);
	}
	buf_done(members);
}

void say(struct coverage *coverage, const char *event, const char *level, struct str message,
	 struct buf *members)
{
	add_notice(coverage, (struct coverage_notice){.event = event, .level = level, .message = message.ptr},
		   members);
}

void say_silent(struct coverage *coverage, uint64_t talker, bool learning, struct str message,
		struct buf *members)
{
	const struct coverage_notice notice = {.silent = talker,
					       .event = "coverage.silent",
					       .level = learning ? "info" : "warning",
					       .message = message.ptr};

	add_notice(coverage, notice, members);
}

/* One notice for all that had no room in this step. */
static void say_rest(struct coverage *coverage)
{
	struct arena *arena = coverage->output.texts;
	struct coverage_notice notice = {.event = "coverage.more", .level = "warning"};

	if (coverage->step_unsaid) {
		notice.message = arena_printf(arena, "%zu more sources fell silent or talk again",
					      coverage->step_unsaid)
					 .ptr;
		notice.members = arena_printf(arena, "\"count\":%zu", coverage->step_unsaid);
		vec_push(&coverage->output.notices, notice);
	}
	coverage->step_notices = coverage->step_unsaid = 0;
}

/* --- time ---------------------------------------------------------------------------------------------- */

static void start_clock(struct coverage *coverage, int64_t time)
{
	coverage->now = time;
	coverage->tick = time / coverage->step * coverage->step;
	hour_begin(coverage, time);
	for (size_t i = 0; i < registry_count(coverage->options.registry); i++)
		if (!coverage->watches[i].armed)
			coverage->watches[i].armed = time;
}

static void pass_step(struct coverage *coverage)
{
	int64_t end = coverage->tick + coverage->step;

	silence_look(coverage, coverage->tick, end);
	say_rest(coverage);
	coverage->tick = end;
	if (end % CLOCK_HOUR == 0) {
		hour_close(coverage, end);
		hour_begin(coverage, end);
	}
}

/* Records came at time; those before it, at now. */
static void move_to(struct coverage *coverage, int64_t time)
{
	if (!coverage->now)
		start_clock(coverage, time);
	else if (time - coverage->now > TALLY_APART)
		silence_down(coverage, coverage->now, time);
	else if (coverage->now - time > TALLY_BACK)
		silence_down(coverage, time, time); /* the clock was set back */
	while (coverage->tick + coverage->step <= time)
		pass_step(coverage);
	if (time > coverage->now)
		coverage->now = time;
}

/* The records of a span are no holes: its steps pass one after the other. */
static void pass_to(struct coverage *coverage, int64_t time)
{
	if (time > coverage->now)
		coverage->now = time;
	while (coverage->tick + coverage->step <= time)
		pass_step(coverage);
}

/* --- a tally ------------------------------------------------------------------------------------------- */

/* All hours of a wait that ended well may have such waits. */
static void learn_wait(struct coverage *coverage, struct talker *talker, int64_t end)
{
	int64_t hour = hour_of(talker->armed);

	if (hour < end - WAIT_LEARNT)
		hour = hour_of(end - WAIT_LEARNT);
	for (; hour < hour_of(end); hour += CLOCK_HOUR)
		rhythm_waited(&talker->rhythm, hour_slot(coverage, hour));
}

static void hear(struct coverage *coverage, const struct heard *heard, struct talker *talker)
{
	double rate = talker_rate(coverage, talker);
	int64_t from = talker->armed > coverage->tick ? talker->armed : coverage->tick;

	if (heard->first > from)
		rhythm_wait(&talker->rhythm, rate, heard->first - from);
	if (talker->silent_from)
		silence_end(coverage, talker, heard->first);
	learn_wait(coverage, talker, heard->first);
	rhythm_hear(&talker->rhythm, coverage->slot, rate, heard->count, heard->gap);
	if (heard->last > talker->last)
		talker->last = talker->armed = heard->last;
	talker->hour.messages += heard->count;
	if (talker->last > talker->hour_from)
		talker->hour.observed = talker->last - talker->hour_from;
	if (heard->delayed)
		delays_add(&talker->delays, heard->delay, heard->delay_max);
}

/* The first one after a wait ends it; admission counts what came before as the listener's. */
static uint32_t take_heard(struct coverage *coverage, const struct heard *heard)
{
	struct coverage_change change = {
		.type = CHANGE_HEARD,
		.hour = hour_of(heard->first),
		.received = heard->count,
		.bytes = heard->bytes,
		.unparsed = heard->unparsed,
		.last = heard->last,
	};
	struct talker *talker = talker_find(coverage, heard);

	if (talker) {
		hear(coverage, heard, talker);
		silence_watch_heard(coverage, talker->registered, heard);
	}
	change.talker = talker ? talker->id : other_of(coverage, heard->key.listener)->id;
	emit(coverage, &change);
	return talker ? (uint32_t)(talker - coverage->talkers.items) + 1 : 0;
}

static int compare(const void *a, const void *b, void *context)
{
	const struct tally *tally = context;
	const struct heard *x = &tally->heard.items[*(const uint32_t *)a];
	const struct heard *y = &tally->heard.items[*(const uint32_t *)b];

	return x->step != y->step ? (x->step < y->step ? -1 : 1) : (x > y) - (x < y);
}

static void sort(struct coverage *coverage, const struct tally *tally)
{
	bool sorted = true;

	vec_clear(&coverage->order);
	for (size_t i = 0; i < tally->heard.len; i++) {
		vec_push(&coverage->order, (uint32_t)i);
		sorted = sorted && (i == 0 || tally->heard.items[i - 1].step <= tally->heard.items[i].step);
	}
	if (!sorted)
		qsort_r(coverage->order.items, coverage->order.len, sizeof(uint32_t), compare, (void *)tally);
}

static void take_numbers(struct coverage *coverage, const struct tally *tally)
{
	for (size_t i = 0; i < tally->numbers.len; i++) {
		uint32_t entry = tally->numbers.items[i].entry, who = coverage->who.items[entry], lost;
		struct talker *talker = who ? &coverage->talkers.items[who - 1] : NULL;
		bool restart;

		if (!talker)
			continue;
		lost = sequence_add(&talker->sequence, tally->numbers.items[i].number, &restart);
		talker->restarts += restart;
		if (lost)
			talker_lost(coverage, talker, lost, tally->heard.items[entry].last);
	}
}

void coverage_take(struct coverage *coverage, const struct tally *tally)
{
	size_t next = 0;

	sort(coverage, tally);
	vec_clear(&coverage->who);
	vec_reserve(&coverage->who, tally->heard.len);
	coverage->who.len = tally->heard.len;
	for (size_t i = 0; i < tally->spans.len; i++) {
		const struct heard_span *span = &tally->spans.items[i];
		bool last = i + 1 == tally->spans.len;

		move_to(coverage, span->from);
		for (; next < coverage->order.len; next++) {
			const struct heard *heard = &tally->heard.items[coverage->order.items[next]];

			if (heard->first > span->to && !last)
				break;
			pass_to(coverage, heard->step * coverage->step);
			coverage->who.items[coverage->order.items[next]] = take_heard(coverage, heard);
		}
		pass_to(coverage, span->to);
	}
	take_numbers(coverage, tally);
}

void coverage_lose(struct coverage *coverage, uint16_t listener, int64_t from, int64_t to, uint64_t count)
{
	struct loss *loss = other_of(coverage, listener);
	struct coverage_change change = {
		.type = CHANGE_HEARD, .talker = loss->id, .hour = hour_of(to), .lost = count, .last = to};

	if (!count)
		return;
	emit(coverage, &change);
	if (from > loss->to + CLOCK_SECOND)
		loss->from = from, loss->count = 0;
	loss->to = to;
	loss->count += count;
	change = (struct coverage_change){.type = CHANGE_SPAN,
					  .talker = loss->id,
					  .span = SPAN_LOST,
					  .from = loss->from,
					  .to = loss->to,
					  .count = loss->count};
	emit(coverage, &change);
}

void coverage_resume(struct coverage *coverage, int64_t time)
{
	if (!coverage->talkers.len) /* nothing is known of what core has as silent */
		emit(coverage, &(struct coverage_change){.type = CHANGE_RETIRED, .from = time});
	for (size_t i = 0; i < coverage->talkers.len; i++) {
		struct talker *talker = &coverage->talkers.items[i];

		talker->rhythm.missed = 0;
		talker->hour = (struct rhythm_hour){0};
		talker->hour_from = time;
	}
	if (time)
		start_clock(coverage, time);
}
