/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile source file; what follows its first NUL is a line for it. */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "parse/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_of((const char *)data, size), line;
	size_t end = str_find_char(text, 0);
	int fd = memfd_create("source", 0);
	struct source_set *set;
	char path[32];

	line = str_from_offset(text, end == STR_NOT_FOUND ? size : end + 1);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(fd >= 0 && io_write(fd, data, str_head(text, end).len) == 0);
	if (source_set_load(path, NULL, NULL, &set) == 0) {
		struct parser *parser = parser_new(set);
		struct arena *arena = arena_new(0);
		struct parse_input input = {.bytes = line};
		struct event event;

		event_init(&event, arena);
		parser_run(parser, &input, &event);
		for (size_t i = 0; i < source_set_count(set); i++)
			source_test(set, i, NULL, NULL);
		parser_free(parser);
		source_set_free(set);
		arena_free(arena);
	}
	close(fd);
	return 0;
}
