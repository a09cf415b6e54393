/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded before the C library (LD_PRELOAD): the calls by which the journal is written go through here, so
 * that the rig can end, fail or shorten the n-th of them, and the wall clock can be moved. The real calls are
 * made as system calls, so that nothing here depends on what else is loaded. Nothing of this is in the
 * program.
 */
#undef _FILE_OFFSET_BITS /* both names of each call are wanted, and no inline ones */
#undef _FORTIFY_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "control.h"

#define FDS_MAX 65536

enum kind { OTHER, LIVE, SEALED, HEADS, CURSOR };

static struct fault_control *control;
static _Atomic unsigned char kinds[FDS_MAX]; /* of open descriptors */

__attribute__((constructor)) static void shim_load(void)
{
	const char *path = getenv("WANGLOU_FAULT");
	int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
	void *map =
		fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map != MAP_FAILED && ((struct fault_control *)map)->magic == FAULT_MAGIC)
		control = map;
	if (fd >= 0)
		syscall(SYS_close, fd);
}

/* --- which file it is ----------------------------------------------------------------------------- */

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static enum kind kind_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (ends_in(path, ".wlj"))
		return LIVE;
	if (strstr(path, "/heads/") || (strstr(path, "/sealed/") && strncmp(name, "heads", 5) == 0))
		return HEADS;
	if (strstr(path, "/sealed/"))
		return SEALED;
	return strstr(path, "/cursor/") ? CURSOR : OTHER;
}

static enum kind kind_of_fd(int fd)
{
	return control && fd >= 0 && fd < FDS_MAX ? (enum kind)kinds[fd] : OTHER;
}

/* --- striking ------------------------------------------------------------------------------------- */

static _Noreturn void die(void)
{
	syscall(SYS_kill, (int)syscall(SYS_getpid), SIGKILL);
	for (;;)
		syscall(SYS_pause);
}

/* The action for this call at point, FAULT_ACTION_COUNT for none. */
static enum fault_action strike(int point)
{
	int64_t n;

	if (!control || point < 0)
		return FAULT_ACTION_COUNT;
	atomic_fetch_add(&control->passed[point], 1);
	if (!atomic_load(&control->armed) || control->point != (uint32_t)point)
		return FAULT_ACTION_COUNT;
	n = atomic_fetch_sub(&control->countdown, 1);
	if (n > 1 || n <= 1 - (int64_t)control->times)
		return FAULT_ACTION_COUNT;
	atomic_fetch_add(&control->struck, 1);
	if (control->action == FAULT_KILL_BEFORE)
		die();
	return (enum fault_action)control->action;
}

/* Around a call that writes nothing: -1 with errno set, 0 to make the call. */
static int begin(enum fault_action action)
{
	if (action == FAULT_KILL_TORN)
		die();
	if (action != FAULT_ENOSPC_ERROR && action != FAULT_EIO_ERROR)
		return 0;
	errno = action == FAULT_ENOSPC_ERROR ? ENOSPC : EIO;
	return -1;
}

static long end(enum fault_action action, long result)
{
	if (action == FAULT_KILL_AFTER)
		die();
	return result;
}

/* --- opening and closing -------------------------------------------------------------------------- */

static int do_open(int folder, const char *path, int flags, mode_t mode)
{
	enum kind kind = kind_of(path);
	enum fault_action action = strike(kind == LIVE && flags & O_CREAT ? FAULT_RESERVE : -1);
	int fd;

	if (begin(action) < 0)
		return -1;
	fd = (int)syscall(SYS_openat, folder, path, flags, mode);
	if (fd >= 0 && fd < FDS_MAX)
		kinds[fd] = (unsigned char)((flags & O_ACCMODE) == O_RDONLY ? OTHER : kind);
	return (int)end(action, fd);
}

static mode_t mode_of(int flags, va_list arguments)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name)                                           \
	int name(const char *path, int flags, ...)           \
	{                                                    \
		va_list arguments;                           \
		mode_t mode;                                 \
                                                             \
		va_start(arguments, flags);                  \
		mode = mode_of(flags, arguments);            \
		va_end(arguments);                           \
		return do_open(AT_FDCWD, path, flags, mode); \
	}
#define OPENAT(name)                                           \
	int name(int folder, const char *path, int flags, ...) \
	{                                                      \
		va_list arguments;                             \
		mode_t mode;                                   \
                                                               \
		va_start(arguments, flags);                    \
		mode = mode_of(flags, arguments);              \
		va_end(arguments);                             \
		return do_open(folder, path, flags, mode);     \
	}
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

/* What _FORTIFY_SOURCE makes of the above. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return do_open(AT_FDCWD, path, flags, 0);
}
int __open64_2(const char *path, int flags)
{
	return do_open(AT_FDCWD, path, flags, 0);
}

int close(int fd)
{
	if (fd >= 0 && fd < FDS_MAX)
		kinds[fd] = OTHER;
	return (int)syscall(SYS_close, fd);
}

/* --- writing and syncing -------------------------------------------------------------------------- */

static int point_of_write(enum kind kind)
{
	static const int points[] = {-1, FAULT_WRITE, FAULT_SEAL, FAULT_CHECKPOINT, FAULT_CURSOR};

	return points[kind];
}

/* How much of it the action lets through. */
static size_t allowed(enum fault_action action, size_t len)
{
	if (action != FAULT_KILL_TORN && action != FAULT_SHORT)
		return len;
	return (size_t)(((unsigned __int128)len * control->part) >> 32);
}

static long wrote(enum fault_action action, long result)
{
	if (action == FAULT_KILL_TORN)
		die();
	return end(action, result);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	enum fault_action action = strike(point_of_write(kind_of_fd(fd)));

	if (action != FAULT_KILL_TORN && begin(action) < 0)
		return -1;
	return wrote(action, syscall(SYS_write, fd, bytes, allowed(action, len)));
}

static ssize_t do_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
	enum fault_action action = strike(point_of_write(kind_of_fd(fd)));

	if (action != FAULT_KILL_TORN && begin(action) < 0)
		return -1;
	return wrote(action, syscall(SYS_pwrite64, fd, bytes, allowed(action, len), offset));
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
	return do_pwrite(fd, bytes, len, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	return do_pwrite(fd, bytes, len, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	enum fault_action action = strike(point_of_write(kind_of_fd(fd)));

	if (action != FAULT_KILL_TORN && begin(action) < 0)
		return -1;
	if (action == FAULT_KILL_TORN || action == FAULT_SHORT)
		return wrote(action,
			     syscall(SYS_write, fd, parts[0].iov_base, allowed(action, parts[0].iov_len)));
	return end(action, syscall(SYS_writev, fd, parts, count));
}

static int do_sync(long call, int fd)
{
	enum kind kind = kind_of_fd(fd);
	enum fault_action action = strike(kind == LIVE ? FAULT_SYNC : point_of_write(kind));

	if (begin(action) < 0)
		return -1;
	return (int)end(action, syscall(call, fd));
}

int fsync(int fd)
{
	return do_sync(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return do_sync(SYS_fdatasync, fd);
}

/* --- names ---------------------------------------------------------------------------------------- */

static int do_rename(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	enum kind kind = kind_of(to);
	enum fault_action action = strike(kind == SEALED   ? FAULT_RENAME
					  : kind == HEADS  ? FAULT_CHECKPOINT
					  : kind == CURSOR ? FAULT_CURSOR
							   : -1);

	if (begin(action) < 0)
		return -1;
	return (int)end(action, syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int rename(const char *from, const char *to)
{
	return do_rename(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	return do_rename(from_folder, from, to_folder, to, 0);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	return do_rename(from_folder, from, to_folder, to, flags);
}

static int do_unlink(int folder, const char *path, int flags)
{
	enum fault_action action = strike(ends_in(path, ".wlj") || ends_in(path, ".wls") ? FAULT_DELETE : -1);

	if (begin(action) < 0)
		return -1;
	return (int)end(action, syscall(SYS_unlinkat, folder, path, flags));
}

int unlink(const char *path)
{
	return do_unlink(AT_FDCWD, path, 0);
}

int unlinkat(int folder, const char *path, int flags)
{
	return do_unlink(folder, path, flags);
}

/* --- the wall clock ------------------------------------------------------------------------------- */

int clock_gettime(clockid_t clock, struct timespec *out)
{
	int64_t offset = control ? atomic_load(&control->clock) : 0;
	int r = (int)syscall(SYS_clock_gettime, clock, out);

	if (r == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		int64_t ns = out->tv_nsec + offset % 1000000000;
		int64_t carry = ns < 0 ? -1 : ns / 1000000000;

		out->tv_sec += offset / 1000000000 + carry;
		out->tv_nsec = ns - carry * 1000000000;
	}
	return r;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	*out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
	return 0;
}

time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
