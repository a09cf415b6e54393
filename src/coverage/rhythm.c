/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/rhythm.h"

#include "base/clock.h"

#define DECAY 0.85f          /* of a slot at each visit: half after 4.3 */
#define LONGEST_DECAY 0.9f   /* of a slot's longest at each visit */
#define OVERALL_DECAY 0.997f /* of the overall ones at each hour: half after ten days */
#define PRIOR 3.0
#define FACTOR 3.0
#define FEW_GAPS 5.0
#define SLOT_MESSAGES 100.0f
#define SLOT_HOURS 2.5f /* three visits */
#define ALARMED_LEARN 1.5

int rhythm_slot(int64_t local, bool rest)
{
	int64_t hour = local / CLOCK_HOUR % 24;

	return (int)(hour < 0 ? hour + 24 : hour) + (rest ? 24 : 0);
}

/* With the running hour in it; 0 where nothing is known. */
static double overall_rate(const struct rhythm *rhythm, const struct rhythm_hour *hour)
{
	double hours = rhythm->total_hours + (double)hour->observed / CLOCK_HOUR;
	double messages = rhythm->total_messages + (hour->messages ? hour->messages - 1 : 0);

	return hours > 0 ? messages / hours : 0;
}

double rhythm_rate(const struct rhythm *rhythm, const struct rhythm_hour *hour, int slot, bool fresh)
{
	double overall = overall_rate(rhythm, hour);

	if (overall <= 0)
		return 0;
	if (rhythm->hours[slot] <= 0)
		return fresh ? overall : 0;
	return (rhythm->messages[slot] + PRIOR) / (rhythm->hours[slot] + PRIOR / overall);
}

void rhythm_wait(struct rhythm *rhythm, double rate, int64_t span)
{
	rhythm->missed += rate * (double)span / CLOCK_HOUR;
}

static void raise_to(float *longest, double missed)
{
	if (*longest < (float)missed)
		*longest = (float)missed;
}

static void learn_gap(struct rhythm *rhythm, int slot, double missed)
{
	raise_to(&rhythm->longest[slot], missed);
	raise_to(&rhythm->longest_overall, missed);
}

void rhythm_hear(struct rhythm *rhythm, int slot, double rate, uint32_t count, int64_t gap)
{
	double inside = rate * (double)gap / CLOCK_HOUR;

	learn_gap(rhythm, slot, rhythm->missed > inside ? rhythm->missed : inside);
	rhythm->missed = 0;
	rhythm->gaps = rhythm->gaps < UINT32_MAX - count ? rhythm->gaps + count : UINT32_MAX;
}

void rhythm_waited(struct rhythm *rhythm, int slot)
{
	learn_gap(rhythm, slot, rhythm->missed);
}

void rhythm_resume(struct rhythm *rhythm, int slot, double bound)
{
	double missed = rhythm->missed < bound * ALARMED_LEARN ? rhythm->missed : bound * ALARMED_LEARN;

	learn_gap(rhythm, slot, missed);
	rhythm->missed = 0;
}

/* The hours before and after it, of the same kind of day. */
static double longest_near(const struct rhythm *rhythm, int slot)
{
	int day = slot / 24 * 24, hour = slot % 24;
	float longest = rhythm->longest[slot];

	raise_to(&longest, rhythm->longest[day + (hour + 23) % 24]);
	raise_to(&longest, rhythm->longest[day + (hour + 1) % 24]);
	return longest;
}

double rhythm_bound(const struct rhythm *rhythm, int slot)
{
	bool sure = rhythm->messages[slot] >= SLOT_MESSAGES && rhythm->hours[slot] >= SLOT_HOURS;
	double longest = sure ? longest_near(rhythm, slot) : rhythm->longest_overall;
	double gaps = rhythm->gaps ? rhythm->gaps : 1;

	return FACTOR * (longest > 1 ? longest : 1) * (1 + FEW_GAPS / gaps);
}

void rhythm_close(struct rhythm *rhythm, int slot, uint32_t messages, int64_t observed)
{
	float hours = (float)((double)observed / CLOCK_HOUR);

	if (observed <= 0)
		return;
	rhythm->longest[slot] *= LONGEST_DECAY;
	rhythm->messages[slot] = rhythm->messages[slot] * DECAY + (float)messages;
	rhythm->hours[slot] = rhythm->hours[slot] * DECAY + hours;
	rhythm->total_messages = rhythm->total_messages * OVERALL_DECAY + (float)messages;
	rhythm->total_hours = rhythm->total_hours * OVERALL_DECAY + hours;
	rhythm->longest_overall *= OVERALL_DECAY;
}
