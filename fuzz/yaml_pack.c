/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml_pack.h"

/* Any bytes are read safely; what they hold, written again, reads as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str packed = str_of((const char *)data, size), text = str_from_offset(packed, size / 2);
	struct arena *arena = arena_new(4096);
	struct buf again = {0}, third = {0};
	struct yaml_node **docs;
	size_t count;

	if (yaml_unpack(packed, text, arena, &docs, &count) == 0) {
		yaml_pack(docs, count, text, &again);
		must(yaml_unpack(buf_str(&again), text, arena, &docs, &count) == 0);
		yaml_pack(docs, count, text, &third);
		must(str_eq(buf_str(&again), buf_str(&third)));
	}
	buf_done(&again);
	buf_done(&third);
	arena_free(arena);
	return 0;
}
