/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications to units, as the centre works with them. */
#include "people/owner.h"
#include "web/rectification.h"
#include "web/route.h"

static const enum rectification_action centre_actions[] = {
	RECTIFICATION_DOES_EDIT,   RECTIFICATION_DOES_SEND,     RECTIFICATION_DOES_REMIND,
	RECTIFICATION_DOES_EXTEND, RECTIFICATION_DOES_REFUSE,   RECTIFICATION_DOES_RETURN,
	RECTIFICATION_DOES_ACCEPT, RECTIFICATION_DOES_WITHDRAW,
};

/* --- one of them ---------------------------------------------------------------------------------------- */

static void write_members(struct call *call, const struct rectification *row)
{
	struct buf *out = call->out;

	out_integer(out, "id", row->id);
	out_integer(out, "version", row->version);
	out_text(out, "number", row->number);
	out_text(out, "state", str_from(rectification_state_name(row->state)));
	out_bool(out, "overdue", rectification_overdue(row, call->now));
	out_open(out, "incident", '{');
	out_integer(out, "id", row->incident);
	out_text(out, "number", row->incident_number);
	out_close(out, '}');
	out_open(out, "unit", '{');
	out_integer(out, "id", row->unit);
	out_text(out, "name", row->unit_name);
	out_close(out, '}');
	out_text(out, "title", row->title);
	out_time(out, "deadline", row->deadline);
	out_time(out, "created", row->created);
	out_text(out, "created_by", row->created_by);
	out_time_if(out, "sent", row->sent);
	out_time_if(out, "confirmed", row->confirmed);
	out_optional(out, "confirmed_by", row->confirmed_by);
	out_time_if(out, "reported", row->reported);
	out_time_if(out, "closed", row->closed);
	rectification_write_extension(out, row);
}

static int write_row(void *context, const struct rectification *row)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	write_members(call, row);
	out_close(call->out, '}');
	return 0;
}

static int write_person(void *context, const struct rectification_person *person)
{
	struct buf *out = context;

	out_open(out, NULL, '{');
	out_integer(out, "person", person->person);
	out_text(out, "name", person->name);
	out_text(out, "duty", person->duty);
	out_text(out, "unit_name", person->unit_name);
	out_optional(out, "mail", person->mail);
	out_optional(out, "phone", person->phone);
	out_integer(out, "distance", person->distance);
	out_time_if(out, "told", person->told);
	out_time_if(out, "used", person->used);
	out_integer(out, "links", person->links);
	out_close(out, '}');
	return 0;
}

static int write_step(void *context, const struct rectification_step *step)
{
	struct buf *out = context;

	out_open(out, NULL, '{');
	out_time(out, "time", step->time);
	out_text(out, "action", str_from(rectification_action_name(step->action)));
	out_text(out, "by", step->by);
	out_bool(out, "unit", step->unit);
	out_optional(out, "text", step->text);
	out_close(out, '}');
	return 0;
}

struct writing {
	struct call *call;
	struct db_tx *tx;
};

static int write_whole(void *context, const struct rectification *row)
{
	const struct writing *writing = context;
	struct call *call = writing->call;
	struct buf *out = call->out;
	int r;

	if (call->scope && !unit_within(writing->tx, row->unit, call->scope, call->now))
		return ERR_END;
	call_etag(call, row->version);
	out_open(out, NULL, '{');
	write_members(call, row);
	out_text(out, "facts", row->facts);
	out_text(out, "requirements", row->requirements);
	out_text(out, "contact", row->contact);
	rectification_write_report(out, row);
	out_optional(out, "answer", row->answer);
	out_optional(out, "answered_by", row->answered_by);
	rectification_write_actions(out, row, centre_actions,
				    sizeof(centre_actions) / sizeof(centre_actions[0]));
	r = rectification_write_files(call, writing->tx, row->id);
	out_open(out, "people", '[');
	if (r == 0)
		r = rectification_people(writing->tx, row->id, call->now, write_person, out);
	out_close(out, ']');
	out_open(out, "history", '[');
	if (r == 0)
		r = rectification_history(writing->tx, row->id, write_step, out);
	out_close(out, ']');
	out_close(out, '}');
	return r;
}

/* Ends the transaction: with r, or with the object as it then is in the answer. */
static void finish(struct call *call, struct db_tx *tx, int r, int64_t id)
{
	struct writing writing = {call, tx};

	if (r == 0)
		r = rectification_get(tx, id, write_whole, &writing);
	r = db_end(tx, r);
	if (r < 0)
		rectification_fail(call, r);
}

static void answer_whole(struct call *call, int64_t id)
{
	struct db_tx *tx;
	int r = db_begin(call->web->db, DB_READ, &tx);

	if (r < 0)
		call_fail_code(call, r);
	else
		finish(call, tx, 0, id);
}

void api_get_rectification(struct call *call)
{
	int64_t id;

	if (call_id(call, 0, &id))
		answer_whole(call, id);
}

/* --- the list ------------------------------------------------------------------------------------------- */

static bool read_states(struct call *call, unsigned *ret_bits)
{
	struct str rest = call_text(call, "state"), part;
	enum rectification_state state;

	while (str_split(&rest, ',', &part)) {
		if (rectification_state_parse(part, &state) < 0) {
			call_fail(call, 400, "bad_state", "there is no state '%.*s'",
				  (int)(part.len < 40 ? part.len : 40), part.ptr);
			return false;
		}
		*ret_bits |= 1u << state;
	}
	return true;
}

struct listing {
	struct call *call;
	int64_t limit, count, last;
	bool more;
};

static int list_row(void *context, const struct rectification *row)
{
	struct listing *listing = context;

	if (listing->count++ == listing->limit) {
		listing->more = true;
		return 0;
	}
	listing->last = row->id;
	return write_row(listing->call, row);
}

void api_list_rectifications(struct call *call)
{
	struct rectification_filter filter = {.words = call_text(call, "q"), .scope = call->scope};
	struct str overdue = call_text(call, "overdue");
	struct listing listing = {.call = call};
	struct list_page page;
	struct db_tx *tx;
	int r;

	if (!call_page(call, &page) || !read_states(call, &filter.states) ||
	    !call_number(call, "unit", 1, INT64_MAX, 0, &filter.unit) ||
	    !call_number(call, "incident", 1, INT64_MAX, 0, &filter.incident))
		return;
	filter.overdue = str_eq(overdue, STR("true"));
	filter.before = page.first ? 0 : page.after_id;
	filter.limit = (unsigned)page.limit + 1;
	listing.limit = page.limit;
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r == 0) {
		page_open(call);
		r = db_end(tx, rectification_list(tx, &filter, call->now, list_row, &listing));
		page_close(call, listing.more, listing.last, (struct str){0});
	}
	if (r < 0)
		rectification_fail(call, r);
}

/* --- drafts --------------------------------------------------------------------------------------------- */

/* The members of a body that are given; views of the body. */
struct input {
	struct str title, facts, requirements, contact;
	struct rectification_texts texts;
};

static bool read_text(struct call *call, json_t *body, const char *key, size_t max, struct str *text,
		      const struct str **ret_text)
{
	bool there;

	if (!body_text(call, body, key, max, false, text, &there))
		return false;
	*ret_text = there ? text : NULL;
	return true;
}

static bool read_input(struct call *call, json_t *body, struct input *input)
{
	struct rectification_texts *texts = &input->texts;

	if (!read_text(call, body, "title", RECTIFICATION_TITLE_MAX, &input->title, &texts->title) ||
	    !read_text(call, body, "facts", RECTIFICATION_TEXT_MAX, &input->facts, &texts->facts) ||
	    !read_text(call, body, "requirements", RECTIFICATION_TEXT_MAX, &input->requirements,
		       &texts->requirements) ||
	    !read_text(call, body, "contact", RECTIFICATION_TITLE_MAX, &input->contact, &texts->contact) ||
	    !body_time(call, body, "deadline", false, &texts->deadline))
		return false;
	if (texts->title && !str_trim(input->title).len) {
		call_fail(call, 400, "bad_body", "title is empty");
		return false;
	}
	if (texts->deadline && texts->deadline <= call->now) {
		call_fail(call, 400, "bad_time", "the deadline lies behind us");
		return false;
	}
	return true;
}

void api_add_rectification(struct call *call)
{
	const struct rectification_office *office = call_office(call);
	json_t *body = office ? call_body(call) : NULL;
	struct input input = {0};
	int64_t incident, unit = 0, id = 0;
	struct db_tx *tx;
	int r;

	if (body && call_id(call, 0, &incident) && read_input(call, body, &input) &&
	    body_number(call, body, "unit", 1, INT64_MAX, false, &unit)) {
		r = db_begin(call->web->db, DB_WRITE, &tx);
		if (r == 0) {
			call->response->status = 201;
			r = rectification_make(tx, office, incident, unit, &input.texts,
					       str_from(call->session.user.name), call->now, &id);
			finish(call, tx, r, id);
		} else {
			call_fail_code(call, r);
		}
	}
	json_decref(body);
}

void api_update_rectification(struct call *call)
{
	json_t *body = call_body(call);
	struct input input = {0};
	int64_t id, version;
	struct db_tx *tx;
	int r;

	if (body && call_id(call, 0, &id) && call_match_version(call, &version) &&
	    read_input(call, body, &input)) {
		r = db_begin(call->web->db, DB_WRITE, &tx);
		if (r == 0)
			finish(call, tx,
			       rectification_edit(tx, id, version, &input.texts,
						  str_from(call->session.user.name), call->now),
			       id);
		else
			call_fail_code(call, r);
	}
	json_decref(body);
}

/* --- what the centre does ------------------------------------------------------------------------------- */

static bool read_flag(struct call *call, json_t *body, const char *key, bool fallback, bool *ret_flag)
{
	const json_t *value = json_object_get(body, key);

	if (value && !json_is_boolean(value)) {
		call_fail(call, 400, "bad_body", "%s is true or false", key);
		return false;
	}
	*ret_flag = value ? json_is_true(value) : fallback;
	return true;
}

/* The body may be absent. */
static json_t *optional_body(struct call *call)
{
	return call->request->body.len ? call_body(call) : json_object();
}

void api_send_rectification(struct call *call)
{
	const struct rectification_office *office = call_office(call);
	json_t *body = office ? optional_body(call) : NULL;
	int64_t id, version;
	bool paper;
	int r;

	if (body && call_id(call, 0, &id) && call_match_if_sent(call, &version) &&
	    read_flag(call, body, "paper", false, &paper)) {
		r = rectification_send(call->web->db, office, id, version, paper,
				       str_from(call->session.user.name), call->now);
		if (r < 0)
			rectification_fail(call, r);
		else
			answer_whole(call, id);
	}
	json_decref(body);
}

static void answer(struct call *call, enum rectification_action action, json_t *body, bool needs_comment)
{
	const struct rectification_office *office = call_office(call);
	struct rectification_answer said = {
		.action = action, .by = str_from(call->session.user.name), .now = call->now};
	struct db_tx *tx;
	int r;

	if (!office || !call_id(call, 0, &said.id) || !call_match_if_sent(call, &said.version) ||
	    !body_text(call, body, "comment", RECTIFICATION_REASON_MAX, needs_comment, &said.comment, NULL) ||
	    !body_time(call, body, "until", false, &said.until))
		return;
	if (needs_comment && !str_trim(said.comment).len) {
		call_fail(call, 400, "bad_body", "comment says why");
		return;
	}
	r = db_begin(call->web->db, DB_WRITE, &tx);
	if (r < 0)
		call_fail_code(call, r);
	else
		finish(call, tx, rectification_answer(tx, office, &said), said.id);
}

static void answer_with_body(struct call *call, enum rectification_action action, bool needs_comment)
{
	json_t *body = optional_body(call);

	if (body)
		answer(call, action, body, needs_comment);
	json_decref(body);
}

void api_accept_rectification(struct call *call)
{
	answer_with_body(call, RECTIFICATION_DOES_ACCEPT, false);
}

void api_return_rectification(struct call *call)
{
	answer_with_body(call, RECTIFICATION_DOES_RETURN, true);
}

void api_withdraw_rectification(struct call *call)
{
	answer_with_body(call, RECTIFICATION_DOES_WITHDRAW, true);
}

void api_remind_rectification(struct call *call)
{
	answer_with_body(call, RECTIFICATION_DOES_REMIND, false);
}

/* granted: true unless it says otherwise. */
void api_extend_rectification(struct call *call)
{
	json_t *body = optional_body(call);
	bool granted;

	if (body && read_flag(call, body, "granted", true, &granted))
		answer(call, granted ? RECTIFICATION_DOES_EXTEND : RECTIFICATION_DOES_REFUSE, body, !granted);
	json_decref(body);
}

void api_revoke_rectification(struct call *call)
{
	json_t *body = optional_body(call);
	int64_t id, person = 0;
	struct db_tx *tx;
	int r;

	if (body && call_id(call, 0, &id) &&
	    body_number(call, body, "person", 1, INT64_MAX, false, &person)) {
		r = db_begin(call->web->db, DB_WRITE, &tx);
		if (r == 0)
			finish(call, tx,
			       rectification_revoke(tx, id, person, str_from(call->session.user.name),
						    call->now),
			       id);
		else
			call_fail_code(call, r);
	}
	json_decref(body);
}

/* --- documents ------------------------------------------------------------------------------------------ */

static int check_scope(void *context, const struct rectification *row)
{
	const struct writing *writing = context;

	return unit_within(writing->tx, row->unit, writing->call->scope, writing->call->now) ? 0 : ERR_END;
}

/* Whether it is of the units that the account may see; else has answered. */
static bool is_in_scope(struct call *call, int64_t id)
{
	struct writing writing = {.call = call};
	int r;

	if (!call->scope)
		return true;
	r = db_begin(call->web->db, DB_READ, &writing.tx);
	if (r == 0)
		r = db_end(writing.tx, rectification_get(writing.tx, id, check_scope, &writing));
	if (r < 0)
		rectification_fail(call, r);
	return r == 0;
}

void api_get_rectification_document(struct call *call)
{
	int64_t id;

	if (call_id(call, 0, &id) && is_in_scope(call, id))
		rectification_answer_form(call, id);
}

void api_get_rectification_file(struct call *call)
{
	int64_t id, file;

	if (call_id(call, 0, &id) && call_id(call, 1, &file) && is_in_scope(call, id))
		rectification_answer_file(call, id, file);
}
