/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/rule_files.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static void count_refusal(void *context, const struct err *err)
{
	struct rule_files *files = context;
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	files->refused++;
	if (files->report) {
		files->report(files->context, err);
		return;
	}
	err_format(err, text, sizeof(text));
	fprintf(stderr, "%s\n", text);
}

void rule_files_init(struct rule_files *files, rule_report *report, void *context)
{
	*files = (struct rule_files){.builder = ruleset_builder_new(), .report = report, .context = context};
}

int rule_files_placeholders(const struct command *command, struct arguments *arguments,
			    struct rule_files *files)
{
	size_t cursor = 0;
	const char *text;

	while ((text = argument_next(arguments, "expand", &cursor))) {
		const char *equals = strchr(text, '=');

		if (!equals || equals == text)
			return usage_error(command, "--expand takes NAME=VALUE, not '%s'", text);
		ruleset_expand(files->builder, str_of(text, (size_t)(equals - text)), str_from(equals + 1));
	}
	return EXIT_OK;
}

void rule_files_cache(const struct command *command, struct arguments *arguments, struct rule_files *files)
{
	const char *given = argument_value(arguments, "cache", NULL);
	char path[PATH_MAX];
	struct err err = {0};
	struct stat status;

	if (!given)
		return;
	snprintf(path, sizeof(path), "%s%s", given,
		 stat(given, &status) == 0 && S_ISDIR(status.st_mode) ? "/rules.cache" : "");
	if (ruleset_cache(files->builder, path, &err) < 0)
		fprintf(stderr, "wanglou %s: %s\n", command->name, err.message);
}

int rule_files_add(const struct command *command, struct rule_files *files, const char *path)
{
	int r = ruleset_add(files->builder, path, count_refusal, files);

	files->paths++;
	return r < 0 ? command_failed(command, "%s: %s", path, err_text(r)) : EXIT_OK;
}

void rule_files_build(struct rule_files *files, bool all_rules)
{
	files->set = ruleset_build(files->builder, all_rules);
	files->builder = NULL;
}

void rule_files_done(struct rule_files *files)
{
	ruleset_free(files->set);
}
