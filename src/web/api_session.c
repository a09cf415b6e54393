/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "event/ip.h"
#include "web/route.h"

#define PASSWORD_INPUT_MAX 256 /* characters, as in api.yaml */

static void write_session(struct call *call, const struct user *user, const char *csrf_token)
{
	out_open(call->out, NULL, '{');
	out_text(call->out, "username", str_from(user->name));
	out_text(call->out, "role", str_from(role_name(user->role)));
	out_text(call->out, "csrf_token", str_from(csrf_token));
	out_bool(call->out, "must_change_password", user->must_change_password);
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
	r = session_start(call->web->db, user, str_from(address), call->now, token);
	if (r == 0)
		r = session_find(call->web->db, str_from(token), call->now, &session);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	set_cookie(call, token, SESSION_ABSOLUTE / 1000000);
	write_session(call, user, session.csrf_token);
}

/* False where there were too many wrong passwords lately: has answered, with the time to wait. */
static bool may_try(struct call *call, struct str name)
{
	int64_t wait = throttle_begin(call->web->throttle, name, call->request->peer, call->now);
	int64_t seconds = (wait + 999999) / 1000000;

	if (wait == 0)
		return true;
	http_set_header(call->response, "Retry-After",
			arena_printf(call->request->arena, "%" PRId64, seconds).ptr);
	call_fail(call, 429, "too_many_attempts",
		  "too many wrong passwords; try again in %" PRId64 " seconds", seconds);
	return false;
}

/* The failure that begins or lengthens a wait is told apart: a rule looks for it. */
static const char *failure_reason(struct call *call, struct str name)
{
	return throttle_wait(call->web->throttle, name, call->request->peer, call->now) > 0
		       ? "too_many_attempts"
		       : "bad_credentials";
}

/* Where it could not be recorded the answer is the same for right and wrong. */
static void finish_sign_in(struct call *call, struct str name, bool right, const struct user *user)
{
	const char *reason = right ? NULL : failure_reason(call, name);

	if (!audit_outcome(call, "login", name, (struct str){0}, reason))
		return;
	if (right)
		start_session(call, user);
	else
		call_fail(call, 401, "bad_credentials", "the user name or the password is wrong");
}

void api_sign_in(struct call *call)
{
	json_t *body = call_body(call);
	struct str name, password;
	struct user user = {0};
	int r;

	if (!body)
		return;
	if (body_text(call, body, "username", USER_NAME_MAX, true, &name, NULL) &&
	    body_text(call, body, "password", PASSWORD_INPUT_MAX, true, &password, NULL) &&
	    may_try(call, name)) {
		r = user_check(call->web->db, name, password, &user);
		if (r == 0)
			throttle_succeeded(call->web->throttle, name, call->request->peer);
		if (r < 0 && r != ERR_DENIED)
			call_fail_code(call, r);
		else
			finish_sign_in(call, name, r == 0, &user);
	}
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
	struct user user;
	struct err err = {0};
	int r;

	if (!may_try(call, name))
		return;
	r = user_check(call->web->db, name, current, &user);
	if (r == ERR_DENIED) {
		if (audit_outcome(call, "password.change", name, name, failure_reason(call, name)))
			call_fail(call, 403, "bad_credentials", "the current password is wrong");
		return;
	}
	throttle_succeeded(call->web->throttle, name, call->request->peer);
	if (r == 0 && (!is_acceptable(call, name, current, wanted) ||
		       !audit_outcome(call, "password.change", name, name, NULL)))
		return;
	if (r == 0)
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
