/* SPDX-License-Identifier: Apache-2.0 */
/* A file of content/onboarding: loads or says why not. */
#include "onboarding/onboarding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(0);
	struct onboarding *item = NULL;
	struct err err = {0};

	if (onboarding_parse(str_of((const char *)data, size), arena, &item, &err) < 0)
		must(err.message[0] && !item);
	else
		must(item->step_count && item->name.zh.len && item->name.en.len);
	arena_free(arena);
	return 0;
}
