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

static struct stat status_of(const struct follow_file *file)
{
	struct stat status;

	return fstat(file->fd, &status) == 0 ? status : (struct stat){0};
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

static bool read_tail(const struct follow_file *file, uint64_t offset, uint64_t len,
		      struct fingerprint *ret_tail)
{
	char bytes[TAIL_MAX];

	if (pread(file->fd, bytes, len, (off_t)(offset - len)) != (ssize_t)len)
		return false;
	*ret_tail = (struct fingerprint){len, hash_bytes(bytes, len)};
	return true;
}

void follow_file_note_tail(struct follow_file *file)
{
	struct follow_place *place = &file->place;
	uint64_t len = place->offset < TAIL_MAX ? place->offset : TAIL_MAX;

	if (!read_tail(file, place->offset, len, &place->tail))
		place->tail = (struct fingerprint){0};
}

/* True where what stands before the place is what we read there. */
static bool tail_is(const struct follow_file *file, const struct follow_place *place)
{
	struct fingerprint now;

	return !place->tail.len ||
	       (read_tail(file, place->offset, place->tail.len, &now) && now.hash == place->tail.hash);
}

bool follow_file_stands(const struct follow_file *file)
{
	const struct follow_place *place = &file->place;

	return (uint64_t)status_of(file).st_size >= place->offset &&
	       follow_file_is(file, &place->fingerprint) && tail_is(file, place);
}

bool follow_file_is_copy(const struct follow_file *copy, const struct follow_file *original)
{
	const struct follow_place *place = &original->place;

	return place->fingerprint.len == FINGERPRINT_MAX && place->tail.len &&
	       follow_file_is(copy, &place->fingerprint) && tail_is(copy, place);
}

void follow_file_seek_end(struct follow_file *file, uint64_t bytes)
{
	uint64_t size = (uint64_t)status_of(file).st_size;
	char before = '\n';

	file->place.offset = size > bytes ? size - bytes : 0;
	if (file->place.offset && pread(file->fd, &before, 1, (off_t)file->place.offset - 1) == 1)
		file->place.skipping = before != '\n';
}

bool follow_file_changed(struct follow_file *file)
{
	struct follow_place *place = &file->place;
	const struct stat status = status_of(file);
	const uint64_t size = (uint64_t)status.st_size, len = size < FINGERPRINT_MAX ? size : FINGERPRINT_MAX;

	/* Emptied and as long as before, it is told by its time alone. */
	if (size == file->seen_size && status.st_mtim.tv_sec == file->seen_time.tv_sec &&
	    status.st_mtim.tv_nsec == file->seen_time.tv_nsec)
		return false;
	file->seen_size = size;
	file->seen_time = status.st_mtim;
	if (!follow_file_stands(file)) {
		place->offset = 0;
		place->skipping = false;
		place->fingerprint = place->tail = (struct fingerprint){0};
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

/* Whether the rule ends a record where this one ends; more than it must be there to say so. */
static bool ends_there(const struct follow_file *file, struct regex_scratch *scratch, struct str rest,
		       struct str record)
{
	bool skipping = file->place.skipping, truncated;
	struct str found;

	if (!follow_rule_joins(file->rule))
		return follow_cut(&rest, false, &skipping, &found, &truncated) && str_eq(found, record);
	return follow_join(file->rule, scratch, &rest, FOLLOW_GROWS, &skipping, &found, &truncated) &&
	       str_eq(found, record);
}

/* A line; cut, where it was one beyond the cap. */
static bool skip_line(struct str *rest, bool *skipping, struct str line)
{
	struct str found;
	bool truncated;

	return follow_cut(rest, false, skipping, &found, &truncated) && str_eq(found, line);
}

bool follow_file_skip(struct follow_file *file, struct regex_scratch *scratch, struct str record, bool exact)
{
	struct follow_place *place = &file->place;
	size_t wanted = record.len + COMPARE_SLACK;
	char *bytes = malloc(wanted);
	bool skipping = place->skipping, same;
	struct str rest;
	ssize_t n;

	must(bytes);
	n = pread(file->fd, bytes, wanted, (off_t)place->offset);
	rest = str_of(bytes, n > 0 ? (size_t)n : 0);
	same = !exact || ends_there(file, scratch, rest, record);
	if (same)
		same = str_find_char(record, '\n') == STR_NOT_FOUND
			       ? skip_line(&rest, &skipping, record)
			       : follow_skip_record(&rest, &skipping, record);
	if (same) {
		place->offset += (uint64_t)(rest.ptr - bytes);
		place->skipping = skipping;
		follow_file_note_tail(file);
	}
	free(bytes);
	return same;
}
