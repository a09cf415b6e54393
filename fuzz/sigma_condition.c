/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ast.h"

/* A condition over a few selections is refused with a place and a reason, or has a tree. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rule_selection selections[] = {
		{STR("a"), NULL}, {STR("sel_1"), NULL}, {STR("_x"), NULL}};
	struct arena *arena = arena_new(0);
	const struct condition *condition = NULL;
	struct err err = {0};
	int r = condition_parse(str_of((const char *)data, size), selections, 3, 7, 1, arena, &condition,
				&err);

	must(r == 0 ? condition != NULL : err.line == 7 && err.message[0]);
	arena_free(arena);
	return 0;
}
