/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "bin/audit_words.h"

static const struct {
	const char *name;
	int (*run)(struct audit_call *call);
} words[] = {{"override", audit_override}};

static int run(const struct command *command, struct arguments *arguments)
{
	struct audit_call call = {.command = command, .arguments = arguments};
	const char *word = argument_next(arguments, NULL, &call.cursor);
	struct config config;
	struct err err = {0};
	size_t at = 0;
	int status;

	if (!word)
		return usage_error(command, "what is to be done?");
	while (at < sizeof(words) / sizeof(words[0]) && strcmp(words[at].name, word) != 0)
		at++;
	if (at == sizeof(words) / sizeof(words[0]))
		return usage_error(command, "there is no '%s'", word);
	call.arena = arena_new(0);
	call.config = &config;
	if (config_load(arguments, call.arena, &config, &err) < 0)
		status = command_failed_err(command, &err);
	else
		status = words[at].run(&call);
	arena_free(call.arena);
	return status;
}

const struct command cmd_audit = {
	.name = "audit",
	.summary = "the archive: what may be deleted",
	.usage = "override --until DATE (--days N | --size-gib N) --reason TEXT | override --end --reason "
		 "TEXT",
	.details =
		"override allows that records younger than 180 days are deleted: those older than --days, or "
		"the\n"
		"oldest until the journal has no more than --size-gib. It is written into the audit trail "
		"first.\n"
		"Classes that are kept longer on purpose (least in retention.yaml) are left alone.",
	.options =
		(const struct option_def[]){
			{"until", "DATE", "when the override runs out: 2026-12-31 or RFC 3339"},
			{"days", "N", "what is older may go, 1 to 179"},
			{"size-gib", "N", "the journal may be cut to this size, whatever the age"},
			{"reason", "TEXT", "why; kept in the trail and in the segments"},
			{"end", NULL, "end all overrides now"},
			CONFIG_OPTIONS,
			{0}},
	.run = run,
};
