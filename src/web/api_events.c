/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/clock.h"
#include "query/search.h"
#include "web/event.h"
#include "web/route.h"
#include "web/store_access.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX 1000
#define BUCKETS_DEFAULT 60
#define BUCKETS_MAX 500

/* A mistake in the query: where it is goes along, so that the console can point at it. */
static void fail_query(struct call *call, const struct err *err)
{
	call_fail(call, 400, "bad_query", "%s", err->message);
	if (err->column)
		call_fail_more(call, "column", err->column);
}

static bool read_search(struct call *call, struct search *search)
{
	search->now = call->now;
	search->kql = call_text(call, "q");
	return call_span(call, &search->from, &search->to);
}

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

static bool read_columns(struct call *call, struct search *search, struct str columns[SEARCH_COLUMNS_MAX])
{
	struct str rest = call_text(call, "columns"), column;

	search->columns = columns;
	while (str_split(&rest, ',', &column)) {
		if (search->column_count == SEARCH_COLUMNS_MAX) {
			call_fail(call, 400, "bad_columns", "more than %d columns", SEARCH_COLUMNS_MAX);
			return false;
		}
		if (column.len)
			columns[search->column_count++] = column;
	}
	return true;
}

static void write_events(struct call *call, json_t *rows, size_t limit, int64_t started)
{
	size_t count = json_array_size(rows), shown = count < limit ? count : limit;
	const json_t *last = shown ? json_array_get(rows, shown - 1) : NULL;
	char cursor[64];

	out_open(call->out, NULL, '{');
	out_open(call->out, "events", '[');
	for (size_t i = 0; i < shown; i++)
		event_write_row(call->out, json_array_get(rows, i));
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

	if (!read_search(call, &search) || !read_cursor(call, &search) ||
	    !read_columns(call, &search, columns) ||
	    !call_number(call, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit))
		return;
	search.limit = (unsigned)limit + 1; /* one more says whether there is a next page */
	if (search_events(&search, &query, &err) < 0) {
		fail_query(call, &err);
	} else if ((r = store_ask(call, PATIENT, &query, &rows, &err)) < 0) {
		store_fail(call, r, &err);
	} else {
		write_events(call, rows, (size_t)limit, started);
		json_decref(rows);
	}
	sql_query_done(&query);
}

/* Every bucket, the empty ones too. */
static void write_histogram(struct call *call, const struct search *search, int64_t width, json_t *rows)
{
	int64_t first = search_bucket_start(search->from, width);
	int64_t count = (search->to - first + width - 1) / width, total = 0;
	size_t row = 0;

	out_open(call->out, NULL, '{');
	out_time(call->out, "from", search->from);
	out_time(call->out, "to", search->to);
	out_number(call->out, "interval_seconds", (double)width / CLOCK_SECOND);
	out_open(call->out, "buckets", '[');
	for (int64_t i = 0; i < count; i++) {
		const json_t *at = json_array_get(rows, row);
		bool there = at && row_integer(at, "bucket") == i;
		int64_t events = there ? row_integer(at, "events") : 0;

		row += there;
		total += events;
		out_open(call->out, NULL, '{');
		out_time(call->out, "time", first + i * width);
		out_integer(call->out, "count", events);
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
	out_integer(call->out, "total", total);
	out_close(call->out, '}');
}

void api_histogram_events(struct call *call)
{
	struct sql_query query = {0};
	struct search search = {0};
	int64_t buckets, width;
	struct err err = {0};
	json_t *rows;
	int r;

	if (!read_search(call, &search) ||
	    !call_number(call, "buckets", 1, BUCKETS_MAX, BUCKETS_DEFAULT, &buckets))
		return;
	width = search_bucket_width(search.from, search.to, (unsigned)buckets);
	if (search_histogram(&search, width, &query, &err) < 0) {
		fail_query(call, &err);
	} else if ((r = store_ask(call, PATIENT, &query, &rows, &err)) < 0) {
		store_fail(call, r, &err);
	} else {
		write_histogram(call, &search, width, rows);
		json_decref(rows);
	}
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

/* The console made a file of events that it holds already: that somebody took them away is recorded. */
void api_note_export(struct call *call)
{
	json_t *body = call_body(call);
	struct str text;

	if (!body)
		return;
	if (body_text(call, body, "query", WEB_BODY_MAX, true, &text, NULL) &&
	    body_text(call, body, "format", 32, true, &text, NULL))
		call_no_content(call);
	json_decref(body);
}
