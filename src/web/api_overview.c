/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cases/situation.h"
#include "people/owner.h"
#include "query/search.h"
#include "web/route.h"
#include "web/store_access.h"

#define SERIES_BUCKETS 61 /* so that an hour is shown by the minute */
#define TOP_ROWS 10
#define TACTIC_ROWS 100
#define UNIT_ROWS 10
#define WEEK (7 * CLOCK_DAY)
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

/* --- what an address is called ------------------------------------------------------------------------- */

static int write_owner(void *context, const struct owner *owner)
{
	struct buf *out = context;

	if (owner->asset) {
		out_integer(out, "asset", owner->asset);
		out_text(out, "asset_name", owner->asset_name);
	}
	if (owner->unit) {
		out_integer(out, "unit", owner->unit);
		out_text(out, "unit_name", owner->unit_name);
	}
	return 0;
}

struct address_list {
	struct arena *arena;
	struct alert_top_row rows[TOP_ROWS];
	size_t count;
};

static int keep_address(void *context, const struct alert_top_row *row)
{
	struct address_list *list = context;

	list->rows[list->count] = *row;
	list->rows[list->count++].key = arena_copy(list->arena, row->key);
	return 0;
}

/* With whose it is, where the register knows. */
static int write_address(struct call *call, struct db_tx *tx, const struct alert_top_row *row)
{
	int r;

	out_open(call->out, NULL, '{');
	out_text(call->out, "key", row->key);
	out_integer(call->out, "count", row->count);
	r = owner_find(tx, row->key, call->now, 0, write_owner, call->out);
	out_close(call->out, '}');
	return r == ERR_END || r == ERR_SYNTAX ? 0 : r;
}

static int write_addresses(struct call *call, const char *key, enum alert_top kind, int64_t from, int64_t to)
{
	struct address_list list = {.arena = call->request->arena};
	struct db_tx *tx = NULL;
	int r = alerts_top(call->web->db, kind, from, to, TOP_ROWS, keep_address, &list);

	if (r == 0)
		r = db_begin(call->web->db, DB_READ, &tx);
	if (r < 0)
		return r;
	out_open(call->out, key, '[');
	for (size_t i = 0; i < list.count && r == 0; i++)
		r = write_address(call, tx, &list.rows[i]);
	out_close(call->out, ']');
	return db_end(tx, r);
}

/* --- over time ----------------------------------------------------------------------------------------- */

static int write_bucket(void *context, int64_t time, int64_t count)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_time(call->out, "time", time);
	out_integer(call->out, "count", count);
	out_close(call->out, '}');
	return 0;
}

/* Of all levels together: they come one after another, in order of time. */
struct level_sum {
	struct call *call;
	int64_t time, count;
};

static int add_level(void *context, int64_t time, enum alert_level level, int64_t count)
{
	struct level_sum *sum = context;

	(void)level;
	if (time != sum->time && sum->count) {
		write_bucket(sum->call, sum->time, sum->count);
		sum->count = 0;
	}
	sum->time = time;
	sum->count += count;
	return 0;
}

/* The same span a week before, at the times that it was. */
static int write_alerts_before(struct call *call, int64_t from, int64_t to, int64_t step)
{
	struct level_sum sum = {.call = call};
	int r;

	out_open(call->out, "alerts_before", '[');
	r = alerts_series(call->web->db, from - WEEK, to - WEEK, step, add_level, &sum);
	if (sum.count)
		write_bucket(call, sum.time, sum.count);
	out_close(call->out, ']');
	return r;
}

static int write_unit(void *context, const struct unit_row *row)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", row->unit);
	out_text(call->out, "name", row->name);
	out_integer(call->out, "incidents", row->incidents);
	out_integer(call->out, "open", row->open);
	out_integer(call->out, "alerts", row->alerts);
	out_text(call->out, "level", str_from(alert_level_name(row->severity)));
	out_close(call->out, '}');
	return 0;
}

static int write_incidents(struct call *call, int64_t from, int64_t to, int64_t step)
{
	struct db_tx *tx;
	int r = db_begin(call->web->db, DB_READ, &tx);

	if (r < 0)
		return r;
	out_open(call->out, "incidents_series", '[');
	r = incidents_series(tx, from, to, step, write_bucket, call);
	out_close(call->out, ']');
	out_open(call->out, "incidents_before", '[');
	if (r == 0)
		r = incidents_series(tx, from - WEEK, to - WEEK, step, write_bucket, call);
	out_close(call->out, ']');
	out_open(call->out, "by_unit", '[');
	if (r == 0)
		r = incidents_by_unit(tx, from, to, UNIT_ROWS, write_unit, call);
	out_close(call->out, ']');
	return db_end(tx, r);
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
			       tops[i].kind == ALERT_TOP_TACTIC ? TACTIC_ROWS : TOP_ROWS, tops[i].write,
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
	json_t *before =
		kinds ? ask_rollup(call, STR("kind"), from - WEEK, to - WEEK, step, KIND_ROWS) : NULL;
	json_t *sources = before ? ask_rollup(call, STR("dataset"), from, to, 0, SOURCE_ROWS) : NULL;
	struct event_totals totals;

	out_bool(call->out, "store_reachable", kinds && sources);
	out_open(call->out, "events_series", '[');
	totals = write_series(call->out, kinds, from, step);
	out_close(call->out, ']');
	out_open(call->out, "events_before", '[');
	write_series(call->out, before, from - WEEK, step);
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
	json_decref(before);
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
	if (r == 0)
		r = write_alerts_before(call, from, to, step);
	if (r == 0)
		r = write_incidents(call, from, to, step);
	if (r == 0)
		r = write_addresses(call, "top_sources", ALERT_TOP_SOURCE, from, to);
	if (r == 0)
		r = write_addresses(call, "top_destinations", ALERT_TOP_DESTINATION, from, to);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	write_events(call, from, to, step);
	out_close(call->out, '}');
}
