/* SPDX-License-Identifier: Apache-2.0 */
/* The roster: shifts, rotations, swaps, and who is on duty now. */
#include "base/clock.h"
#include "web/duty.h"

#define NEXT_SPAN (2 * CLOCK_DAY)
#define ROSTER_DEFAULT (35 * CLOCK_DAY)
#define ROTATION_PEOPLE_MAX 100

static bool roster_span(struct call *call, int64_t *ret_from, int64_t *ret_to)
{
	if (call_text(call, "from").len || call_text(call, "to").len)
		return call_span(call, ret_from, ret_to);
	*ret_from = call->now - CLOCK_DAY;
	*ret_to = call->now + ROSTER_DEFAULT;
	return true;
}

void api_get_duty_now(struct call *call)
{
	struct db_tx *tx = call_begin(call, DB_READ);
	struct err err = {0};
	int r;

	if (!tx)
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "now", '[');
	r = shift_list(tx, call->now, call->now + 1, duty_write_shift, call);
	out_close(call->out, ']');
	out_open(call->out, "next", '[');
	if (r == 0)
		r = shift_list(tx, call->now + 1, call->now + NEXT_SPAN, duty_write_shift, call);
	out_close(call->out, ']');
	out_open(call->out, "periods", '[');
	if (r == 0)
		r = period_list(tx, call->now, call->now + 1, duty_write_period, call);
	out_close(call->out, ']');
	if (r == 0)
		r = handover_last(tx, duty_write_handover, call);
	out_close(call->out, '}');
	duty_end(call, tx, r, &err);
}

void api_list_shifts(struct call *call)
{
	struct err err = {0};
	struct db_tx *tx;
	int64_t from, to;
	int r;

	if (!roster_span(call, &from, &to) || !(tx = call_begin(call, DB_READ)))
		return;
	page_open(call);
	r = shift_list(tx, from, to, duty_write_shift, call);
	if (duty_end(call, tx, r, &err))
		page_close(call, false, 0, (struct str){0});
}

/* The body over what shift holds; texts are views of the body or of what was there. */
static bool read_shift(struct call *call, json_t *body, bool fresh, struct shift *shift)
{
	struct str place, note;
	bool there;

	if (!body_text(call, body, "place", 16, fresh, &place, &there))
		return false;
	if (there && duty_place_parse(place, &shift->place) < 0) {
		call_fail(call, 400, "bad_body", "place is officer, deputy or leader");
		return false;
	}
	if (!body_text(call, body, "note", DUTY_NOTE_MAX, false, &note, &there))
		return false;
	if (there)
		shift->note = note;
	return body_time(call, body, "from", fresh, &shift->from) &&
	       body_time(call, body, "to", fresh, &shift->to) && duty_body_person(call, body, &shift->who);
}

static int write_with_tag(void *context, const struct shift *shift)
{
	call_etag(context, shift->version);
	return duty_write_shift(context, shift);
}

static int answer_shift(struct call *call, struct db_tx *tx, int64_t id)
{
	return shift_get(tx, id, write_with_tag, call);
}

void api_add_shift(struct call *call)
{
	struct shift shift = {0};
	struct err err = {0};
	json_t *body = call_body(call);
	struct db_tx *tx = NULL;
	int64_t id;
	int r;

	if (body && read_shift(call, body, true, &shift))
		tx = call_begin(call, DB_WRITE);
	if (tx) {
		r = shift_add(tx, &shift, &id, &err);
		if (r == 0)
			r = answer_shift(call, tx, id);
		duty_end(call, tx, r, &err);
	}
	json_decref(body);
}

struct change {
	struct call *call;
	struct db_tx *tx;
	json_t *body;
	int64_t version;
	struct err err;
	bool answered;
};

static int change_shift(void *context, const struct shift *old)
{
	struct change *change = context;
	struct shift shift = *old;

	shift.version = change->version > 0 ? change->version : 0;
	change->answered = !read_shift(change->call, change->body, false, &shift);
	return change->answered ? ERR_DENIED : shift_update(change->tx, &shift, &change->err);
}

void api_update_shift(struct call *call)
{
	struct change change = {.call = call, .body = call_body(call)};
	int64_t id;
	int r;

	if (change.body && call_id(call, 0, &id) && call_match_version(call, &change.version) &&
	    (change.tx = call_begin(call, DB_WRITE))) {
		r = shift_get(change.tx, id, change_shift, &change);
		if (r == 0)
			r = answer_shift(call, change.tx, id);
		if (change.answered)
			db_end(change.tx, r);
		else
			duty_end(call, change.tx, r, &change.err);
	}
	json_decref(change.body);
}

void api_delete_shift(struct call *call)
{
	struct err err = {0};
	struct db_tx *tx;
	int64_t id, version;

	if (!call_id(call, 0, &id) || !call_match_version(call, &version) ||
	    !(tx = call_begin(call, DB_WRITE)))
		return;
	if (duty_end(call, tx, shift_delete(tx, id, version > 0 ? version : 0), &err))
		call_no_content(call);
}

/* --- rotations ------------------------------------------------------------------------------------------ */

static bool read_people(struct call *call, json_t *body, struct duty_person people[ROTATION_PEOPLE_MAX],
			size_t *ret_count)
{
	json_t *list = json_object_get(body, "people"), *item;
	size_t i;

	if (!json_is_array(list) || !json_array_size(list) || json_array_size(list) > ROTATION_PEOPLE_MAX) {
		call_fail(call, 400, "bad_body", "people is a list of 1 to %d", ROTATION_PEOPLE_MAX);
		return false;
	}
	json_array_foreach(list, i, item)
	{
		people[i] = (struct duty_person){0};
		if (!json_is_object(item)) {
			call_fail(call, 400, "bad_body", "people are objects with a name");
			return false;
		}
		if (!duty_body_person(call, item, &people[i]))
			return false;
	}
	*ret_count = json_array_size(list);
	return true;
}

static bool read_rotation(struct call *call, json_t *body, struct rotation *rotation)
{
	struct str place;
	int64_t hours = 24, first = 0;

	if (!body_text(call, body, "place", 16, true, &place, NULL))
		return false;
	if (duty_place_parse(place, &rotation->place) < 0) {
		call_fail(call, 400, "bad_body", "place is officer, deputy or leader");
		return false;
	}
	if (!body_time(call, body, "from", true, &rotation->from) ||
	    !body_time(call, body, "to", true, &rotation->to) ||
	    !body_number(call, body, "hours", 1, SHIFT_SPAN_MAX / CLOCK_HOUR, false, &hours) ||
	    !body_number(call, body, "first", 0, ROTATION_PEOPLE_MAX - 1, false, &first))
		return false;
	rotation->span = hours * CLOCK_HOUR;
	rotation->first = (size_t)first;
	return true;
}

void api_rotate_shifts(struct call *call)
{
	struct duty_person people[ROTATION_PEOPLE_MAX];
	struct rotation rotation = {.people = people};
	struct err err = {0};
	json_t *body = call_body(call);
	struct db_tx *tx = NULL;
	size_t left_out = 0;
	int made;

	if (body && read_rotation(call, body, &rotation) && read_people(call, body, people, &rotation.count))
		tx = call_begin(call, DB_WRITE);
	if (tx) {
		made = shift_rotate(tx, &rotation, &left_out, &err);
		if (duty_end(call, tx, made, &err)) {
			out_open(call->out, NULL, '{');
			out_integer(call->out, "made", made);
			out_integer(call->out, "left_out", (int64_t)left_out);
			out_close(call->out, '}');
		}
	}
	json_decref(body);
}

/* --- swaps ---------------------------------------------------------------------------------------------- */

static int write_swap(void *context, const struct swap *swap)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", swap->id);
	out_time(call->out, "time", swap->time);
	out_text(call->out, "state", str_from(swap_state_name(swap->state)));
	out_integer(call->out, "shift", swap->shift);
	if (swap->against)
		out_integer(call->out, "against", swap->against);
	out_text(call->out, "by", swap->by);
	out_text(call->out, "to", swap->to.name);
	out_optional(call->out, "reason", swap->reason);
	if (swap->decided)
		out_time(call->out, "decided", swap->decided);
	out_close(call->out, '}');
	return 0;
}

void api_list_swaps(struct call *call)
{
	struct err err = {0};
	struct db_tx *tx = call_begin(call, DB_READ);

	if (!tx)
		return;
	page_open(call);
	if (duty_end(call, tx,
		     swap_list(tx, str_eq(call_text(call, "waiting"), STR("true")), write_swap, call), &err))
		page_close(call, false, 0, (struct str){0});
}

void api_ask_swap(struct call *call)
{
	struct swap swap = {.by = str_from(call->session.user.name)};
	struct err err = {0};
	json_t *body = call_body(call);
	struct db_tx *tx = NULL;
	int64_t id;
	int r;

	if (body && body_number(call, body, "shift", 1, INT64_MAX, true, &swap.shift) &&
	    body_number(call, body, "against", 1, INT64_MAX, false, &swap.against) &&
	    body_text(call, body, "reason", DUTY_NOTE_MAX, false, &swap.reason, NULL) &&
	    duty_body_person(call, body, &swap.to))
		tx = call_begin(call, DB_WRITE);
	if (tx) {
		r = swap_ask(tx, &swap, call->now, &id, &err);
		if (duty_end(call, tx, r, &err)) {
			out_open(call->out, NULL, '{');
			out_integer(call->out, "id", id);
			out_close(call->out, '}');
		}
	}
	json_decref(body);
}

void api_decide_swap(struct call *call)
{
	static const enum swap_state decisions[] = {SWAP_ACCEPTED, SWAP_REFUSED, SWAP_WITHDRAWN};
	enum swap_state state = SWAP_ASKED;
	struct err err = {0};
	json_t *body = call_body(call);
	struct db_tx *tx;
	struct str name;
	int64_t id;

	if (body && call_id(call, 0, &id) && body_text(call, body, "state", 16, true, &name, NULL)) {
		for (size_t i = 0; i < 3; i++)
			if (str_eq(name, str_from(swap_state_name(decisions[i]))))
				state = decisions[i];
		if (state == SWAP_ASKED)
			call_fail(call, 400, "bad_body", "state is accepted, refused or withdrawn");
		else if ((tx = call_begin(call, DB_WRITE)) &&
			 duty_end(call, tx,
				  swap_decide(tx, id, state, str_from(call->session.user.name), call->now,
					      &err),
				  &err))
			call_no_content(call);
	}
	json_decref(body);
}
