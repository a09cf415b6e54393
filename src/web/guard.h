/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H
/* Inside web/: what stands before every handler (guard.c). Which of them a route needs is in its line of the
 * table. */
#include "web/private.h"

/* Headers for every answer; nonce is NULL where the answer is no page. */
void guard_headers(struct http_response *response, const char *nonce);

/* Each returns true to go on, else has answered. */
struct route;
bool guard_origin(struct call *call); /* a request that changes something comes from our own page */
bool guard_session(struct call *call, bool activity); /* a session or an API token; activity keeps it alive */
bool guard_csrf(struct call *call);
bool guard_permission(struct call *call, const struct route *route);
bool guard_account(struct call *call, const struct route *route); /* what is due first: password, factor */
bool guard_content_type(struct call *call, const struct route *route);
bool guard_link(struct call *call); /* X-Link-Token instead of a session: fills call->link */
bool guard_scope(struct call *call, const struct route *route); /* fills call->scope */

#endif
