/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules import, packs, rollback, remove. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "bin/rules_call.h"
#include "detect/filter.h"
#include "rules/pack.h"

#define SHOWN_MAX 20 /* of each kind of news */
#define ORIGIN_MAX 500

/* -- what an import changes ----------------------------------------------------------------------------- */

/* Rules of one version by id (or title), to 1 + index. */
struct version_rules {
	struct ruleset *set;
	struct map *places;
};

static void ignore(void *context, const struct err *err)
{
	(void)context, (void)err; /* named in the manifest, or when everything is loaded */
}

static struct str key_of(const struct rule_info *info)
{
	return info->id.len ? info->id : info->title;
}

static void version_load(struct version_rules *rules, const struct rules_call *call, struct str name,
			 struct str version)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	const char *path = arena_printf(call->arena, "%s/packs/%.*s/%.*s/rules", call->paths.folder,
					STR_FMT(name), STR_FMT(version))
				   .ptr;

	if (version.len)
		ruleset_add(builder, path, ignore, NULL);
	rules->set = ruleset_build(builder, false);
	rules->places = map_new();
	for (size_t i = 0; i < ruleset_count(rules->set); i++)
		*map_put(rules->places, key_of(ruleset_info(rules->set, i)), NULL) = i + 1;
}

static void version_done(struct version_rules *rules)
{
	map_free(rules->places);
	ruleset_free(rules->set);
}

static const struct rule_info *version_find(const struct version_rules *rules, const struct rule_info *info)
{
	const uint64_t *place = map_get(rules->places, key_of(info));

	return place ? ruleset_info(rules->set, *place - 1) : NULL;
}

static const struct rule_info *find_title(const struct version_rules *rules, struct str title)
{
	for (size_t i = 0; i < ruleset_count(rules->set); i++)
		if (str_eq(ruleset_info(rules->set, i)->title, title))
			return ruleset_info(rules->set, i);
	return NULL;
}

struct news {
	size_t added, changed, removed;
};

static void show(size_t *count, const char *what, const struct rule_info *info)
{
	if (++*count <= SHOWN_MAX)
		printf("  %-8s %.*s  %.*s\n", what, STR_FMT(info->id), STR_FMT(info->title));
	else if (*count == SHOWN_MAX + 1)
		printf("  %-8s …\n", what);
}

/* A rule that went with what people decided about it, and where it may be now. */
static void show_decided(const struct rule_edit *edit, const struct rule_info *info,
			 const struct version_rules *now)
{
	const struct rule_info *heir = find_title(now, info->title);
	bool excepted = false;

	for (size_t i = 0; !excepted && i < ruleset_filter_count(edit->set); i++)
		excepted = !ruleset_filter(edit->set, i)->any &&
			   filter_names(ruleset_filter(edit->set, i), info);
	if (!excepted && (!info->id.len || !settings_rule(&edit->settings, info->id)))
		return;
	printf("  note: %.*s (%.*s) is gone; its settings and exceptions are kept", STR_FMT(info->id),
	       STR_FMT(info->title));
	if (heir)
		printf(" for its old id, it now has the id %.*s", STR_FMT(heir->id));
	printf("\n");
}

static void compare(const struct rule_edit *edit, const struct version_rules *before,
		    const struct version_rules *now, struct news *news)
{
	for (size_t i = 0; i < ruleset_count(now->set); i++) {
		const struct rule_info *info = ruleset_info(now->set, i), *old = version_find(before, info);

		if (!old)
			show(&news->added, "new", info);
		else if (!str_eq(old->yaml, info->yaml))
			show(&news->changed, "changed", info);
	}
	for (size_t i = 0; i < ruleset_count(before->set); i++) {
		const struct rule_info *old = ruleset_info(before->set, i);

		if (version_find(now, old))
			continue;
		show(&news->removed, "removed", old);
		show_decided(edit, old, now);
	}
}

/* Ids and titles that other rules of the platform have: by id the first holds, a title is only confusing. */
static void show_clashes(const struct rules_call *call, const struct rule_edit *edit, struct str name,
			 const struct version_rules *now)
{
	size_t ids = 0, titles = 0;

	for (size_t i = 0; i < ruleset_count(edit->set); i++) {
		const struct rule_info *info = ruleset_info(edit->set, i);

		if (str_eq(rules_pack_of(&call->paths, info), name))
			continue;
		if (version_find(now, info))
			show(&ids, "same id", info);
		else if (find_title(now, info->title))
			show(&titles, "same title", info);
	}
	if (ids)
		printf("  %zu ids are taken by own rules or earlier packs: those hold, the pack's are left "
		       "out\n",
		       ids);
	if (titles)
		printf("  %zu titles are those of other rules too\n", titles);
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
	if (!pack_name_is_good(import->name) || str_eq(import->name, STR(RULES_OWN)) ||
	    str_eq(import->name, STR(RULES_LOCAL)))
		return usage_error(
			call->command,
			"--name takes up to %d letters, digits, '-', '_' and '.', and is not 'own'",
			PACK_NAME_MAX);
	if (import->version.len && !pack_name_is_good(import->version))
		return usage_error(call->command,
				   "--version takes up to %d letters, digits, '-', '_' and '.'",
				   PACK_VERSION_MAX);
	if (import->origin.len > ORIGIN_MAX || !str_is_utf8(import->origin))
		return usage_error(call->command, "--origin takes up to %d bytes", ORIGIN_MAX);
	return rules_no_more(call);
}

static int record(const struct rules_call *call, const char *action, const struct pack_manifest *manifest,
		  struct str before)
{
	struct buf detail = {0};
	int status;

	rules_json_text(&detail, "pack", manifest->name);
	rules_json_text(&detail, "from", before);
	rules_json_text(&detail, "to", manifest->version);
	rules_json_text(&detail, "origin", manifest->origin);
	rules_json_text(&detail, "licence", manifest->licence);
	rules_json_text(&detail, "sha256", manifest->sha256);
	rules_json_key(&detail, "rules");
	buf_printf(&detail, "%zu}", manifest->loaded);
	status = rules_edit_record(call, action, manifest->name, buf_str(&detail));
	buf_done(&detail);
	return status;
}

static void report(const struct rules_call *call, const struct rule_edit *edit,
		   const struct pack_manifest *manifest, struct str before)
{
	struct str licence =
		manifest->licence.len ? manifest->licence : STR("none found, give --licence FILE");
	struct version_rules old, now;
	struct news news = {0};

	version_load(&old, call, manifest->name, before);
	version_load(&now, call, manifest->name, manifest->version);
	printf("%.*s %.*s: %zu rules of %zu files load, %zu do not; licence: %.*s\n", STR_FMT(manifest->name),
	       STR_FMT(manifest->version), manifest->loaded, manifest->files, manifest->refused,
	       STR_FMT(licence));
	if (before.len) {
		compare(edit, &old, &now, &news);
		printf("since %.*s: %zu new, %zu changed, %zu removed\n", STR_FMT(before), news.added,
		       news.changed, news.removed);
	}
	show_clashes(call, edit, manifest->name, &now);
	version_done(&old);
	version_done(&now);
}

/* The pack uses another version from now on. */
static int use_version(const struct rules_call *call, struct rule_edit *edit,
		       const struct pack_manifest *manifest, struct str previous)
{
	struct pack_setting *pack = settings_edit_pack(&edit->settings, manifest->name);

	pack->version = manifest->version;
	pack->previous = previous;
	pack->author = edit->options.author;
	pack->changed = str_from(edit->time);
	return rules_edit_write(call, edit);
}

static int place(const struct rules_call *call, struct rule_edit *edit, const struct pack_manifest *manifest)
{
	const struct pack_setting *pack = settings_pack(&edit->settings, manifest->name);
	struct str before = pack ? pack->version : (struct str){0};
	bool same = str_eq(before, manifest->version);
	struct err err = {0};
	int status = EXIT_OK;

	if (!same)
		status = record(call, "rules.import", manifest, before);
	if (status != EXIT_OK) {
		pack_unstage(&call->paths);
		return status;
	}
	if (pack_place(&call->paths, manifest, &err) < 0)
		return command_failed_err(call->command, &err);
	if (same) {
		printf("%.*s %.*s is in use already\n", STR_FMT(manifest->name), STR_FMT(manifest->version));
		return EXIT_OK;
	}
	status = use_version(call, edit, manifest, before);
	if (status != EXIT_OK)
		return status;
	report(call, edit, manifest, before);
	pack_prune(&call->paths, manifest->name, manifest->version, before);
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
		status = place(call, &edit, &manifest);
	rules_edit_done(&edit);
	return status;
}

/* -- packs --------------------------------------------------------------------------------------------- */

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
	int status = open_pack(call, &edit, &pack);

	if (status != EXIT_OK)
		return status;
	before = pack->version;
	if (!pack->previous.len)
		status = command_failed(call->command, "%.*s has no version before %.*s", STR_FMT(pack->name),
					STR_FMT(before));
	else if (pack_manifest_read(&call->paths, pack->name, pack->previous, call->arena, &manifest, &err) <
		 0)
		status = command_failed_err(call->command, &err);
	if (status == EXIT_OK)
		status = record(call, "rules.rollback", &manifest, before);
	if (status == EXIT_OK)
		status = use_version(call, &edit, &manifest, before);
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
	struct pack_manifest manifest = {0};
	struct pack_setting *pack;
	struct rule_edit edit;
	struct str before;
	int status = open_pack(call, &edit, &pack), r;

	if (status != EXIT_OK)
		return status;
	manifest.name = pack->name;
	before = pack->version;
	if (!is_sure(call, pack))
		status = command_failed(call->command, "nothing was removed");
	if (status == EXIT_OK)
		status = record(call, "rules.remove", &manifest, before);
	if (status == EXIT_OK) {
		settings_drop_pack(&edit.settings, manifest.name);
		status = rules_edit_write(call, &edit);
	}
	if (status == EXIT_OK) {
		r = pack_delete(&call->paths, manifest.name, (struct str){0});
		if (r < 0)
			status = command_failed(call->command, "its rules are off, but files remain: %s",
						err_text(r));
		else
			printf("the pack %.*s is removed\n", STR_FMT(manifest.name));
	}
	rules_edit_done(&edit);
	return status;
}
