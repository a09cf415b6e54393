/* SPDX-License-Identifier: Apache-2.0 */
/* The table of who is called. */
#include <stddef.h>

#include "duty/escalation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct escalation_rules rules;
	struct err err = {0};

	if (escalation_parse(str_of((const char *)data, size), &rules, &err) == 0)
		must(rules.count <= ESCALATION_STEPS_MAX);
	return 0;
}
