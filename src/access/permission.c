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

int permission_parse(struct str name, enum permission *ret_permission)
{
	for (size_t i = 0; i < PERMISSION_COUNT; i++)
		if (str_eq(name, str_from(permissions[i].name))) {
			*ret_permission = (enum permission)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

bool role_may(enum role role, enum permission permission)
{
	must(permission < PERMISSION_COUNT);
	return (permissions[permission].roles & (unsigned)role) != 0;
}

_Static_assert(PERMISSION_COUNT <= 64, "a set of permissions is one number");

uint64_t role_permissions(enum role role)
{
	uint64_t set = 0;

	for (unsigned i = 0; i < PERMISSION_COUNT; i++)
		if (role_may(role, (enum permission)i))
			set |= PERMISSION_BIT(i);
	return set;
}
