/* SPDX-License-Identifier: Apache-2.0 */
/* One's own sessions, and the tokens of one's programs. */
#include <string.h>

#include "base/clock.h"
#include "web/person.h"
#include "web/account.h"

/* The number at {id}; false: has answered 404. */
static bool read_id(struct call *call, int64_t *ret_id)
{
	if (str_to_i64(call->path_values[0], ret_id) == 0)
		return true;
	call_fail(call, 404, "not_found", "there is none with this number");
	return false;
}

static void answer_end(struct call *call, int r)
{
	if (r == ERR_UNKNOWN)
		call_fail(call, 404, "not_found", "there is none with this number");
	else if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}

/* --- sessions ----------------------------------------------------------------------------------------- */

static int write_session(void *context, const struct session_row *row)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", row->id);
	out_time(call->out, "created", row->created);
	out_time(call->out, "last_seen", row->last_seen);
	out_text(call->out, "address", row->address);
	out_text(call->out, "agent", row->agent);
	out_bool(call->out, "current", row->id == call->session.id);
	out_close(call->out, '}');
	return 0;
}

void api_list_sessions(struct call *call)
{
	int r;

	page_open(call);
	r = session_list(call->web->db, call->session.user.id, call->now, write_session, call);
	page_close(call, false, 0, (struct str){0});
	if (r < 0)
		call_fail_code(call, r);
}

void api_end_session(struct call *call)
{
	int64_t id;

	if (read_id(call, &id))
		answer_end(call, session_end_one(call->web->db, call->session.user.id, id));
}

void api_end_other_sessions(struct call *call)
{
	answer_end(call, session_end_all(call->web->db, call->session.user.id, call->token));
}

/* --- tokens ------------------------------------------------------------------------------------------- */

static void write_token_members(struct call *call, const struct api_token *token)
{
	out_text(call->out, "name", str_from(token->name));
	out_open(call->out, "permissions", '[');
	for (unsigned i = 0; i < PERMISSION_COUNT; i++)
		if (token->permissions & PERMISSION_BIT(i))
			out_text(call->out, NULL, str_from(permission_name((enum permission)i)));
	out_close(call->out, ']');
	out_bool(call->out, "read_only", token->read_only);
	out_time(call->out, "expires", token->expires);
}

int account_write_token(void *context, const struct api_token *token)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", token->id);
	write_token_members(call, token);
	out_time(call->out, "created", token->created);
	if (token->last_used) {
		out_time(call->out, "last_used", token->last_used);
		out_text(call->out, "last_address", str_from(token->last_address));
	}
	out_close(call->out, '}');
	return 0;
}

void api_list_tokens(struct call *call)
{
	int r;

	page_open(call);
	r = token_list(call->web->db, call->session.user.id, account_write_token, call);
	page_close(call, false, 0, (struct str){0});
	if (r < 0)
		call_fail_code(call, r);
}

static bool read_token_permissions(struct call *call, json_t *body, uint64_t *ret_set)
{
	json_t *list = json_object_get(body, "permissions"), *item;
	uint64_t set = 0, allowed = token_permissions(call->session.user.role);
	enum permission permission;
	size_t i;

	json_array_foreach(list, i, item)
	{
		struct str name = str_of(json_string_value(item), json_string_length(item));

		if (permission_parse(name, &permission) < 0 || !(allowed & PERMISSION_BIT(permission))) {
			call_fail(call, 400, "bad_permission",
				  "a token of yours cannot have the permission %.*s", STR_FMT(name));
			return false;
		}
		set |= PERMISSION_BIT(permission);
	}
	if (!set)
		call_fail(call, 400, "bad_body", "permissions must name at least one");
	*ret_set = set;
	return set != 0;
}

static bool read_token(struct call *call, json_t *body, struct api_token *token)
{
	json_t *days = json_object_get(body, "days"), *read_only = json_object_get(body, "read_only");
	struct str name;

	if (!body_text(call, body, "name", TOKEN_NAME_MAX, true, &name, NULL) ||
	    !read_token_permissions(call, body, &token->permissions))
		return false;
	if (!str_trim(name).len || strlen(name.ptr) != name.len || !json_is_integer(days) ||
	    json_integer_value(days) < 1 || json_integer_value(days) > TOKEN_DAYS_MAX ||
	    (read_only && !json_is_boolean(read_only))) {
		call_fail(call, 400, "bad_body",
			  "name is a text, days a number from 1 to %d, read_only true or false",
			  TOKEN_DAYS_MAX);
		return false;
	}
	memcpy(token->name, name.ptr, name.len);
	token->read_only = json_is_true(read_only);
	token->expires = call->now + json_integer_value(days) * CLOCK_DAY;
	return true;
}

static bool record_token(struct call *call, const struct api_token *token)
{
	struct call copy = *call;
	struct buf detail = {0};
	bool done;

	copy.out = &detail;
	out_open(&detail, NULL, '{');
	write_token_members(&copy, token);
	out_close(&detail, '}');
	done = audit_done(call, "token.add", str_from(call->session.user.name), str_from(token->name),
			  buf_str(&detail));
	buf_done(&detail);
	return done;
}

static void add_token(struct call *call, const struct api_token *token)
{
	char text[TOKEN_SIZE];
	int r;

	if (!record_token(call, token))
		return;
	r = token_add(call->web->db, &call->session.user, token, call->now, text);
	if (r == ERR_DUPLICATE)
		call_fail(call, 409, "duplicate", "you have a token of this name");
	else if (r == ERR_LIMIT)
		call_fail(call, 409, "too_many", "you have %d tokens; remove some", TOKENS_PER_USER);
	else if (r < 0)
		call_fail_code(call, r);
	else {
		call->response->status = 201;
		out_open(call->out, NULL, '{');
		write_token_members(call, token);
		out_text(call->out, "token", str_from(text));
		out_close(call->out, '}');
	}
}

void api_add_token(struct call *call)
{
	json_t *body = call_body(call);
	struct api_token token = {0};
	struct str password;

	if (!body)
		return;
	if (body_text(call, body, "password", PASSWORD_INPUT_MAX, true, &password, NULL) &&
	    read_token(call, body, &token) && person_proves(call, "token.add", password))
		add_token(call, &token);
	json_decref(body);
}

void api_remove_token(struct call *call)
{
	int64_t id;

	if (read_id(call, &id))
		answer_end(call, token_remove(call->web->db, call->session.user.id, id));
}
