/* SPDX-License-Identifier: Apache-2.0 */
#include "custody/retention.h"

#include <string.h>

#include "base/clock.h"

#define ALL_CLASSES UINT32_MAX
#define HYSTERESIS 2           /* percent */
#define OVERRIDE_AGE CLOCK_DAY /* an override by size leaves this in any case */

struct decision {
	const struct retention_policy *policy;
	const struct retention_override *override;
	const struct retention_state *state;
	const struct journal_segment_info *segments;
	size_t count;
	struct retention_step *steps; /* one for each segment, classes 0: nothing */
	uint64_t freed;
};

/* --- classes ------------------------------------------------------------------------------------------- */

static bool matches(const struct retention_class *class, const struct journal_record *record)
{
	bool hint = !class->hint_count, network = !class->network_count;

	if (class->listeners && (record->listener >= 32 || !(class->listeners & 1u << record->listener)))
		return false;
	for (size_t i = 0; i < class->hint_count && !hint; i++)
		hint = str_eq(class->hints[i], record->hint);
	for (size_t i = 0; i < class->network_count && !network; i++)
		network = ip_net_contains(&class->networks[i], record->peer);
	return hint && network;
}

unsigned retention_class_of(void *context, const struct journal_record *record)
{
	const struct retention_policy *policy = context;

	for (size_t i = 0; i < policy->order_count; i++)
		if (matches(&policy->classes[policy->order[i]], record))
			return policy->order[i];
	return 0;
}

/* A class that was sealed under a policy which had more of them is kept as all others. */
static const struct retention_class *class_at(const struct decision *decision, unsigned number)
{
	const struct retention_class *class = &decision->policy->classes[number];

	return class->name[0] ? class : &decision->policy->classes[0];
}

/* --- what may go --------------------------------------------------------------------------------------- */

/* The classes whose records are still there and not going yet. */
static uint32_t present(const struct decision *decision, size_t at)
{
	const struct journal_segment_info *info = &decision->segments[at];
	uint32_t mask = 0;

	if (info->state != JOURNAL_SEALED)
		return 0;
	for (unsigned number = 0; number < JOURNAL_CLASSES_MAX; number++)
		if (info->class_records[number])
			mask |= 1u << number;
	return mask & ~decision->steps[at].classes;
}

/* A class's part of the file. */
static uint64_t part(const struct journal_segment_info *info, unsigned number)
{
	long double all = 0;

	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++)
		all += (long double)info->class_bytes[i];
	return all > 0 ? (uint64_t)((long double)info->bytes * (long double)info->class_bytes[number] / all)
		       : 0;
}

static int64_t age(const struct decision *decision, size_t at)
{
	return decision->state->now - decision->segments[at].received_max;
}

static int64_t least(const struct decision *decision, unsigned number, bool with_override)
{
	const struct retention_override *override = decision->override;
	long days = class_at(decision, number)->least;

	if (days < RETENTION_LEAST_DAYS)
		days = RETENTION_LEAST_DAYS;
	if (with_override && override->active && days == RETENTION_LEAST_DAYS && override->days < days)
		days = override->days;
	return days * CLOCK_DAY;
}

static void take(struct decision *decision, size_t at, uint32_t mask, enum retention_cause cause)
{
	const struct journal_segment_info *info = &decision->segments[at];
	struct retention_step *step = &decision->steps[at];
	bool all = present(decision, at) == mask;
	uint64_t bytes = 0;

	if (!mask)
		return;
	if (!step->classes)
		step->cause = cause;
	step->segment = info->first_seq;
	step->classes |= mask;
	for (unsigned number = 0; number < JOURNAL_CLASSES_MAX; number++) {
		if (step->classes & 1u << number)
			bytes += part(info, number);
		if (mask & 1u << number && age(decision, at) <= least(decision, number, false))
			step->by_override = true;
	}
	bytes = all ? info->bytes : bytes;
	decision->freed += bytes - step->bytes;
	step->bytes = bytes;
}

/* --- the four reasons ---------------------------------------------------------------------------------- */

static void decide_age(struct decision *decision)
{
	for (size_t at = 0; at < decision->count; at++) {
		uint32_t there = present(decision, at), due = 0;

		for (unsigned number = 0; number < JOURNAL_CLASSES_MAX; number++) {
			int64_t days = class_at(decision, number)->days * CLOCK_DAY;
			int64_t floor = least(decision, number, true);

			if (there & 1u << number && age(decision, at) > (days > floor ? days : floor))
				due |= 1u << number;
		}
		take(decision, at, due, RETENTION_AGE);
	}
}

static void decide_share(struct decision *decision, unsigned number)
{
	const struct retention_class *class = &decision->policy->classes[number];
	uint64_t limit = decision->policy->size / 100 * class->share, sum = 0;

	if (!class->name[0] || !class->share || !decision->policy->size)
		return;
	for (size_t at = 0; at < decision->count; at++)
		if (present(decision, at) & 1u << number)
			sum += part(&decision->segments[at], number);
	for (size_t at = 0; at < decision->count && sum > limit; at++) {
		if (!(present(decision, at) & 1u << number) ||
		    age(decision, at) <= least(decision, number, true))
			continue;
		sum -= part(&decision->segments[at], number);
		take(decision, at, 1u << number, RETENTION_SHARE);
	}
}

/* Takes the oldest of what may go until so much is freed. whatever_age: an override by size. */
static void decide_room(struct decision *decision, uint64_t needed, enum retention_cause cause,
			bool whatever_age)
{
	uint64_t end = decision->freed + needed;

	for (size_t at = 0; at < decision->count && decision->freed < end; at++) {
		uint32_t there = present(decision, at), due = 0;

		for (unsigned number = 0; number < JOURNAL_CLASSES_MAX; number++) {
			int64_t floor = least(decision, number, true);

			if (whatever_age &&
			    least(decision, number, false) == RETENTION_LEAST_DAYS * CLOCK_DAY)
				floor = OVERRIDE_AGE;
			if (there & 1u << number && age(decision, at) > floor)
				due |= 1u << number;
		}
		take(decision, at, due, cause);
	}
}

static void decide_size(struct decision *decision, uint64_t limit, bool whatever_age)
{
	uint64_t sum = 0;

	for (size_t at = 0; at < decision->count; at++)
		sum += decision->segments[at].bytes;
	sum = sum > decision->freed ? sum - decision->freed : 0;
	if (limit && sum > limit)
		decide_room(decision, sum - limit, RETENTION_SIZE, whatever_age);
}

static void decide_disk(struct decision *decision)
{
	const struct retention_state *state = decision->state;
	unsigned critical = decision->policy->disk_critical;
	uint64_t used = state->disk_used > decision->freed ? state->disk_used - decision->freed : 0;
	uint64_t percent = state->disk_total / 100;

	if (percent && used > percent * critical)
		decide_room(decision, used - percent * (critical > HYSTERESIS ? critical - HYSTERESIS : 0),
			    RETENTION_DISK, false);
}

size_t retention_decide(const struct retention_policy *policy, const struct retention_override *override,
			const struct retention_state *state, const struct journal_segment_info *segments,
			size_t count, struct retention_step *steps)
{
	struct decision decision = {policy, override, state, segments, count, steps, 0};
	size_t done = 0;

	memset(steps, 0, count * sizeof(*steps));
	decide_age(&decision);
	for (unsigned number = 0; number < JOURNAL_CLASSES_MAX; number++)
		decide_share(&decision, number);
	decide_size(&decision, policy->size, false);
	if (override->active)
		decide_size(&decision, override->size, true);
	decide_disk(&decision);
	for (size_t at = 0; at < count; at++) {
		if (!steps[at].classes)
			continue;
		if (!present(&decision, at))
			steps[at].classes = ALL_CLASSES;
		steps[done++] = steps[at];
	}
	return done;
}

const char *retention_cause_name(enum retention_cause cause)
{
	static const char *const names[] = {"retention.days", "share of the class", "retention.size_gib",
					    "retention.disk_critical"};

	return names[cause];
}

enum retention_alarm retention_alarm(enum retention_alarm before, unsigned percent, unsigned high,
				     unsigned critical)
{
	unsigned as_critical = percent + (before == ALARM_CRITICAL ? HYSTERESIS : 0);
	unsigned as_high = percent + (before != ALARM_NORMAL ? HYSTERESIS : 0);

	return as_critical >= critical ? ALARM_CRITICAL : as_high >= high ? ALARM_HIGH : ALARM_NORMAL;
}
