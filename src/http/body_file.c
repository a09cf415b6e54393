/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Large bodies in files of memory, for a handler that hands them on as a file: they are copied once less, and
 * the pages of the last one are there for the next, which the kernel need not find and clear.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/private.h"

#define IN_FILE (1024u * 1024) /* bytes from which on a body goes into a file */
#define SPARE_KEPT (10 * CLOCK_SECOND)

void body_files_init(struct body_files *files, bool wanted)
{
	pthread_mutex_init(&files->lock, NULL);
	files->wanted = wanted;
	files->spare = -1;
}

void body_files_done(struct body_files *files)
{
	if (files->spare >= 0)
		close(files->spare);
	pthread_mutex_destroy(&files->lock);
}

static int take_file(struct body_files *files)
{
	int fd;

	pthread_mutex_lock(&files->lock);
	fd = files->spare;
	files->spare = -1;
	pthread_mutex_unlock(&files->lock);
	return fd >= 0 ? fd : memfd_create("body", MFD_CLOEXEC);
}

/* One is kept for the next large body, with as many pages as this one had. */
static void give_file(struct body_files *files, int fd)
{
	pthread_mutex_lock(&files->lock);
	if (files->spare < 0) {
		files->spare = fd;
		files->since = clock_monotonic();
		fd = -1;
	}
	pthread_mutex_unlock(&files->lock);
	if (fd >= 0)
		close(fd);
}

/* The burst that wanted it is over. */
static void drop_old_spare(struct body_files *files)
{
	int fd = -1;

	pthread_mutex_lock(&files->lock);
	if (files->spare >= 0 && clock_monotonic() - files->since > SPARE_KEPT) {
		fd = files->spare;
		files->spare = -1;
	}
	pthread_mutex_unlock(&files->lock);
	if (fd >= 0)
		close(fd);
}

static int write_file(struct http_exchange *exchange, const char *data, size_t size)
{
	while (size) {
		ssize_t n = pwrite(exchange->file, data, size, (off_t)exchange->file_len);

		if (n <= 0)
			return ERR_BUSY; /* no memory for it now */
		data += n;
		size -= (size_t)n;
		exchange->file_len += (size_t)n;
	}
	return 0;
}

size_t body_len(const struct http_exchange *exchange)
{
	return exchange->file >= 0 ? exchange->file_len : exchange->body.len;
}

int body_add(struct http_exchange *exchange, const char *data, size_t size)
{
	int r = 0;

	if (exchange->file < 0 && (!exchange->files->wanted || exchange->body.len + size <= IN_FILE)) {
		buf_add(&exchange->body, data, size);
		return 0;
	}
	if (exchange->file < 0) {
		exchange->file = take_file(exchange->files);
		r = exchange->file < 0 ? ERR_BUSY
				       : write_file(exchange, exchange->body.ptr, exchange->body.len);
		buf_done(&exchange->body);
	}
	return r == 0 ? write_file(exchange, data, size) : r;
}

int body_finish(struct http_exchange *exchange, struct str *ret_body)
{
	if (exchange->file < 0) {
		*ret_body = buf_str(&exchange->body);
		return 0;
	}
	if (ftruncate(exchange->file, (off_t)exchange->file_len) < 0) /* the last one was longer */
		return ERR_BUSY;
	exchange->map = mmap(NULL, exchange->file_len, PROT_READ, MAP_SHARED, exchange->file, 0);
	if (exchange->map == MAP_FAILED) {
		exchange->map = NULL;
		return ERR_BUSY;
	}
	*ret_body = str_of(exchange->map, exchange->file_len);
	return 0;
}

void body_release(struct http_exchange *exchange)
{
	buf_done(&exchange->body);
	if (exchange->map)
		munmap(exchange->map, exchange->file_len);
	if (exchange->file >= 0)
		give_file(exchange->files, exchange->file);
	else
		drop_old_spare(exchange->files);
	exchange->map = NULL;
	exchange->file = -1;
	exchange->file_len = 0;
}
