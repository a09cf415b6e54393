/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/pattern.h"

/* Pattern, then a newline, then text. A pattern written back means the same; a plain one matches itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_of((const char *)data, size), first;
	struct arena *arena = arena_new(0);
	struct pattern pattern, again, plain;

	if (str_split(&text, '\n', &first) && pattern_parse(first, arena, &pattern) == 0) {
		must(pattern_parse(pattern_text(&pattern, arena), arena, &again) == 0);
		must(pattern_match(&pattern, text) == pattern_match(&again, text));
		plain = pattern_plain(text, arena);
		must(pattern_match(&plain, text));
		must(pattern_open(&plain, ANCHOR_OPEN_START | ANCHOR_OPEN_END, arena, &plain) == 0 &&
		     pattern_match(&plain, text));
		must(pattern_windash(&pattern, arena, &again) < 0 || !pattern_match(&pattern, text) ||
		     pattern_match(&again, text));
	}
	arena_free(arena);
	return 0;
}
