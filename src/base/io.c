/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

#define WALK_DEPTH_MAX 32

ssize_t io_read(int fd, void *out, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = read(fd, (char *)out + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int io_write(int fd, const void *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, (const char *)bytes + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

/* Closes fd. */
static int read_all(int fd, size_t max, struct buf *buf)
{
	size_t start = buf->len;
	int r = 0;

	for (;;) {
		ssize_t n = io_read(fd, buf_reserve(buf, 65536), 65536);

		if (n < 0) {
			r = (int)n;
			break;
		}
		buf->len += (size_t)n;
		if (buf->len - start > max) {
			r = ERR_LIMIT;
			break;
		}
		if (n < 65536)
			break;
	}
	close(fd);
	if (r < 0)
		buf->len = start;
	return r;
}

int io_read_file(const char *path, size_t max, struct buf *buf)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : read_all(fd, max, buf);
}

int io_read_file_status(const char *path, size_t max, struct buf *buf, struct stat *ret_status)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	if (fstat(fd, ret_status) == 0)
		return read_all(fd, max, buf);
	r = -errno;
	close(fd);
	return r;
}

int io_read_strange_file(const char *path, size_t max, struct buf *buf)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return read_all(fd, max, buf);
	close(fd);
	return -EINVAL;
}

int io_sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int sync_parent(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash)
		return io_sync_folder(".");
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash == path ? 1 : slash - path), path);
	return io_sync_folder(folder);
}

/* Writes path.new and then gives it the name by place(). */
static int write_beside(const char *path, const void *bytes, size_t len, mode_t mode,
			int (*place)(const char *from, const char *to))
{
	char temporary[PATH_MAX];
	int fd, r;

	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	unlink(temporary); /* one left by a crash may have another mode */
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	r = io_write(fd, bytes, len);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && place(temporary, path) < 0)
		r = -errno;
	if (r < 0 || place == link)
		unlink(temporary);
	return r < 0 ? r : sync_parent(path);
}

int io_replace_file(const char *path, const void *bytes, size_t len, mode_t mode)
{
	return write_beside(path, bytes, len, mode, rename);
}

int io_create_file(const char *path, const void *bytes, size_t len, mode_t mode)
{
	return write_beside(path, bytes, len, mode, link);
}

int io_make_folder(const char *path, mode_t mode)
{
	char partial[PATH_MAX];
	size_t len = strlen(path);
	struct stat status;

	if (len >= sizeof(partial))
		return -ENAMETOOLONG;
	memcpy(partial, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (partial[i] != '/' && partial[i] != 0)
			continue;
		partial[i] = 0;
		if (mkdir(partial, mode) < 0 && errno != EEXIST)
			return -errno;
		partial[i] = path[i];
	}
	if (stat(path, &status) < 0) /* mkdir says EEXIST for a file, too */
		return -errno;
	return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
}

struct walk {
	const char *suffix;
	int (*visit)(const char *file, void *context);
	void *context;
};

static int walk_folder(const struct walk *walk, const char *path, int depth);

static int walk_entry(const struct walk *walk, const char *folder, const struct dirent *entry, int depth)
{
	unsigned char type = entry->d_type;
	char path[PATH_MAX];
	struct stat status;

	if (snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	if (type != DT_REG && type != DT_DIR) { /* a link, or a file system that does not say */
		if (stat(path, &status) < 0)
			return errno == ENOENT ? 0 : -errno; /* removed meanwhile, or a link to nowhere */
		type = S_ISDIR(status.st_mode) ? DT_DIR : S_ISREG(status.st_mode) ? DT_REG : DT_UNKNOWN;
	}
	if (type == DT_DIR)
		return walk_folder(walk, path, depth + 1);
	if (type == DT_REG && str_ends(str_from(entry->d_name), str_from(walk->suffix)))
		return walk->visit(path, walk->context);
	return 0;
}

static int walk_folder(const struct walk *walk, const char *path, int depth)
{
	struct dirent **entries;
	int n, r = 0;

	if (depth > WALK_DEPTH_MAX)
		return -ELOOP;
	n = scandir(path, &entries, NULL, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		if (r == 0 && entries[i]->d_name[0] != '.')
			r = walk_entry(walk, path, entries[i], depth);
		free(entries[i]);
	}
	free(entries);
	return r;
}

int io_walk(const char *path, const char *suffix, int (*visit)(const char *file, void *context),
	    void *context)
{
	const struct walk walk = {suffix, visit, context};
	struct stat status;

	if (stat(path, &status) < 0)
		return -errno;
	return S_ISDIR(status.st_mode) ? walk_folder(&walk, path, 0) : visit(path, context);
}
