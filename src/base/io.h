/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_IO_H
#define BASE_IO_H
/*
 * Files and descriptors: whole reads and writes, replacement that survives a
 * crash, walks over folders in a stable order. All return 0 or -errno unless
 * said otherwise.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/str.h"

struct stat;

/* Reads until len bytes or the end; returns the count. Restarts after signals. */
ssize_t io_read(int fd, void *out, size_t len);

/* Writes all of it or fails. */
int io_write(int fd, const void *bytes, size_t len);

/* Appends a file's content to buf; ERR_LIMIT where it is larger than max. */
int io_read_file(const char *path, size_t max, struct buf *buf);
/* The same, and what that very file was before it was read. */
int io_read_file_status(const char *path, size_t max, struct buf *buf, struct stat *ret_status);
/* As io_read_file(), where a process that may do less than we do writes: no link is followed (-ELOOP), and
   what is no regular file is not read (-EINVAL). */
int io_read_strange_file(const char *path, size_t max, struct buf *buf);

/* Replaces path with bytes so that after a crash either the old or the new content is there, whole. */
int io_replace_file(const char *path, const void *bytes, size_t len, mode_t mode);

/* Writes a new file, whole and durable when it returns 0; -EEXIST where there is one already. */
int io_create_file(const char *path, const void *bytes, size_t len, mode_t mode);

/* Makes a folder and its parents; one that is there already is fine. */
int io_make_folder(const char *path, mode_t mode);
int io_sync_folder(const char *path);

/* Calls visit for every regular file below path whose name ends in suffix, sorted by path, hidden ones left
   out. Where path itself is a file, visits it whatever its name. Stops at the first visit that returns
   non-zero and returns that. */
int io_walk(const char *path, const char *suffix, int (*visit)(const char *file, void *context),
	    void *context);

#endif
