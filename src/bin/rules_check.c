/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules check: what does not load, and what is doubtful. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/yaml.h"
#include "bin/rule_files.h"
#include "bin/rules_call.h"
#include "rules/check.h"

#define CODES_MAX 64

struct checking {
	struct rules_call *call;
	struct checker *checker;
	enum severity shown; /* and what is worse */
	char own[PATH_MAX];  /* where our rules are */
	size_t counts[SEVERITY_COUNT];
	struct {
		const char *code;
		size_t count;
	} codes[CODES_MAX];
	struct buf line;
};

static void count_finding(struct checking *checking, const struct finding *finding)
{
	size_t i = 0;

	checking->counts[finding->severity]++;
	while (i + 1 < CODES_MAX && checking->codes[i].code &&
	       strcmp(checking->codes[i].code, finding->code) != 0)
		i++;
	checking->codes[i].code = finding->code;
	checking->codes[i].count++;
}

static void show(void *context, const struct finding *finding)
{
	struct checking *checking = context;

	count_finding(checking, finding);
	if (finding->severity > checking->shown)
		return;
	if (!checking->call->json) {
		printf("%s:%u:%u: %s: %s [%s]\n", finding->file, finding->line, finding->column,
		       severity_name(finding->severity), finding->message, finding->code);
		return;
	}
	rules_json_text(&checking->line, "file", str_from(finding->file));
	buf_printf(&checking->line, ",\"line\":%u,\"column\":%u", finding->line, finding->column);
	rules_json_text(&checking->line, "severity", str_from(severity_name(finding->severity)));
	rules_json_text(&checking->line, "code", str_from(finding->code));
	rules_json_text(&checking->line, "message", str_from(finding->message));
	rules_json_text(&checking->line, "rule", finding->rule);
	rules_json_text(&checking->line, "title", finding->title);
	rules_json_print(&checking->line);
}

/* What does not load is an error like others. */
static void show_refusal(void *context, const struct err *err)
{
	show(context, &(struct finding){.severity = SEVERITY_ERROR,
					.code = "refused",
					.file = err->file,
					.line = err->line,
					.column = err->column,
					.message = err->message});
}

static int add_file(const char *path, void *context)
{
	struct checking *checking = context;
	struct buf text = {0};
	char real[PATH_MAX];

	if (!str_ends(str_from(path), STR(".yml")) && !str_ends(str_from(path), STR(".yaml")))
		return 0;
	if (io_read_file(path, YAML_SIZE_MAX, &text) == 0)
		checker_add(checking->checker, path, buf_str(&text),
			    checking->own[0] && realpath(path, real) &&
				    str_starts(str_from(real), str_from(checking->own)));
	buf_done(&text);
	return 0;
}

static int check_path(struct checking *checking, struct rule_files *files, const char *path)
{
	int status = rule_files_add(checking->call->command, files, path);

	if (status == EXIT_OK)
		io_walk(path, "", add_file, checking);
	return status;
}

/* The rules of the platform: its own, the packs that are in use, the exceptions. */
static int check_platform(struct checking *checking, struct rule_files *files)
{
	struct rules_call *call = checking->call;
	struct settings settings;
	char path[PATH_MAX];
	int status, r = settings_read(&settings, call->arena, call->paths.folder, show_refusal, checking);

	if (r < 0)
		return command_failed(call->command, "%s/" SETTINGS_FILE ": %s", call->paths.folder,
				      err_text(r));
	snprintf(path, sizeof(path), "%s/" RULES_LOCAL, call->paths.folder);
	if (access(path, F_OK) == 0)
		check_path(checking, files, path);
	status = check_path(checking, files, call->paths.own);
	for (size_t i = 0; status == EXIT_OK && i < settings.packs.len; i++) {
		const struct pack_setting *pack = &settings.packs.items[i];

		snprintf(path, sizeof(path), "%s/packs/%.*s/%.*s/rules", call->paths.folder,
			 STR_FMT(pack->name), STR_FMT(pack->version));
		status = check_path(checking, files, path);
	}
	snprintf(path, sizeof(path), "%s/exceptions", call->paths.folder);
	if (status == EXIT_OK && io_walk(path, "", add_file, checking) == 0)
		status = rule_files_add(call->command, files, path);
	settings_done(&settings);
	return status;
}

static int check_all(struct checking *checking, struct rule_files *files)
{
	struct rules_call *call = checking->call;
	const char *path = rules_operand(call);
	int status = rule_files_placeholders(call->command, call->arguments, files);

	if (status == EXIT_OK && !path)
		return check_platform(checking, files);
	for (; status == EXIT_OK && path; path = rules_operand(call))
		status = check_path(checking, files, path);
	return status;
}

static void summarise(const struct checking *checking, size_t loaded, size_t refused)
{
	fprintf(stderr, "%zu rules load, %zu do not; %zu errors, %zu warnings, %zu notices\n", loaded,
		refused, checking->counts[SEVERITY_ERROR], checking->counts[SEVERITY_WARNING],
		checking->counts[SEVERITY_NOTICE]);
	for (size_t i = 0; i < CODES_MAX && checking->codes[i].code; i++)
		fprintf(stderr, "%7zu  %s\n", checking->codes[i].count, checking->codes[i].code);
}

static int read_level(const struct rules_call *call, enum severity *ret_level)
{
	const char *level = argument_value(call->arguments, "level", "notice");

	for (int i = 0; i < SEVERITY_COUNT; i++)
		if (strcmp(level, severity_name(i)) == 0) {
			*ret_level = i;
			return EXIT_OK;
		}
	return usage_error(call->command, "--level is error, warning or notice, not '%s'", level);
}

/* Without these tables less is checked; that is said. */
static bool load_tables(const struct rules_call *call, struct attack *attack, struct taxonomy *taxonomy,
			struct checker_options *options)
{
	const char *folder = arena_printf(call->arena, "%s/attack", call->config.content).ptr;
	const char *file = arena_printf(call->arena, "%s/taxonomy.yaml", call->config.content).ptr;
	struct err err = {0};
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	if (attack_load(attack, folder, call->arena, &err) == 0) {
		options->attack = attack;
	} else {
		err_format(&err, text, sizeof(text));
		fprintf(stderr, "note: tags are not checked: %s\n", text);
	}
	err = (struct err){0};
	if (taxonomy_load(taxonomy, file, call->arena, &err) == 0) {
		options->taxonomy = taxonomy;
	} else {
		err_format(&err, text, sizeof(text));
		fprintf(stderr, "note: fields are not checked: %s\n", text);
	}
	return true;
}

int rules_check(struct rules_call *call)
{
	struct checking *checking = arena_struct(call->arena, struct checking);
	struct checker_options options = {.report = show, .context = checking};
	struct taxonomy taxonomy = {0};
	struct attack attack = {0};
	struct rule_files files;
	int status = read_level(call, &checking->shown);

	if (status != EXIT_OK)
		return status;
	checking->call = call;
	load_tables(call, &attack, &taxonomy, &options);
	checking->checker = checker_new(&options);
	if (!realpath(call->paths.own, checking->own))
		checking->own[0] = 0;
	rule_files_init(&files, show_refusal, checking);
	status = check_all(checking, &files);
	rule_files_build(&files, false);
	if (status == EXIT_OK) {
		checker_finish(checking->checker);
		summarise(checking, ruleset_count(files.set), files.refused);
		if (checking->counts[SEVERITY_ERROR] ||
		    (argument_flag(call->arguments, "strict") && checking->counts[SEVERITY_WARNING]))
			status = EXIT_FINDING;
	}
	rule_files_done(&files);
	checker_free(checking->checker);
	attack_done(&attack);
	taxonomy_done(&taxonomy);
	buf_done(&checking->line);
	return status;
}
