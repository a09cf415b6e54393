/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cases/alert_count.h"
#include "query/search.h"
#include "web/route.h"
#include "web/store_access.h"

#define SERIES_BUCKETS 61 /* so that an hour is shown by the minute */
#define TOP_ROWS 10
#define SOURCE_ROWS 100
#define KIND_ROWS 20000 /* buckets times kinds of event */

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
		{"top_rules", ALERT_TOP_RULE, api_write_rule},
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

/* Counts of a roll-up; NULL where the store is away. */
static json_t *ask_rollup(struct call *call, struct str by, int64_t from, int64_t to, int64_t step,
			  unsigned limit)
{
	struct sql_query query = {0};
	struct err err = {0};
	json_t *rows = NULL;

	if (search_overview(by, from, to, step, limit, &query, &err) == 0)
		store_ask(call, QUICK, &query, &rows, &err);
	sql_query_done(&query);
	return rows;
}

struct event_totals {
	int64_t all, unparsed;
};

/* The rows are sorted by bucket, one for each kind in it: what is shown is their sum. */
static struct event_totals write_series(struct buf *out, const json_t *rows, int64_t from, int64_t step)
{
	size_t count = json_array_size(rows);
	int64_t first = search_bucket_start(from, step);
	struct event_totals totals = {0};

	for (size_t i = 0; i < count;) {
		int64_t bucket = row_integer(json_array_get(rows, i), "bucket"), sum = 0;

		for (; i < count && row_integer(json_array_get(rows, i), "bucket") == bucket; i++) {
			int64_t events = row_integer(json_array_get(rows, i), "events");

			sum += events;
			if (str_eq(row_text(json_array_get(rows, i), "name"), STR("unparsed")))
				totals.unparsed += events;
		}
		totals.all += sum;
		out_open(out, NULL, '{');
		out_time(out, "time", first + bucket * step);
		out_integer(out, "count", sum);
		out_close(out, '}');
	}
	return totals;
}

/* Where the store is away the figures are 0 and store_reachable says why; alerts do not need it. */
static void write_events(struct call *call, int64_t from, int64_t to, int64_t step)
{
	json_t *kinds = ask_rollup(call, STR("kind"), from, to, step, KIND_ROWS);
	json_t *sources = kinds ? ask_rollup(call, STR("dataset"), from, to, 0, SOURCE_ROWS) : NULL;
	struct event_totals totals;

	out_bool(call->out, "store_reachable", kinds && sources);
	out_open(call->out, "events_series", '[');
	totals = write_series(call->out, kinds, from, step);
	out_close(call->out, ']');
	out_integer(call->out, "events_total", totals.all);
	out_integer(call->out, "events_unparsed", totals.unparsed);
	out_open(call->out, "by_source", '[');
	for (size_t i = 0; i < json_array_size(sources); i++) {
		const json_t *row = json_array_get(sources, i);

		write_count(call->out, row_text(row, "name"), row_integer(row, "events"));
	}
	out_close(call->out, ']');
	json_decref(kinds);
	json_decref(sources);
}

void api_get_overview(struct call *call)
{
	int64_t from, to, step;
	int r;

	if (!call_span(call, &from, &to))
		return;
	from = search_bucket_start(from, CLOCK_MINUTE); /* whole minutes, as the counts are kept */
	to = search_bucket_start(to + CLOCK_MINUTE - 1, CLOCK_MINUTE);
	step = search_bucket_width(from, to, SERIES_BUCKETS);
	if (step < CLOCK_MINUTE)
		step = CLOCK_MINUTE;
	out_open(call->out, NULL, '{');
	out_time(call->out, "from", from);
	out_time(call->out, "to", to);
	out_integer(call->out, "step_seconds", step / CLOCK_SECOND);
	r = write_alerts(call, from, to, step);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	write_events(call, from, to, step);
	out_close(call->out, '}');
}
