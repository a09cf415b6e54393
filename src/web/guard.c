/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "event/ip.h"
#include "web/route.h"

#define POLICY_MAX 512

/* What the console needs and no more (ui/README.md); an answer that is no page needs nothing. */
static void set_policy(struct http_response *response, const char *nonce)
{
	static const char page[] =
		"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self'; "
		"font-src 'self'; "
		"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
	char policy[POLICY_MAX];

	if (nonce)
		snprintf(policy, sizeof(policy), page, nonce);
	http_set_header(response, "Content-Security-Policy",
			nonce ? policy : "default-src 'none'; frame-ancestors 'none'");
}

void guard_headers(struct http_response *response, const char *nonce)
{
	set_policy(response, nonce);
	http_set_header(response, "Strict-Transport-Security", "max-age=31536000");
	http_set_header(response, "X-Content-Type-Options", "nosniff");
	http_set_header(response, "Referrer-Policy", "no-referrer");
	http_set_header(response, "Cross-Origin-Opener-Policy", "same-origin");
	http_set_header(response, "Cross-Origin-Resource-Policy", "same-origin");
}

/* Browsers send Origin with every request that is not GET or HEAD, and Sec-Fetch-Site (Fetch Metadata) where
   they know it; other clients send neither and are held to the CSRF token. */
bool guard_origin(struct call *call)
{
	const char *origin = http_header(call->request, "Origin");
	const char *host = http_header(call->request, "Host");
	const char *site = http_header(call->request, "Sec-Fetch-Site");
	bool same = true;

	if (site)
		same = strcmp(site, "same-origin") == 0;
	if (origin)
		same = same && host && strncmp(origin, "https://", 8) == 0 && strcmp(origin + 8, host) == 0;
	if (!same)
		call_fail(call, 403, "cross_origin",
			  "requests that change something must come from the console itself");
	return same;
}

/* A page left open asks again and again; what it asks while nobody is there says so. */
static bool is_background(struct call *call)
{
	const char *value = http_header(call->request, "X-Background");

	return value && strcmp(value, "true") == 0;
}

static struct str bearer(struct call *call)
{
	static const struct str scheme = STR("Bearer ");
	struct str value = str_from(http_header(call->request, "Authorization"));

	if (value.len <= scheme.len || !str_ieq(str_head(value, scheme.len), scheme))
		return (struct str){0};
	return str_trim(str_from_offset(value, scheme.len));
}

static bool find_token(struct call *call, struct str token, bool activity)
{
	char address[IP_TEXT_SIZE];
	int r = token_find(call->web->db, token, call->now, &call->api_token, &call->session.user);

	ip_format(call->request->peer, address);
	if (r == 0 && activity)
		r = token_touch(call->web->db, &call->api_token, str_from(address), call->now);
	if (r == ERR_DENIED)
		call_fail(call, 401, "bad_token", "the token is not valid, or no longer");
	else if (r < 0)
		call_fail_code(call, r);
	return r >= 0;
}

/* Where a token is shown, the cookie is not looked at: a browser sends that by itself, and the token never.
 */
bool guard_session(struct call *call, bool activity)
{
	const char *token = http_cookie(call->request, WEB_COOKIE);
	struct str shown = bearer(call);
	int r;

	call->token = shown.len ? shown : str_from(token);
	if (shown.len)
		return find_token(call, shown, activity);

	r = token ? session_find(call->web->db, call->token, call->now, &call->session) : ERR_DENIED;
	if (r == 0 && activity && !is_background(call))
		r = session_touch(call->web->db, call->token, &call->session, call->now);
	if (r == ERR_DENIED)
		call_fail(call, 401, "not_signed_in", "sign in first");
	else if (r < 0)
		call_fail_code(call, r);
	return r >= 0;
}

bool guard_csrf(struct call *call)
{
	const char *token = http_header(call->request, "X-CSRF-Token");
	size_t len = SESSION_TOKEN_SIZE - 1;

	if (call->api_token.id)
		return true;
	if (token && strlen(token) == len && CRYPTO_memcmp(token, call->session.csrf_token, len) == 0)
		return true;
	call_fail(call, 403, "bad_csrf_token", "send the session's csrf_token in X-CSRF-Token");
	return false;
}

/* Guessing 256 bits is hopeless; who tries all the same waits, by address. A right one never does. */
static void refuse_link(struct call *call)
{
	int64_t wait = throttle_begin(call->web->throttle, (struct str){0}, call->request->peer, call->now);

	if (wait)
		call_fail(call, 429, "too_many_attempts", "too many wrong links; try again later");
	else
		call_fail(call, 401, "bad_link", "the link is not valid, or no longer");
}

/* The name stands for the account in the audit trail; no account's name has a slash. */
bool guard_link(struct call *call)
{
	struct user *user = &call->session.user;
	struct db_tx *tx;
	int r;

	call->token = str_from(http_header(call->request, "X-Link-Token"));
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r == 0)
		r = db_end(tx, link_find(tx, call->token, call->now, &call->link));
	if (r == 0)
		snprintf(user->name, sizeof(user->name), "link/%" PRId64 "/%" PRId64,
			 call->link.rectification, call->link.person);
	else if (r == ERR_DENIED)
		refuse_link(call);
	else
		call_fail_code(call, r);
	return r == 0;
}

/* A form of another site can send text/plain and the like without asking, but none of these. */
bool guard_content_type(struct call *call, const struct route *route)
{
	static const struct str types[] = {
		STR("application/json"), /* the first one alone where the route takes no files */
		STR("application/octet-stream"),
		STR("text/csv"),
		STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
	};
	size_t count = route->flags & ROUTE_LARGE ? sizeof(types) / sizeof(types[0]) : 1;
	struct str value = str_from(http_header(call->request, "Content-Type"));

	value = str_trim(str_head(value, str_find_char(value, ';')));
	for (size_t i = 0; i < count; i++)
		if (str_ieq(value, types[i]))
			return true;
	if (!call->request->body.len)
		return true;
	call_fail(call, 415, "bad_content_type", "send the body as application/json%s",
		  count > 1 ? words_of(", application/octet-stream, text/csv or XLSX") : "");
	return false;
}

bool guard_permission(struct call *call, const struct route *route)
{
	const struct api_token *token = &call->api_token;
	enum role role = call->session.user.role;

	if (!role_may(role, route->permission))
		call_fail(call, 403, "forbidden", "the role %s may not do this", role_name(role));
	else if (token->id && !(token->permissions & PERMISSION_BIT(route->permission)))
		call_fail(call, 403, "forbidden", "the token may not do this: it has no %s",
			  permission_name(route->permission));
	else if (token->id && token->read_only && strcmp(route->method, "GET") != 0)
		call_fail(call, 403, "forbidden", "the token is for reading alone");
	else
		return true;
	return false;
}

bool guard_account(struct call *call, const struct route *route)
{
	const struct user *user = &call->session.user;

	if (user->must_change_password && !(route->flags & ROUTE_WITH_OLD_PASSWORD))
		call_fail(call, 403, "password_change_required", "change the password first");
	else if (route->permission != PERMIT_SELF && !user->factor_since && call->now >= user->factor_due &&
		 factor_needed(call->web->options.second_factor, user->role))
		call_fail(call, 403, "second_factor_required", "set up a second factor first");
	else
		return true;
	return false;
}

/* Who is bound to a unit gets nothing from a route that does not know of units. */
bool guard_scope(struct call *call, const struct route *route)
{
	const struct user *user = &call->session.user;

	call->scope = user->unit;
	if (user->role != ROLE_UNIT_RESPONSIBLE || route->permission == PERMIT_SELF)
		return true;
	if (user->unit && (route->flags & ROUTE_SCOPED))
		return true;
	call_fail(call, 403, user->unit ? "forbidden" : "no_unit",
		  user->unit ? "this is not for accounts of one unit"
			     : "the account has no unit yet; ask a system administrator");
	return false;
}
