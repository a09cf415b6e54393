/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the sources now, from the gaps of the last hour. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/vec.h"
#include "coverage/statement.h"

struct wanting {
	uint64_t talker;
	bool silent, acknowledged;
};

struct counting {
	struct {
		VEC_OF(struct wanting)
	} wanting;
	int64_t now;
	bool down;
};

/* What a listener lost of nobody in particular is no source's, and who is new may be silent. */
static bool is_wanting(const struct gap *gap)
{
	if (gap->talker.kind != TALKER_LEARNT && gap->talker.kind != TALKER_REGISTERED)
		return false;
	return gap->reason != GAP_SILENT || (gap->lasts && !gap->learning);
}

static int note_gap(void *context, const struct gap *gap)
{
	struct counting *counting = context;

	if (gap->reason == GAP_DOWN || gap->reason == GAP_UNKNOWN)
		counting->down = counting->down || gap->lasts;
	else if (is_wanting(gap))
		vec_push(&counting->wanting,
			 ((struct wanting){gap->talker.id, gap->reason == GAP_SILENT,
					   gap->acknowledged.talker &&
						   gap->acknowledged.until > counting->now}));
	return 0;
}

/* By talker, its silence first. */
static int compare(const void *left, const void *right)
{
	const struct wanting *a = left, *b = right;

	if (a->talker != b->talker)
		return a->talker < b->talker ? -1 : 1;
	return (int)b->silent - (int)a->silent;
}

int coverage_count(struct db *db, int64_t now, struct coverage_counts *ret_counts)
{
	const int64_t from = now / CLOCK_HOUR * CLOCK_HOUR - CLOCK_HOUR;
	struct coverage_counts counts = {0};
	struct counting counting = {.now = now};
	struct statement statement;
	int64_t began = 0;
	int r = ledger_known(db, &began, &counts.until);

	if (r == 0)
		r = statement_make(db, from, now, now, note_gap, &counting, &statement);
	if (r == 0) {
		counts.sources = (int64_t)statement.talkers;
		counts.down = counting.down || !counts.until;
		if (counting.wanting.len)
			qsort(counting.wanting.items, counting.wanting.len, sizeof(struct wanting), compare);
		for (size_t i = 0; i < counting.wanting.len; i++) {
			const struct wanting *wanting = &counting.wanting.items[i];

			if (i && wanting[-1].talker == wanting->talker)
				continue;
			counts.silent += wanting->silent;
			counts.blind += !wanting->silent;
			counts.acknowledged += wanting->silent && wanting->acknowledged;
		}
		*ret_counts = counts;
	}
	vec_done(&counting.wanting);
	return r;
}
