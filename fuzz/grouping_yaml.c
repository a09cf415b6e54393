/* SPDX-License-Identifier: Apache-2.0 */
/* grouping.yaml: loads or says why not. */
#include "cases/weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct case_rules rules = {.arena = arena_new(0)};
	struct yaml_node *root;
	struct err err = {0};

	if (yaml_parse_one(str_of((const char *)data, size), rules.arena, &root, &err) == 0 &&
	    case_rules_read(root, &rules, &err) < 0)
		must(err.message[0]);
	case_rules_ignore_address(&rules, STR("10.1.2.3"));
	names_hold(&rules.users, STR("root"));
	arena_free(rules.arena);
	return 0;
}
