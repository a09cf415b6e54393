/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules: the table of its actions; each group of them has a file rules_*.c. */
#include <string.h>
#include <sys/stat.h>

#include "bin/rule_files.h"
#include "bin/rule_tests.h"
#include "bin/rules_call.h"

static int test(struct rules_call *call)
{
	struct rule_files files;
	const char *path;
	int status;

	rule_files_init(&files, NULL, NULL);
	status = rule_files_placeholders(call->command, call->arguments, &files);
	while (status == EXIT_OK && (path = rules_operand(call)))
		status = rule_files_add(call->command, &files, path);
	if (status == EXIT_OK && !files.paths)
		status = usage_error(call->command, "no PATH of rules is given");
	rule_files_build(&files, false);
	if (status == EXIT_OK)
		status = rule_tests_run(call->command, call->arguments, &files);
	rule_files_done(&files);
	return status;
}

static const struct {
	const char *name;
	rules_action *run;
} actions[] = {
	{"check", rules_check},       {"test", test},           {"list", rules_list},
	{"show", rules_show},         {"enable", rules_enable}, {"disable", rules_disable},
	{"suppress", rules_suppress}, {"except", rules_except}, {"exceptions", rules_exceptions},
	{"unexcept", rules_unexcept}, {"import", rules_import}, {"packs", rules_packs},
	{"rollback", rules_rollback}, {"remove", rules_remove}, {"coverage", rules_coverage},
	{"report", rules_report},     {"hunt", rules_hunt},
};

static int run(const struct command *command, struct arguments *arguments)
{
	struct rules_call call = {
		.command = command, .arguments = arguments, .json = argument_flag(arguments, "json")};
	const char *name = rules_operand(&call);
	struct err err = {0};
	size_t action = 0;
	int status;

	while (name && action < sizeof(actions) / sizeof(actions[0]) &&
	       strcmp(actions[action].name, name) != 0)
		action++;
	if (!name)
		return usage_error(command, "what is to be done?");
	if (action == sizeof(actions) / sizeof(actions[0]))
		return usage_error(command, "there is no '%s'", name);
	umask(022); /* the group must be able to read what is written: analyze does */
	call.arena = arena_new(0);
	if (config_load(arguments, call.arena, &call.config, &err) < 0) {
		status = command_failed_err(command, &err);
	} else {
		call.paths.own = arena_printf(call.arena, "%s/detections", call.config.content).ptr;
		call.paths.folder = config_path(&call.config, call.arena, "rules");
		status = actions[action].run(&call);
	}
	arena_free(call.arena);
	return status;
}

const struct command cmd_rules = {
	.name = "rules",
	.summary = "check, test, list and switch detection rules; packs and exceptions",
	.usage = "check|test|list [PATH…]\n"
		 "       rules show|enable|disable|suppress ID… | except ID… | exceptions | unexcept ID\n"
		 "       rules import DIR|ZIP | packs | rollback PACK | remove PACK | coverage | report | "
		 "hunt RULE",
	.details =
		"Without PATH the rules of the platform are meant: its own and those of packs.\n\n"
		"check       what does not load, and what is doubtful; exit status 1 where there is an "
		"error, with\n"
		"            --strict where there is a warning\n"
		"test        runs the events under 'tests:' in the rule files; exit status 1 if one fails\n"
		"list, show  the rules; one of them with all that holds for it\n"
		"enable, disable  a rule or a pack; what is disabled makes no alerts (--reason)\n"
		"suppress    after an alert, matches with the same --by FIELD… count on it --for that long;\n"
		"            --none: every match is an alert\n"
		"except      no alerts of these rules --where FIELD=VALUE (wildcards and modifiers as in "
		"rules; several\n"
		"            fields: all of them; one field again: any), until --expires, with --author and "
		"--reason;\n"
		"            or takes a filter as it stands in --file\n"
		"exceptions  all of them, and whether they hold      unexcept  takes one back\n"
		"import      takes a pack of rules in, or a newer version of it; exceptions and settings "
		"stay\n"
		"packs       what was imported      rollback  to the version before      remove  with its "
		"files (--yes)\n"
		"coverage    which techniques of ATT&CK the enabled rules can see, and the sources that "
		"talk\n"
		"report      which rules cost the most, alert the most and are right the least, and what to "
		"do about it\n"
		"hunt        holds one rule, by its id or as a file, against what is stored already",
	.options =
		(const struct option_def[]){
			{"json", NULL, "one JSON object a line"},
			{"expand", "NAME=VALUE", "a value for %NAME% in rules of PATH; may be given again"},
			{"strict", NULL, "check: exit status 1 on warnings too"},
			{"level", "LEVEL", "check: show from error, warning or notice (default) on"},
			{"reason", "TEXT", "why; kept in the audit trail and with the setting"},
			{"by", "FIELD", "suppress: the same value of this field; may be given again"},
			{"for", "SPAN", "suppress: 30m, 1h, 1d …"},
			{"none", NULL, "suppress: not at all"},
			{"where", "FIELD=VALUE", "except: what is left out; may be given again"},
			{"expires", "DATE", "except: until then, at most a year"},
			{"author", "NAME", "except: who decided it"},
			{"title", "TEXT", "except: what it is called (default: the reason)"},
			{"file", "FILE", "except: a Sigma filter written by hand"},
			{"name", "NAME",
			 "import: what the pack is called (default: the folder's or file's name)"},
			{"version", "VERSION", "import: its version (default: today's date)"},
			{"licence", "FILE", "import: the text of its licence (default: LICENSE in it)"},
			{"origin", "TEXT", "import: where it is from (default: the path)"},
			{"yes", NULL, "remove: do not ask"},
			{"sources", "A,B",
			 "coverage: the sources that talk, instead of those that were heard"},
			{"tactic", "NAME", "coverage: only this one, technique by technique"},
			{"from", "TIME", "hunt: oldest event (default: -7d)"},
			{"to", "TIME", "hunt: up to, not including (default: now)"},
			{"journal", NULL, "hunt: read the whole journal, do not ask the store"},
			{"store", "URL", "hunt: the store, where it is not that of --data"},
			{"user", "NAME", "hunt: where that asks for one; the password is in STORE_PASSWORD"},
			CONFIG_OPTIONS,
			{0},
		},
	.run = run,
};
