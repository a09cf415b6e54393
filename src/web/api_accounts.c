/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts, for system administrators. What they may not do here keeps the three administrators apart: an
 * audit administrator is changed on the machine alone (`wanglou user`), and is added here only while there is
 * none; nobody changes their own role or state.
 */
#include "web/account.h"

/* --- reading ------------------------------------------------------------------------------------------ */

static void write_account(struct call *call, const struct user *user, const char *password)
{
	out_open(call->out, NULL, '{');
	out_text(call->out, "name", str_from(user->name));
	out_text(call->out, "role", str_from(role_name(user->role)));
	if (user->unit)
		out_integer(call->out, "unit", user->unit);
	out_bool(call->out, "disabled", user->disabled);
	out_bool(call->out, "must_change_password", user->must_change_password);
	out_bool(call->out, "second_factor", user->factor_since != 0);
	if (!user->factor_since && factor_needed(call->web->options.second_factor, user->role))
		out_time(call->out, "second_factor_due", user->factor_due);
	out_time(call->out, "created", user->created);
	out_time(call->out, "password_changed", user->password_changed);
	if (user->last_login)
		out_time(call->out, "last_login", user->last_login);
	out_integer(call->out, "version", user->version);
	if (password)
		out_text(call->out, "password", str_from(password));
	out_close(call->out, '}');
}

static int write_item(void *context, const struct user *user)
{
	write_account(context, user, NULL);
	return 0;
}

void api_list_accounts(struct call *call)
{
	int r;

	page_open(call);
	r = user_list(call->web->db, write_item, call);
	page_close(call, false, 0, (struct str){0});
	if (r < 0)
		call_fail_code(call, r);
}

bool account_find(struct call *call, struct user *ret_user)
{
	int r = user_find(call->web->db, call->path_values[0], ret_user);

	if (r == ERR_UNKNOWN)
		call_fail(call, 404, "not_found", "there is no account of this name");
	else if (r < 0)
		call_fail_code(call, r);
	return r == 0;
}

static void answer_account(struct call *call, struct str name, const char *password)
{
	struct user user;
	int r = user_find(call->web->db, name, &user);

	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	call_etag(call, user.version);
	write_account(call, &user, password);
}

void api_get_account(struct call *call)
{
	struct user user;

	if (!account_find(call, &user))
		return;
	call_etag(call, user.version);
	write_account(call, &user, NULL);
}

/* --- what may not be ---------------------------------------------------------------------------------- */

static bool is_watched(struct call *call, const struct user *user)
{
	if (user->role == ROLE_AUDIT_ADMINISTRATOR)
		call_fail(call, 403, "watched",
			  "accounts of audit administrators are kept on the machine alone, with 'wanglou "
			  "user'");
	return user->role == ROLE_AUDIT_ADMINISTRATOR;
}

static bool is_own(struct call *call, const struct user *user)
{
	if (user->id == call->session.user.id)
		call_fail(call, 403, "own_account",
			  "another system administrator must do this to your account");
	return user->id == call->session.user.id;
}

bool account_find_other(struct call *call, struct user *ret_user)
{
	return account_find(call, ret_user) && !is_watched(call, ret_user) && !is_own(call, ret_user);
}

static void fail(struct call *call, int r, const struct err *err)
{
	if (r == ERR_BUSY)
		call_stale(call);
	else if (r == ERR_DUPLICATE)
		call_fail(call, 409, "duplicate", "%s", err->message);
	else if (r == ERR_DENIED)
		call_fail(call, 409, "not_allowed", "%s", err->message);
	else if (r == ERR_RANGE)
		call_fail(call, 400, "bad_account", "%s", err->message);
	else
		call_fail_code(call, r);
}

/* --- changing ----------------------------------------------------------------------------------------- */

struct wish {
	enum role role;
	bool disabled, must_change_password;
	int64_t unit;
	struct user_change change; /* points to what is there */
};

static bool read_flag(struct call *call, json_t *body, const char *key, bool *value, const bool **ret_given)
{
	json_t *member = json_object_get(body, key);

	if (member && !json_is_boolean(member)) {
		call_fail(call, 400, "bad_body", "%s is true or false", key);
		return false;
	}
	*value = json_is_true(member);
	*ret_given = member ? value : NULL;
	return true;
}

static bool read_role(struct call *call, json_t *body, bool required, struct wish *wish)
{
	struct str role;
	bool there;

	if (!body_text(call, body, "role", 64, required, &role, &there))
		return false;
	if (there && role_parse(role, &wish->role) < 0) {
		call_fail(call, 400, "bad_role", "there is no such role");
		return false;
	}
	wish->change.role = there ? &wish->role : NULL;
	return true;
}

/* A number, or null for none. */
static bool read_unit(struct call *call, json_t *body, struct wish *wish)
{
	json_t *unit = json_object_get(body, "unit");

	if (unit && !json_is_null(unit) && (!json_is_integer(unit) || json_integer_value(unit) < 1)) {
		call_fail(call, 400, "bad_body", "unit is the number of a unit, or null");
		return false;
	}
	wish->unit = json_is_integer(unit) ? json_integer_value(unit) : 0;
	wish->change.unit = unit ? &wish->unit : NULL;
	return true;
}

static bool read_wish(struct call *call, json_t *body, struct wish *wish)
{
	return read_role(call, body, false, wish) && read_unit(call, body, wish) &&
	       read_flag(call, body, "disabled", &wish->disabled, &wish->change.disabled) &&
	       read_flag(call, body, "must_change_password", &wish->must_change_password,
			 &wish->change.must_change_password);
}

void api_update_account(struct call *call)
{
	struct wish wish = {0};
	struct err err = {0};
	struct user user;
	json_t *body;
	int r;

	if (!account_find_other(call, &user) || !call_match_version(call, &wish.change.version))
		return;
	body = call_body(call);
	if (!body)
		return;
	if (read_wish(call, body, &wish)) {
		r = user_change(call->web->db, str_from(user.name), &wish.change, &err);
		if (r < 0)
			fail(call, r, &err);
		else
			answer_account(call, str_from(user.name), NULL);
	}
	json_decref(body);
}

/* One audit administrator may be added here, at the beginning; who watches is not chosen by whom they watch.
 */
static bool may_add(struct call *call, enum role role)
{
	int64_t count = 0;
	int r = role == ROLE_AUDIT_ADMINISTRATOR ? user_count(call->web->db, role, &count) : 0;

	if (r < 0)
		call_fail_code(call, r);
	else if (count)
		call_fail(call, 403, "watched",
			  "there is an audit administrator; more are added on the machine, with 'wanglou "
			  "user'");
	return r == 0 && count == 0;
}

static void add(struct call *call, struct str name, const struct wish *wish)
{
	char password[PASSWORD_GENERATED_SIZE];
	struct err err = {0};
	int r;

	password_generate(password);
	r = user_add(call->web->db, name, wish->role, str_from(password), true, call->now, &err);
	if (r == 0 && wish->unit)
		r = user_change(call->web->db, name, &(struct user_change){.unit = &wish->unit}, &err);
	if (r < 0) {
		fail(call, r, &err);
		return;
	}
	call->response->status = 201;
	answer_account(call, name, password);
}

void api_add_account(struct call *call)
{
	json_t *body = call_body(call);
	struct wish wish = {0};
	struct str name;

	if (!body)
		return;
	if (body_text(call, body, "name", USER_NAME_MAX, true, &name, NULL) &&
	    read_role(call, body, true, &wish) && read_unit(call, body, &wish) && may_add(call, wish.role)) {
		if (wish.unit && wish.role != ROLE_UNIT_RESPONSIBLE)
			call_fail(call, 400, "bad_account", "only the role unit_responsible has a unit");
		else
			add(call, name, &wish);
	}
	json_decref(body);
}

/* --- help for who is locked out ----------------------------------------------------------------------- */

void api_reset_password(struct call *call)
{
	char password[PASSWORD_GENERATED_SIZE];
	struct err err = {0};
	struct user user;
	int r;

	if (!account_find_other(call, &user))
		return;
	password_generate(password);
	r = user_set_password(call->web->db, str_from(user.name), str_from(password), true, (struct str){0},
			      call->now, &err);
	if (r < 0)
		fail(call, r, &err);
	else
		answer_account(call, str_from(user.name), password);
}

void api_reset_second_factor(struct call *call)
{
	struct user user;
	int r;

	if (!account_find_other(call, &user))
		return;
	r = second_factor_remove(call->web->db, str_from(user.name), call->now, (struct str){0});
	if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}

void api_end_account_sessions(struct call *call)
{
	struct user user;
	int r;

	if (!account_find_other(call, &user))
		return;
	r = session_end_all(call->web->db, user.id, (struct str){0});
	if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}

/* --- tokens of their programs ------------------------------------------------------------------------- */

void api_list_account_tokens(struct call *call)
{
	struct user user;
	int r;

	if (!account_find(call, &user))
		return;
	page_open(call);
	r = token_list(call->web->db, user.id, account_write_token, call);
	page_close(call, false, 0, (struct str){0});
	if (r < 0)
		call_fail_code(call, r);
}

void api_remove_account_token(struct call *call)
{
	struct user user;
	int64_t id;
	int r;

	if (!account_find_other(call, &user) || !call_id(call, 1, &id))
		return;
	r = token_remove(call->web->db, user.id, id);
	if (r == ERR_UNKNOWN)
		call_fail(call, 404, "not_found", "the account has no such token");
	else if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}
