/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_PERMISSION_H
#define ACCESS_PERMISSION_H
/*
 * What each role may do: the one table that routes name their permission in. Three administrators who watch
 * one another (GB/T 22239-2019, 8.1.5): who keeps accounts and settings reads no audit trail, who reads it
 * changes nothing. PERMIT_NONE needs no session, PERMIT_LINK the secret of a unit's link in place of one.
 */
#include <stdbool.h>

#include "access/user.h"

#define ROLES_READ                                                                                           \
	(ROLE_SYSTEM_ADMINISTRATOR | ROLE_SECURITY_ADMINISTRATOR | ROLE_AUDIT_ADMINISTRATOR | ROLE_ANALYST | \
	 ROLE_DUTY_OFFICER | ROLE_READER)
#define ROLES_ALL (ROLES_READ | ROLE_UNIT_RESPONSIBLE) /* of a unit: what is theirs (ROUTE_SCOPED) */
#define ROLES_PLAN (ROLE_SECURITY_ADMINISTRATOR | ROLE_ANALYST)
#define ROLES_WORK (ROLES_PLAN | ROLE_DUTY_OFFICER)
#define ROLES_SIGN (ROLE_SECURITY_ADMINISTRATOR | ROLE_DUTY_OFFICER)

/* PERMISSION(NAME, "name", roles that have it, "what it lets one do") */
#define PERMISSIONS(PERMISSION)                                                                              \
	PERMISSION(NONE, "none", 0, "asked before anybody has signed in")                                    \
	PERMISSION(LINK, "link", 0, "answer the one notification whose link one holds")                      \
	PERMISSION(SELF, "self", ROLES_ALL, "one's own session, password, second factor and tokens")         \
	PERMISSION(SITUATION_READ, "situation.read", ROLES_READ, "see the state, coverage, counts")          \
	PERMISSION(ALERT_READ, "alert.read", ROLES_READ, "see alerts")                                       \
	PERMISSION(ALERT_CHANGE, "alert.change", ROLES_WORK, "say what becomes of alerts")                   \
	PERMISSION(EVENT_READ, "event.read", ROLES_READ, "search events, see who had an address")            \
	PERMISSION(EVENT_SQL, "event.sql", ROLES_PLAN, "ask about events in SQL")                            \
	PERMISSION(TRAIL_READ, "trail.read", ROLE_AUDIT_ADMINISTRATOR, "read the audit trail")               \
	PERMISSION(REGISTER_READ, "register.read", ROLES_ALL, "see units, people, duties and assets")        \
	PERMISSION(REGISTER_CHANGE, "register.change", ROLES_PLAN, "change and import them")                 \
	PERMISSION(INCIDENT_READ, "incident.read", ROLES_ALL, "see incidents")                               \
	PERMISSION(INCIDENT_CHANGE, "incident.change", ROLES_WORK, "work on incidents")                      \
	PERMISSION(NOTIFY_UNITS, "rectification.change", ROLES_WORK, "notify units, accept what they did")   \
	PERMISSION(REPORT, "reporting.change", ROLES_SIGN, "report incidents to authorities")                \
	PERMISSION(RULE_READ, "rule.read", ROLES_READ, "see detection rules, their coverage and statistics") \
	PERMISSION(RULE_CHANGE, "rule.change", ROLES_PLAN, "write, test and switch rules, make exceptions")  \
	PERMISSION(DUTY_READ, "duty.read", ROLES_READ, "see the roster, the log and daily reports")          \
	PERMISSION(DUTY_CHANGE, "duty.change", ROLES_SIGN, "make the roster, write the log, sign reports")   \
	PERMISSION(SETTING_CHANGE, "setting.change", ROLE_SYSTEM_ADMINISTRATOR, "set up channels")           \
	PERMISSION(ACCOUNT_MANAGE, "account.manage", ROLE_SYSTEM_ADMINISTRATOR, "keep accounts and roles")

enum permission {
#define PERMISSION(id, name, roles, doc) PERMIT_##id,
	PERMISSIONS(PERMISSION)
#undef PERMISSION
		PERMISSION_COUNT
};

const char *permission_name(enum permission permission);
int permission_parse(struct str name, enum permission *ret_permission); /* 0 or ERR_UNKNOWN */
bool role_may(enum role role, enum permission permission);

/* A set of permissions, one bit each. */
#define PERMISSION_BIT(permission) (UINT64_C(1) << (permission))
uint64_t role_permissions(enum role role);

#endif
