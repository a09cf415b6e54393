/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a pack, out of a folder or an archive. */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "rules/pack.h"

#define CHUNK 65536

struct source {
	pack_visit *visit;
	void *context;
	struct err *err;
	size_t entries, files;
	uint64_t bytes;
	struct buf content;
};

/* -- names --------------------------------------------------------------------------------------------- */

bool pack_path_is_good(struct str path)
{
	struct str rest = path, part;
	unsigned depth = 0;

	if (path.len == 0 || path.len > PACK_PATH_MAX || path.ptr[0] == '/' ||
	    path.ptr[path.len - 1] == '/' || !str_is_utf8(path))
		return false;
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.ptr[i] < 0x20 || path.ptr[i] == 0x7f || path.ptr[i] == '\\')
			return false;
	while (str_split(&rest, '/', &part))
		if (part.len == 0 || part.len > 255 || str_eq(part, STR(".")) || str_eq(part, STR("..")) ||
		    ++depth > PACK_DEPTH_MAX)
			return false;
	return true;
}

static bool is_hidden(struct str path)
{
	struct str part;

	while (str_split(&path, '/', &part))
		if (part.ptr[0] == '.' || str_eq(part, STR("__MACOSX")))
			return true;
	return false;
}

static struct str base_name(struct str path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.ptr[i - 1] == '/')
			return str_from_offset(path, i);
	return path;
}

static bool is_rule(struct str path)
{
	return str_ends(path, STR(".yml")) || str_ends(path, STR(".yaml"));
}

static bool is_licence(struct str path)
{
	static const char *const names[] = {"license", "licence", "copying"};
	struct str base = base_name(path);

	for (size_t i = 0; i < 3; i++)
		if (str_ieq(str_head(base, strlen(names[i])), str_from(names[i])) && !is_rule(path))
			return true;
	return false;
}

static int refuse(struct source *source, int code, struct str path, const char *why)
{
	return err_set(source->err, code, 0, 0, "%.*s: %s; nothing was imported",
		       (int)(path.len < 200 ? path.len : 200), path.ptr, why);
}

/* 1: it is wanted; 0: it is not; a negative code: what holds it is no pack. */
static int consider(struct source *source, struct str path)
{
	if (++source->entries > PACK_ENTRIES_MAX)
		return refuse(source, ERR_LIMIT, path, "there are too many files");
	if (!pack_path_is_good(path))
		return refuse(source, ERR_DENIED, path, "such a name is not taken");
	if (is_hidden(path) || (!is_rule(path) && !is_licence(path)))
		return 0;
	if (++source->files > PACK_FILES_MAX)
		return refuse(source, ERR_LIMIT, path, "there are more than 50,000 rule files");
	return 1;
}

static int hand_over(struct source *source, struct str path)
{
	source->bytes += source->content.len;
	if (source->bytes > PACK_BYTES_MAX)
		return refuse(source, ERR_LIMIT, path, "the files are larger than 512 MiB together");
	return source->visit(source->context, path, buf_str(&source->content), is_licence(path), source->err);
}

/* -- a folder ------------------------------------------------------------------------------------------ */

static int read_at(struct source *source, int folder, const char *name, struct str path)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), r = 0;

	if (fd < 0)
		return refuse(source, -errno, path, err_text(-errno));
	buf_clear(&source->content);
	for (;;) {
		ssize_t n = io_read(fd, buf_reserve(&source->content, CHUNK), CHUNK);

		if (n < 0)
			r = refuse(source, (int)n, path, err_text((int)n));
		if (n <= 0)
			break;
		source->content.len += (size_t)n;
		if (source->content.len > PACK_FILE_MAX) {
			r = refuse(source, ERR_LIMIT, path, "it is larger than 16 MiB");
			break;
		}
	}
	close(fd);
	return r;
}

static int visit_folder(struct source *source, int folder, struct str above);

/* Links are not followed: what they point to is not part of the pack. */
static int visit_entry(struct source *source, int folder, const char *name, struct str above)
{
	struct buf text = {0};
	struct stat status;
	struct str path;
	int r = 0, child;

	if (name[0] == '.')
		return 0;
	buf_printf(&text, "%.*s%s%s", STR_FMT(above), above.len ? "/" : "", name);
	path = buf_str(&text);
	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		r = refuse(source, -errno, path, err_text(-errno));
	} else if (S_ISDIR(status.st_mode)) {
		r = pack_path_is_good(path) ? 0
					    : refuse(source, ERR_DENIED, path, "such a name is not taken");
		child = r == 0 ? openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) : -1;
		if (child >= 0)
			r = visit_folder(source, child, path);
		else if (r == 0)
			r = refuse(source, -errno, path, err_text(-errno));
	} else if (S_ISREG(status.st_mode)) {
		r = consider(source, path);
		if (r > 0)
			r = read_at(source, folder, name, path);
		else if (r == 0)
			goto out;
		if (r == 0)
			r = hand_over(source, path);
	}
out:
	buf_done(&text);
	return r;
}

/* Takes folder. */
static int visit_folder(struct source *source, int folder, struct str above)
{
	struct dirent **entries;
	int n = scandirat(folder, ".", &entries, NULL, alphasort), r = 0;

	if (n < 0)
		r = refuse(source, -errno, above, err_text(-errno));
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = visit_entry(source, folder, entries[i]->d_name, above);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	close(folder);
	return r;
}

/* -- an archive ---------------------------------------------------------------------------------------- */

static int read_entry(struct source *source, struct archive *archive, struct str path)
{
	buf_clear(&source->content);
	for (;;) {
		la_ssize_t n = archive_read_data(archive, buf_reserve(&source->content, CHUNK), CHUNK);

		if (n < 0)
			return refuse(source, ERR_CORRUPT, path, "it is damaged or encrypted");
		if (n == 0)
			return 0;
		source->content.len += (size_t)n;
		if (source->content.len > PACK_FILE_MAX)
			return refuse(source, ERR_LIMIT, path, "it is larger than 16 MiB");
	}
}

static int take_entry(struct source *source, struct archive *archive, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	struct str path;
	int r;

	if (!name)
		name = archive_entry_pathname_utf8(entry);
	path = str_from(name ? name : "");
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return ++source->entries > PACK_ENTRIES_MAX
			       ? refuse(source, ERR_LIMIT, path, "there are too many files")
			       : 0;
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
	    archive_entry_symlink(entry))
		return refuse(source, ERR_DENIED, path, "links and devices are not taken");
	r = consider(source, path);
	if (r > 0)
		r = read_entry(source, archive, path);
	else
		return r;
	return r == 0 ? hand_over(source, path) : r;
}

static int visit_archive(struct source *source, const char *path)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	int r = 0, status;

	must(archive);
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_format_zip(archive);
	archive_read_support_format_tar(archive);
	status = archive_read_open_filename(archive, path, CHUNK);
	while (r == 0 && status == ARCHIVE_OK) {
		status = archive_read_next_header(archive, &entry);
		if (status == ARCHIVE_WARN)
			status = ARCHIVE_OK;
		if (status == ARCHIVE_OK)
			r = take_entry(source, archive, entry);
	}
	if (r == 0 && status != ARCHIVE_EOF)
		r = refuse(source, ERR_CORRUPT, str_from(path), "it is no ZIP or tar archive, or is damaged");
	archive_read_free(archive);
	return r;
}

int pack_each_file(const char *path, pack_visit *visit, void *context, struct err *ret_err)
{
	struct source source = {.visit = visit, .context = context, .err = ret_err};
	struct stat status;
	int r, folder;

	if (stat(path, &status) < 0)
		return err_set(ret_err, -errno, 0, 0, "%s: %s", path, err_text(-errno));
	if (S_ISDIR(status.st_mode)) {
		folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = folder < 0 ? err_set(ret_err, -errno, 0, 0, "%s: %s", path, err_text(-errno))
			       : visit_folder(&source, folder, (struct str){0});
	} else {
		r = visit_archive(&source, path);
	}
	buf_done(&source.content);
	return r;
}

int pack_each_staged(const char *stage, pack_visit *visit, void *context, struct err *ret_err)
{
	struct source source = {.visit = visit, .context = context, .err = ret_err};
	int folder = open(stage, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), rules = -1, r = 0;
	struct str licence = STR(PACK_LICENCE_FILE);

	if (folder >= 0)
		rules = openat(folder, PACK_RULES_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (rules < 0)
		r = err_set(ret_err, -errno, 0, 0, "%s: %s", stage, err_text(-errno));
	if (r == 0 && faccessat(folder, PACK_LICENCE_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		r = read_at(&source, folder, PACK_LICENCE_FILE, licence);
	if (r == 0 && source.content.len)
		r = hand_over(&source, licence);
	if (r == 0)
		r = visit_folder(&source, rules, (struct str){0});
	else if (rules >= 0)
		close(rules);
	if (folder >= 0)
		close(folder);
	buf_done(&source.content);
	return r;
}
