/* SPDX-License-Identifier: Apache-2.0 */
/* What a client says of the languages it speaks: some language comes of it, the same one each time. */
#include "base/arena.h"
#include "base/err.h"
#include "base/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(0);
	const char *header = arena_copy(arena, str_of((const char *)data, size)).ptr;
	enum words_language language = words_accepted(header);

	must(language < WORDS_LANGUAGES && words_accepted(header) == language);
	arena_free(arena);
	return 0;
}
