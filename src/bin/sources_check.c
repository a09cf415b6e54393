/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/sources_check.h"

#include <limits.h>
#include <stdio.h>

#include "bin/content.h"
#include "onboarding/onboarding.h"

struct checking {
	const struct source_set *sources;
	size_t wrong;
};

static void complain(void *context, const struct err *err)
{
	struct checking *checking = context;
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	checking->wrong++;
	err_format(err, text, sizeof(text));
	fprintf(stderr, "%s\n", text);
}

static bool knows(void *context, struct str id)
{
	const struct checking *checking = context;

	for (size_t i = 0; i < source_set_count(checking->sources); i++)
		if (str_eq(source_set_info(checking->sources, i)->id, id))
			return true;
	return false;
}

int sources_check(const struct command *command, const struct arguments *arguments,
		  const struct source_set *set)
{
	struct checking checking = {.sources = set};
	struct arena *arena = arena_new(0);
	struct onboarding_set devices;
	size_t tried = 0;
	char path[PATH_MAX];
	int r, status;

	must(arena);
	snprintf(path, sizeof(path), "%s/" ONBOARDING_FOLDER, content_folder(arguments));
	r = onboarding_load(path, arena, complain, &checking, &devices);
	if (r < 0) {
		status = command_failed(command, "%s: %s; say where with --content", path, err_text(r));
	} else {
		onboarding_check(&devices, knows, complain, &checking);
		for (size_t i = 0; i < devices.count; i++)
			tried += devices.items[i]->tried.len > 0;
		printf("%zu devices and systems, %zu of them tried: %zu mistakes\n", devices.count, tried,
		       checking.wrong);
		status = checking.wrong ? EXIT_FINDING : EXIT_OK;
	}
	arena_free(arena);
	return status;
}
