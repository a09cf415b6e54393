/* SPDX-License-Identifier: Apache-2.0 */
#include "event/field.h"
#include "web/route.h"

static const char *const type_names[] = {
	[FIELD_KEYWORD] = "keyword", [FIELD_TEXT] = "text", [FIELD_LONG] = "long", [FIELD_DOUBLE] = "double",
	[FIELD_IP] = "ip",           [FIELD_DATE] = "date", [FIELD_BOOL] = "bool",
};

void api_list_fields(struct call *call)
{
	out_open(call->out, NULL, '[');
	for (int id = 0; id < FIELD_COUNT; id++) {
		const struct field_info *info = field_info((enum field_id)id);

		out_open(call->out, NULL, '{');
		out_text(call->out, "name", info->name);
		out_text(call->out, "type", str_from(type_names[info->type]));
		out_text(call->out, "doc", str_from(info->doc));
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
}
