/* SPDX-License-Identifier: Apache-2.0 */
#include "rectification/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str values[POLICY_FIELD_COUNT] = {[POLICY_UNIT] = STR("{name}")};
	struct arena *arena = arena_new(0);
	const struct policy *policy;
	struct err err = {0};
	struct buf out = {0};

	policy_fill(str_of((const char *)data, size), values, &out);
	if (policy_parse(str_of((const char *)data, size), arena, &policy, &err) == 0)
		policy_fill(policy->send.text, values, &out);
	buf_done(&out);
	arena_free(arena);
	return 0;
}
