/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of several lines. A record is always a run of whole lines as they stand
 * in the file, so that after a crash it is found again by its bytes alone, wherever
 * a rule or a moment of quiet had it end.
 */
#include <string.h>

#include "collect/follow_private.h"
#include "collect/sink.h"

/* A line up to its end, or what there is of one. */
struct span {
	struct str text; /* without LF and CR */
	size_t len;      /* with them */
	bool whole;
};

static struct span line_at(struct str rest)
{
	const size_t end = str_find_char(rest, '\n');
	struct span span = {rest, rest.len, end != STR_NOT_FOUND};

	if (span.whole) {
		span.text = str_head(rest, end);
		span.len = end + 1;
	}
	if (span.text.len && span.text.ptr[span.text.len - 1] == '\r')
		span.text.len--;
	return span;
}

/* Whether the line begins another record than the one before it. What a pattern cannot decide in time begins
   one. */
static bool begins(const struct follow_rule *rule, struct regex_scratch *scratch, struct str line)
{
	const struct str head = str_head(line, FOLLOW_LOOK);

	if (!line.len)
		return false;
	if (rule->start)
		return regex_search(rule->start, head, scratch) != REGEX_NO_MATCH;
	return regex_search(rule->goes_on, head, scratch) != REGEX_MATCH;
}

bool follow_join(const struct follow_rule *rule, struct regex_scratch *scratch, struct str *rest,
		 enum follow_end end, bool *skipping, struct str *ret_record, bool *ret_truncated)
{
	struct str ahead = *rest, record;
	bool skip = *skipping, truncated, over = false;
	size_t lines = 1;

	if (!follow_cut(&ahead, end == FOLLOW_GONE, &skip, &record, &truncated)) {
		*rest = ahead; /* what was left out before it */
		*skipping = skip;
		return false;
	}
	over = skip || truncated; /* a line too long stands alone */
	while (!over && ahead.len) {
		const struct span line = line_at(ahead);
		const size_t len = (size_t)(line.text.ptr + line.text.len - record.ptr);

		if (!line.whole && end != FOLLOW_GONE && line.len <= COLLECT_RECORD_MAX)
			break;
		over = begins(rule, scratch, line.text) ||
		       (line.text.len && (lines == rule->max_lines || len > rule->max_bytes));
		if (over)
			break;
		ahead = str_from_offset(ahead, line.len);
		lines++;
		if (line.text.len)
			record.len = len;
	}
	if (!over && end == FOLLOW_GROWS)
		return false;
	*rest = ahead;
	*skipping = skip;
	*ret_record = record;
	*ret_truncated = truncated;
	return true;
}

bool follow_skip_record(struct str *rest, bool *skipping, struct str record)
{
	struct str ahead = *rest, first;
	bool skip = *skipping, truncated;
	struct span line;

	if (!follow_cut(&ahead, true, &skip, &first, &truncated))
		return false;
	ahead = str_from_offset(*rest, (size_t)(first.ptr - rest->ptr));
	if (!str_starts(ahead, record))
		return false;
	/* Behind it the line must end. */
	line = line_at(str_from_offset(ahead, record.len));
	if (line.text.len)
		return false;
	*rest = str_from_offset(ahead, record.len + line.len);
	*skipping = false;
	return true;
}
