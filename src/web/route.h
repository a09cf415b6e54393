/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H
/* Inside web/: the route table and the handlers it names. */
#include "access/permission.h"
#include "web/guard.h"
#include "web/resource.h"

enum {
	ROUTE_WITH_OLD_PASSWORD = 1, /* also while the password must be changed */
	ROUTE_PASSIVE = 2,           /* asked by the page, not by a person: does not keep the session alive */
	ROUTE_SCOPED = 4,            /* heeds call->scope; without, accounts bound to a unit are refused */
	ROUTE_LARGE = 8, /* a body of up to WEB_LARGE_BODY_MAX, of the types in guard.c: a file, a table */
};

/* Whether a call is a record in the audit trail. A route without a decision fails its test. */
enum route_audit {
	AUDIT_UNDECIDED,
	AUDIT_NONE,        /* what pages show by themselves */
	AUDIT_BEFORE,      /* written before the handler runs: the object and all other arguments */
	AUDIT_WITH_BODY,   /* the same, with the body's members */
	AUDIT_IF_POSSIBLE, /* as AUDIT_BEFORE, and done even so: nobody is kept from signing out */
	AUDIT_BY_HANDLER,  /* by the handler, which calls audit_outcome() before it takes effect */
};

struct route {
	const char *method,
		*path; /* below /api/v1; {name} stands for one part, of which there are at most two */
	enum permission permission;
	unsigned flags;
	void (*handle)(struct call *call);
	enum route_audit audit;
	const char *action; /* doc/formats/notices.md; NULL with AUDIT_NONE */
	const char *object; /* the argument or member that is its object; NULL: what stands at {…} */
};

/* PERMIT_LINK: guard_link() has found whose the secret in X-Link-Token is (call->link). No cookie is looked
   at, so no CSRF token is asked for. */

extern const struct route web_routes[];
extern const size_t web_route_count;

/* Finds the route and fills ret_values, empty where the path has none. NULL: *ret_allowed is "GET, PATCH"
 * where only the method is wrong. */
const struct route *route_find(const char *method, const char *path, struct str ret_values[2],
			       char ret_allowed[64]);

/* The handlers, in api_*.c. */
#define ROUTE(method, path, permission, flags, handler, ...) void handler(struct call *call);
#include "web/routes.def"
#undef ROUTE

/* api.yaml's RuleCount, of which the overview has a list too; context is the call. */
struct alert_top_row;
int api_write_rule(void *context, const struct alert_top_row *row);

#endif
