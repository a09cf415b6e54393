/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "bin/audit_open.h"

static const struct {
	const char *name;
	int (*run)(struct audit_call *call);
} words[] = {
	{"verify", audit_word_verify},
	{"prove", audit_word_prove},
	{"consistency", audit_word_consistency},
	{"export", audit_word_export},
	{"heads", audit_word_heads},
	{"key", audit_word_key},
	{"coverage", audit_word_coverage},
	{"override", audit_override},
};

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
	.summary = "check the archive, prove what is in it, export evidence",
	.usage = "verify [PATH] | prove SEQ [PATH] | consistency A B [PATH] | export --out FILE [PATH] |\n"
		 "       heads [PATH] | key [PATH] | coverage | override --reason TEXT …",
	.details =
		"PATH is a data folder, a journal's folder or a copy of one, for verify also an evidence\n"
		"package; without it the configured data folder is meant.\n\n"
		"verify       checks every record against the signed heads and names what is wrong; exit "
		"status "
		"1 if\n"
		"             something is. --heads and --key give heads and key that were kept elsewhere.\n"
		"prove        prints the proof that a record is in the archive (--size: of that many "
		"leaves)\n"
		"consistency  prints the proof that the tree of A leaves is the beginning of that of B; "
		"'latest'\n"
		"             stands for the newest head's\n"
		"export       writes an evidence package of the records from --from to --to (numbers or "
		"times)\n"
		"heads        lists the signed heads      key   prints the public key and its fingerprint\n"
		"coverage     who talked between --from and --to, who should have, and the gaps; exit status "
		"1 "
		"where\n"
		"             there are some\n"
		"override     allows that records younger than 180 days are deleted: those older than "
		"--days, or "
		"the\n"
		"             oldest until the journal has no more than --size-gib; it is written into the "
		"audit "
		"trail\n"
		"             first. Classes kept longer on purpose (least in retention.yaml) are left "
		"alone.",
	.options =
		(const struct option_def[]){
			AUDIT_OPEN_OPTIONS,
			{"from", "SEQ|TIME",
			 "the first record's number, or a time of receipt; coverage: a time"},
			{"to", "SEQ|TIME",
			 "the last record's number, or a time of receipt; coverage: a time"},
			{"size", "N", "prove: leaves of the tree; default: the smallest signed one"},
			{"source", "WHAT",
			 "export: a listener, a hint or an address, again and again; coverage: a source's "
			 "id"},
			{"by", "hour|day|all", "coverage: a line for each hour, day or source"},
			{"out", "FILE", "export: the package to write, FILE.tar.zst"},
			{"until", "DATE", "when the override runs out: 2026-12-31 or RFC 3339"},
			{"days", "N", "what is older may go, 1 to 179"},
			{"size-gib", "N", "the journal may be cut to this size, whatever the age"},
			{"reason", "TEXT", "why; kept in the trail and in the segments"},
			{"end", NULL, "end all overrides now"},
			CONFIG_OPTIONS,
			{0}},
	.run = run,
};
