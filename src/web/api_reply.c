/* SPDX-License-Identifier: Apache-2.0 */
/* What the holder of a link sees and does: one notification, and nothing else. guard_link() has found whose
   it is; no cookie is looked at. */
#include "web/rectification.h"
#include "web/route.h"

static const enum rectification_action unit_actions[] = {
	RECTIFICATION_DOES_CONFIRM, RECTIFICATION_DOES_SAVE, RECTIFICATION_DOES_ATTACH,
	RECTIFICATION_DOES_REPORT,  RECTIFICATION_DOES_ASK,
};

struct writing {
	struct call *call;
	struct db_tx *tx;
	const struct rectification_office *office;
};

/* Who of the centre it was is none of theirs; what is done inside neither. */
static int write_step(void *context, const struct rectification_step *step)
{
	const unsigned inside = 1u << RECTIFICATION_DOES_CREATE | 1u << RECTIFICATION_DOES_EDIT |
				1u << RECTIFICATION_DOES_REVOKE | 1u << RECTIFICATION_DOES_REMIND;
	const struct writing *writing = context;
	struct buf *out = writing->call->out;

	if (inside >> step->action & 1)
		return 0;
	out_open(out, NULL, '{');
	out_time(out, "time", step->time);
	out_text(out, "action", str_from(rectification_action_name(step->action)));
	out_text(out, "by", step->unit ? step->by : writing->office->policy->office);
	out_close(out, '}');
	return 0;
}

static void write_notice(struct call *call, const struct rectification *row,
			 const struct rectification_office *office)
{
	struct buf *out = call->out;

	out_integer(out, "version", row->version);
	out_text(out, "number", row->number);
	out_text(out, "state", str_from(rectification_state_name(row->state)));
	out_bool(out, "overdue", rectification_overdue(row, call->now));
	out_text(out, "unit_name", row->unit_name);
	out_text(out, "name", str_from(call->link.name));
	out_text(out, "title", row->title);
	out_text(out, "facts", row->facts);
	out_text(out, "requirements", row->requirements);
	out_text(out, "office", office->policy->office);
	out_text(out, "contact", row->contact);
	out_time(out, "now", call->now);
	out_time(out, "deadline", row->deadline);
	out_time_if(out, "sent", row->sent);
	out_time_if(out, "confirmed", row->confirmed);
	out_optional(out, "confirmed_by", row->confirmed_by);
	out_time_if(out, "closed", row->closed);
	out_optional(out, "answer", row->answer);
}

static int write_reply(void *context, const struct rectification *row)
{
	const struct writing *writing = context;
	struct call *call = writing->call;
	struct buf *out = call->out;
	int r;

	call_etag(call, row->version);
	out_open(out, NULL, '{');
	write_notice(call, row, writing->office);
	rectification_write_report(out, row);
	rectification_write_extension(out, row);
	rectification_write_actions(out, row, unit_actions, sizeof(unit_actions) / sizeof(unit_actions[0]));
	r = rectification_write_files(call, writing->tx, row->id);
	out_open(out, "history", '[');
	if (r == 0)
		r = rectification_history(writing->tx, row->id, write_step, context);
	out_close(out, ']');
	out_open(out, "limits", '{');
	out_integer(out, "file_bytes", REPLY_FILE_MAX);
	out_integer(out, "files", REPLY_FILES_MAX);
	out_integer(out, "text", RECTIFICATION_TEXT_MAX);
	out_integer(out, "reason", RECTIFICATION_REASON_MAX);
	out_close(out, '}');
	out_close(out, '}');
	return r;
}

/* Ends the transaction: with r, or with what the holder then sees. */
static void finish(struct call *call, struct db_tx *tx, int r)
{
	struct writing writing = {call, tx, call->web->options.office};

	if (r == 0)
		r = rectification_get(tx, call->link.rectification, write_reply, &writing);
	r = db_end(tx, r);
	if (r < 0)
		rectification_fail(call, r);
}

/* NULL: has answered. */
static struct db_tx *begin(struct call *call)
{
	struct db_tx *tx = NULL;
	int r = call_office(call) ? db_begin(call->web->db, DB_WRITE, &tx) : ERR_DENIED;

	if (r < 0 && r != ERR_DENIED)
		call_fail_code(call, r);
	return tx;
}

void api_get_reply(struct call *call)
{
	struct db_tx *tx = begin(call);

	if (tx)
		finish(call, tx, link_touch(tx, &call->link, call->now));
}

void api_confirm_reply(struct call *call)
{
	int64_t version;
	struct db_tx *tx;

	if (!call_match_if_sent(call, &version))
		return;
	tx = begin(call);
	if (tx)
		finish(call, tx, link_confirm(tx, &call->link, version, call->now));
}

void api_put_reply_report(struct call *call)
{
	json_t *body = call_body(call);
	struct link_report report = {0};
	struct db_tx *tx = NULL;
	int64_t version;

	if (body && call_match_version(call, &version) &&
	    body_text(call, body, "cause", RECTIFICATION_TEXT_MAX, true, &report.cause, NULL) &&
	    body_text(call, body, "measures", RECTIFICATION_TEXT_MAX, true, &report.measures, NULL) &&
	    body_text(call, body, "result", RECTIFICATION_TEXT_MAX, true, &report.result, NULL))
		tx = begin(call);
	if (tx) {
		report.submit = json_is_true(json_object_get(body, "submit"));
		finish(call, tx, link_report(tx, &call->link, version, &report, call->now));
	}
	json_decref(body);
}

void api_ask_reply_extension(struct call *call)
{
	json_t *body = call_body(call);
	struct db_tx *tx = NULL;
	struct str reason;
	int64_t until = 0;

	if (body && body_time(call, body, "until", true, &until) &&
	    body_text(call, body, "reason", RECTIFICATION_REASON_MAX, true, &reason, NULL))
		tx = begin(call);
	if (tx)
		finish(call, tx,
		       link_ask(tx, &call->link, RECTIFICATION_ANY_VERSION, until, reason, call->now));
	json_decref(body);
}

/* --- evidence ------------------------------------------------------------------------------------------- */

static void fail_file(struct call *call, int r)
{
	if (r == ERR_UNKNOWN)
		call_fail(call, 415, "bad_file_type",
			  "files are pdf, docx, xlsx, pptx, doc, xls, png, jpg, txt, log, csv or zip");
	else if (r == ERR_LIMIT)
		call_fail(call, 413, "too_many_files",
			  "a file has at most 15 MiB, all together 100 MiB and %d files", REPLY_FILES_MAX);
	else
		rectification_fail(call, r);
}

void api_add_reply_file(struct call *call)
{
	const struct rectification_office *office = call_office(call);
	struct db_tx *tx;
	int64_t id;
	int r;

	if (!office)
		return;
	r = reply_file_add(call->web->db, office, &call->link, call_text(call, "name"), call->request->body,
			   call->now, &id);
	if (r < 0) {
		fail_file(call, r);
		return;
	}
	call->response->status = 201;
	tx = begin(call);
	if (tx)
		finish(call, tx, 0);
}

void api_remove_reply_file(struct call *call)
{
	struct db_tx *tx;
	int64_t id;

	if (!call_id(call, 0, &id))
		return;
	tx = begin(call);
	if (tx)
		finish(call, tx, reply_file_remove(tx, &call->link, id, call->now));
}

void api_get_reply_file(struct call *call)
{
	int64_t id;

	if (call_id(call, 0, &id))
		rectification_answer_file(call, call->link.rectification, id);
}

void api_get_reply_document(struct call *call)
{
	rectification_answer_form(call, call->link.rectification);
}
