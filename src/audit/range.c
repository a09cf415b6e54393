/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/range.h"

#include "base/clock.h"
#include "query/time.h"

static int visit(void *context, const struct journal_segment_info *info)
{
	struct audit_segments *segments = context;

	vec_push(segments, *info);
	return 0;
}

int audit_segments_read(const char *folder, const struct journal_key *key, struct audit_segments *segments,
			struct err *ret_err)
{
	return journal_segments(folder, key, visit, segments, ret_err);
}

static bool has_times(const struct journal_segment_info *info)
{
	return info->state != JOURNAL_DAMAGED && info->received_max > 0;
}

/* One end: a number, or a time. */
struct end {
	bool is_time;
	uint64_t seq;
	int64_t begin, end; /* what the text covers */
};

static int read_end(const char *name, const char *text, struct end *ret_end, struct err *ret_err)
{
	struct end end = {0};

	if (str_to_u64(str_from(text), &end.seq) == 0 && char_is_digit(text[0])) {
		*ret_end = end;
		return 0;
	}
	end.is_time = true;
	if (time_read(str_from(text), clock_now(), &end.begin, &end.end) < 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "--%s takes a sequence number or a time such as 2026-01-01, "
			       "2026-01-01T08:30:00Z or -24h",
			       name);
	*ret_end = end;
	return 0;
}

/* Narrows the numbers to the segments that may hold records of the times. */
static void narrow(const struct audit_segments *segments, struct audit_range *range)
{
	uint64_t first = 0, last = 0;

	for (size_t i = 0; i < segments->len; i++) {
		const struct journal_segment_info *info = &segments->items[i];

		if (has_times(info) && (info->received_max < range->from || info->received_min >= range->to))
			continue;
		first = first ? first : info->first_seq;
		last = i + 1 == segments->len ? UINT64_MAX : segments->items[i + 1].first_seq - 1;
	}
	if (first > range->first_seq)
		range->first_seq = first;
	if (last < range->last_seq)
		range->last_seq = last;
}

int audit_range_read(const struct audit_segments *segments, const char *from, const char *to,
		     struct audit_range *ret_range, struct err *ret_err)
{
	struct audit_range range = {1, UINT64_MAX, INT64_MIN, INT64_MAX};
	struct end end = {0};
	int r = from ? read_end("from", from, &end, ret_err) : 0;

	if (r == 0 && from && end.is_time)
		range.from = end.begin;
	else if (r == 0 && from)
		range.first_seq = end.seq;
	if (r == 0 && to)
		r = read_end("to", to, &end, ret_err);
	if (r == 0 && to && end.is_time)
		range.to = end.end - end.begin > CLOCK_MILLISECOND ? end.end : end.begin;
	else if (r == 0 && to)
		range.last_seq = end.seq;
	if (r < 0)
		return r;
	if (range.from != INT64_MIN || range.to != INT64_MAX)
		narrow(segments, &range);
	if (range.first_seq > range.last_seq || range.from >= range.to)
		return err_set(ret_err, ERR_RANGE, 0, 0, "no records lie between --from and --to");
	*ret_range = range;
	return 0;
}

void audit_range_times(const struct audit_segments *segments, uint64_t first_seq, uint64_t last_seq,
		       int64_t *ret_from, int64_t *ret_to)
{
	*ret_from = *ret_to = 0;
	for (size_t i = 0; i < segments->len; i++) {
		const struct journal_segment_info *info = &segments->items[i];

		if (!has_times(info) || info->first_seq > last_seq || info->last_seq < first_seq)
			continue;
		if (!*ret_from || info->received_min < *ret_from)
			*ret_from = info->received_min;
		if (info->received_max > *ret_to)
			*ret_to = info->received_max;
	}
}
