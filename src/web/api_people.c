/* SPDX-License-Identifier: Apache-2.0 */
#include "web/register.h"

static bool read(struct call *call, json_t *body, bool adding, union register_thing *ret_thing,
		 unsigned *ret_members)
{
	struct person *person = &ret_thing->person;
	bool name, number, phone, mail, unit, note;

	if (!body_text(call, body, "name", REGISTER_TEXT_MAX, adding, &person->name, &name) ||
	    !body_text(call, body, "number", REGISTER_TEXT_MAX, false, &person->number, &number) ||
	    !body_text(call, body, "phone", REGISTER_TEXT_MAX, false, &person->phone, &phone) ||
	    !body_text(call, body, "mail", REGISTER_TEXT_MAX, false, &person->mail, &mail) ||
	    !register_number(call, body, "unit", &unit, &person->unit) ||
	    !body_text(call, body, "note", REGISTER_NOTE_MAX, false, &person->note, &note))
		return false;
	*ret_members = (name ? PERSON_NAME : 0) | (number ? PERSON_NUMBER : 0) | (phone ? PERSON_PHONE : 0) |
		       (mail ? PERSON_MAIL : 0) | (unit ? PERSON_UNIT : 0) | (note ? PERSON_NOTE : 0);
	return true;
}

/* The members of api.yaml's Person, without the braces. */
static void write_person(struct call *call, const struct person *person)
{
	out_integer(call->out, "id", person->id);
	out_integer(call->out, "version", person->version);
	out_text(call->out, "name", person->name);
	out_optional(call->out, "number", person->number);
	out_optional(call->out, "phone", person->phone);
	out_optional(call->out, "mail", person->mail);
	if (person->unit)
		out_integer(call->out, "unit", person->unit);
	out_optional(call->out, "unit_name", person->unit_name);
	out_optional(call->out, "note", person->note);
	register_write_span(call, person->from, person->to);
}

static int write_row(void *context, const struct person *person)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	write_person(call, person);
	out_close(call->out, '}');
	return 0;
}

struct getting {
	struct call *call;
	int64_t *version;
};

static int write_one(void *context, const struct person *person)
{
	struct getting *getting = context;

	*getting->version = person->version;
	write_person(getting->call, person);
	return 0;
}

static int get(struct call *call, struct db_tx *tx, int64_t id, const struct register_view *view,
	       int64_t *ret_version)
{
	struct getting getting = {call, ret_version};

	return person_get(tx, id, view, write_one, &getting);
}

static int keep_from(void *context, const struct person *person)
{
	*(int64_t *)context = person->from;
	return 0;
}

static int last(struct db_tx *tx, int64_t id, int64_t *ret_from)
{
	int64_t from = 0;
	int r = person_states(tx, id, keep_from, &from);

	*ret_from = from;
	return r == 0 && !from ? ERR_END : r;
}

static int more(struct call *call, struct db_tx *tx, int64_t id)
{
	struct duty_filter filter = {.person = id, .any_time = true};
	int r;

	out_open(call->out, "states", '[');
	r = person_states(tx, id, write_row, call);
	out_close(call->out, ']');
	return r == 0 ? register_write_duties(call, tx, &filter) : r;
}

static int add(struct db_tx *tx, const union register_thing *thing, const struct statement *statement,
	       int64_t *ret_id, struct err *ret_err)
{
	return person_add(tx, &thing->person, statement, ret_id, ret_err);
}

static int update(struct call *call, struct db_tx *tx, int64_t id, const union register_thing *thing,
		  unsigned members, const struct statement *statement, struct err *ret_err)
{
	(void)call;
	return person_update(tx, id, &thing->person, members, statement, ret_err);
}

const struct register_resource register_people = {
	.noun = WORDS("person"),
	.read = read,
	.add = add,
	.update = update,
	.span = person_span,
	.close = person_close,
	.get = get,
	.last = last,
	.more = more,
};

void api_list_people(struct call *call)
{
	struct person_filter filter = {.words = call_text(call, "q")};
	int64_t next = 0;
	struct db_tx *tx;
	int r;

	if (!register_view_read(call, &filter.view) ||
	    !call_number(call, "unit", 1, INT64_MAX, 0, &filter.unit) ||
	    !register_page_read(call, &filter.cursor, &filter.limit) || !(tx = call_begin(call, DB_READ)))
		return;
	page_open(call);
	r = person_list(tx, &filter, write_row, call, &next);
	register_page_close(call, db_end(tx, r), next);
}

void api_get_person(struct call *call)
{
	register_get(call, &register_people);
}

void api_add_person(struct call *call)
{
	register_add(call, &register_people);
}

void api_update_person(struct call *call)
{
	register_update(call, &register_people);
}

void api_close_person(struct call *call)
{
	register_close(call, &register_people);
}
