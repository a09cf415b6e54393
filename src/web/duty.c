/* SPDX-License-Identifier: Apache-2.0 */
#include "web/duty.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Where the error says nothing more, ERR_BUSY is a version that was old. */
static void fail(struct call *call, int r, const struct err *err)
{
	static const struct refusal refusals[] = {
		{ERR_END, 404, "not_found", WORDS("there is no such thing")},
		{ERR_DUPLICATE, 409, "conflict", NULL},
		{ERR_RANGE, 400, "bad_body", NULL},
		{ERR_UNKNOWN, 400, "bad_body", NULL},
		{ERR_LIMIT, 400, "bad_body", NULL},
	};

	if (err->message[0] && (r == ERR_BUSY || r == ERR_END))
		call_fail(call, r == ERR_END ? 404 : 409, r == ERR_END ? "not_found" : "conflict", "%s",
			  err->message);
	else
		call_explain(call, r, err, refusals, COUNT(refusals));
}

bool duty_end(struct call *call, struct db_tx *tx, int r, const struct err *err)
{
	r = db_end(tx, r);
	if (r < 0)
		fail(call, r, err);
	return r >= 0;
}

static void write_person(struct buf *out, const struct duty_person *who)
{
	out_text(out, "name", who->name);
	out_optional(out, "phone", who->phone);
	out_optional(out, "mail", who->mail);
	out_optional(out, "user", who->user);
	if (who->person)
		out_integer(out, "person", who->person);
}

int duty_write_shift(void *context, const struct shift *shift)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", shift->id);
	out_integer(call->out, "version", shift->version);
	out_text(call->out, "place", str_from(duty_place_name(shift->place)));
	out_time(call->out, "from", shift->from);
	out_time(call->out, "to", shift->to);
	write_person(call->out, &shift->who);
	out_optional(call->out, "note", shift->note);
	out_close(call->out, '}');
	return 0;
}

int duty_write_handover(void *context, const struct handover *handover)
{
	struct call *call = context;

	out_open(call->out, "handover", '{');
	out_time(call->out, "time", handover->time);
	out_text(call->out, "by", handover->by);
	out_text(call->out, "note", handover->note);
	if (handover->taken) {
		out_time(call->out, "taken", handover->taken);
		out_text(call->out, "taken_by", handover->taken_by);
	}
	out_close(call->out, '}');
	return 0;
}

int duty_write_period(void *context, const struct period *period)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", period->id);
	out_integer(call->out, "version", period->version);
	out_text(call->out, "kind", str_from(period_kind_name(period->kind)));
	out_text(call->out, "name", period->name);
	out_optional(call->out, "requirements", period->requirements);
	out_time(call->out, "from", period->from);
	out_time(call->out, "to", period->to);
	out_integer(call->out, "report_every", period->report_every);
	out_close(call->out, '}');
	return 0;
}

int duty_write_report_row(void *context, const struct report *report)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", report->id);
	out_integer(call->out, "version", report->version);
	out_time(call->out, "from", report->from);
	out_time(call->out, "to", report->to);
	out_time(call->out, "made", report->made);
	out_text(call->out, "verdict", str_from(report_verdict_name(report->verdict)));
	out_text(call->out, "sha256", report->sha256);
	if (report->signed_at) {
		out_time(call->out, "signed", report->signed_at);
		out_text(call->out, "signed_by", report->signed_by);
		out_optional(call->out, "comment", report->comment);
	}
	if (report->sent)
		out_time(call->out, "sent", report->sent);
	if (report->content.len)
		out_json(call->out, "content", report->content);
	out_close(call->out, '}');
	return 0;
}

bool duty_body_person(struct call *call, json_t *object, struct duty_person *person)
{
	const struct {
		const char *key;
		size_t max;
		struct str *text;
	} members[] = {{"name", DUTY_NAME_MAX, &person->name},
		       {"phone", DUTY_NAME_MAX, &person->phone},
		       {"mail", 4 * DUTY_NAME_MAX, &person->mail},
		       {"user", DUTY_NAME_MAX, &person->user}};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct str text;
		bool there;

		if (!body_text(call, object, members[i].key, members[i].max, false, &text, &there))
			return false;
		if (there)
			*members[i].text = text;
	}
	return body_number(call, object, "person", 0, INT64_MAX, false, &person->person);
}
