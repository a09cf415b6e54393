/* SPDX-License-Identifier: Apache-2.0 */
/* Where messages to people go, and what became of them. */
#include "base/clock.h"
#include "base/io.h"
#include "notify/mail.h"
#include "notify/outbox.h"
#include "web/route.h"

#define CHANNELS_FILE_MAX (64u * 1024)
#define CHANNEL_NAME_MAX 255

/* What the notify process wrote of them, which holds no secret; an empty list where it does not run. */
static json_t *load_channels(struct call *call)
{
	const char *path = call->web->options.channels;
	struct buf text = {0};
	json_t *root = NULL;

	if (path && io_read_strange_file(path, CHANNELS_FILE_MAX, &text) == 0)
		root = json_loadb(text.ptr ? text.ptr : "", text.len, 0, NULL);
	buf_done(&text);
	if (!json_is_array(root)) {
		json_decref(root);
		root = json_array();
	}
	return root;
}

static void set_time(json_t *item, const char *key, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	if (time)
		json_object_set_new(item, key, json_string(text));
}

/* What became of what was sent through it, as the outbox knows. */
static int add_record(struct db_tx *tx, json_t *item)
{
	const char *name = json_string_value(json_object_get(item, "name"));
	struct outbox_channel record = {0};
	int r = outbox_channel_read(tx, str_from(name ? name : ""), &record);

	set_time(item, "sent", record.sent);
	set_time(item, "failed", record.failed);
	json_object_set_new(item, "waiting", json_integer(record.waiting));
	if (record.error[0])
		json_object_set_new(item, "error", json_string(record.error));
	return r;
}

void api_list_channels(struct call *call)
{
	struct db_tx *tx = call_begin(call, DB_READ);
	json_t *channels;
	char *text;
	int r = 0;

	if (!tx)
		return;
	channels = load_channels(call);
	for (size_t i = 0; i < json_array_size(channels) && r == 0; i++)
		r = add_record(tx, json_array_get(channels, i));
	r = db_end(tx, r);
	text = json_dumps(channels, JSON_COMPACT);
	must(text);
	out_open(call->out, NULL, '{');
	out_json(call->out, "items", str_from(text));
	out_close(call->out, '}');
	free(text);
	json_decref(channels);
	if (r < 0)
		call_fail_code(call, r);
}

static bool is_there(struct call *call, struct str name)
{
	json_t *channels = load_channels(call);
	bool found = false;

	for (size_t i = 0; i < json_array_size(channels) && !found; i++) {
		const char *each = json_string_value(json_object_get(json_array_get(channels, i), "name"));

		found = each && str_eq(str_from(each), name);
	}
	json_decref(channels);
	return found;
}

static int add_test(struct call *call, struct str name, struct str to)
{
	struct outbox_message message = {
		.key = arena_printf(call->request->arena, "test/%.*s/%lld", STR_FMT(name),
				    (long long)call->now),
		.channel = name,
		.kind = STR("test"),
		.to = to,
		.subject = STR("望楼：通道测试 Test of a channel"),
		.text = arena_printf(
			call->request->arena,
			"这是由 %s 发出的测试消息，收到即表示该通道可用。\n"
			"This is a test sent by %s. Having received it, you know that the channel "
			"works.",
			call->session.user.name, call->session.user.name),
	};
	int64_t id = 0;
	struct db_tx *tx;
	int r = db_begin(call->web->db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	r = outbox_add(tx, &message, call->now);
	if (r >= 0)
		r = db_get_integer(tx, "SELECT id FROM outbox WHERE key = ?1", DB_ARGS(db_text(message.key)),
				   &id);
	r = db_end(tx, r < 0 ? r : 0);
	if (r == 0) {
		call->response->status = 202;
		out_open(call->out, NULL, '{');
		out_integer(call->out, "id", id);
		out_close(call->out, '}');
	}
	return r;
}

/* Through the outbox, so that a server that hangs holds up nobody: GET /outbox/{id} tells how it went. */
void api_test_channel(struct call *call)
{
	struct str name = call->path_values[0], to = {0};
	json_t *body = call->request->body.len ? call_body(call) : json_object();
	int r;

	if (body && body_text(call, body, "to", MAIL_ADDRESS_MAX, false, &to, NULL)) {
		if (!is_there(call, name)) {
			call_fail(call, 404, "not_found", "there is no such channel");
		} else if (to.len && !mail_address_valid(to)) {
			call_fail(call, 400, "bad_body", "to is a mail address");
		} else {
			r = add_test(call, name, to);
			if (r < 0)
				call_fail_code(call, r);
		}
	}
	json_decref(body);
}

/* --- the outbox ----------------------------------------------------------------------------------------- */

static int write_row(void *context, const struct outbox_row *row)
{
	struct buf *out = context;

	out_open(out, NULL, '{');
	out_integer(out, "id", row->id);
	out_text(out, "key", row->message.key);
	out_text(out, "kind", row->message.kind);
	out_text(out, "channel", row->message.channel);
	out_optional(out, "to", row->message.to);
	out_text(out, "subject", row->message.subject);
	out_text(out, "state", str_from(outbox_state_name(row->state)));
	out_integer(out, "tries", row->tries);
	out_time(out, "created", row->created);
	if (row->state == OUTBOX_WAITING)
		out_time(out, "next", row->next);
	else
		out_time(out, "finished", row->finished);
	out_optional(out, "error", row->error);
	out_bool(out, "whole", row->whole);
	out_close(out, '}');
	return 0;
}

void api_list_outbox(struct call *call)
{
	struct outbox_filter filter = {.kind = call_text(call, "kind"),
				       .channel = call_text(call, "channel"),
				       .key_prefix = call_text(call, "key")};
	struct str name = call_text(call, "state");
	enum outbox_state state;
	struct list_page page;
	struct db_tx *tx;
	int64_t next = 0;
	int r;

	if (!call_page(call, &page))
		return;
	filter.undelivered = str_eq(name, STR("undelivered"));
	if (name.len && !filter.undelivered && outbox_state_parse(name, &state) < 0) {
		call_fail(call, 400, "bad_state",
			  "state is undelivered, waiting, sent, failed, spread or dropped");
		return;
	}
	filter.states = name.len && !filter.undelivered ? 1u << state : 0;
	filter.cursor = page.first ? 0 : page.after_id;
	filter.limit = (unsigned)page.limit;
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r == 0) {
		page_open(call);
		r = db_end(tx, outbox_list(tx, &filter, write_row, call->out, &next));
		page_close(call, next != 0, next, (struct str){0});
	}
	if (r < 0)
		call_fail_code(call, r);
}

void api_get_outbox(struct call *call)
{
	struct db_tx *tx;
	int64_t id;
	int r;

	if (!call_id(call, 0, &id))
		return;
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r == 0)
		r = db_end(tx, outbox_get(tx, id, write_row, call->out));
	if (r == ERR_END)
		call_fail(call, 404, "not_found", "there is no such message");
	else if (r < 0)
		call_fail_code(call, r);
}

static void change(struct call *call, int (*make)(struct db_tx *tx, int64_t id, int64_t now))
{
	static const struct refusal refusals[] = {
		{ERR_END, 404, "not_found", "there is no such message"},
		{ERR_REFUSED, 409, "message_over", "it was sent, or given up"},
		{ERR_RANGE, 409, "message_forgotten",
		 "its link and its file are forgotten; send it where it came from"},
	};
	struct db_tx *tx;
	int64_t id;
	int r;

	if (!call_id(call, 0, &id))
		return;
	tx = call_begin(call, DB_WRITE);
	if (!tx)
		return;
	r = db_end(tx, make(tx, id, call->now));
	if (r < 0)
		call_explain(call, r, NULL, refusals, sizeof(refusals) / sizeof(refusals[0]));
	else
		call_no_content(call);
}

void api_resend_message(struct call *call)
{
	change(call, outbox_resend);
}

void api_drop_message(struct call *call)
{
	change(call, outbox_drop);
}

void api_resend_messages(struct call *call)
{
	json_t *body = call_body(call);
	struct str channel = {0};
	struct db_tx *tx;
	int r, count = 0;

	if (body && body_text(call, body, "channel", CHANNEL_NAME_MAX, false, &channel, NULL) &&
	    (tx = call_begin(call, DB_WRITE)) != NULL) {
		count = outbox_resend_all(tx, channel, call->now);
		r = db_end(tx, count < 0 ? count : 0);
		if (r < 0) {
			call_fail_code(call, r);
		} else {
			out_open(call->out, NULL, '{');
			out_integer(call->out, "changed", count);
			out_close(call->out, '}');
		}
	}
	json_decref(body);
}
