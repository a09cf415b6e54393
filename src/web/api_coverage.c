/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "coverage/text.h"
#include "web/route.h"

#define HOURS_DEFAULT 5000
#define HOURS_MAX 20000
#define SPAN_MAX (400 * CLOCK_DAY)

struct listing {
	struct buf *out;
	int64_t count, limit;
};

static void put_comma(struct listing *listing)
{
	if (listing->count++)
		buf_add_char(listing->out, ',');
}

/* 1 where there are more than wanted. */
static int write_hour(void *context, const struct ledger_hour *hour)
{
	struct listing *listing = context;

	if (listing->count == listing->limit)
		return 1;
	put_comma(listing);
	coverage_hour_json(listing->out, hour);
	return 0;
}

static bool read_span(struct call *call, int64_t *ret_from, int64_t *ret_to)
{
	if (!call_span(call, ret_from, ret_to))
		return false;
	if (*ret_to - *ret_from <= SPAN_MAX)
		return true;
	call_fail(call, 400, "bad_time", "at most 400 days at once");
	return false;
}

void api_list_coverage(struct call *call)
{
	struct listing listing = {.out = call->out};
	int64_t from, to, known_from, known_to;
	int r;

	if (!read_span(call, &from, &to) ||
	    !call_number(call, "limit", 1, HOURS_MAX, HOURS_DEFAULT, &listing.limit))
		return;
	from = from / CLOCK_HOUR * CLOCK_HOUR; /* whole hours, as the counts are kept */
	r = ledger_known(call->web->db, &known_from, &known_to);
	out_open(call->out, NULL, '{');
	out_time(call->out, "from", from);
	out_time(call->out, "to", to);
	if (r == 0 && known_to) {
		out_time(call->out, "known_from", known_from);
		out_time(call->out, "known_to", known_to);
	}
	out_open(call->out, "hours", '[');
	if (r == 0)
		r = ledger_hours(call->web->db, from, to, call_text(call, "source"), write_hour, &listing);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	out_close(call->out, ']');
	out_bool(call->out, "truncated", r > 0);
	out_close(call->out, '}');
}

static int write_gap(void *context, const struct gap *gap)
{
	struct listing *listing = context;

	put_comma(listing);
	coverage_gap_json(listing->out, gap);
	return 0;
}

/* A day is the operator's, from midnight to midnight by analyze.zone. */
static bool read_day(struct call *call, int64_t *ret_from, int64_t *ret_to)
{
	struct str day = call_text(call, "day");
	int64_t from;

	if (!day.len)
		return read_span(call, ret_from, ret_to);
	if (day.len != 10 || clock_parse(day, call->web->options.zone, &from) < 0) {
		call_fail(call, 400, "bad_time", "day is a day such as 2026-11-22");
		return false;
	}
	*ret_from = from;
	*ret_to = from + CLOCK_DAY;
	return true;
}

void api_get_coverage_statement(struct call *call)
{
	struct listing listing = {.out = call->out};
	struct statement statement;
	int64_t from, to;
	int r;

	if (!read_day(call, &from, &to))
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "gaps", '[');
	r = statement_make(call->web->db, from, to, call->now, write_gap, &listing, &statement);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	out_close(call->out, ']');
	out_time(call->out, "from", from);
	out_time(call->out, "to", to);
	out_time(call->out, "until", statement.until);
	out_text(call->out, "verdict", statement.blind ? STR("blind") : STR("complete"));
	out_integer(call->out, "sources", (int64_t)statement.talkers);
	out_integer(call->out, "gap_count", (int64_t)statement.gaps);
	out_close(call->out, '}');
}
