/* SPDX-License-Identifier: Apache-2.0 */
#include "trail/trail.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "web/route.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX 1000
#define WORDS_MAX 200 /* characters, as in api.yaml */

/* "TIME-SEQ" of the last entry of the page before. */
static bool read_cursor(struct call *call, struct trail_filter *filter)
{
	struct str rest = call_text(call, "cursor"), time;

	if (!rest.len)
		return true;
	filter->after = true;
	if (str_split(&rest, '-', &time) && str_to_i64(time, &filter->after_time) == 0 &&
	    str_to_u64(rest, &filter->after_seq) == 0)
		return true;
	call_fail(call, 400, "bad_cursor", "cursor is next_cursor of the page before");
	return false;
}

static bool read_word(struct call *call, const char *name, struct str *ret_text)
{
	*ret_text = call_text(call, name);
	if (ret_text->len <= 4 * WORDS_MAX)
		return true;
	call_fail(call, 400, "too_long", "%s has more than %d characters", name, WORDS_MAX);
	return false;
}

static bool read_filter(struct call *call, int64_t max, int64_t fallback, struct trail_filter *filter)
{
	int64_t limit;

	if (!call_span(call, &filter->from, &filter->to) || !read_cursor(call, filter) ||
	    !read_word(call, "user", &filter->user) || !read_word(call, "action", &filter->action) ||
	    !read_word(call, "outcome", &filter->outcome) || !read_word(call, "q", &filter->text) ||
	    !call_number(call, "limit", 1, max, fallback, &limit))
		return false;
	filter->limit = (unsigned)limit;
	return true;
}

static void write_entry(struct buf *out, const struct trail_entry *entry)
{
	char seq[24];

	snprintf(seq, sizeof(seq), "%" PRIu64, entry->seq);
	out_open(out, NULL, '{');
	out_text(out, "seq", str_from(seq));
	out_time(out, "time", entry->time);
	out_text(out, "user", entry->user);
	out_text(out, "role", entry->role);
	out_optional(out, "address", entry->address);
	out_text(out, "via", entry->via);
	out_text(out, "action", entry->action);
	out_optional(out, "object", entry->object);
	out_text(out, "outcome", entry->outcome);
	out_json(out, "detail", entry->detail);
	out_close(out, '}');
}

/* A page while it is written: one entry more than was asked for says that there is a next page. */
struct page {
	struct buf *out;
	unsigned limit, count;
	bool more;
	int64_t last_time;
	uint64_t last_seq;
	void (*write)(struct buf *out, const struct trail_entry *entry);
};

static int take_entry(void *context, const struct trail_entry *entry)
{
	struct page *page = context;

	page->more = page->count == page->limit;
	if (page->more)
		return 1;
	page->count++;
	page->last_time = entry->time;
	page->last_seq = entry->seq;
	page->write(page->out, entry);
	return 0;
}

static int list(struct call *call, struct trail_filter filter, struct page *page)
{
	int r;

	page->out = call->out;
	page->limit = filter.limit++;
	r = trail_list(call->web->db, &filter, take_entry, page);
	return r < 0 ? r : 0;
}

static struct str next_cursor(struct call *call, const struct page *page)
{
	if (!page->more)
		return (struct str){0};
	return arena_printf(call->request->arena, "%" PRId64 "-%" PRIu64, page->last_time, page->last_seq);
}

void api_list_trail(struct call *call)
{
	struct trail_filter filter = {0};
	struct page page = {.write = write_entry};
	int r;

	if (!read_filter(call, PAGE_MAX, PAGE_DEFAULT, &filter))
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "entries", '[');
	r = list(call, filter, &page);
	out_close(call->out, ']');
	out_optional(call->out, "next_cursor", next_cursor(call, &page));
	out_close(call->out, '}');
	if (r < 0)
		call_fail_code(call, r);
}

/* --- export ------------------------------------------------------------------------------------------- */

static void write_line(struct buf *out, const struct trail_entry *entry)
{
	struct buf line = {0};

	write_entry(&line, entry); /* by itself: it asks the byte before whether a comma is due */
	buf_add_char(&line, '\n');
	buf_add_str(out, buf_str(&line));
	buf_done(&line);
}

/* RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection). */
static void write_cell(struct buf *out, struct str text, char end)
{
	buf_add_char(out, '"');
	if (text.len && strchr("=+-@\t\r\n", text.ptr[0]))
		buf_add_char(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, text.ptr[i]);
	}
	buf_add_char(out, '"');
	buf_add_str(out, end == ',' ? STR(",") : STR("\r\n"));
}

static void write_row(struct buf *out, const struct trail_entry *entry)
{
	char seq[24], time[CLOCK_TEXT_SIZE];

	snprintf(seq, sizeof(seq), "%" PRIu64, entry->seq);
	clock_format(entry->time, time);
	write_cell(out, str_from(seq), ',');
	write_cell(out, str_from(time), ',');
	write_cell(out, entry->user, ',');
	write_cell(out, entry->role, ',');
	write_cell(out, entry->address, ',');
	write_cell(out, entry->via, ',');
	write_cell(out, entry->action, ',');
	write_cell(out, entry->object, ',');
	write_cell(out, entry->outcome, ',');
	write_cell(out, entry->detail, '\n');
}

void api_export_trail(struct call *call)
{
	struct str format = call_text(call, "format"), cursor;
	bool csv = str_eq(format, STR("csv"));
	struct page page = {.write = csv ? write_row : write_line};
	struct trail_filter filter = {0};
	int r;

	if (!csv && format.len && !str_eq(format, STR("ndjson"))) {
		call_fail(call, 400, "bad_format", "format is csv or ndjson");
		return;
	}
	if (!read_filter(call, TRAIL_PAGE_MAX - 1, TRAIL_PAGE_MAX - 1, &filter))
		return;
	if (csv) /* with a byte order mark, by which spreadsheets know UTF-8 */
		buf_add_str(call->out, STR("\xef\xbb\xbf"
					   "seq,time,user,role,address,via,action,object,"
					   "outcome,detail\r\n"));
	r = list(call, filter, &page);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	cursor = next_cursor(call, &page);
	if (cursor.len)
		http_set_header(call->response, "X-Next-Cursor", cursor.ptr);
	call->response->content_type = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
	http_set_header(call->response, "Content-Disposition",
			csv ? "attachment; filename=\"wanglou-trail.csv\""
			    : "attachment; filename=\"wanglou-trail.ndjson\"");
}
