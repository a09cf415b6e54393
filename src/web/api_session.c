/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "event/ip.h"
#include "web/person.h"
#include "web/route.h"

static void write_permissions(struct call *call, uint64_t set)
{
	out_open(call->out, "permissions", '[');
	for (unsigned i = 0; i < PERMISSION_COUNT; i++)
		if (set & PERMISSION_BIT(i))
			out_text(call->out, NULL, str_from(permission_name((enum permission)i)));
	out_close(call->out, ']');
}

static void write_session(struct call *call, const struct user *user, const char *csrf_token)
{
	out_open(call->out, NULL, '{');
	out_text(call->out, "username", str_from(user->name));
	out_text(call->out, "role", str_from(role_name(user->role)));
	write_permissions(call, role_permissions(user->role));
	if (user->unit)
		out_integer(call->out, "unit", user->unit);
	out_text(call->out, "csrf_token", str_from(csrf_token));
	out_bool(call->out, "must_change_password", user->must_change_password);
	out_bool(call->out, "second_factor", user->factor_since != 0);
	if (!user->factor_since && factor_needed(call->web->options.second_factor, user->role))
		out_time(call->out, "second_factor_due", user->factor_due);
	out_close(call->out, '}');
}

void api_get_session(struct call *call)
{
	write_session(call, &call->session.user, call->session.csrf_token);
}

/* The __Host- prefix (RFC 6265bis) makes browsers insist on Secure, Path=/ and no Domain. */
static void set_cookie(struct call *call, const char *token, int64_t seconds)
{
	struct str cookie =
		arena_printf(call->request->arena,
			     WEB_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=%" PRId64,
			     token, seconds);

	http_set_header(call->response, "Set-Cookie", cookie.ptr);
}

static void start_session(struct call *call, const struct user *user)
{
	char token[SESSION_TOKEN_SIZE], address[IP_TEXT_SIZE];
	struct session session;
	int r;

	ip_format(call->request->peer, address);
	r = session_start(call->web->db, user, str_from(address),
			  str_from(http_header(call->request, "User-Agent")), call->now, token);
	if (r == 0)
		r = session_find(call->web->db, str_from(token), call->now, &session);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	set_cookie(call, token, SESSION_ABSOLUTE / 1000000);
	write_session(call, user, session.csrf_token);
}

/* Where it could not be recorded the answer is the same for right and wrong. */
static void refuse_password(struct call *call, struct str name)
{
	if (audit_outcome(call, "login", name, (struct str){0},
			  person_failure(call, name, "bad_credentials")))
		call_fail(call, 401, "bad_credentials", "the user name or the password is wrong");
}

/* The password was right, and is not enough. */
static void ask_for_code(struct call *call, const struct user *user)
{
	struct str name = str_from(user->name);
	char token[SIGN_IN_TOKEN_SIZE], address[IP_TEXT_SIZE];
	int r;

	ip_format(call->request->peer, address);
	if (!audit_outcome(call, "login.password", name, (struct str){0}, NULL))
		return;
	r = sign_in_begin(call->web->db, user->id, str_from(address), call->now, token);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	out_open(call->out, NULL, '{');
	out_text(call->out, "second_factor", STR("required"));
	out_text(call->out, "token", str_from(token));
	out_integer(call->out, "expires_in", SIGN_IN_PATIENCE / 1000000);
	out_close(call->out, '}');
}

static void sign_in(struct call *call, struct str name, struct str password)
{
	struct throttle *throttle = call->web->throttle;
	struct user user = {0};
	int r;

	if (!person_may_try(call, name))
		return;
	r = user_check(call->web->db, name, password, &user);
	if (r == ERR_DENIED) {
		refuse_password(call, name);
	} else if (r < 0) {
		call_fail_code(call, r);
	} else if (user.factor_since) {
		throttle_passed(throttle, name, call->request->peer);
		ask_for_code(call, &user);
	} else {
		throttle_succeeded(throttle, name, call->request->peer);
		if (audit_outcome(call, "login", name, (struct str){0}, NULL))
			start_session(call, &user);
	}
}

void api_sign_in(struct call *call)
{
	json_t *body = call_body(call);
	struct str name, password;

	if (!body)
		return;
	if (body_text(call, body, "username", USER_NAME_MAX, true, &name, NULL) &&
	    body_text(call, body, "password", PASSWORD_INPUT_MAX, true, &password, NULL))
		sign_in(call, name, password);
	json_decref(body);
}

static void finish_sign_in(struct call *call, struct str token, const struct user *user, bool recovery)
{
	struct str name = str_from(user->name);

	throttle_succeeded(call->web->throttle, name, call->request->peer);
	if (!audit_done(call, "login", name, (struct str){0},
			recovery ? STR("{\"second_factor\":\"recovery\"}")
				 : STR("{\"second_factor\":\"code\"}")))
		return;
	sign_in_end(call->web->db, token);
	start_session(call, user);
}

static void check_code(struct call *call, struct str token, struct str code)
{
	char address[IP_TEXT_SIZE];
	bool recovery = false;
	struct user user;
	int r;

	ip_format(call->request->peer, address);
	r = sign_in_find(call->web->db, token, str_from(address), call->now, &user);
	if (r == ERR_DENIED)
		call_fail(call, 401, "sign_in_expired", "begin again with the password");
	else if (r < 0)
		call_fail_code(call, r);
	else if (person_may_try(call, str_from(user.name))) {
		r = second_factor_check(call->web->db, &call->web->secret_key, user.id, code, call->now,
					&recovery);
		if (r < 0)
			person_refuse_code(call, "login", str_from(user.name), r);
		else
			finish_sign_in(call, token, &user, recovery);
	}
}

void api_sign_in_code(struct call *call)
{
	json_t *body = call_body(call);
	struct str token, code;

	if (!body)
		return;
	if (body_text(call, body, "token", SIGN_IN_TOKEN_SIZE, true, &token, NULL) &&
	    body_text(call, body, "code", SECOND_FACTOR_CODE_MAX, true, &code, NULL))
		check_code(call, token, code);
	json_decref(body);
}

void api_sign_out(struct call *call)
{
	int r = session_end(call->web->db, call->token);

	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	set_cookie(call, "", 0);
	call_no_content(call);
}

/* What would be refused anyway is refused before the trail says that it was allowed. */
static bool is_acceptable(struct call *call, struct str name, struct str current, struct str wanted)
{
	struct err err = {0};

	if (str_eq(current, wanted))
		call_fail(call, 400, "bad_password", "the new password must differ from the current one");
	else if (password_check_policy(wanted, name, &err) < 0)
		call_fail(call, 400, "bad_password", "%s", err.message);
	else
		return true;
	return false;
}

static void change_password(struct call *call, struct str current, struct str wanted)
{
	struct str name = str_from(call->session.user.name);
	struct err err = {0};
	int r;

	if (!person_proves(call, "password.change", current) || !is_acceptable(call, name, current, wanted) ||
	    !audit_outcome(call, "password.change", name, name, NULL))
		return;
	r = user_set_password(call->web->db, name, wanted, false, call->token, call->now, &err);
	if (r == ERR_RANGE)
		call_fail(call, 400, "bad_password", "%s", err.message);
	else if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}

void api_change_password(struct call *call)
{
	json_t *body = call_body(call);
	struct str current, wanted;

	if (!body)
		return;
	if (body_text(call, body, "current", PASSWORD_INPUT_MAX, true, &current, NULL) &&
	    body_text(call, body, "new", PASSWORD_INPUT_MAX, true, &wanted, NULL))
		change_password(call, current, wanted);
	json_decref(body);
}
