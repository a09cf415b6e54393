/* SPDX-License-Identifier: Apache-2.0 */
#include "web/person.h"

#include <inttypes.h>

bool person_may_try(struct call *call, struct str name)
{
	int64_t wait = throttle_begin(call->web->throttle, name, call->request->peer, call->now);
	int64_t seconds = (wait + 999999) / 1000000;

	if (wait == 0)
		return true;
	http_set_header(call->response, "Retry-After",
			arena_printf(call->request->arena, "%" PRId64, seconds).ptr);
	call_fail(call, 429, "too_many_attempts",
		  "too many wrong passwords or codes; try again in %" PRId64 " seconds", seconds);
	return false;
}

const char *person_failure(struct call *call, struct str name, const char *reason)
{
	return throttle_wait(call->web->throttle, name, call->request->peer, call->now) > 0
		       ? "too_many_attempts"
		       : reason;
}

/* 401 before somebody is signed in, 403 after. */
void person_refuse_code(struct call *call, const char *action, struct str name, int r)
{
	int status = call->session.user.id ? 403 : 401;
	struct str object = call->session.user.id ? name : (struct str){0};

	if (r != ERR_DENIED && r != ERR_LIMIT && r != ERR_CORRUPT) {
		call_fail_code(call, r);
		return;
	}
	if (!audit_outcome(call, action, name, object, person_failure(call, name, "bad_code")))
		return;
	if (r == ERR_LIMIT)
		call_fail(call, status, "codes_locked",
			  "too many wrong codes: use a recovery code, or have the second factor reset");
	else if (r == ERR_CORRUPT)
		call_fail(call, status, "codes_unreadable",
			  "the key of the second factors is not the one they were made with: use a recovery "
			  "code, or have the second factor reset");
	else
		call_fail(call, status, "bad_code", "the code is wrong, or was used already");
}

bool person_proves(struct call *call, const char *action, struct str password)
{
	struct str name = str_from(call->session.user.name);
	struct user user;
	int r;

	if (!person_may_try(call, name))
		return false;
	r = user_check(call->web->db, name, password, &user);
	if (r == ERR_DENIED) {
		if (audit_outcome(call, action, name, name, person_failure(call, name, "bad_credentials")))
			call_fail(call, 403, "bad_credentials", "the current password is wrong");
	} else if (r < 0) {
		call_fail_code(call, r);
	} else {
		throttle_succeeded(call->web->throttle, name, call->request->peer);
	}
	return r == 0;
}

bool person_proves_code(struct call *call, const char *action, struct str code)
{
	struct str name = str_from(call->session.user.name);
	bool recovery;
	int r;

	if (!call->session.user.factor_since)
		return true;
	if (!person_may_try(call, name))
		return false;
	r = second_factor_check(call->web->db, &call->web->secret_key, call->session.user.id, code, call->now,
				&recovery);
	if (r < 0)
		person_refuse_code(call, action, name, r);
	else
		throttle_succeeded(call->web->throttle, name, call->request->peer);
	return r == 0;
}
