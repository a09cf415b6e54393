/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a record, through all of content/sources. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parse/source.h"

static struct parser *parser;
static struct arena *arena;

static void prepare(void)
{
	static char path[4096] = __FILE__; /* …/fuzz/parse.c */
	const char *given = getenv("WANGLOU_CONTENT");
	struct source_set *set;

	strcpy(path + strlen(path) - strlen("fuzz/parse.c"), "content/sources");
	must(source_set_load(given ? given : path, NULL, NULL, &set) == 0 && source_set_count(set));
	parser = parser_new(set);
	arena = arena_new(0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_input input = {.bytes = {(const char *)data, size},
				    .received = INT64_C(1795341600000000)};
	struct event event;

	if (!parser)
		prepare();
	arena_reset(arena);
	event_init(&event, arena);
	parser_run(parser, &input, &event);
	must(event_get(&event, FIELD_ID_TIMESTAMP) && event_get(&event, FIELD_ID_EVENT_KIND));
	must(event.time_origin <= TIME_ASSUMED);
	return 0;
}
