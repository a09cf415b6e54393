/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/folders.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "bin/core_reports.h"
#include "bin/process.h"

/* Hands everything below folder to a user; what a command of root's left there (import, user) included. */
static int hand_over(const char *folder, uid_t user, gid_t group)
{
	char *const paths[] = {(char *)folder, NULL};
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_XDEV, NULL);
	const FTSENT *entry;
	int r = walk ? 0 : -errno;

	while (r == 0 && (entry = fts_read(walk)) != NULL) {
		if (entry->fts_info == FTS_DP || entry->fts_info == FTS_NS)
			continue;
		if (entry->fts_statp->st_uid != user && lchown(entry->fts_accpath, user, group) < 0 &&
		    errno != ENOENT)
			r = -errno;
	}
	if (walk)
		fts_close(walk);
	return r;
}

static bool gives_up_root(const struct config *config)
{
	return getuid() == 0 && sandbox_reachable(config->data);
}

/* A folder and, but for the journal's, whose folders have owners of their own, all that is in it. */
static int make_folder(const struct config *config, struct arena *arena, const char *name, uid_t user,
		       mode_t mode)
{
	bool shared = strcmp(name, "journal") == 0;
	const char *path = config_path(config, arena, name);
	int r = io_make_folder(path, 0755);

	if (r == 0 && gives_up_root(config)) {
		r = shared ? 0 : hand_over(path, user, sandbox_group());
		if (r == 0 && chown(path, user, sandbox_group()) < 0)
			r = -errno;
	}
	if (r == 0 && chmod(path, mode) < 0)
		r = -errno;
	return r;
}

static int make_folders_of(const struct config *config, struct arena *arena, const struct process_def *def)
{
	int r = 0;

	for (size_t i = 0; def->folders[i].name && r == 0; i++)
		r = make_folder(config, arena, def->folders[i].name, sandbox_user(def->name),
				def->folders[i].mode);
	return r;
}

int folders_make(const struct config *config, struct arena *arena, struct err *ret_err)
{
	int r = io_make_folder(config->data, 0755);

	if (r == 0)
		r = make_folder(config, arena, "run", 0, 02770);
	if (r == 0)
		r = make_folder(config, arena, "journal", 0, 0750);
	/* Whoever starts the system decides about reporting; the group may enter, and all within is readable.
	 */
	if (r == 0)
		r = make_folder(config, arena, COMPLIANCE_FOLDER, 0, 0750);
	for (size_t i = 0; process_table[i] && r == 0; i++)
		r = make_folders_of(config, arena, process_table[i]);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot make the data folder %s: %s", config->data,
			       err_text(r))
		     : 0;
}
