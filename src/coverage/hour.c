/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an hour: what was learnt from it, how late its messages came, whose clock is wrong. */
#include <stdlib.h>

#include "coverage/private.h"

#define DELAY_LIMIT (24 * CLOCK_DAY) /* as ms it fits 32 bits */
#define CLOCK_LEAST (5 * CLOCK_SECOND)
#define SPREAD_LEAST (2 * CLOCK_SECOND)
#define SPREAD_PART 20 /* of the delay */
#define LOSS_APART (2 * CLOCK_MINUTE)

int hour_slot(const struct coverage *coverage, int64_t time)
{
	int64_t local = hour_of(time) + coverage->options.zone;

	return rhythm_slot(local, registry_is_rest(coverage->options.registry, local / CLOCK_DAY));
}

void hour_begin(struct coverage *coverage, int64_t time)
{
	coverage->slot = hour_slot(coverage, time);
}

/* Keeps every stride-th sample; when there is no more room every second one goes and the stride doubles. */
void delays_add(struct delays *delays, int64_t delay, int64_t max)
{
	if (delays->stride == 0 || max > delays->max)
		delays->max = max;
	if (delays->stride == 0)
		delays->stride = 1;
	if (++delays->skip < delays->stride)
		return;
	delays->skip = 0;
	if (delays->count == DELAY_SAMPLES) {
		for (uint32_t i = 0; i < DELAY_SAMPLES / 2; i++)
			delays->samples[i] = delays->samples[2 * i];
		delays->count /= 2;
		delays->stride *= 2;
	}
	delay = delay > DELAY_LIMIT ? DELAY_LIMIT : delay < -DELAY_LIMIT ? -DELAY_LIMIT : delay;
	delays->samples[delays->count++] = (int32_t)(delay / CLOCK_MILLISECOND);
}

static int compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

/* A delay that hardly varies is a clock that is wrong, as is every message from the future: networks and
   queues make delays that vary, and above 0. */
static void judge_delays(struct delays *delays, struct coverage_change *change)
{
	int64_t median, spread, size;

	if (!delays->count)
		return;
	qsort(delays->samples, delays->count, sizeof(delays->samples[0]), compare);
	median = delays->samples[delays->count / 2] * CLOCK_MILLISECOND;
	spread = delays->samples[delays->count * 3 / 4] * CLOCK_MILLISECOND -
		 delays->samples[delays->count / 4] * CLOCK_MILLISECOND;
	size = llabs(median) / SPREAD_PART;
	if (median < -CLOCK_LEAST || (median > CLOCK_LEAST && delays->count > 2 &&
				      spread <= (size > SPREAD_LEAST ? size : SPREAD_LEAST)))
		change->clock_error = -median;
	change->delay = median + change->clock_error;
	change->delay_max = delays->max + change->clock_error;
}

static void settle_numbers(struct coverage *coverage, struct talker *talker)
{
	uint32_t lost = sequence_settle(&talker->sequence);

	if (lost)
		talker_lost(coverage, talker, lost, talker->last);
}

/* What was to come by the hour's rate, of the part of it that passed since the talker was first heard. */
static int64_t expected_messages(const struct coverage *coverage, const struct talker *talker, int64_t begin,
				 int64_t end)
{
	double rate = talker_rate(coverage, talker);

	if (talker->rhythm.hours[coverage->slot] <= 0)
		return EXPECTED_UNKNOWN;
	return (int64_t)(rate * (double)(end - begin) / CLOCK_HOUR + 0.5);
}

static void close_talker(struct coverage *coverage, struct talker *talker, int64_t end)
{
	int64_t begin = hour_of(end - 1);
	struct coverage_change change = {.type = CHANGE_HOUR,
					 .talker = talker->id,
					 .hour = begin,
					 .unsure = talker->restarts > RESTARTS_SURE};

	settle_numbers(coverage, talker);
	if (talker->first > begin)
		begin = talker->first;
	change.expected = expected_messages(coverage, talker, begin, end);
	judge_delays(&talker->delays, &change);
	if (change.expected > 0 || talker->hour.messages)
		emit(coverage, &change);
	if (!talker->silent_from || talker->silent_learning)
		rhythm_close(&talker->rhythm, coverage->slot, talker->hour.messages, end - talker->hour_from);
	talker->hour = (struct rhythm_hour){0};
	talker->hour_from = end;
	talker->restarts = 0;
	talker->delays = (struct delays){0};
}

void hour_close(struct coverage *coverage, int64_t end)
{
	for (size_t i = 0; i < coverage->talkers.len; i++)
		close_talker(coverage, &coverage->talkers.items[i], end);
	talkers_retire(coverage);
}

/* A span of loss goes on where the next loss is near. */
void talker_lost(struct coverage *coverage, struct talker *talker, uint64_t count, int64_t at)
{
	struct coverage_change change = {
		.type = CHANGE_HEARD, .talker = talker->id, .hour = hour_of(at), .lost = count, .last = at};

	if (talker->restarts > RESTARTS_SURE)
		return;
	emit(coverage, &change);
	if (at > talker->loss_to + LOSS_APART)
		talker->loss_from = at / CLOCK_MINUTE * CLOCK_MINUTE, talker->loss_count = 0;
	talker->loss_to = at;
	talker->loss_count += count;
	change = (struct coverage_change){.type = CHANGE_SPAN,
					  .talker = talker->id,
					  .span = SPAN_LOST,
					  .from = talker->loss_from,
					  .to = talker->loss_to,
					  .count = talker->loss_count};
	emit(coverage, &change);
}
