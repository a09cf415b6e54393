/* SPDX-License-Identifier: Apache-2.0 */
/* Daily safety reports: read, signed, as documents. */
#include <stdio.h>

#include "base/clock.h"
#include "document/document.h"
#include "web/duty.h"

struct report_page {
	struct call *call;
	int64_t left, last;
	bool more;
};

static int write_row(void *context, const struct report *report)
{
	struct report_page *page = context;

	if (!page->left--) {
		page->more = true;
		return 1;
	}
	page->last = report->to;
	return duty_write_report_row(page->call, report);
}

void api_list_duty_reports(struct call *call)
{
	struct report_page page = {.call = call};
	struct list_page asked;
	struct err err = {0};
	struct db_tx *tx;
	int r;

	if (!call_page(call, &asked) || !(tx = call_begin(call, DB_READ)))
		return;
	page.left = asked.limit;
	page_open(call);
	r = report_list(tx, asked.first ? 0 : asked.after_id, (unsigned)asked.limit + 1, write_row, &page);
	if (duty_end(call, tx, r < 0 ? r : 0, &err))
		page_close(call, page.more, page.last, (struct str){0});
}

static int write_report(void *context, const struct report *report)
{
	call_etag(context, report->version);
	return duty_write_report_row(context, report);
}

void api_get_duty_report(struct call *call)
{
	struct err err = {0};
	struct db_tx *tx;
	int64_t id;

	if (call_id(call, 0, &id) && (tx = call_begin(call, DB_READ)))
		duty_end(call, tx, report_get(tx, id, write_report, call), &err);
}

void api_sign_duty_report(struct call *call)
{
	struct err err = {0};
	json_t *body = call_body(call);
	struct db_tx *tx = NULL;
	struct str comment;
	int64_t id, version;
	int r;

	if (body && call_id(call, 0, &id) && call_match_version(call, &version) &&
	    body_text(call, body, "comment", DUTY_NOTE_MAX, false, &comment, NULL))
		tx = call_begin(call, DB_WRITE);
	if (tx) {
		r = report_sign(tx, id, version > 0 ? version : 0, str_from(call->session.user.name), comment,
				call->now, &err);
		if (r == 0)
			r = report_get(tx, id, write_report, call);
		duty_end(call, tx, r, &err);
	}
	json_decref(body);
}

struct file {
	struct call *call;
	bool docx;
};

static int write_document(void *context, const struct report *report)
{
	const struct file *file = context;
	struct document *document = NULL;
	char name[64];
	int r = report_document(report, file->call->web->options.zone, &document);

	if (r == 0)
		r = file->docx ? document_write_docx(document, file->call->out)
			       : document_write_pdf(document, file->call->out);
	document_free(document);
	snprintf(name, sizeof(name), "平安报告-%lld.%s", (long long)report->id, file->docx ? "docx" : "pdf");
	if (r == 0)
		call_attachment(
			file->call,
			file->docx ? "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
				   : "application/pdf",
			str_from(name));
	return r;
}

void api_get_duty_report_document(struct call *call)
{
	struct file file = {.call = call, .docx = str_eq(call_text(call, "format"), STR("docx"))};
	struct err err = {0};
	struct db_tx *tx;
	int64_t id;

	if (call_id(call, 0, &id) && (tx = call_begin(call, DB_READ)))
		duty_end(call, tx, report_get(tx, id, write_document, &file), &err);
}

/* Now, for the hours since the last one: what is asked for at an inspection, or at the end of a key period.
 */
void api_make_duty_report(struct call *call)
{
	struct err err = {0};
	struct db_tx *tx = call_begin(call, DB_READ);
	int64_t last = 0, id = 0, to = call->now / CLOCK_MINUTE * CLOCK_MINUTE;
	int r = tx ? report_newest(tx, &id, &last) : 0;

	if (!tx || !duty_end(call, tx, r, &err))
		return;
	last = last > to - CLOCK_DAY ? last : to - CLOCK_DAY;
	r = last < to ? report_make(call->web->db, last, to, call->web->options.zone, call->now)
		      : ERR_DUPLICATE;
	if (r == ERR_DUPLICATE)
		call_fail(call, 409, "conflict", "the last report ended within this minute");
	else if (r < 0)
		call_fail_code(call, r);
	else if ((tx = call_begin(call, DB_READ))) {
		r = report_newest(tx, &id, &last);
		duty_end(call, tx, r < 0 ? r : report_get(tx, id, write_report, call), &err);
	}
}
