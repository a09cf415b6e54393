/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of retention in YAML, or, behind an 'o', overrides: neither may be taken in half. */
#include "base/arena.h"
#include "custody/retention_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_of((const char *)data, size);
	struct retention_policy policy = {.classes[0] = {.name = "other", .days = 190, .least = 180}};
	struct retention_override override = {.days = 7};
	struct arena *arena = arena_new(4096);
	struct err err = {0};

	if (size && data[0] == 'o') {
		int r = retention_overrides_parse(str_from_offset(text, 1), 0, &override, NULL, &err);

		must(r == 0 ? override.days >= 0 && override.days <= 180 : override.days == 7);
	} else if (retention_classes_parse(text, arena, &policy, &err) == 0) {
		for (size_t i = 0; i < policy.order_count; i++)
			must(policy.classes[policy.order[i]].least >= 180);
	}
	arena_free(arena);
	return 0;
}
