/* SPDX-License-Identifier: Apache-2.0 */
#include "custody/holdings.h"

#include <limits.h>
#include <stdio.h>

#include "base/clock.h"
#include "custody/heads.h"

#define PACE_SPAN (7 * CLOCK_DAY)

struct sums {
	struct holdings *holdings;
	const struct retention_policy *policy;
	int64_t now, pace_since; /* of the segments of the last week */
	uint64_t pace_bytes;
};

static void add_classes(struct sums *sums, const struct journal_segment_info *info)
{
	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++) {
		struct holdings_class *class = &sums->holdings->classes[i];

		if (!info->class_records[i])
			continue;
		class->records += info->class_records[i];
		class->bytes += info->class_bytes[i];
		if (class->oldest && class->oldest <= info->received_min)
			continue;
		class->oldest = info->received_min;
		if (sums->policy)
			class->goes = info->received_max + sums->policy->classes[i].days * CLOCK_DAY;
	}
}

static int add_segment(void *context, const struct journal_segment_info *info)
{
	struct sums *sums = context;
	struct holdings *holdings = sums->holdings;

	holdings->segments++;
	if (info->state != JOURNAL_SEALED && info->state != JOURNAL_DELETED)
		return 0;
	holdings->sealed_segments++;
	holdings->sealed_bytes += info->bytes;
	holdings->sealed_seq = info->last_seq;
	if (info->state == JOURNAL_DELETED)
		return 0;
	add_classes(sums, info);
	if (info->sealed > holdings->sealed)
		holdings->sealed = info->sealed;
	if (!holdings->oldest || info->received_min < holdings->oldest)
		holdings->oldest = info->received_min;
	if (info->received_max > sums->now - PACE_SPAN) {
		sums->pace_bytes += info->bytes;
		if (!sums->pace_since || info->received_min < sums->pace_since)
			sums->pace_since = info->received_min;
	}
	return 0;
}

int holdings_read(const char *journal, const struct journal_key *key, const struct retention_policy *policy,
		  int64_t now, struct holdings *ret_holdings)
{
	struct sums sums = {.holdings = ret_holdings, .policy = policy, .now = now};
	char sealed[PATH_MAX];
	int r;

	*ret_holdings = (struct holdings){0};
	r = journal_segments(journal, key, add_segment, &sums, NULL);
	if (sums.pace_bytes && now - sums.pace_since >= CLOCK_HOUR)
		ret_holdings->bytes_per_day =
			(double)sums.pace_bytes / ((double)(now - sums.pace_since) / CLOCK_DAY);
	if (snprintf(sealed, sizeof(sealed), "%s/sealed", journal) < (int)sizeof(sealed))
		ret_holdings->has_head = heads_newest(sealed, &ret_holdings->head) == 0;
	return r;
}
