/* SPDX-License-Identifier: Apache-2.0 */
/* The duty log, hand-overs, and the calendar of key periods and holidays. */
#include "base/clock.h"
#include "web/duty.h"

#define CALENDAR_DEFAULT (400 * CLOCK_DAY)

struct log_page {
	struct call *call;
	int64_t left, last;
	bool more;
};

static int write_line(void *context, const struct duty_line *line)
{
	struct log_page *page = context;
	struct buf *out = page->call->out;

	if (!page->left--) {
		page->more = true;
		return 1;
	}
	page->last = line->id;
	out_open(out, NULL, '{');
	out_integer(out, "id", line->id);
	out_time(out, "time", line->time);
	out_text(out, "kind", str_from(duty_log_kind_name(line->kind)));
	out_text(out, "by", line->by);
	out_text(out, "text", line->text);
	if (line->about)
		out_integer(out, "about", line->about);
	out_close(out, '}');
	return 0;
}

void api_list_duty_log(struct call *call)
{
	struct log_page page = {.call = call};
	struct list_page asked;
	struct err err = {0};
	struct db_tx *tx;
	int64_t from, to;
	int r;

	if (!call_span(call, &from, &to) || !call_page(call, &asked) || !(tx = call_begin(call, DB_READ)))
		return;
	page.left = asked.limit;
	page_open(call);
	r = duty_log_list(tx, from, to, asked.first ? 0 : asked.after_id, (unsigned)asked.limit + 1,
			  write_line, &page);
	if (duty_end(call, tx, r < 0 ? r : 0, &err))
		page_close(call, page.more, page.last, (struct str){0});
}

/* People write notes and patrols; the other kinds come of what they do. */
void api_add_duty_log(struct call *call)
{
	struct duty_line line = {
		.time = call->now, .by = str_from(call->session.user.name), .kind = LOG_NOTE};
	struct err err = {0};
	json_t *body = call_body(call);
	struct str kind;
	struct db_tx *tx;
	bool there;

	if (body && body_text(call, body, "kind", 16, false, &kind, &there) &&
	    body_text(call, body, "text", DUTY_NOTE_MAX, true, &line.text, NULL)) {
		if (there && (duty_log_kind_parse(kind, &line.kind) < 0 || line.kind > LOG_PATROL))
			call_fail(call, 400, "bad_body", "kind is note or patrol");
		else if (!str_trim(line.text).len)
			call_fail(call, 400, "bad_body", "text is missing");
		else if ((tx = call_begin(call, DB_WRITE)) &&
			 duty_end(call, tx, duty_log_add(tx, &line, NULL), &err))
			call_no_content(call);
	}
	json_decref(body);
}

void api_leave_handover(struct call *call)
{
	struct err err = {0};
	json_t *body = call_body(call);
	struct db_tx *tx = NULL;
	struct str note;

	if (body && body_text(call, body, "note", DUTY_NOTE_MAX, true, &note, NULL))
		tx = call_begin(call, DB_WRITE);
	if (tx &&
	    duty_end(call, tx, handover_leave(tx, str_from(call->session.user.name), note, call->now), &err))
		call_no_content(call);
	json_decref(body);
}

void api_take_handover(struct call *call)
{
	struct err err = {0};
	struct db_tx *tx = call_begin(call, DB_WRITE);
	int r = tx ? handover_take(tx, str_from(call->session.user.name), call->now) : 0;

	if (r == ERR_END)
		err_set(&err, r, 0, 0, "there is no hand-over that waits");
	if (tx && duty_end(call, tx, r, &err))
		call_no_content(call);
}

/* --- the calendar --------------------------------------------------------------------------------------- */

void api_list_periods(struct call *call)
{
	int64_t from = call->now - CALENDAR_DEFAULT, to = call->now + CALENDAR_DEFAULT;
	struct err err = {0};
	struct db_tx *tx;

	if ((call_text(call, "from").len && !call_span(call, &from, &to)) ||
	    !(tx = call_begin(call, DB_READ)))
		return;
	page_open(call);
	if (duty_end(call, tx, period_list(tx, from, to, duty_write_period, call), &err))
		page_close(call, false, 0, (struct str){0});
}

static bool read_period(struct call *call, json_t *body, struct period *period)
{
	struct str kind;

	if (!body_text(call, body, "kind", 16, true, &kind, NULL))
		return false;
	if (period_kind_parse(kind, &period->kind) < 0) {
		call_fail(call, 400, "bad_body", "kind is key_period, holiday or workday");
		return false;
	}
	return body_text(call, body, "name", DUTY_NAME_MAX, true, &period->name, NULL) &&
	       body_text(call, body, "requirements", DUTY_NOTE_MAX, false, &period->requirements, NULL) &&
	       body_time(call, body, "from", true, &period->from) &&
	       body_time(call, body, "to", true, &period->to) &&
	       body_number(call, body, "report_every", 0, 24, false, &period->report_every);
}

void api_add_period(struct call *call)
{
	struct period period = {0};
	struct err err = {0};
	json_t *body = call_body(call);
	struct db_tx *tx = NULL;
	int64_t id;

	if (body && read_period(call, body, &period))
		tx = call_begin(call, DB_WRITE);
	if (tx && duty_end(call, tx, period_add(tx, &period, &id, &err), &err)) {
		out_open(call->out, NULL, '{');
		out_integer(call->out, "id", id);
		out_close(call->out, '}');
	}
	json_decref(body);
}

void api_set_period(struct call *call)
{
	struct period period = {0};
	struct err err = {0};
	json_t *body = call_body(call);
	struct db_tx *tx = NULL;

	if (body && call_id(call, 0, &period.id) && call_match_version(call, &period.version) &&
	    read_period(call, body, &period))
		tx = call_begin(call, DB_WRITE);
	period.version = period.version > 0 ? period.version : 0;
	if (tx && duty_end(call, tx, period_update(tx, &period, &err), &err))
		call_no_content(call);
	json_decref(body);
}

void api_delete_period(struct call *call)
{
	struct err err = {0};
	struct db_tx *tx;
	int64_t id, version;

	if (!call_id(call, 0, &id) || !call_match_version(call, &version) ||
	    !(tx = call_begin(call, DB_WRITE)))
		return;
	if (duty_end(call, tx, period_delete(tx, id, version > 0 ? version : 0), &err))
		call_no_content(call);
}
