/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "bin/config.h"
#include "enrich/assets.h"
#include "event/ip.h"

struct reporting {
	bool json;
	size_t count;
};

static void print_error(void *context, const struct err *err)
{
	struct reporting *reporting = context;
	char text[ERR_MESSAGE_MAX + ERR_FILE_MAX + 32];
	struct buf out = {0};

	reporting->count++;
	if (!reporting->json) {
		err_format(err, text, sizeof(text));
		puts(text);
		return;
	}
	buf_add_str(&out, STR("{\"file\":"));
	buf_add_json_string(&out, str_from(err->file));
	buf_printf(&out, ",\"line\":%u,\"error\":", err->line);
	buf_add_json_string(&out, str_from(err->message));
	buf_add_char(&out, '}');
	puts(buf_cstr(&out));
	buf_done(&out);
}

static int read_config(const struct command *command, const struct arguments *arguments, struct arena *arena,
		       struct config *config, int64_t *ret_zone)
{
	struct err err = {0};
	int r = config_load(arguments, arena, config, &err);

	if (r == 0)
		r = config_zone(config, ret_zone, &err);
	return r < 0 ? command_failed_err(command, &err) : EXIT_OK;
}

static int check(const struct command *command, const char *file, int64_t zone, bool json)
{
	struct reporting reporting = {.json = json};
	struct assets *assets = NULL;
	struct err err = {0};
	int r;

	(void)command;
	r = assets_load(file, zone, print_error, &reporting, &assets, &err);
	if (r < 0) {
		print_error(&reporting, &err);
		return r > -4096 ? EXIT_FAILED : EXIT_FINDING;
	}
	if (!json)
		printf("%zu rows are fine, %zu findings\n", assets_count(assets), reporting.count);
	assets_release(assets);
	return reporting.count ? EXIT_FINDING : EXIT_OK;
}

/* assets check [FILE] */
static int run(const struct command *command, struct arguments *arguments)
{
	struct arena *arena = arena_new(0);
	size_t cursor = 0;
	const char *verb = argument_next(arguments, NULL, &cursor);
	const char *file = argument_next(arguments, NULL, &cursor);
	struct config config = {0};
	int64_t zone = 0;
	int status;

	if (!verb || strcmp(verb, "check") != 0 || argument_next(arguments, NULL, &cursor))
		status = usage_error(command,
				     "say 'assets check', and a file if it is not that of the settings");
	else
		status = read_config(command, arguments, arena, &config, &zone);
	if (!file)
		file = config.enrich_assets ? config.enrich_assets : "";
	if (status == EXIT_OK && !file[0])
		status = usage_error(command, "the setting enrich.assets names no file: give one");
	if (status == EXIT_OK)
		status = check(command, file, zone, argument_flag(arguments, "json"));
	arena_free(arena);
	return status;
}

static const struct option_def options[] = {
	{"json", NULL, "one JSON object for each row that is wrong"},
	CONFIG_OPTIONS,
	{0},
};

const struct command cmd_assets = {
	.name = "assets",
	.summary = "check the register of assets",
	.usage = "check [--json] [FILE]",
	.details = "Says what is wrong in which line of the CSV file, by default that of the setting "
		   "enrich.assets;\n"
		   "exits 1 where something is. The columns are described in doc/formats/assets.md.",
	.options = options,
	.run = run,
};
