/* SPDX-License-Identifier: Apache-2.0 */
/* The files of content/compliance, which people edit. The first byte says which. */
#include "reporting/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void failed(void *context, unsigned line, const char *message)
{
	*(unsigned *)context += line + (unsigned)message[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char holidays[] = "zone: \"+08:00\"\nworking_day_ends: \"17:30\"\nyears: []\n";
	struct arena *arena = arena_new(0);
	const struct str text = str_from_offset(str_of((const char *)bytes, len), 1);
	struct calendar *calendar;
	struct deadlines *deadlines;
	struct template *template;
	struct err err = {0};
	unsigned sum = 0;

	if (len && bytes[0] == 'h')
		calendar_parse(text, arena, &calendar, &err);
	else if (len && bytes[0] == 'r' && template_parse(text, arena, &template, &err) == 0)
		template_test(template, failed, &sum, &err);
	else if (calendar_parse(str_from(holidays), arena, &calendar, &err) == 0 &&
		 deadlines_parse(text, calendar, arena, &deadlines, &err) == 0)
		deadlines_test(text, deadlines, arena, failed, &sum, &err);
	arena_free(arena);
	return 0;
}
