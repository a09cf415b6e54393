/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H
/* Inside web/: the route table and the handlers it names. */
#include "web/private.h"

#define ROLES_NONE 0u /* no session needed */
#define ROLES_ALL (ROLE_ADMINISTRATOR | ROLE_ANALYST | ROLE_AUDITOR | ROLE_VIEWER)
#define ROLES_CHANGE (ROLE_ADMINISTRATOR | ROLE_ANALYST)

enum {
	ROUTE_WITH_OLD_PASSWORD = 1, /* also while the password must be changed */
	ROUTE_PASSIVE = 2,           /* asked by the page, not by a person: does not keep the session alive */
};

struct route {
	const char *method, *path; /* below /api/v1; {name} stands for one part */
	unsigned roles, flags;
	void (*handle)(struct call *call);
};

extern const struct route web_routes[];
extern const size_t web_route_count;

/* Finds the route and fills *ret_value. NULL: *ret_allowed is "GET, PATCH" where only the method is wrong. */
const struct route *route_find(const char *method, const char *path, struct str *ret_value,
			       char ret_allowed[64]);

/* The handlers, in api_*.c. */

void api_get_session(struct call *call);
void api_sign_in(struct call *call);
void api_sign_out(struct call *call);
void api_change_password(struct call *call);
void api_get_status(struct call *call);
void api_get_overview(struct call *call);
void api_list_alerts(struct call *call);
void api_list_alert_rules(struct call *call);
void api_get_alert(struct call *call);
void api_update_alert(struct call *call);
void api_search_events(struct call *call);
void api_histogram_events(struct call *call);
void api_get_event(struct call *call);
void api_list_fields(struct call *call);

/* api.yaml's RuleCount, of which the overview has a list too; context is the call. */
struct alert_top_row;
int api_write_rule(void *context, const struct alert_top_row *row);

#endif
