/* SPDX-License-Identifier: Apache-2.0 */
#include "query/time.h"
#include "query/who.h"
#include "web/route.h"
#include "web/store_access.h"

#define PORT_MAX 65535

static int ask(void *context, const struct sql_query *query, struct buf *ret_rows, struct err *ret_err)
{
	return store_ask_text(context, PATIENT, query, "TabSeparated", ret_rows, ret_err);
}

/* at: one moment, now where neither it nor from and to are given. */
static bool read_span(struct call *call, struct who_question *question)
{
	struct str at = call_text(call, "at");
	int64_t end;

	if (!at.len && (call_text(call, "from").len || call_text(call, "to").len))
		return call_span(call, &question->from, &question->to);
	question->from = question->now;
	if (at.len && time_read(at, question->now, &question->from, &end) < 0) {
		call_fail(call, 400, "bad_time", "at is a time such as 2026-01-01T08:30:00+08:00 or -2h");
		return false;
	}
	question->to = question->from;
	return true;
}

void api_who(struct call *call)
{
	struct who_question question;
	struct who_answer answer;
	struct err err = {0};
	int64_t port;
	int r;

	if (who_parse(call_text(call, "what"), &question, &err) < 0) {
		call_fail(call, 400, "bad_question", "%s", err.message);
		return;
	}
	question.now = call->now;
	if (!call_number(call, "port", 1, PORT_MAX, 0, &port) || !read_span(call, &question))
		return;
	question.port = port;
	r = who_run(&question, ask, call, &answer, &err);
	if (r < 0)
		store_fail(call, r, &err);
	else
		who_write(&question, &answer, call->out);
	who_answer_done(&answer);
}
