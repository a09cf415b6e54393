/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/clock.h"
#include "web/event.h"
#include "web/route.h"
#include "web/search.h"
#include "web/store_access.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX 1000
#define BUCKETS_DEFAULT 60
#define BUCKETS_MAX 500
#define SERIES_MAX 5

/* "TIME-SEQ" of the last row of the page before. */
static bool read_cursor(struct call *call, struct search *search)
{
	struct str rest = call_text(call, "cursor"), time;

	if (!rest.len)
		return true;
	search->after = true;
	if (str_split(&rest, '-', &time) && str_to_i64(time, &search->after_time) == 0 &&
	    str_to_u64(rest, &search->after_seq) == 0)
		return true;
	call_fail(call, 400, "bad_cursor", "cursor is next_cursor of the page before");
	return false;
}

static void write_events(struct call *call, json_t *rows, size_t limit, int64_t started)
{
	size_t count = json_array_size(rows), shown = count < limit ? count : limit;
	const json_t *last = shown ? json_array_get(rows, shown - 1) : NULL;
	char cursor[64];

	out_open(call->out, NULL, '{');
	out_open(call->out, "events", '[');
	for (size_t i = 0; i < shown; i++)
		event_write_row(call->request->arena, call->out, json_array_get(rows, i));
	out_close(call->out, ']');
	if (count > limit) {
		snprintf(cursor, sizeof(cursor), "%" PRId64 "-%" PRIu64, row_integer(last, "@timestamp"),
			 (uint64_t)row_integer(last, "seq"));
		out_text(call->out, "next_cursor", str_from(cursor));
	}
	out_number(call->out, "elapsed_ms", (double)(clock_monotonic() - started) / 1000);
	out_close(call->out, '}');
}

void api_search_events(struct call *call)
{
	struct str columns[SEARCH_COLUMNS_MAX];
	int64_t limit, started = clock_monotonic();
	struct sql_query query = {0};
	struct search search = {0};
	struct err err = {0};
	json_t *rows;
	int r;

	if (!call_search(call, &search) || !read_cursor(call, &search) ||
	    !call_columns(call, &search, columns) ||
	    !call_number(call, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit))
		return;
	search.limit = (unsigned)limit + 1; /* one more says whether there is a next page */
	if (search_events(&search, &query, &err) < 0) {
		call_fail_query(call, &err);
	} else if ((r = store_ask(call, PATIENT, &query, &rows, &err)) < 0) {
		store_fail(call, r, &err);
	} else {
		write_events(call, rows, (size_t)limit, started);
		json_decref(rows);
	}
	sql_query_done(&query);
}

/* Over which values a histogram is divided; what has none of them is in the total alone. */
struct division {
	struct str field, values[SERIES_MAX];
	size_t count;
	json_t *rows; /* owns the values */
};

/* The most frequent values of the newest events stand for themselves. */
static int divide(struct call *call, struct search *search, struct division *division, struct err *err)
{
	struct sql_query query = {0};
	int r;

	division->field = call_text(call, "by");
	search->limit = SERIES_MAX;
	if (!division->field.len)
		return 0;
	r = look_values(search, division->field, (struct str){0}, &query, err);
	if (r == 0)
		r = store_ask(call, PATIENT, &query, &division->rows, err);
	for (size_t i = 0; r == 0 && i < json_array_size(division->rows); i++)
		division->values[division->count++] =
			event_cell(call->request->arena, json_array_get(division->rows, i), "value", NULL);
	sql_query_done(&query);
	return r;
}

static size_t series_of(const struct division *division, const json_t *row)
{
	struct str name = row_text(row, "name");
	size_t i = 0;

	while (i < division->count && !str_eq(division->values[i], name))
		i++;
	return i;
}

/* Every bucket, the empty ones too: counts[0] is the total, the values follow. */
static void write_counts(struct call *call, const struct search *search, int64_t width, int64_t count,
			 const struct division *division, const int64_t *counts)
{
	int64_t first = search_bucket_start(search->from, width), total = 0;

	out_open(call->out, NULL, '{');
	out_time(call->out, "from", search->from);
	out_time(call->out, "to", search->to);
	out_number(call->out, "interval_seconds", (double)width / CLOCK_SECOND);
	out_open(call->out, "buckets", '[');
	for (int64_t i = 0; i < count; i++) {
		total += counts[i];
		out_open(call->out, NULL, '{');
		out_time(call->out, "time", first + i * width);
		out_integer(call->out, "count", counts[i]);
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
	out_integer(call->out, "total", total);
	out_open(call->out, "series", '[');
	for (size_t k = 0; k < division->count; k++) {
		out_open(call->out, NULL, '{');
		out_text(call->out, "value", division->values[k]);
		out_open(call->out, "counts", '[');
		for (int64_t i = 0; i < count; i++)
			out_integer(call->out, NULL, counts[((int64_t)k + 1) * count + i]);
		out_close(call->out, ']');
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
	out_close(call->out, '}');
}

static void write_histogram(struct call *call, const struct search *search, int64_t width,
			    const struct division *division, json_t *rows)
{
	int64_t first = search_bucket_start(search->from, width);
	int64_t count = (search->to - first + width - 1) / width;
	int64_t *counts =
		arena_zalloc(call->request->arena, (size_t)count * (division->count + 1) * sizeof(*counts));
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		int64_t bucket = row_integer(row, "bucket"), events = row_integer(row, "events");
		size_t series = series_of(division, row);

		if (bucket < 0 || bucket >= count)
			continue;
		counts[bucket] += events;
		if (series < division->count)
			counts[((int64_t)series + 1) * count + bucket] += events;
	}
	write_counts(call, search, width, count, division, counts);
}

static int ask_histogram(struct search *search, int64_t width, const struct division *division,
			 struct sql_query *query, struct err *err)
{
	if (!division->count)
		return search_histogram(search, width, query, err);
	return search_histogram_by(search, width, division->field, division->values, division->count, query,
				   err);
}

void api_histogram_events(struct call *call)
{
	struct division division = {0};
	struct sql_query query = {0};
	struct search search = {0};
	int64_t buckets, width;
	struct err err = {0};
	json_t *rows = NULL;
	int r;

	if (!call_search(call, &search) ||
	    !call_number(call, "buckets", 1, BUCKETS_MAX, BUCKETS_DEFAULT, &buckets))
		return;
	width = search_bucket_width(search.from, search.to, (unsigned)buckets);
	if (ask_histogram(&search, width, &division, &query, &err) < 0) {
		call_fail_query(call, &err);
	} else {
		r = divide(call, &search, &division, &err);
		if (r == 0 && division.count) {
			sql_query_done(&query);
			query = (struct sql_query){0};
			r = ask_histogram(&search, width, &division, &query, &err);
		}
		if (r == 0)
			r = store_ask(call, PATIENT, &query, &rows, &err);
		if (r < 0)
			store_fail(call, r, &err);
		else
			write_histogram(call, &search, width, &division, rows);
	}
	json_decref(rows);
	json_decref(division.rows);
	sql_query_done(&query);
}

void api_get_event(struct call *call)
{
	struct sql_query query = {0};
	struct err err = {0};
	json_t *rows = NULL;
	uint64_t seq;
	int r;

	if (str_to_u64(call->path_values[0], &seq) < 0 || seq == 0) {
		call_fail(call, 404, "not_found", "an event's number is a whole number");
		return;
	}
	search_event(seq, &query);
	r = store_ask(call, PATIENT, &query, &rows, &err);
	if (r < 0)
		store_fail(call, r, &err);
	else if (!event_write_detail(call, json_array_get(rows, 0), seq))
		call_fail(call, 404, "not_found",
			  "there is no event %" PRIu64 ", or it is a record for auditors alone", seq);
	json_decref(rows);
	sql_query_done(&query);
}
