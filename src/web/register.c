/* SPDX-License-Identifier: Apache-2.0 */
#include "web/register.h"

#include <inttypes.h>
#include <string.h>

#include "query/time.h"

#define REASON_MAX 1000 /* characters, as in api.yaml */

/* --- what goes wrong ------------------------------------------------------------------------------------ */

void register_fail(struct call *call, const char *noun, int r, const struct err *err)
{
	if (r == ERR_END && !err->message[0])
		call_fail(call, 404, "not_found", "there is no such %s", words_of(noun));
	else if (r == ERR_END)
		call_fail(call, 404, "not_found", "%s", err->message);
	else if (r == ERR_BUSY && err->message[0])
		call_stale(call);
	else if (r == ERR_DUPLICATE)
		call_fail(call, 409, "duplicate", "%s", err->message[0] ? err->message : err_text(r));
	else if (r == ERR_DENIED && err->message[0])
		call_fail(call, 400, "reason_required", "%s", err->message);
	else if ((r == ERR_RANGE || r == ERR_SYNTAX || r == ERR_UNKNOWN || r == ERR_LIMIT) && err->message[0])
		call_fail(call, 400, "bad_value", "%s", err->message);
	else
		call_fail_code(call, r);
}

/* --- what is asked for
 * --------------------------------------------------------------------------------------- */

static bool read_time(struct call *call, const char *name, int64_t *time)
{
	struct str text = call_text(call, name);
	int64_t begin, end;

	if (!text.len)
		return true;
	if (time_read_zoned(text, call->now, call->web->options.zone, &begin, &end) == 0 && begin > 0) {
		*time = begin;
		return true;
	}
	call_fail(call, 400, "bad_time", "%s is a time such as 2026-11-22T08:00:00+08:00 or -2h", name);
	return false;
}

bool register_view_read(struct call *call, struct register_view *ret_view)
{
	struct register_view view = {.time = call->now, .scope = call->scope};

	if (!read_time(call, "at", &view.time) || !read_time(call, "known", &view.known))
		return false;
	*ret_view = view;
	return true;
}

bool register_page_read(struct call *call, int64_t *ret_cursor, unsigned *ret_limit)
{
	struct list_page page;

	if (!call_page(call, &page))
		return false;
	*ret_cursor = page.first ? 0 : page.after_id;
	*ret_limit = (unsigned)page.limit;
	return true;
}

void register_page_close(struct call *call, int r, int64_t next)
{
	if (r < 0)
		call_fail_code(call, r);
	else
		page_close(call, next != 0, next, (struct str){0});
}

bool register_number(struct call *call, json_t *body, const char *key, bool *ret_there, int64_t *ret_number)
{
	*ret_there = json_object_get(body, key) != NULL;
	*ret_number = 0;
	if (json_is_null(json_object_get(body, key)))
		return true;
	return body_number(call, body, key, 0, INT64_MAX, false, ret_number);
}

static bool read_flag(struct call *call, json_t *body, const char *key, bool *flag)
{
	const json_t *value = json_object_get(body, key);

	if (value && !json_is_boolean(value)) {
		call_fail(call, 400, "bad_body", "%s is true or false", key);
		return false;
	}
	*flag = json_is_true(value);
	return true;
}

/* null: no end. */
static bool read_end(struct call *call, json_t *body, const char *key, int64_t *time)
{
	if (json_is_null(json_object_get(body, key))) {
		*time = REGISTER_OPEN;
		return true;
	}
	return body_time(call, body, key, false, time);
}

/* from, to: how the body calls the span that is spoken of. */
static bool read_statement(struct call *call, json_t *body, const char *from, const char *to,
			   struct statement *statement)
{
	bool there;

	statement->now = call->now;
	statement->by = str_from(call->session.user.name);
	return body_time(call, body, from, false, &statement->from) &&
	       read_end(call, body, to, &statement->to) &&
	       body_text(call, body, "reason", REASON_MAX, false, &statement->reason, &there) &&
	       read_flag(call, body, "also", &statement->also) &&
	       read_flag(call, body, "instead", &statement->instead);
}

/* --- what is answered
 * ------------------------------------------------------------------------------------------ */

void register_write_span(struct call *call, int64_t from, int64_t to)
{
	out_time(call->out, "valid_from", from);
	if (to != REGISTER_OPEN)
		out_time(call->out, "valid_to", to);
}

static int write_change(void *context, const struct register_change *change)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "version", change->version);
	out_text(call->out, "action", str_from(change->action));
	out_time(call->out, "at", change->at);
	out_text(call->out, "by", change->by);
	out_optional(call->out, "reason", change->reason);
	register_write_span(call, change->from, change->to);
	out_bool(call->out, "past", change->past);
	out_close(call->out, '}');
	return 0;
}

int register_write_history(struct call *call, struct db_tx *tx, int64_t id)
{
	int r;

	out_open(call->out, "history", '[');
	r = register_history(tx, id, write_change, call);
	out_close(call->out, ']');
	return r;
}

static void write_warnings(struct call *call, const struct register_warnings *warnings)
{
	if (!warnings->count)
		return;
	out_open(call->out, "warnings", '[');
	for (size_t i = 0; i < warnings->count && i < REGISTER_WARNINGS_MAX; i++)
		out_text(call->out, NULL, str_from(warnings->text[i]));
	out_close(call->out, ']');
}

/* As it is now; of what is over, or has not begun, its last state. */
static int write_now(struct call *call, const struct register_resource *resource, struct db_tx *tx,
		     int64_t id, int64_t *ret_version)
{
	struct register_view view = {.time = call->now, .scope = call->scope};
	size_t begin = call->out->len;
	int r = resource->get(call, tx, id, &view, ret_version);

	if (r != ERR_END)
		return r;
	call->out->len = begin;
	r = resource->last(tx, id, &view.time);
	return r < 0 ? r : resource->get(call, tx, id, &view, ret_version);
}

void register_get(struct call *call, const struct register_resource *resource)
{
	struct register_view view;
	struct err err = {0};
	struct db_tx *tx;
	int64_t id, version = 0;
	int r;

	if (!call_id(call, 0, &id) || !register_view_read(call, &view) || !(tx = call_begin(call, DB_READ)))
		return;
	out_open(call->out, NULL, '{');
	if (call_text(call, "at").len || view.known)
		r = resource->get(call, tx, id, &view, &version);
	else
		r = write_now(call, resource, tx, id, &version);
	if (r == 0)
		r = resource->more(call, tx, id);
	if (r == 0)
		r = register_write_history(call, tx, id);
	out_close(call->out, '}');
	r = db_end(tx, r);
	if (r < 0)
		register_fail(call, resource->noun, r, &err);
	else
		call_etag(call, version);
}

/* --- what is changed
 * ---------------------------------------------------------------------------------------------- */

/* Whether whoever is bound to a unit may change it; 0 or ERR_END, as if it were not there. */
static int check_scope(struct call *call, const struct register_resource *resource, struct db_tx *tx,
		       int64_t id)
{
	size_t begin = call->out->len;
	int64_t version;
	int r = call->scope ? write_now(call, resource, tx, id, &version) : 0;

	call->out->len = begin;
	return r;
}

/* Ends the transaction with the object as it is now, or takes everything back. */
static void finish(struct call *call, const struct register_resource *resource, struct db_tx *tx, int64_t id,
		   int r, const struct statement *statement, struct err *err)
{
	int64_t version = 0;

	out_open(call->out, NULL, '{');
	if (r == 0) {
		r = write_now(call, resource, tx, id, &version);
		if (r == ERR_END && call->scope)
			r = err_set(err, ERR_RANGE, 0, 0, "it would lie outside your unit");
		else if (r == ERR_END) /* closed from its beginning on: it never was */
			r = 0;
	}
	write_warnings(call, statement->warnings);
	out_close(call->out, '}');
	r = db_end(tx, r);
	if (r < 0)
		register_fail(call, resource->noun, r, err);
	else
		call_etag(call, version);
}

void register_add(struct call *call, const struct register_resource *resource)
{
	struct register_warnings warnings = {0};
	struct statement statement = {.warnings = &warnings};
	union register_thing thing;
	json_t *body = call_body(call);
	struct err err = {0};
	struct db_tx *tx;
	unsigned members = 0;
	int64_t id = 0;
	int r;

	memset(&thing, 0, sizeof(thing));
	if (!body)
		return;
	if (resource->read(call, body, true, &thing, &members) &&
	    read_statement(call, body, "valid_from", "valid_to", &statement) &&
	    (tx = call_begin(call, DB_WRITE))) {
		r = resource->add(tx, &thing, &statement, &id, &err);
		call->response->status = 201;
		finish(call, resource, tx, id, r, &statement, &err);
	}
	json_decref(body);
}

static int change(struct call *call, const struct register_resource *resource, struct db_tx *tx, int64_t id,
		  const union register_thing *thing, unsigned members, const struct register_span *span,
		  struct statement *statement, struct err *err)
{
	int r = check_scope(call, resource, tx, id);

	if (r == 0 && members && !resource->update)
		r = err_set(err, ERR_RANGE, 0, 0, "of a %s only the time can change: close it, add another",
			    words_of(resource->noun));
	if (r == 0 && members && resource->update) {
		r = resource->update(call, tx, id, thing, members, statement, err);
		statement->version = 0;
	}
	if (r == 0 && (span->from || span->to))
		r = resource->span(tx, id, span, statement, err);
	return r;
}

/* Other members hold from "from" to "to"; "valid_from" and "valid_to" say when the thing itself begins and
   ends. */
void register_update(struct call *call, const struct register_resource *resource)
{
	struct register_warnings warnings = {0};
	struct statement statement = {.warnings = &warnings};
	int64_t id, begin = 0, end = 0;
	union register_thing thing;
	struct register_span span;
	struct err err = {0};
	struct db_tx *tx;
	unsigned members = 0;
	json_t *body;

	if (!call_id(call, 0, &id) || !call_match_version(call, &statement.version))
		return;
	statement.version = statement.version < 0 ? 0 : statement.version;
	memset(&thing, 0, sizeof(thing));
	body = call_body(call);
	if (!body)
		return;
	if (resource->read(call, body, false, &thing, &members) &&
	    read_statement(call, body, "from", "to", &statement) &&
	    body_time(call, body, "valid_from", false, &begin) && read_end(call, body, "valid_to", &end) &&
	    (tx = call_begin(call, DB_WRITE))) {
		span.from = begin ? &begin : NULL;
		span.to = end ? &end : NULL;
		finish(call, resource, tx, id,
		       change(call, resource, tx, id, &thing, members, &span, &statement, &err), &statement,
		       &err);
	}
	json_decref(body);
}

void register_close(struct call *call, const struct register_resource *resource)
{
	struct register_warnings warnings = {0};
	struct statement statement = {.now = call->now,
				      .by = str_from(call->session.user.name),
				      .reason = call_text(call, "reason"),
				      .warnings = &warnings};
	struct err err = {0};
	struct db_tx *tx;
	int64_t id;
	int r;

	if (!call_id(call, 0, &id) || !call_match_version(call, &statement.version) ||
	    !read_time(call, "at", &statement.from))
		return;
	statement.version = statement.version < 0 ? 0 : statement.version;
	if (statement.reason.len > 4 * REASON_MAX) {
		call_fail(call, 400, "too_long", "reason has more than %d characters", REASON_MAX);
		return;
	}
	tx = call_begin(call, DB_WRITE);
	if (!tx)
		return;
	r = check_scope(call, resource, tx, id);
	if (r == 0)
		r = resource->close(tx, id, &statement, &err);
	finish(call, resource, tx, id, r, &statement, &err);
}
