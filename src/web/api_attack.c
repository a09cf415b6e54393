/* SPDX-License-Identifier: Apache-2.0 */
/* What the techniques of ATT&CK are called: alerts, incidents and rules say no more than their ids. */
#include "rules/library.h"
#include "web/route.h"

/* The whole table, some 60 kB: the console asks once, not for each page that names some. */
void api_list_techniques(struct call *call)
{
	struct rule_library *library = call->web->options.rules;
	const struct attack *attack = library ? rule_library_attack(library) : NULL;

	page_open(call);
	for (uint32_t i = 0; attack && i < attack->technique_count; i++) {
		out_open(call->out, NULL, '{');
		out_text(call->out, "id", attack->techniques[i].id);
		out_text(call->out, "name", attack->techniques[i].name);
		out_optional(call->out, "name_zh", attack->techniques[i].name_zh);
		out_close(call->out, '}');
	}
	page_close(call, false, 0, (struct str){0});
}
