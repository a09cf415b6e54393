/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/channels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(0);
	struct channels channels;
	struct err err = {0};
	struct buf out = {0};

	if (channels_parse(str_of((const char *)data, size), true, arena, &channels, &err) == 0)
		channels_describe(&channels, &out);
	buf_done(&out);
	arena_free(arena);
	return 0;
}
