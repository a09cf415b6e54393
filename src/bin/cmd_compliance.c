/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "bin/command.h"
#include "bin/config.h"
#include "bin/core_reports.h"
#include "reporting/template.h"

struct checking {
	bool json;
	size_t findings;
	char file[PATH_MAX];
};

static void finding(void *context, unsigned line, const char *message)
{
	struct checking *checking = context;
	struct buf out = {0};

	checking->findings++;
	if (!checking->json) {
		if (line)
			printf("%s:%u: %s\n", checking->file, line, message);
		else
			printf("%s: %s\n", checking->file, message);
		return;
	}
	buf_add_str(&out, STR("{\"file\":"));
	buf_add_json_string(&out, str_from(checking->file));
	buf_printf(&out, ",\"line\":%u,\"error\":", line);
	buf_add_json_string(&out, str_from(message));
	buf_add_char(&out, '}');
	puts(buf_cstr(&out));
	buf_done(&out);
}

static void finding_err(struct checking *checking, const struct err *err)
{
	snprintf(checking->file, sizeof(checking->file), "%s", err->file);
	finding(checking, err->line, err->message);
}

/* The number of cases tried. */
static int check_deadlines(struct checking *checking, const char *folder, const char *own,
			   struct arena *arena)
{
	struct deadlines *deadlines;
	struct err err = {0};
	struct str text;
	int r = deadlines_load(folder, own, arena, &deadlines, &err);

	if (r == 0)
		r = compliance_read(folder, own, "deadlines.yaml", DEADLINES_FILE_MAX, arena, &text, &err);
	snprintf(checking->file, sizeof(checking->file), "%s", err.file);
	if (r == 0)
		r = deadlines_test(text, deadlines, arena, finding, checking, &err);
	if (r < 0)
		finding_err(checking, &err);
	return r < 0 ? 0 : r;
}

static int check_report(struct checking *checking, const char *folder, const char *own,
			enum reporting_stage stage, struct arena *arena)
{
	struct template *template;
	struct err err = {0};
	int r = template_load(folder, own, stage, arena, &template, &err);

	snprintf(checking->file, sizeof(checking->file), "%s", err.file);
	if (r == 0)
		r = template_test(template, finding, checking, &err);
	if (r < 0)
		finding_err(checking, &err);
	return r < 0 ? 0 : r;
}

static int check(const char *folder, const char *own, struct arena *arena, bool json)
{
	struct checking checking = {.json = json};
	int cases = check_deadlines(&checking, folder, own, arena);

	for (int stage = REPORTING_INITIAL; stage <= REPORTING_FINAL; stage++)
		cases += check_report(&checking, folder, own, (enum reporting_stage)stage, arena);
	if (!json)
		printf("%d cases, %zu findings\n", cases, checking.findings);
	return checking.findings ? EXIT_FINDING : EXIT_OK;
}

/* compliance check [FOLDER] */
static int run(const struct command *command, struct arguments *arguments)
{
	struct arena *arena = arena_new(0);
	size_t cursor = 0;
	const char *verb = argument_next(arguments, NULL, &cursor);
	const char *own = argument_next(arguments, NULL, &cursor);
	struct config config = {0};
	struct err err = {0};
	int status;

	if (!verb || strcmp(verb, "check") != 0 || argument_next(arguments, NULL, &cursor))
		status = usage_error(command,
				     "say 'compliance check', and a folder if it is not DATA/compliance");
	else if (config_load(arguments, arena, &config, &err) < 0)
		status = command_failed_err(command, &err);
	else
		status = check(arena_printf(arena, "%s/" COMPLIANCE_FOLDER, config.content).ptr,
			       own ? own : config_path(&config, arena, COMPLIANCE_FOLDER), arena,
			       argument_flag(arguments, "json"));
	arena_free(arena);
	return status;
}

static const struct option_def options[] = {
	{"json", NULL, "one JSON object for each finding"},
	CONFIG_OPTIONS,
	{0},
};

const struct command cmd_compliance = {
	.name = "compliance",
	.summary = "check the tables of what has to be reported to authorities",
	.usage = "check [--json] [FOLDER]",
	.details = "Reads deadlines.yaml, holidays.yaml and reports/ from FOLDER, by default "
		   "DATA/compliance, and "
		   "what is not there\nfrom the content that ships; tries the test cases in them; exits 1 "
		   "where one "
		   "fails.\nThe files are described in doc/formats/compliance.md.",
	.options = options,
	.run = run,
};
