/* SPDX-License-Identifier: Apache-2.0 */
#include "access/permission.h"

static const struct {
	const char *name;
	unsigned roles;
} permissions[PERMISSION_COUNT] = {
#define PERMISSION(id, name, roles, doc) {name, roles},
	PERMISSIONS(PERMISSION)
#undef PERMISSION
};

const char *permission_name(enum permission permission)
{
	must(permission < PERMISSION_COUNT);
	return permissions[permission].name;
}

bool role_may(enum role role, enum permission permission)
{
	must(permission < PERMISSION_COUNT);
	return (permissions[permission].roles & (unsigned)role) != 0;
}
