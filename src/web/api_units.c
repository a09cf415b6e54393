/* SPDX-License-Identifier: Apache-2.0 */
#include "web/register.h"

static bool read(struct call *call, json_t *body, bool adding, union register_thing *ret_thing,
		 unsigned *ret_members)
{
	struct unit *unit = &ret_thing->unit;
	bool code, name, kind, parent, note;
	struct str kind_name;

	if (!body_text(call, body, "code", REGISTER_TEXT_MAX, false, &unit->code, &code) ||
	    !body_text(call, body, "name", REGISTER_TEXT_MAX, adding, &unit->name, &name) ||
	    !body_text(call, body, "kind", 32, adding, &kind_name, &kind) ||
	    !register_number(call, body, "parent", &parent, &unit->parent) ||
	    !body_text(call, body, "note", REGISTER_NOTE_MAX, false, &unit->note, &note))
		return false;
	if (kind && unit_kind_parse(kind_name, &unit->kind) < 0) {
		call_fail(call, 400, "bad_value", "kind: faculty, department, office or other");
		return false;
	}
	*ret_members = (code ? UNIT_CODE : 0) | (name ? UNIT_NAME : 0) | (kind ? UNIT_KIND : 0) |
		       (parent ? UNIT_PARENT : 0) | (note ? UNIT_NOTE : 0);
	return true;
}

/* The members of api.yaml's Unit, without the braces. */
static void write_unit(struct call *call, const struct unit *unit)
{
	out_integer(call->out, "id", unit->id);
	out_integer(call->out, "version", unit->version);
	out_text(call->out, "code", unit->code);
	out_text(call->out, "name", unit->name);
	out_text(call->out, "kind", str_from(unit_kind_name(unit->kind)));
	if (unit->parent)
		out_integer(call->out, "parent", unit->parent);
	out_optional(call->out, "note", unit->note);
	register_write_span(call, unit->from, unit->to);
}

static int write_row(void *context, const struct unit *unit)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	write_unit(call, unit);
	out_integer(call->out, "depth", unit->depth);
	out_close(call->out, '}');
	return 0;
}

static int write_state(void *context, const struct unit *unit)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	write_unit(call, unit);
	out_close(call->out, '}');
	return 0;
}

struct getting {
	struct call *call;
	int64_t *version;
};

static int write_one(void *context, const struct unit *unit)
{
	struct getting *getting = context;

	*getting->version = unit->version;
	write_unit(getting->call, unit);
	return 0;
}

static int get(struct call *call, struct db_tx *tx, int64_t id, const struct register_view *view,
	       int64_t *ret_version)
{
	struct getting getting = {call, ret_version};

	return unit_get(tx, id, view, write_one, &getting);
}

static int keep_from(void *context, const struct unit *unit)
{
	*(int64_t *)context = unit->from;
	return 0;
}

static int last(struct db_tx *tx, int64_t id, int64_t *ret_from)
{
	int64_t from = 0;
	int r = unit_states(tx, id, keep_from, &from);

	*ret_from = from;
	return r == 0 && !from ? ERR_END : r;
}

static int more(struct call *call, struct db_tx *tx, int64_t id)
{
	struct duty_filter filter = {.unit = id, .any_time = true};
	int r;

	out_open(call->out, "states", '[');
	r = unit_states(tx, id, write_state, call);
	out_close(call->out, ']');
	return r == 0 ? register_write_duties(call, tx, &filter) : r;
}

static int add(struct db_tx *tx, const union register_thing *thing, const struct statement *statement,
	       int64_t *ret_id, struct err *ret_err)
{
	return unit_add(tx, &thing->unit, statement, ret_id, ret_err);
}

static int update(struct call *call, struct db_tx *tx, int64_t id, const union register_thing *thing,
		  unsigned members, const struct statement *statement, struct err *ret_err)
{
	(void)call;
	return unit_update(tx, id, &thing->unit, members, statement, ret_err);
}

const struct register_resource register_units = {
	.noun = WORDS("unit"),
	.read = read,
	.add = add,
	.update = update,
	.span = unit_span,
	.close = unit_close,
	.get = get,
	.last = last,
	.more = more,
};

/* The whole tree: a university has some hundred units. */
void api_list_units(struct call *call)
{
	struct register_view view;
	struct db_tx *tx;
	int r;

	if (!register_view_read(call, &view) || !(tx = call_begin(call, DB_READ)))
		return;
	page_open(call);
	r = unit_list(tx, &view, write_row, call);
	register_page_close(call, db_end(tx, r), 0);
}

void api_get_unit(struct call *call)
{
	register_get(call, &register_units);
}

void api_add_unit(struct call *call)
{
	register_add(call, &register_units);
}

void api_update_unit(struct call *call)
{
	register_update(call, &register_units);
}

void api_close_unit(struct call *call)
{
	register_close(call, &register_units);
}
