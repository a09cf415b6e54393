/* SPDX-License-Identifier: Apache-2.0 */
/* One's own second factor: set up, made anew, taken off. */
#include "web/person.h"
#include "web/route.h"

void api_get_second_factor(struct call *call)
{
	const struct user *user = &call->session.user;
	bool needed = factor_needed(call->web->options.second_factor, user->role);
	int64_t left = 0;
	int r = second_factor_codes_left(call->web->db, user->id, &left);

	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	out_open(call->out, NULL, '{');
	out_bool(call->out, "enabled", user->factor_since != 0);
	if (user->factor_since)
		out_time(call->out, "since", user->factor_since);
	out_integer(call->out, "recovery_codes_left", left);
	out_bool(call->out, "needed", needed);
	if (needed && !user->factor_since)
		out_time(call->out, "due", user->factor_due);
	out_close(call->out, '}');
}

/* The password, and the code of the factor there is, out of a body that nobody writes down. */
struct proof {
	struct str password, code;
};

static bool read_proof(struct call *call, json_t *body, struct proof *ret_proof)
{
	return body_text(call, body, "password", PASSWORD_INPUT_MAX, true, &ret_proof->password, NULL) &&
	       body_text(call, body, "code", SECOND_FACTOR_CODE_MAX, false, &ret_proof->code, NULL);
}

/* True where it is the account's own person. */
static bool prove(struct call *call, const char *action, bool with_code)
{
	json_t *body = call_body(call);
	struct proof proof = {0};
	bool good = body && read_proof(call, body, &proof) && person_proves(call, action, proof.password) &&
		    (!with_code || person_proves_code(call, action, proof.code));

	json_decref(body);
	return good;
}

static bool record(struct call *call, const char *action)
{
	struct str name = str_from(call->session.user.name);

	return audit_outcome(call, action, name, name, NULL);
}

static void write_secret(struct call *call, const uint8_t secret[TOTP_SECRET_SIZE])
{
	struct str uri = totp_uri(secret, str_from(call->session.user.name), call->request->arena), modules;
	char text[TOTP_BASE32_SIZE];
	int size;

	totp_base32(secret, text);
	out_open(call->out, NULL, '{');
	out_text(call->out, "secret", str_from(text));
	out_text(call->out, "uri", uri);
	if (qr_encode(uri, call->request->arena, &size, &modules) == 0) {
		out_open(call->out, "qr", '{');
		out_integer(call->out, "size", size);
		out_text(call->out, "modules", modules);
		out_close(call->out, '}');
	}
	out_close(call->out, '}');
}

void api_begin_second_factor(struct call *call)
{
	uint8_t secret[TOTP_SECRET_SIZE];
	int r;

	if (!prove(call, "second_factor.begin", true) || !record(call, "second_factor.begin"))
		return;
	r = second_factor_begin(call->web->db, &call->web->secret_key, call->session.user.id, secret);
	if (r < 0)
		call_fail_code(call, r);
	else
		write_secret(call, secret);
}

static void write_codes(struct call *call, char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE])
{
	out_open(call->out, NULL, '{');
	out_open(call->out, "recovery_codes", '[');
	for (int i = 0; i < RECOVERY_CODES; i++)
		out_text(call->out, NULL, str_from(codes[i]));
	out_close(call->out, ']');
	out_close(call->out, '}');
}

static void confirm(struct call *call, struct str code)
{
	struct str name = str_from(call->session.user.name);
	char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE];
	int r;

	if (!person_may_try(call, name) || !record(call, "second_factor.confirm"))
		return;
	r = second_factor_confirm(call->web->db, &call->web->secret_key, call->session.user.id, code,
				  call->now, codes);
	if (r == ERR_UNKNOWN) {
		call_fail(call, 409, "nothing_pending", "begin with a new secret");
	} else if (r < 0) {
		person_refuse_code(call, "second_factor.confirm", name, r);
		return;
	}
	throttle_succeeded(call->web->throttle, name, call->request->peer);
	if (r == 0) {
		session_end_all(call->web->db, call->session.user.id, call->token);
		write_codes(call, codes);
	}
}

void api_confirm_second_factor(struct call *call)
{
	json_t *body = call_body(call);
	struct str code;

	if (!body)
		return;
	if (body_text(call, body, "code", SECOND_FACTOR_CODE_MAX, true, &code, NULL))
		confirm(call, code);
	json_decref(body);
}

void api_renew_recovery_codes(struct call *call)
{
	char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE];
	int r;

	if (!call->session.user.factor_since) {
		call_fail(call, 409, "no_second_factor", "set up a second factor first");
		return;
	}
	if (!prove(call, "second_factor.codes", true) || !record(call, "second_factor.codes"))
		return;
	r = second_factor_new_codes(call->web->db, call->session.user.id, codes);
	if (r < 0)
		call_fail_code(call, r);
	else
		write_codes(call, codes);
}

void api_remove_second_factor(struct call *call)
{
	const struct user *user = &call->session.user;
	int r;

	if (factor_needed(call->web->options.second_factor, user->role)) {
		call_fail(call, 403, "second_factor_needed", "accounts of this role need a second factor");
		return;
	}
	if (!prove(call, "second_factor.remove", true) || !record(call, "second_factor.remove"))
		return;
	r = second_factor_remove(call->web->db, str_from(user->name), call->now, call->token);
	if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}
