/* SPDX-License-Identifier: Apache-2.0 */
#include "web/register.h"

static bool read_duty_name(struct call *call, struct str name, enum duty *duty)
{
	if (!name.len || duty_parse(name, duty) == 0)
		return true;
	call_fail(call, 400, "bad_value", "there is no duty '%.*s'", STR_FMT(str_head(name, 40)));
	return false;
}

static bool read(struct call *call, json_t *body, bool adding, union register_thing *ret_thing,
		 unsigned *ret_members)
{
	struct held_duty *duty = &ret_thing->duty;
	bool person, unit, asset, name;
	struct str duty_text;

	if (!register_number(call, body, "person", &person, &duty->person) ||
	    !register_number(call, body, "unit", &unit, &duty->unit) ||
	    !register_number(call, body, "asset", &asset, &duty->asset) ||
	    !body_text(call, body, "duty", 64, adding, &duty_text, &name) ||
	    !read_duty_name(call, duty_text, &duty->duty))
		return false;
	*ret_members = person | unit | asset | name;
	return true;
}

/* The members of api.yaml's HeldDuty, without the braces. */
static void write_duty(struct call *call, const struct held_duty *duty)
{
	out_integer(call->out, "id", duty->id);
	out_integer(call->out, "version", duty->version);
	out_text(call->out, "duty", str_from(duty_name(duty->duty)));
	out_integer(call->out, "person", duty->person);
	out_optional(call->out, "person_name", duty->person_name);
	out_optional(call->out, "phone", duty->phone);
	out_optional(call->out, "mail", duty->mail);
	if (duty->unit)
		out_integer(call->out, "unit", duty->unit);
	out_optional(call->out, "unit_name", duty->unit_name);
	if (duty->asset)
		out_integer(call->out, "asset", duty->asset);
	out_optional(call->out, "asset_name", duty->asset_name);
	register_write_span(call, duty->from, duty->to);
}

static int write_row(void *context, const struct held_duty *duty)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	write_duty(call, duty);
	out_close(call->out, '}');
	return 0;
}

int register_write_duties(struct call *call, struct db_tx *tx, struct duty_filter *filter)
{
	int64_t next;
	int r;

	filter->view.scope = call->scope;
	out_open(call->out, "duties", '[');
	r = duty_list(tx, filter, write_row, call, &next);
	out_close(call->out, ']');
	return r;
}

struct getting {
	struct call *call;
	int64_t *version;
	bool found;
};

static int write_one(void *context, const struct held_duty *duty)
{
	struct getting *getting = context;

	*getting->version = duty->version;
	getting->found = true;
	write_duty(getting->call, duty);
	return 0;
}

static int get(struct call *call, struct db_tx *tx, int64_t id, const struct register_view *view,
	       int64_t *ret_version)
{
	struct duty_filter filter = {.view = *view, .id = id};
	struct getting getting = {call, ret_version, false};
	int64_t next;
	int r = duty_list(tx, &filter, write_one, &getting, &next);

	return r == 0 && !getting.found ? ERR_END : r;
}

static int keep_from(void *context, const struct held_duty *duty)
{
	*(int64_t *)context = duty->from;
	return 0;
}

static int last(struct db_tx *tx, int64_t id, int64_t *ret_from)
{
	struct duty_filter filter = {.id = id, .any_time = true};
	int64_t from = 0, next;
	int r = duty_list(tx, &filter, keep_from, &from, &next);

	*ret_from = from;
	return r == 0 && !from ? ERR_END : r;
}

static int more(struct call *call, struct db_tx *tx, int64_t id)
{
	(void)call;
	(void)tx;
	(void)id;
	return 0;
}

static int add(struct db_tx *tx, const union register_thing *thing, const struct statement *statement,
	       int64_t *ret_id, struct err *ret_err)
{
	return duty_add(tx, &thing->duty, statement, ret_id, ret_err);
}

const struct register_resource register_duties = {
	.noun = WORDS("duty"),
	.read = read,
	.add = add,
	.span = duty_span,
	.close = duty_close,
	.get = get,
	.last = last,
	.more = more,
};

void api_list_duties(struct call *call)
{
	struct duty_filter filter = {.any_time = str_eq(call_text(call, "all"), STR("true"))};
	int64_t next = 0;
	struct db_tx *tx;
	int r;

	if (!register_view_read(call, &filter.view) ||
	    !call_number(call, "unit", 1, INT64_MAX, 0, &filter.unit) ||
	    !call_number(call, "asset", 1, INT64_MAX, 0, &filter.asset) ||
	    !call_number(call, "person", 1, INT64_MAX, 0, &filter.person) ||
	    !read_duty_name(call, call_text(call, "duty"), &filter.duty) ||
	    !register_page_read(call, &filter.cursor, &filter.limit) || !(tx = call_begin(call, DB_READ)))
		return;
	page_open(call);
	r = duty_list(tx, &filter, write_row, call, &next);
	register_page_close(call, db_end(tx, r), next);
}

void api_get_duty(struct call *call)
{
	register_get(call, &register_duties);
}

void api_add_duty(struct call *call)
{
	register_add(call, &register_duties);
}

void api_update_duty(struct call *call)
{
	register_update(call, &register_duties);
}

void api_close_duty(struct call *call)
{
	register_close(call, &register_duties);
}
