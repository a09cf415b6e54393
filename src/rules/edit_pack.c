/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of packs: another version of one is put in force, or the pack goes. */
#include <errno.h>
#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/edit_private.h"
#include "rules/pack_private.h"

static void add_member(struct buf *detail, const char *key, struct str value)
{
	if (!value.len)
		return;
	buf_printf(detail, "%s\"%s\":", detail->len ? "," : "{", key);
	buf_add_json_string(detail, value);
}

static int record(struct rule_edit *edit, const char *action, const struct pack_manifest *manifest,
		  struct str before, struct str reason)
{
	const struct rule_edit_options *options = &edit->options;
	struct buf detail = {0};
	int r;

	add_member(&detail, "pack", manifest->name);
	add_member(&detail, "from", before);
	add_member(&detail, "to", manifest->version);
	add_member(&detail, "origin", manifest->origin);
	add_member(&detail, "licence", manifest->licence);
	add_member(&detail, "sha256", manifest->sha256);
	add_member(&detail, "reason", reason);
	buf_printf(&detail, ",\"rules\":%zu}", manifest->loaded);
	r = options->record(options->context, action, manifest->name, buf_str(&detail));
	buf_done(&detail);
	return r;
}

/* What root's commands make belongs to the owner of the folder, so that the console can work on. */
static void give(const struct rules_paths *paths)
{
	char path[PATH_MAX];
	char *const roots[] = {path, NULL};
	struct stat status;
	const FTSENT *entry;
	FTS *walk;

	if (geteuid() != 0 || stat(paths->folder, &status) < 0)
		return;
	snprintf(path, sizeof(path), "%s/packs", paths->folder);
	walk = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	while (walk && (entry = fts_read(walk)) != NULL)
		if (entry->fts_info != FTS_DP && entry->fts_info != FTS_NS &&
		    entry->fts_statp->st_uid != status.st_uid)
			(void)!lchown(entry->fts_accpath, status.st_uid, status.st_gid);
	if (walk)
		fts_close(walk);
}

static int write_settings(const struct rule_edit *edit, struct err *ret_err)
{
	const char *folder = edit->options.paths->folder;
	int r = settings_write(&edit->settings, folder);

	return r < 0 ? err_set(ret_err, r, 0, 0, "%s/%s cannot be written: %s", folder, SETTINGS_FILE,
			       err_text(r))
		     : 0;
}

/* The pack uses another version from now on. */
static int use_version(struct rule_edit *edit, const struct pack_manifest *manifest, struct str previous,
		       struct err *ret_err)
{
	struct pack_setting *pack = settings_edit_pack(&edit->settings, manifest->name);

	pack->version = manifest->version;
	pack->previous = previous;
	pack->author = edit->options.author;
	pack->changed = str_from(edit->time);
	return write_settings(edit, ret_err);
}

int rule_edit_import(struct rule_edit *edit, const struct pack_manifest *manifest, struct str reason,
		     struct err *ret_err)
{
	const struct rules_paths *paths = edit->options.paths;
	const struct pack_setting *pack = settings_pack(&edit->settings, manifest->name);
	struct str before = pack ? pack->version : (struct str){0};
	bool same = str_eq(before, manifest->version);
	int r = same ? 0 : record(edit, "rules.import", manifest, before, reason);

	if (r == 0)
		r = pack_place(paths, manifest, ret_err);
	if (r < 0)
		pack_unstage(paths);
	if (r < 0 || same)
		return r < 0 ? r : 1;
	r = use_version(edit, manifest, before, ret_err);
	if (r == 0)
		pack_prune(paths, manifest->name, manifest->version, before);
	give(paths);
	return r;
}

int rule_edit_roll_back(struct rule_edit *edit, struct pack_setting *pack, struct str version,
			struct str reason, struct pack_manifest *ret_manifest, struct err *ret_err)
{
	struct pack_manifest manifest = {0};
	struct str before = pack->version;
	int r;

	if (str_eq(version, before))
		return 1;
	if (!pack_name_is_good(version))
		return err_set(ret_err, ERR_END, 0, 0, "there is no such version of %.*s",
			       STR_FMT(pack->name));
	r = pack_manifest_read(edit->options.paths, pack->name, version, edit->settings.arena, &manifest,
			       ret_err);
	if (r == -ENOENT || r == -ENOTDIR)
		return err_set(ret_err, ERR_END, 0, 0, "the version %.*s of %.*s is not there any more",
			       STR_FMT(version), STR_FMT(pack->name));
	if (r == 0)
		r = record(edit, "rules.rollback", &manifest, before, reason);
	if (r == 0)
		r = use_version(edit, &manifest, before, ret_err);
	if (r == 0 && ret_manifest)
		*ret_manifest = manifest;
	return r;
}

int rule_edit_remove_pack(struct rule_edit *edit, struct pack_setting *pack, struct str reason,
			  struct err *ret_err)
{
	const struct pack_manifest manifest = {.name = pack->name};
	int r = record(edit, "rules.remove", &manifest, pack->version, reason);

	if (r < 0)
		return r;
	settings_drop_pack(&edit->settings, manifest.name);
	r = write_settings(edit, ret_err);
	if (r < 0)
		return r;
	r = pack_delete(edit->options.paths, manifest.name, (struct str){0});
	return r < 0 ? err_set(ret_err, r, 0, 0, "its rules are off, but files of it remain: %s", err_text(r))
		     : 0;
}
