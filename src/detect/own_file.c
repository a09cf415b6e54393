/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/own_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/huge.h"
#include "base/io.h"

static bool is_ours(const struct stat *status)
{
	return status->st_uid == geteuid() && !(status->st_mode & (S_IWGRP | S_IWOTH));
}

static int open_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	int fd;

	if (slash)
		memcpy(folder, path, (size_t)(slash == path ? 1 : slash - path) + 1);
	if (slash)
		folder[slash == path ? 1 : slash - path] = 0;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int read_all(int fd, size_t size, struct buf *ret_bytes)
{
	struct buf bytes = {.ptr = huge_alloc(size), .capacity = size};
	ssize_t n;

	must(bytes.ptr || !size);
	n = io_read(fd, bytes.ptr, size);
	if (n < 0) {
		buf_done(&bytes);
		return (int)n;
	}
	bytes.len = (size_t)n;
	*ret_bytes = bytes;
	return 0;
}

int own_folder_open(const char *path)
{
	struct stat status;
	int folder = strlen(path) < PATH_MAX ? open_folder(path) : -ENAMETOOLONG, r;

	if (folder < 0)
		return folder;
	r = fstat(folder, &status) < 0 ? -errno : is_ours(&status) ? 0 : ERR_DENIED;
	if (r == 0)
		return folder;
	close(folder);
	return r;
}

int own_file_read(int folder, const char *path, size_t max, struct buf *ret_bytes)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), r;
	struct stat status;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &status) < 0)
		r = -errno;
	else if (!S_ISREG(status.st_mode) || !is_ours(&status))
		r = ERR_DENIED;
	else if (status.st_size > (off_t)max)
		r = ERR_LIMIT;
	else
		r = read_all(fd, (size_t)status.st_size, ret_bytes);
	close(fd);
	return r;
}
