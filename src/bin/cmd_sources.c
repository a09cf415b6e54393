/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "bin/command.h"
#include "bin/sources_check.h"
#include "bin/sources_clocks.h"
#include "bin/sources_suggest.h"
#include "event/snapshot.h"
#include "parse/source.h"

#define SOURCES_FOLDER "sources"
#define PATH_SIZE 4096

/* What loading and testing have to say, counted. */
struct reporting {
	bool json;
	unsigned count;
};

static void print_error(void *context, const struct err *err)
{
	struct reporting *reporting = context;
	char text[ERR_MESSAGE_MAX + ERR_FILE_MAX + 32];
	struct buf out = {0};

	reporting->count++;
	if (!reporting->json) {
		err_format(err, text, sizeof(text));
		fprintf(stderr, "%s\n", text);
		return;
	}
	buf_add_str(&out, STR("{\"file\":"));
	buf_add_json_string(&out, str_from(err->file));
	buf_printf(&out, ",\"line\":%u,\"column\":%u,\"error\":", err->line, err->column);
	buf_add_json_string(&out, str_from(err->message));
	buf_add_char(&out, '}');
	puts(buf_cstr(&out));
	buf_done(&out);
}

/* DIR/sources, or DIR where it has no such folder. */
static int load(const struct command *command, const struct arguments *arguments, struct reporting *reporting,
		struct source_set **ret_set)
{
	const char *content = argument_value(arguments, "content", "content");
	char path[PATH_SIZE];
	int r;

	snprintf(path, sizeof(path), "%s/%s", content, SOURCES_FOLDER);
	if (access(path, F_OK) != 0)
		snprintf(path, sizeof(path), "%s", content);
	r = source_set_load(path, print_error, reporting, ret_set);
	if (r < 0)
		command_failed(command, "%s: %s; name the folder that holds %s/ with --content", path,
			       err_text(r), SOURCES_FOLDER);
	return r;
}

/* By id, or by the end of the file's path. */
static bool is_named(const struct source_info *info, const char *name)
{
	return str_eq(info->id, str_from(name)) || str_ends(info->file, str_from(name)) ||
	       (str_starts(info->file, str_from(name)) && name[strlen(name) - 1] == '/');
}

static bool is_wanted(const struct arguments *arguments, const struct source_info *info)
{
	size_t cursor = 0;
	const char *name;
	bool any = false;

	argument_next(arguments, NULL, &cursor); /* the verb */
	while ((name = argument_next(arguments, NULL, &cursor))) {
		any = true;
		if (*name && is_named(info, name))
			return true;
	}
	return !any;
}

static int list(const struct source_set *set, struct reporting *reporting)
{
	struct buf out = {0};

	for (size_t i = 0; i < source_set_count(set); i++) {
		const struct source_info *info = source_set_info(set, i);

		if (!reporting->json) {
			printf("%-20.*s %3zu samples  %.*s\n", STR_FMT(info->id), info->samples,
			       STR_FMT(info->title));
			continue;
		}
		buf_clear(&out);
		buf_add_str(&out, STR("{\"id\":"));
		buf_add_json_string(&out, info->id);
		buf_add_str(&out, STR(",\"title\":"));
		buf_add_json_string(&out, info->title);
		buf_add_str(&out, STR(",\"file\":"));
		buf_add_json_string(&out, info->file);
		buf_printf(&out, ",\"samples\":%zu}", info->samples);
		puts(buf_cstr(&out));
	}
	buf_done(&out);
	return reporting->count ? EXIT_FINDING : EXIT_OK;
}

static int test(const struct command *command, const struct arguments *arguments,
		const struct source_set *set, struct reporting *reporting)
{
	size_t sources = 0, samples = 0, unloaded = reporting->count;
	int failures = 0;

	for (size_t i = 0; i < source_set_count(set); i++) {
		const struct source_info *info = source_set_info(set, i);

		if (!is_wanted(arguments, info))
			continue;
		sources++;
		samples += info->samples;
		failures += source_test(set, i, print_error, reporting);
	}
	if (!sources && !unloaded)
		return usage_error(command, "no source has that id or file");
	if (reporting->json)
		printf("{\"sources\":%zu,\"samples\":%zu,\"failed\":%d,\"not_loaded\":%zu}\n", sources,
		       samples, failures, unloaded);
	else
		printf("%zu sources, %zu samples: %d failed, %zu files not loaded\n", sources, samples,
		       failures, unloaded);
	return failures || unloaded ? EXIT_FINDING : EXIT_OK;
}

static void parse_line(struct parser *parser, struct arena *arena, struct str line,
		       const struct arguments *arguments, uint64_t number, struct buf *out)
{
	struct parse_input input = {
		.bytes = line,
		.hint = str_from(argument_value(arguments, "hint", "")),
		.received = clock_now(),
		.seq = number,
	};
	struct event event;

	arena_reset(arena);
	event_init(&event, arena);
	parser_run(parser, &input, &event);
	buf_clear(out);
	event_snapshot(&event, false, out);
	puts(buf_cstr(out));
}

static int parse(const struct command *command, const struct arguments *arguments,
		 const struct source_set *set)
{
	size_t cursor = 0;
	const char *path;
	struct parser *parser = parser_new(set);
	struct arena *arena = arena_new(0);
	struct buf out = {0};
	char *line = NULL;
	size_t capacity = 0;
	uint64_t number = 0;
	ssize_t len;
	FILE *file;

	argument_next(arguments, NULL, &cursor);
	path = argument_next(arguments, NULL, &cursor);
	file = !path || strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	if (!parser || !arena || !file) {
		parser_free(parser);
		arena_free(arena);
		return command_failed(command, "%s cannot be read", path);
	}
	while ((len = getline(&line, &capacity, file)) > 0)
		parse_line(parser, arena, str_of(line, (size_t)len), arguments, ++number, &out);
	free(line);
	if (file != stdin)
		fclose(file);
	buf_done(&out);
	parser_free(parser);
	arena_free(arena);
	return EXIT_OK;
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct reporting reporting = {.json = argument_flag(arguments, "json")};
	struct source_set *set;
	size_t cursor = 0;
	const char *verb = argument_next(arguments, NULL, &cursor);
	int status;

	if (verb && strcmp(verb, "suggest") == 0)
		return sources_suggest(command, arguments);
	if (verb && strcmp(verb, "clocks") == 0)
		return sources_clocks(command, arguments);
	if (!verb || (strcmp(verb, "list") != 0 && strcmp(verb, "test") != 0 && strcmp(verb, "parse") != 0 &&
		      strcmp(verb, "check") != 0))
		return usage_error(command, "say list, test, parse, check, suggest or clocks");
	if (load(command, arguments, &reporting, &set) < 0)
		return EXIT_FAILED;
	if (strcmp(verb, "list") == 0)
		status = list(set, &reporting);
	else if (strcmp(verb, "check") == 0)
		status = sources_check(command, arguments, set);
	else if (strcmp(verb, "test") == 0)
		status = test(command, arguments, set, &reporting);
	else
		status = parse(command, arguments, set);
	source_set_free(set);
	return status;
}

static const struct option_def options[] = {
	{"content", "DIR", "the content folder (default: content); its sources/ is loaded"},
	{"hint", "WORD", "parse: what the sender calls the source"},
	{"json", NULL, "NDJSON instead of text"},
	{"data", "DIR", "suggest, clocks: the data folder (default: $WANGLOU_DATA, else ./data)"},
	{"write", "DIR", "suggest: write drafts of source files there"},
	{0},
};

const struct command cmd_sources = {
	.name = "sources",
	.summary = "list, test and try the log formats of content/sources",
	.usage = "list | test [PATH|ID…] | parse [FILE|-] | check | suggest [PEER [--write DIR]] | clocks",
	.details =
		"test runs the samples in each source's file and exits 1 where one gives another event than\n"
		"it expects, or a file does not load. parse prints the event of each line as JSON.\n"
		"check reads how devices are connected (content/onboarding), and whether the sources they "
		"expect are there.\n"
		"suggest shows the lines that no source knows, clustered into templates, and drafts source "
		"files.\n"
		"clocks shows whose times are corrected because their clock or zone is wrong.\n"
		"The language is described in doc/formats/sources.md.",
	.options = options,
	.run = run,
};
