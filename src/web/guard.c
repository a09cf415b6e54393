/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "web/private.h"

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

/* A form of another site can send text/plain and the like without asking, but not JSON. */
bool guard_content_type(struct call *call)
{
	const char *type = http_header(call->request, "Content-Type");
	struct str value = str_from(type);

	if (!call->request->body.len ||
	    str_ieq(str_trim(str_head(value, str_find_char(value, ';'))), STR("application/json")))
		return true;
	call_fail(call, 415, "bad_content_type", "send the body as application/json");
	return false;
}
