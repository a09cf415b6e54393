/* SPDX-License-Identifier: Apache-2.0 */
/* heads.file: notes appended to a file, on a share of another machine as a rule. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "publish/publish.h"

/* A note that was cut off by whatever befell the share gets its line end, so that the next one begins a line.
 */
static int end_line(int fd)
{
	char last = '\n';
	off_t end = lseek(fd, 0, SEEK_END);

	if (end > 0 && pread(fd, &last, 1, end - 1) < 0)
		return -errno;
	return last == '\n' ? 0 : io_write(fd, "\n", 1);
}

static int append(const char *path, const struct publish_note *notes, size_t count)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644), r;

	if (fd < 0)
		return -errno;
	r = end_line(fd);
	for (size_t i = 0; i < count && r == 0; i++)
		r = io_write(fd, notes[i].text.ptr, notes[i].text.len);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno; /* NFS says here that it is full */
	return r;
}

static int send(const struct publish_settings *settings, const struct publish_note *notes, size_t count,
		struct err *ret_err)
{
	const char *path = settings->file;
	int r = append(path, notes, count);

	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot append to %s: %s", path, err_text(r)) : 0;
}

const struct publish_target publish_file = {
	.name = "file",
	.address = offsetof(struct publish_settings, file),
	.every = offsetof(struct publish_settings, every),
	.send = send,
};
