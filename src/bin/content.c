/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/content.h"

#include <limits.h>
#include <unistd.h>

#define CONTENT_SYSTEM "/usr/share/wanglou/content"

const char *content_folder(const struct arguments *arguments)
{
	const char *folder = argument_value(arguments, "content", getenv("WANGLOU_CONTENT"));

	if (folder && *folder)
		return folder;
	return access("content", R_OK) == 0 ? "content" : CONTENT_SYSTEM;
}

static void print_refusal(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	(void)context;
	err_format(err, text, sizeof(text));
	fprintf(stderr, "%s\n", text);
}

int content_load_sources(const struct command *command, const struct arguments *arguments,
			 struct source_set **ret_sources)
{
	const char *folder = content_folder(arguments);
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/sources", folder);
	r = source_set_load(path, print_refusal, NULL, ret_sources);
	if (r < 0)
		return command_failed(command, "%s: %s; say where with --content", path, err_text(r));
	return EXIT_OK;
}
