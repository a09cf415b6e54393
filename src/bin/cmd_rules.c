/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules: check, test and list Sigma rules. */
#include <string.h>

#include "base/buf.h"
#include "bin/command.h"
#include "bin/content.h"
#include "bin/rule_files.h"
#include "bin/rule_tests.h"
#include "bin/rules_hunt.h"
#include "bin/store_open.h"
#include "detect/detect.h"

static void print_json(struct buf *line)
{
	buf_add_char(line, '\n');
	fwrite(line->ptr, 1, line->len, stdout);
	buf_done(line);
}

static void add_member(struct buf *line, const char *key, struct str value)
{
	buf_add_char(line, line->len ? ',' : '{');
	buf_add_json_string(line, str_from(key));
	buf_add_char(line, ':');
	buf_add_json_string(line, value);
}

/* -- check --------------------------------------------------------------------------------------------- */

static void show_refusal(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	struct buf line = {0};

	if (!*(bool *)context) {
		err_format(err, text, sizeof(text));
		printf("%s\n", text);
		return;
	}
	add_member(&line, "file", str_from(err->file));
	buf_printf(&line, ",\"line\":%u,\"column\":%u", err->line, err->column);
	add_member(&line, "message", str_from(err->message));
	buf_add_char(&line, '}');
	print_json(&line);
}

static int check(const struct command *command, struct arguments *arguments, const struct rule_files *files)
{
	(void)command, (void)arguments;
	fprintf(stderr, "%zu rules load, %zu do not\n", ruleset_count(files->set), files->refused);
	return files->refused ? EXIT_FINDING : EXIT_OK;
}

/* -- list ---------------------------------------------------------------------------------------------- */

static void list_json(const struct rule_info *info)
{
	struct buf line = {0};

	add_member(&line, "id", info->id);
	add_member(&line, "title", info->title);
	add_member(&line, "level", str_from(rule_level_name(info->level)));
	add_member(&line, "status", info->status);
	add_member(&line, "product", info->logsource.product);
	add_member(&line, "category", info->logsource.category);
	add_member(&line, "service", info->logsource.service);
	add_member(&line, "file", info->file);
	buf_add_str(&line, STR(",\"tags\":["));
	for (size_t i = 0; i < info->tag_count; i++) {
		if (i)
			buf_add_char(&line, ',');
		buf_add_json_string(&line, info->tags[i]);
	}
	buf_add_str(&line, STR("]}"));
	print_json(&line);
}

static int list(const struct command *command, struct arguments *arguments, const struct rule_files *files)
{
	bool json = argument_flag(arguments, "json");

	(void)command;
	for (size_t i = 0; i < ruleset_count(files->set); i++) {
		const struct rule_info *info = ruleset_info(files->set, i);

		if (json)
			list_json(info);
		else
			printf("%-36.*s  %-13s  %.*s\n", STR_FMT(info->id), rule_level_name(info->level),
			       STR_FMT(info->title));
	}
	return EXIT_OK;
}

/* -- the command --------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	bool reports; /* refused rules go to standard output: they are what was asked for */
	int (*run)(const struct command *command, struct arguments *arguments,
		   const struct rule_files *files);
} actions[] = {
	{"check", true, check},
	{"test", false, rule_tests_run},
	{"list", false, list},
};

static int run(const struct command *command, struct arguments *arguments)
{
	bool json = argument_flag(arguments, "json");
	size_t cursor = 0, action = 0;
	const char *name = argument_next(arguments, NULL, &cursor);
	struct rule_files files;
	int status;

	if (name && strcmp(name, "hunt") == 0)
		return rules_hunt(command, arguments);
	while (name && action < sizeof(actions) / sizeof(actions[0]) &&
	       strcmp(actions[action].name, name) != 0)
		action++;
	if (!name || action == sizeof(actions) / sizeof(actions[0]))
		return usage_error(command, "say check, test, list or hunt");
	rule_files_init(&files, actions[action].reports ? show_refusal : NULL, &json);
	status = rule_files_placeholders(command, arguments, &files);
	while (status == EXIT_OK && (name = argument_next(arguments, NULL, &cursor)))
		status = rule_files_add(command, &files, name);
	if (status == EXIT_OK && !files.paths)
		status = usage_error(command, "no PATH of rules is given");
	rule_files_build(&files, false);
	if (status == EXIT_OK)
		status = actions[action].run(command, arguments, &files);
	rule_files_done(&files);
	return status;
}

const struct command cmd_rules = {
	.name = "rules",
	.summary = "check, test and list detection rules",
	.usage = "check|test|list [--json] PATH…",
	.details = "check  names each rule that does not load, with line and reason; exit status 1 if there "
		   "is one\n"
		   "test   runs the events under 'tests:' in the rule files; exit status 1 if one fails\n"
		   "list   one line per rule",
	.options =
		(const struct option_def[]){
			{"json", NULL, "one JSON object a line"},
			{"expand", "NAME=VALUE", "a value for %NAME% in rules; may be given again"},
			{"from", "TIME", "hunt: oldest event (default: -7d)"},
			{"to", "TIME", "hunt: up to, not including (default: now)"},
			{"journal", NULL, "hunt: read the whole journal, do not ask the store"},
			STORE_OPEN_OPTIONS,
			CONTENT_OPTION,
			{0},
		},
	.run = run,
};
