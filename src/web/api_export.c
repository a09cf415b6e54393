/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a search finds as a file: asked of the store page by page behind the last row, so that neither it nor
 * we hold more than a page, and sent as it comes. A store that goes away in between breaks the connection:
 * half a file never looks like a whole one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "sheet/stream.h"
#include "store/client.h"
#include "web/event.h"
#include "web/route.h"
#include "web/search.h"
#include "web/store_access.h"
#include "web/download.h"

#define PAGE_ROWS 10000
#define OWN_COLUMNS 2 /* seq, time */
#define COLUMNS_MAX (SHEET_COLUMNS_MAX - OWN_COLUMNS)
#define PAGE_TIMEOUT (60 * CLOCK_SECOND)

enum format { CSV, NDJSON, XLSX, FORMATS };

static const struct {
	const char *name, *content_type;
} formats[FORMATS] = {
	[CSV] = {"csv", "text/csv; charset=utf-8"},
	[NDJSON] = {"ndjson", "application/x-ndjson"},
	[XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

struct export
{
	struct web *web;
	struct arena *arena; /* the request's words, which it may outlive */
	struct search search;
	struct str columns[SEARCH_COLUMNS_MAX];
	enum format format;
	struct sheet_stream *sheet; /* NULL for NDJSON */
	struct buf line;
	uint64_t rows;
};

static void export_free(void *context)
{
	struct export *export = context;

	if (export->sheet)
		sheet_stream_finish(export->sheet, NULL);
	buf_done(&export->line);
	arena_free(export->arena);
	free(export);
}

/* --- rows ----------------------------------------------------------------------------------------------- */

static bool add_row(struct export *export, struct arena *arena, json_t *row, struct buf *out)
{
	struct str cells[SHEET_COLUMNS_MAX];
	const struct search *search = &export->search;

	if (export->rows >= SHEET_STREAM_ROWS_MAX)
		return false;
	export->rows++;
	if (export->format == NDJSON) {
		buf_clear(&export->line);
		event_write_row(arena, &export->line, row);
		buf_add_str(out, buf_str(&export->line));
		buf_add_char(out, '\n');
		return true;
	}
	cells[0] = arena_printf(arena, "%" PRIu64, (uint64_t)row_integer(row, "seq"));
	cells[1] = event_cell(arena, row, "@timestamp", "@timestamp");
	for (size_t i = 0; i < search->column_count; i++)
		cells[OWN_COLUMNS + i] =
			event_cell(arena, row, search->columns[i].ptr, search->columns[i].ptr);
	return sheet_stream_row(export->sheet, cells, search->column_count + OWN_COLUMNS, out);
}

/* The rows of a page, handed over a block at a time. 1: there are more; 0: it was the last; or why not. */
static int add_page(struct export *export, struct str page, struct download *download, struct buf *out)
{
	struct arena *arena = arena_new(0);
	struct str line;
	size_t count = 0;
	int r = 1;

	while (r == 1 && str_split(&page, '\n', &line)) {
		json_t *row = line.len ? json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL) : NULL;

		if (!line.len)
			continue;
		if (!json_is_object(row))
			r = ERR_PROTOCOL;
		else if (!add_row(export, arena, row, out))
			r = 0;
		if (r == 1) {
			count++;
			export->search.after = true;
			export->search.after_time = row_integer(row, "@timestamp");
			export->search.after_seq = (uint64_t)row_integer(row, "seq");
		}
		json_decref(row);
		arena_reset(arena);
		if (r == 1 && out->len > DOWNLOAD_AHEAD / 4)
			r = download_put(download, out) < 0 ? -ECANCELED : 1;
	}
	arena_free(arena);
	return r == 1 && count < PAGE_ROWS ? 0 : r;
}

static int ask_page(struct export *export, struct store_client *client, struct buf *ret_page)
{
	struct sql_query query = {0};
	int r;

	buf_clear(ret_page);
	r = search_events(&export->search, &query, NULL);
	if (r == 0)
		r = store_query(client, &query, "JSONEachRow", ret_page, NULL, NULL);
	sql_query_done(&query);
	return r;
}

static int make_pages(struct export *export, struct store_client *client, struct download *download,
		      struct buf *out)
{
	struct buf page = {0};
	int r = 1;

	while (r == 1) {
		r = ask_page(export, client, &page);
		if (r == 0)
			r = add_page(export, buf_str(&page), download, out);
	}
	buf_done(&page);
	return r;
}

static void begin_sheet(struct export *export, struct buf *out)
{
	struct str names[SHEET_COLUMNS_MAX] = {STR("seq"), STR("time")};
	const struct search *search = &export->search;

	for (size_t i = 0; i < search->column_count; i++)
		names[OWN_COLUMNS + i] = search->columns[i];
	export->sheet = sheet_stream_new(export->format == XLSX ? SHEET_XLSX : SHEET_CSV, STR("events"),
					 names, search->column_count + OWN_COLUMNS, out);
}

static int make_export(void *context, struct download *download)
{
	struct export *export = context;
	const struct web_options *web = &export->web->options;
	struct store_options options = {.url = web->store_url,
					.user = web->store_user,
					.password = web->store_password,
					.database = web->store_database,
					.timeout = PAGE_TIMEOUT,
					.unwanted = download_unwanted(download)};
	struct store_client *client = NULL;
	struct buf out = {0};
	int r = store_client_open(&options, &client, NULL);

	if (r == 0 && export->format != NDJSON)
		begin_sheet(export, &out);
	if (r == 0)
		r = make_pages(export, client, download, &out);
	if (r == 0 && export->sheet) {
		sheet_stream_finish(export->sheet, &out);
		export->sheet = NULL;
	}
	if (r == 0)
		r = download_put(download, &out);
	store_client_close(client);
	buf_done(&out);
	return r;
}

/* --- the request ---------------------------------------------------------------------------------------- */

static bool read_format(struct call *call, enum format *ret_format)
{
	struct str name = call_text(call, "format");

	for (int i = 0; i < FORMATS; i++)
		if (str_eq(name, str_from(formats[i].name))) {
			*ret_format = (enum format)i;
			return true;
		}
	call_fail(call, 400, "bad_format", "format is csv, ndjson or xlsx");
	return false;
}

/* Words that outlive the request, and names with an end as jansson wants them. */
static void keep_words(struct export *export)
{
	struct search *search = &export->search;

	search->kql = arena_copy(export->arena, search->kql);
	search->columns = export->columns;
	for (size_t i = 0; i < search->column_count; i++)
		export->columns[i] = arena_copy(export->arena, export->columns[i]);
}

/* How many there are, and with that whether the query is one and the store is there. False: has answered. */
static bool count_rows(struct call *call, const struct search *search, int64_t *ret_count)
{
	struct sql_query query = {0};
	struct err err = {0};
	json_t *rows = NULL;
	int r = search_count(search, &query, &err);

	if (r < 0)
		call_fail_query(call, &err);
	else if ((r = store_ask(call, PATIENT, &query, &rows, &err)) < 0)
		store_fail(call, r, &err);
	else
		*ret_count = row_integer(json_array_get(rows, 0), "events");
	json_decref(rows);
	sql_query_done(&query);
	return r == 0;
}

/* The columns themselves, for a name that is none. */
static bool check_columns(struct call *call, const struct search *search)
{
	struct sql_query query = {0};
	struct err err = {0};
	int r;

	if (search->column_count == 0 || search->column_count > COLUMNS_MAX) {
		call_fail(call, 400, "bad_columns", "columns names 1 to %d fields", COLUMNS_MAX);
		return false;
	}
	r = search_events(search, &query, &err);
	if (r < 0)
		call_fail_query(call, &err);
	sql_query_done(&query);
	return r == 0;
}

static void add_number_header(struct call *call, const char *name, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	http_set_header(call->response, name, text);
}

/* wanglou-events-20261123T024500Z.csv; where not all fit: …-first-1048575.csv */
static void name_file(struct call *call, enum format format, int64_t count)
{
	time_t seconds = (time_t)(call->now / CLOCK_SECOND);
	char when[24], part[32] = "";
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
	if (count > SHEET_STREAM_ROWS_MAX)
		snprintf(part, sizeof(part), "-first-%d", SHEET_STREAM_ROWS_MAX);
	call_attachment(call, formats[format].content_type,
			arena_printf(call->request->arena, "wanglou-events-%s%s.%s", when, part,
				     formats[format].name));
	add_number_header(call, "X-Total-Count", count);
	add_number_header(call, "X-Row-Limit", SHEET_STREAM_ROWS_MAX);
}

void api_export_events(struct call *call)
{
	struct export *export = calloc(1, sizeof(*export));
	int64_t count = 0;

	must(export);
	export->web = call->web;
	export->arena = arena_new(0);
	export->search.limit = PAGE_ROWS;
	if (!read_format(call, &export->format) || !call_search(call, &export->search) ||
	    !call_columns(call, &export->search, export->columns) || !check_columns(call, &export->search) ||
	    !count_rows(call, &export->search, &count)) {
		export_free(export);
		return;
	}
	keep_words(export);
	name_file(call, export->format, count);
	call_download(call, make_export, export_free, export);
}
