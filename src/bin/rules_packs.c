/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules import, packs, rollback, remove. */
#include <stdlib.h>
#include <string.h>

#include "bin/rules_call.h"
#include "rules/pack.h"
#include "rules/pack_compare.h"
#include "rules/pack_trial.h"

#define SHOWN_MAX 20 /* of each kind of news */

/* -- what an import changes ----------------------------------------------------------------------------- */

struct news {
	size_t counts[PACK_NEWS_COUNT];
};

/* A rule that went with what people decided about it, and where it may be now. */
static void show_loss(const struct pack_difference *difference)
{
	const struct rule_info *info = difference->info;

	if (!difference->set && !difference->excepted)
		return;
	printf("  note: %.*s (%.*s) is gone; its settings and exceptions are kept", STR_FMT(info->id),
	       STR_FMT(info->title));
	if (difference->heir)
		printf(" for its old id, it now has the id %.*s", STR_FMT(difference->heir->id));
	printf("\n");
}

static void show(void *context, const struct pack_difference *difference)
{
	static const char *const words[PACK_NEWS_COUNT] = {"new", "changed", "removed", "same id",
							   "same title"};
	const struct rule_info *info = difference->info;
	const char *word = words[difference->news];
	struct news *news = context;
	size_t count = ++news->counts[difference->news];

	if (count <= SHOWN_MAX)
		printf("  %-8s %.*s  %.*s\n", word, STR_FMT(info->id), STR_FMT(info->title));
	else if (count == SHOWN_MAX + 1)
		printf("  %-8s …\n", word);
	show_loss(difference);
}

/* -- import -------------------------------------------------------------------------------------------- */

/* "SigmaHQ-rules.zip" to "sigmahq-rules". */
static struct str name_of(const struct rules_call *call, const char *path)
{
	static const char *const ends[] = {".zip", ".tgz", ".gz", ".xz", ".zst", ".bz2", ".tar"};
	struct str name = str_from(realpath(path, arena_alloc(call->arena, 4096)));
	char *copy;

	for (size_t i = name.len; i > 0; i--)
		if (name.ptr[i - 1] == '/') {
			name = str_from_offset(name, i);
			break;
		}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (str_ends(name, str_from(ends[i])))
			name = str_head(name, name.len - strlen(ends[i]));
	copy = (char *)arena_copy(call->arena, name).ptr;
	for (size_t i = 0; i < name.len; i++)
		copy[i] = char_lower(copy[i]);
	return str_of(copy, name.len);
}

static int read_import(struct rules_call *call, struct pack_import *import)
{
	const char *name = argument_value(call->arguments, "name", NULL);

	import->source = rules_operand(call);
	if (!import->source)
		return usage_error(call->command, "import needs a folder or an archive");
	import->name = name ? str_from(name) : name_of(call, import->source);
	import->version = str_from(argument_value(call->arguments, "version", ""));
	import->licence_file = argument_value(call->arguments, "licence", NULL);
	import->origin = str_from(argument_value(call->arguments, "origin", import->source));
	if (!pack_name_is_free(import->name))
		return usage_error(
			call->command,
			"--name takes up to %d letters, digits, '-', '_' and '.', and is not 'own'",
			PACK_NAME_MAX);
	if (import->version.len && !pack_name_is_good(import->version))
		return usage_error(call->command,
				   "--version takes up to %d letters, digits, '-', '_' and '.'",
				   PACK_VERSION_MAX);
	if (import->origin.len > PACK_ORIGIN_MAX || !str_is_utf8(import->origin))
		return usage_error(call->command, "--origin takes up to %d bytes", PACK_ORIGIN_MAX);
	return rules_no_more(call);
}

static const char *rules_of(const struct rules_call *call, struct str name, struct str version)
{
	return arena_printf(call->arena, "%s/packs/%.*s/%.*s/" PACK_RULES_FOLDER, call->paths.folder,
			    STR_FMT(name), STR_FMT(version))
		.ptr;
}

/* edit: the rules as they were before. */
static void report(const struct rules_call *call, const struct rule_edit *edit,
		   const struct pack_manifest *manifest, struct str before)
{
	struct str licence =
		manifest->licence.len ? manifest->licence : STR("none found, give --licence FILE");
	const struct pack_sides sides = {
		.paths = &call->paths,
		.all = edit->set,
		.settings = &edit->settings,
		.name = manifest->name,
		.before = before.len ? rules_of(call, manifest->name, before) : NULL,
		.now = rules_of(call, manifest->name, manifest->version),
	};
	struct news news = {0};

	printf("%.*s %.*s: %zu rules of %zu files load, %zu do not; licence: %.*s\n", STR_FMT(manifest->name),
	       STR_FMT(manifest->version), manifest->loaded, manifest->files, manifest->refused,
	       STR_FMT(licence));
	pack_compare(&sides, show, &news);
	if (before.len)
		printf("since %.*s: %zu new, %zu changed, %zu removed\n", STR_FMT(before),
		       news.counts[PACK_ADDED], news.counts[PACK_CHANGED], news.counts[PACK_GONE]);
	if (news.counts[PACK_SAME_ID])
		printf("  %zu ids are taken by own rules or earlier packs: those hold, the pack's are left "
		       "out\n",
		       news.counts[PACK_SAME_ID]);
	if (news.counts[PACK_SAME_TITLE])
		printf("  %zu titles are those of other rules too\n", news.counts[PACK_SAME_TITLE]);
}

static int put_in_force(const struct rules_call *call, struct rule_edit *edit,
			const struct pack_manifest *manifest)
{
	const struct pack_setting *pack = settings_pack(&edit->settings, manifest->name);
	struct str before = pack ? pack->version : (struct str){0};
	struct err err = {0};
	int r = rule_edit_import(edit, manifest, (struct str){0}, &err);

	if (r < 0)
		return rules_edit_status(call, edit, r, &err);
	if (r == 1)
		printf("%.*s %.*s is in use already\n", STR_FMT(manifest->name), STR_FMT(manifest->version));
	else
		report(call, edit, manifest, before);
	return EXIT_OK;
}

int rules_import(struct rules_call *call)
{
	struct pack_import import = {0};
	struct pack_manifest manifest = {0};
	struct rule_edit edit;
	struct err err = {0};
	int status = read_import(call, &import);

	if (status == EXIT_OK)
		status = rules_edit_begin(call, &edit);
	if (status != EXIT_OK)
		return status;
	import.author = edit.options.author;
	if (pack_stage(&call->paths, &import, call->arena, &manifest, &err) < 0)
		status = command_failed_err(call->command, &err);
	else
		status = put_in_force(call, &edit, &manifest);
	rules_edit_done(&edit);
	return status;
}

/* -- packs --------------------------------------------------------------------------------------------- */

static void ignore(void *context, const struct err *err)
{
	(void)context, (void)err; /* 'rules list' names it */
}

static void print_pack(const struct rules_call *call, const struct pack_setting *pack, struct buf *line)
{
	struct pack_manifest manifest = {0};
	struct err err = {0};

	if (pack_manifest_read(&call->paths, pack->name, pack->version, call->arena, &manifest, &err) < 0)
		fprintf(stderr, "note: %.*s %.*s: %s\n", STR_FMT(pack->name), STR_FMT(pack->version),
			err.message);
	if (!call->json) {
		rules_column(pack->name, 20);
		printf("  ");
		rules_column(pack->version, 14);
		printf("  %-3s  %6zu  %7zu  ", pack->enabled ? "on" : "off", manifest.loaded,
		       manifest.refused);
		rules_column(pack->previous.len ? pack->previous : STR("-"), 14);
		printf("  %.*s\n", STR_FMT(manifest.licence));
		return;
	}
	rules_json_text(line, "name", pack->name);
	rules_json_text(line, "version", pack->version);
	rules_json_text(line, "previous", pack->previous);
	rules_json_key(line, "enabled");
	buf_add_str(line, pack->enabled ? STR("true") : STR("false"));
	rules_json_text(line, "origin", manifest.origin);
	rules_json_text(line, "licence", manifest.licence);
	rules_json_text(line, "imported", manifest.imported);
	rules_json_text(line, "author", manifest.author);
	rules_json_text(line, "sha256", manifest.sha256);
	rules_json_key(line, "files");
	buf_printf(line, "%zu,\"loaded\":%zu,\"refused\":%zu", manifest.files, manifest.loaded,
		   manifest.refused);
	rules_json_print(line);
}

int rules_packs(struct rules_call *call)
{
	struct settings settings;
	struct buf line = {0};
	int status = rules_no_more(call), r;

	if (status != EXIT_OK)
		return status;
	r = settings_read(&settings, call->arena, call->paths.folder, ignore, NULL);
	if (r < 0)
		return command_failed(call->command, "%s/" SETTINGS_FILE ": %s", call->paths.folder,
				      err_text(r));
	if (!call->json)
		printf("%-20s  %-14s  %-3s  %6s  %7s  %-14s  %s\n", "PACK", "VERSION", "ON", "RULES",
		       "REFUSED", "PREVIOUS", "LICENCE");
	for (size_t i = 0; i < settings.packs.len; i++)
		print_pack(call, &settings.packs.items[i], &line);
	buf_done(&line);
	settings_done(&settings);
	return EXIT_OK;
}

/* -- back, and away ------------------------------------------------------------------------------------- */

/* The pack named by the operand, with the lock held. */
static int open_pack(struct rules_call *call, struct rule_edit *edit, struct pack_setting **ret_pack)
{
	const char *word = rules_operand(call);
	int status = word ? rules_no_more(call) : usage_error(call->command, "which pack?");

	if (status == EXIT_OK)
		status = rules_edit_begin(call, edit);
	if (status != EXIT_OK)
		return status;
	*ret_pack = settings_pack(&edit->settings, str_from(word));
	if (*ret_pack)
		return EXIT_OK;
	rules_edit_done(edit);
	return command_failed(call->command, "there is no pack '%s'; 'wanglou rules packs' shows all", word);
}

int rules_rollback(struct rules_call *call)
{
	struct pack_manifest manifest = {0};
	struct pack_setting *pack;
	struct rule_edit edit;
	struct err err = {0};
	struct str before;
	int status = open_pack(call, &edit, &pack), r;

	if (status != EXIT_OK)
		return status;
	before = pack->version;
	if (!pack->previous.len) {
		status = command_failed(call->command, "%.*s has no version before %.*s", STR_FMT(pack->name),
					STR_FMT(before));
	} else {
		r = rule_edit_roll_back(&edit, pack, pack->previous, (struct str){0}, &manifest, &err);
		status = rules_edit_status(call, &edit, r, &err);
	}
	if (status == EXIT_OK)
		report(call, &edit, &manifest, before);
	rules_edit_done(&edit);
	return status;
}

static bool is_sure(const struct rules_call *call, const struct pack_setting *pack)
{
	char answer[8] = "";

	if (argument_flag(call->arguments, "yes"))
		return true;
	printf("Remove the pack %.*s with its files? Settings and exceptions for its rules stay. [y/N] ",
	       STR_FMT(pack->name));
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

int rules_remove(struct rules_call *call)
{
	struct pack_setting *pack;
	struct rule_edit edit;
	struct err err = {0};
	struct str name;
	int status = open_pack(call, &edit, &pack);

	if (status != EXIT_OK)
		return status;
	name = pack->name;
	if (!is_sure(call, pack))
		status = command_failed(call->command, "nothing was removed");
	if (status == EXIT_OK)
		status = rules_edit_status(call, &edit,
					   rule_edit_remove_pack(&edit, pack, (struct str){0}, &err), &err);
	if (status == EXIT_OK)
		printf("the pack %.*s is removed\n", STR_FMT(name));
	rules_edit_done(&edit);
	return status;
}
