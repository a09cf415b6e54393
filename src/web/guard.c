/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "web/route.h"

#define POLICY_MAX 512

/* What the console needs and no more (ui/README.md); an answer that is no page needs nothing. */
static void set_policy(struct http_response *response, const char *nonce)
{
	static const char page[] =
		"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self'; "
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

bool guard_session(struct call *call, bool activity)
{
	const char *token = http_cookie(call->request, WEB_COOKIE);
	int r;

	call->token = str_from(token);
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

	if (token && strlen(token) == len && CRYPTO_memcmp(token, call->session.csrf_token, len) == 0)
		return true;
	call_fail(call, 403, "bad_csrf_token", "send the session's csrf_token in X-CSRF-Token");
	return false;
}

static struct str bearer(struct call *call)
{
	static const struct str scheme = STR("Bearer ");
	struct str value = str_from(http_header(call->request, "Authorization"));

	if (value.len <= scheme.len || !str_ieq(str_head(value, scheme.len), scheme))
		return (struct str){0};
	return str_trim(str_from_offset(value, scheme.len));
}

bool guard_link(struct call *call)
{
	call->token = bearer(call);
	if (call->token.len)
		return true;
	guard_refuse_link(call);
	return false;
}

void guard_refuse_link(struct call *call)
{
	call_fail(call, 401, "bad_link", "the link is not valid, or no longer");
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
		  count > 1 ? ", application/octet-stream, text/csv or XLSX" : "");
	return false;
}

bool guard_scope(struct call *call, const struct route *route)
{
	(void)route;
	call->scope = 0;
	return true;
}
