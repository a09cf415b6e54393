/* SPDX-License-Identifier: Apache-2.0 */
/* settings.yaml: what is read can be written, and reads the same without complaint. */
#include "rules/settings.h"

static void count(void *context, const struct err *err)
{
	must(err->message[0]);
	++*(size_t *)context;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(0);
	struct settings first, again;
	struct buf one = {0}, two = {0};
	size_t said = 0;

	settings_parse(&first, arena, "f", str_of((const char *)data, size), count, &said);
	settings_format(&first, &one);
	said = 0;
	settings_parse(&again, arena, "f", buf_str(&one), count, &said);
	settings_format(&again, &two);
	must(said == 0 && str_eq(buf_str(&one), buf_str(&two)));
	settings_done(&first);
	settings_done(&again);
	buf_done(&one);
	buf_done(&two);
	arena_free(arena);
	return 0;
}
