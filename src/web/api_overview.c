/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cases/alert_count.h"
#include "web/private.h"

#define SERIES_BUCKETS 60 /* about so many columns */
#define TOP_ROWS 10

/* A length people read at a glance, so that the span has at most about SERIES_BUCKETS of them. */
static int64_t choose_step(int64_t span)
{
	static const int64_t minutes[] = {1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10080};
	size_t i = 0;

	while (i + 1 < sizeof(minutes) / sizeof(minutes[0]) &&
	       span / (minutes[i] * CLOCK_MINUTE) > SERIES_BUCKETS)
		i++;
	return minutes[i] * CLOCK_MINUTE;
}

static int write_point(void *context, int64_t time, enum alert_level level, int64_t count)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_time(call->out, "time", time);
	out_text(call->out, "level", str_from(alert_level_name(level)));
	out_integer(call->out, "count", count);
	out_close(call->out, '}');
	return 0;
}

static void write_count(struct buf *out, struct str key, int64_t count)
{
	out_open(out, NULL, '{');
	out_text(out, "key", key);
	out_integer(out, "count", count);
	out_close(out, '}');
}

static int write_top(void *context, const struct alert_top_row *row)
{
	struct call *call = context;

	write_count(call->out, row->key, row->count);
	return 0;
}

static int write_rule(void *context, const struct alert_top_row *row)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_text(call->out, "id", row->key);
	out_text(call->out, "title", row->title);
	out_text(call->out, "level", str_from(alert_level_name(row->level)));
	out_integer(call->out, "count", row->count);
	out_close(call->out, '}');
	return 0;
}

static int write_totals(struct call *call, int64_t from, int64_t to)
{
	struct alert_totals totals;
	int r = alerts_totals(call->web->db, from, to, &totals);

	if (r < 0)
		return r;
	out_integer(call->out, "alerts_total", totals.total);
	out_integer(call->out, "alerts_open", totals.open);
	out_open(call->out, "by_level", '[');
	for (int level = ALERT_LEVEL_COUNT - 1; level >= 0; level--)
		if (totals.by_level[level])
			write_count(call->out, str_from(alert_level_name((enum alert_level)level)),
				    totals.by_level[level]);
	out_close(call->out, ']');
	return 0;
}

static int write_alerts(struct call *call, int64_t from, int64_t to, int64_t step)
{
	static const struct {
		const char *key;
		enum alert_top kind;
		int (*write)(void *context, const struct alert_top_row *row);
	} tops[] = {
		{"by_tactic", ALERT_TOP_TACTIC, write_top},
		{"top_sources", ALERT_TOP_SOURCE, write_top},
		{"top_destinations", ALERT_TOP_DESTINATION, write_top},
		{"top_rules", ALERT_TOP_RULE, write_rule},
	};
	int r = write_totals(call, from, to);

	if (r < 0)
		return r;
	out_open(call->out, "alerts_series", '[');
	r = alerts_series(call->web->db, from, to, step, write_point, call);
	out_close(call->out, ']');
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]) && r == 0; i++) {
		out_open(call->out, tops[i].key, '[');
		r = alerts_top(call->web->db, tops[i].kind, from, to,
			       tops[i].kind == ALERT_TOP_TACTIC ? ALERT_TOP_MAX : TOP_ROWS, tops[i].write,
			       call);
		out_close(call->out, ']');
	}
	return r;
}

void api_get_overview(struct call *call)
{
	int64_t from, to, step;
	int r;

	if (!call_span(call, &from, &to))
		return;
	from -= from % CLOCK_MINUTE; /* whole minutes, as the counts are kept */
	to += CLOCK_MINUTE - 1 - (to - 1) % CLOCK_MINUTE;
	step = choose_step(to - from);
	out_open(call->out, NULL, '{');
	out_time(call->out, "from", from);
	out_time(call->out, "to", to);
	out_integer(call->out, "step_seconds", step / CLOCK_SECOND);
	r = write_alerts(call, from, to, step);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	out_bool(call->out, "store_reachable", false);
	out_integer(call->out, "events_total", 0);
	out_open(call->out, "events_series", '[');
	out_close(call->out, ']');
	out_open(call->out, "by_source", '[');
	out_close(call->out, ']');
	out_close(call->out, '}');
}
