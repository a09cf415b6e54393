/* SPDX-License-Identifier: Apache-2.0 */
#include "people/owner.h"
#include "web/register.h"

void api_owner(struct call *call)
{
	struct register_view view;
	struct db_tx *tx;
	int r;

	if (!register_view_read(call, &view) || !(tx = call_begin(call, DB_READ)))
		return;
	r = owner_write(tx, call_text(call, "what"), view.time, view.known, call->scope, call->out);
	r = db_end(tx, r);
	if (r == ERR_SYNTAX || r == ERR_LIMIT)
		call_fail(call, 400, "bad_question",
			  "what is an address, a host name, a URL, a MAC or the name of an asset");
	else if (r < 0)
		call_fail_code(call, r);
}
