/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what: the table of access/permission.h, for people who give roles. */
#include "web/route.h"

static const enum role roles[] = {
#define X(id, number, name) id,
	ROLE_TABLE(X)
#undef X
};

void api_list_permissions(struct call *call)
{
	page_open(call);
	for (unsigned i = 0; i < PERMISSION_COUNT; i++) {
		if (i == PERMIT_NONE || i == PERMIT_LINK)
			continue; /* nobody's, whatever the role */
		out_open(call->out, NULL, '{');
		out_text(call->out, "name", str_from(permission_name((enum permission)i)));
		out_open(call->out, "roles", '[');
		for (size_t k = 0; k < sizeof(roles) / sizeof(roles[0]); k++)
			if (role_may(roles[k], (enum permission)i))
				out_text(call->out, NULL, str_from(role_name(roles[k])));
		out_close(call->out, ']');
		out_close(call->out, '}');
	}
	page_close(call, false, 0, (struct str){0});
}
