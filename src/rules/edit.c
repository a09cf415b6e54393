/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/edit.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "rules/edit_private.h"

const char *rule_thing_name(enum rule_thing thing)
{
	static const char *const names[] = {"setting", "text", "exception"};

	return names[thing];
}

bool rule_id_is_good(struct str id)
{
	if (id.len != 36)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? id.ptr[i] != '-' : !strchr("0123456789abcdefABCDEF", id.ptr[i]))
			return false;
	}
	return true;
}

int rule_edit_begin(struct rule_edit *edit, const struct rule_edit_options *options, struct err *ret_err)
{
	const struct rules_paths *paths = options->paths;
	char time[CLOCK_TEXT_SIZE];
	int r;

	*edit = (struct rule_edit){.options = *options, .lock = settings_lock(paths->folder)};
	if (edit->lock == ERR_BUSY)
		return err_set(ret_err, ERR_BUSY, 0, 0, "somebody else is changing %s; try again",
			       paths->folder);
	if (edit->lock < 0)
		return err_set(ret_err, edit->lock, 0, 0, "%s: %s; this is for the owner of the data folder",
			       paths->folder, err_text(edit->lock));
	r = rules_load_all(paths, options->report, options->report_context, &edit->set, &edit->settings);
	if (r < 0) {
		settings_unlock(edit->lock);
		return err_set(ret_err, r, 0, 0, "%s: %s; say where with --content", paths->own, err_text(r));
	}
	clock_format(clock_now(), time);
	snprintf(edit->time, sizeof(edit->time), "%.19sZ", time);
	if (!edit->settings.wrong)
		return 0;
	rule_edit_done(edit);
	return err_set(ret_err, ERR_SYNTAX, 0, 0, "put %s/%s right first: see above", paths->folder,
		       SETTINGS_FILE);
}

void rule_edit_done(struct rule_edit *edit)
{
	settings_done(&edit->settings);
	ruleset_free(edit->set);
	settings_unlock(edit->lock);
}

/* -- the files ------------------------------------------------------------------------------------------ */

/* What root's commands make belongs to the owner of the folder, as what the console makes does. */
static void give(const char *folder, const char *path)
{
	struct stat status;

	if (geteuid() == 0 && stat(folder, &status) == 0)
		(void)!lchown(path, status.st_uid, status.st_gid);
}

static void path_of(const struct rules_paths *paths, enum rule_thing thing, struct str key,
		    char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%s/%.*s.yml", paths->folder,
		 thing == THING_TEXT ? RULES_LOCAL : "exceptions", STR_FMT(key));
}

static int write_file(const struct rule_edit *edit, const struct rule_change *change)
{
	const char *folder = edit->options.paths->folder;
	char path[PATH_MAX], below[PATH_MAX];
	int r;

	path_of(edit->options.paths, change->thing, change->key, path);
	snprintf(below, sizeof(below), "%.*s", (int)(strrchr(path, '/') - path), path);
	if (!change->exists)
		return unlink(path) < 0 ? -errno : io_sync_folder(below);
	r = io_make_folder(below, 0755);
	give(folder, below);
	if (r == 0)
		r = io_replace_file(path, change->after.ptr, change->after.len, 0644);
	give(folder, path);
	return r;
}

int edit_read_file(const struct rule_edit *edit, const struct rule_change *change, struct buf *text)
{
	char path[PATH_MAX];

	path_of(edit->options.paths, change->thing, change->key, path);
	return io_read_file(path, PACK_TEXT_MAX, text);
}

int rule_local_text(const struct rules_paths *paths, struct str id, struct buf *ret_text)
{
	char path[PATH_MAX];
	int r;

	if (!rule_id_is_good(id))
		return ERR_END;
	path_of(paths, THING_TEXT, id, path);
	r = io_read_file(path, PACK_TEXT_MAX, ret_text);
	return r == -ENOENT || r == -ENOTDIR ? ERR_END : r;
}

/* -- one change ----------------------------------------------------------------------------------------- */

static int write_change(struct rule_edit *edit, const struct rule_change *change)
{
	return change->thing == THING_SETTING ? setting_write(edit, change) : write_file(edit, change);
}

static int carry_out(struct rule_edit *edit, struct rule_change *change, struct str detail,
		     struct err *ret_err)
{
	const struct rule_edit_options *options = &edit->options;
	char action[64];
	int r;

	snprintf(action, sizeof(action), "%.*s", STR_FMT(change->action));
	r = options->record(options->context, action, change->key, detail);
	if (r < 0)
		return r;
	r = change_log(edit, change);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s/%s cannot be written: %s", options->paths->folder,
			       CHANGES_FILE, err_text(r));
	give(options->paths->folder, change_log_path(options->paths).text);
	r = write_change(edit, change);
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s cannot be changed: %s", options->paths->folder,
			       err_text(r))
		     : 0;
}

int rule_edit_apply(struct rule_edit *edit, struct rule_change *change, struct str detail,
		    struct err *ret_err)
{
	struct buf before = {0};
	int r = 0;

	change->time = str_from(edit->time);
	change->by = edit->options.author;
	if (change->thing == THING_SETTING)
		change->existed = setting_format(settings_rule(&edit->settings, change->key), &before);
	else
		r = edit_read_file(edit, change, &before);
	if (change->thing != THING_SETTING)
		change->existed = r == 0;
	r = r == -ENOENT || r == -ENOTDIR ? 0 : r;
	change->before = buf_str(&before);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "%.*s: %s", STR_FMT(change->key), err_text(r));
	else if (change->existed == change->exists && str_eq(change->before, change->after))
		r = 1;
	else
		r = carry_out(edit, change, detail, ret_err);
	change->before = (struct str){0};
	buf_done(&before);
	return r;
}
