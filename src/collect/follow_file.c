/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "collect/follow_private.h"
#include "collect/sink.h"

#define COMPARE_SLACK 4096 /* bytes read beyond the line looked for: empty lines, the end of a cut one */

int follow_file_open(const char *path, struct follow_file *ret_file)
{
	/* Neither waits for a FIFO's writer nor makes a terminal ours; both are refused below. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return ERR_REFUSED;
	}
	*ret_file = (struct follow_file){
		.place = {.path = strdup(path), .inode = status.st_ino},
		.fd = fd,
		.device = status.st_dev,
	};
	must(ret_file->place.path);
	return 0;
}

void follow_file_close(struct follow_file *file)
{
	close(file->fd);
	free(file->place.path);
}

static uint64_t size_of(const struct follow_file *file)
{
	struct stat status;

	return fstat(file->fd, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static bool read_fingerprint(const struct follow_file *file, uint64_t len,
			     struct fingerprint *ret_fingerprint)
{
	char bytes[FINGERPRINT_MAX];

	if (pread(file->fd, bytes, len, 0) != (ssize_t)len)
		return false;
	*ret_fingerprint = (struct fingerprint){len, hash_bytes(bytes, len)};
	return true;
}

bool follow_file_is(const struct follow_file *file, const struct fingerprint *fingerprint)
{
	struct fingerprint now;

	return !fingerprint->len ||
	       (read_fingerprint(file, fingerprint->len, &now) && now.hash == fingerprint->hash);
}

void follow_file_seek_end(struct follow_file *file, uint64_t bytes)
{
	uint64_t size = size_of(file);
	char before = '\n';

	file->place.offset = size > bytes ? size - bytes : 0;
	if (file->place.offset && pread(file->fd, &before, 1, (off_t)file->place.offset - 1) == 1)
		file->place.skipping = before != '\n';
}

bool follow_file_changed(struct follow_file *file)
{
	struct follow_place *place = &file->place;
	uint64_t size = size_of(file), len = size < FINGERPRINT_MAX ? size : FINGERPRINT_MAX;

	if (size == file->seen_size)
		return false;
	file->seen_size = size;
	if (size < place->offset || !follow_file_is(file, &place->fingerprint)) {
		place->offset = 0;
		place->skipping = false;
		place->fingerprint = (struct fingerprint){0};
	}
	if (len > place->fingerprint.len)
		read_fingerprint(file, len, &place->fingerprint);
	return true;
}

/* Drops the rest of a line that was cut. False where its end is not there yet. */
static bool skip_rest(struct str *rest)
{
	size_t end = str_find_char(*rest, '\n');

	*rest = str_from_offset(*rest, end == STR_NOT_FOUND ? rest->len : end + 1);
	return end != STR_NOT_FOUND;
}

bool follow_cut(struct str *rest, bool at_end, bool *skipping, struct str *ret_line, bool *ret_truncated)
{
	while (rest->len) {
		struct str line;
		size_t end;

		if (*skipping && !skip_rest(rest))
			break;
		*skipping = false;
		end = str_find_char(*rest, '\n');
		if (end == STR_NOT_FOUND && rest->len <= COLLECT_RECORD_MAX && !at_end)
			break;
		*skipping = end == STR_NOT_FOUND;
		line = str_head(*rest, end == STR_NOT_FOUND ? rest->len : end);
		*rest = str_from_offset(*rest, line.len + !*skipping);
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (!line.len)
			continue;
		*ret_truncated = line.len > COLLECT_RECORD_MAX;
		*ret_line = str_head(line, COLLECT_RECORD_MAX);
		return true;
	}
	return false;
}

bool follow_file_skip_line(struct follow_file *file, struct str line)
{
	struct follow_place *place = &file->place;
	size_t wanted = line.len + COMPARE_SLACK;
	char *bytes = malloc(wanted);
	bool skipping = place->skipping, truncated, same = false;
	struct str rest, found;
	ssize_t n;

	must(bytes);
	n = pread(file->fd, bytes, wanted, (off_t)place->offset);
	rest = str_of(bytes, n > 0 ? (size_t)n : 0);
	if (follow_cut(&rest, false, &skipping, &found, &truncated) && str_eq(found, line)) {
		place->offset += (uint64_t)(rest.ptr - bytes);
		place->skipping = skipping;
		same = true;
	}
	free(bytes);
	return same;
}
