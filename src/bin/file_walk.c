/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/file_walk.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A folder's tree; NULL where path is none, so that it is a file or what open() says of it. */
static FTS *open_folder(const char *path)
{
	char *const paths[] = {(char *)path, NULL};
	struct stat status;

	if (strcmp(path, "-") == 0 || stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
		return NULL;
	/* The folder itself may be a link, none below it. */
	return fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
}

/* Why an entry is skipped; NULL where it is not. */
static const char *why_skipped(const FTSENT *entry)
{
	switch (entry->fts_info) {
	case FTS_F:
	case FTS_DP:
		return NULL;
	case FTS_D:
		return entry->fts_level > FILE_WALK_DEPTH_MAX ? "skipped: too many folders deep" : NULL;
	case FTS_DC:
		return "skipped: a folder that it lies in itself";
	case FTS_SL:
	case FTS_SLNONE:
		return "skipped: a link; name what it points to";
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return err_text(-entry->fts_errno);
	default:
		return "skipped: neither a file nor a folder";
	}
}

static void skip(const struct file_walk *walk, FTS *tree, FTSENT *entry, const char *why)
{
	struct err err = {0};

	err_set_file(&err, entry->fts_path);
	err_set(&err, entry->fts_errno ? -entry->fts_errno : ERR_REFUSED, 0, 0, "%s", why);
	walk->skipped(walk->context, &err);
	if (entry->fts_info == FTS_D)
		fts_set(tree, entry, FTS_SKIP);
}

int file_walk(const struct file_walk *walk, const char *path)
{
	FTS *tree = open_folder(path);
	FTSENT *entry;
	int r = 0;

	if (!tree)
		return walk->file(walk->context, path);
	while (r == 0 && (entry = fts_read(tree))) {
		const char *why = why_skipped(entry);

		if (why)
			skip(walk, tree, entry, why);
		else if (entry->fts_info == FTS_F)
			r = walk->file(walk->context, entry->fts_path);
	}
	fts_close(tree);
	return r;
}

uint64_t file_walk_size(const char *path)
{
	FTS *tree = open_folder(path);
	uint64_t total = 0;
	struct stat status;
	FTSENT *entry;

	if (!tree)
		return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
	while ((entry = fts_read(tree))) {
		if (entry->fts_info == FTS_F)
			total += (uint64_t)entry->fts_statp->st_size;
		else if (entry->fts_info == FTS_D && entry->fts_level > FILE_WALK_DEPTH_MAX)
			fts_set(tree, entry, FTS_SKIP);
	}
	fts_close(tree);
	return total;
}
