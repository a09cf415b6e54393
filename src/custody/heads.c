/* SPDX-License-Identifier: Apache-2.0 */
#include "custody/heads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/vec.h"

#define NAME_SIZE 32

struct note {
	struct tlog_head head;
	struct str text;
};

struct notes {
	VEC_OF(struct note)
};

struct days {
	VEC_OF(int64_t) /* YYYYMMDD */
};

static int file_path(const char *folder, int64_t day, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/heads-%08lld.txt", folder, (long long)day) < PATH_MAX
		       ? 0
		       : -ENAMETOOLONG;
}

static int64_t day_of(int64_t time)
{
	struct clock_civil civil;

	clock_to_civil(time, &civil);
	return civil.year * 10000 + civil.month * 100 + civil.day;
}

/* --- writing ------------------------------------------------------------------------------------------- */

int heads_append(const char *folder, int64_t time, struct str note)
{
	char path[PATH_MAX];
	struct stat status;
	int fd, r = file_path(folder, day_of(time), path);

	if (r < 0)
		return r;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0)
		r = -errno;
	if (r == 0)
		r = io_write(fd, note.ptr, note.len);
	if (r == 0 && fdatasync(fd) < 0)
		r = -errno;
	if (r < 0 && ftruncate(fd, status.st_size) < 0)
		r = -errno;
	close(fd);
	return r == 0 && status.st_size == 0 ? io_sync_folder(folder) : r;
}

static int by_day(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* The days there are files for, newest first. */
static int list_days(const char *folder, struct days *days)
{
	DIR *list = opendir(folder);
	const struct dirent *entry;
	int64_t day;

	if (!list)
		return -errno;
	while ((entry = readdir(list)) != NULL) {
		struct str name = str_from(entry->d_name);

		if (name.len == 18 && str_starts(name, STR("heads-")) && str_ends(name, STR(".txt")) &&
		    str_to_i64(str_of(name.ptr + 6, 8), &day) == 0 && day > 0)
			vec_push(days, day);
	}
	closedir(list);
	if (days->len)
		qsort(days->items, days->len, sizeof(*days->items), by_day);
	return 0;
}

/* All whole notes of a text, in its order; returns the offset behind the last one. */
static size_t read_notes(struct str text, struct notes *notes)
{
	struct str rest = text;
	size_t end = 0;
	int r;

	do {
		struct note note;
		struct str signed_part;

		r = tlog_head_next(&rest, &note.head, &signed_part, &note.text);
		if (r == 0) {
			vec_push(notes, note);
			end = text.len - rest.len;
		}
	} while (r == 0 || (r == ERR_SYNTAX && rest.len));
	return end;
}

int heads_repair(const char *folder, size_t *ret_cut)
{
	struct days days = {0};
	struct notes notes = {0};
	struct buf text = {0};
	char path[PATH_MAX];
	size_t end = 0;
	int r = list_days(folder, &days);

	*ret_cut = 0;
	if (r == 0 && days.len && (r = file_path(folder, days.items[0], path)) == 0 &&
	    (r = io_read_file(path, HEADS_FILE_MAX, &text)) == 0) {
		end = read_notes(buf_str(&text), &notes);
		*ret_cut = text.len - end;
		if (*ret_cut && truncate(path, (off_t)end) < 0)
			r = -errno;
	}
	vec_done(&notes);
	vec_done(&days);
	buf_done(&text);
	return r;
}

/* --- reading ------------------------------------------------------------------------------------------- */

static int walk_day(const char *folder, int64_t day, bool every, heads_visit *visit, void *context)
{
	struct notes notes = {0};
	struct buf text = {0};
	char path[PATH_MAX];
	int r = file_path(folder, day, path);

	if (r == 0)
		r = io_read_file(path, HEADS_FILE_MAX, &text);
	if (r == 0)
		read_notes(buf_str(&text), &notes);
	for (size_t i = notes.len; r == 0 && i-- > 0;) {
		r = visit(context, &notes.items[i].head, notes.items[i].text);
		if (!every)
			break;
	}
	vec_done(&notes);
	buf_done(&text);
	return r;
}

int heads_walk(const char *folder, bool every, heads_visit *visit, void *context)
{
	struct days days = {0};
	int r = list_days(folder, &days);

	for (size_t i = 0; i < days.len && r == 0; i++)
		r = walk_day(folder, days.items[i], every || i == 0, visit, context);
	vec_done(&days);
	return r;
}

static int keep_first(void *context, const struct tlog_head *head, struct str note)
{
	(void)note;
	*(struct tlog_head *)context = *head;
	return 1;
}

int heads_newest(const char *folder, struct tlog_head *ret_head)
{
	struct tlog_head head;
	int r = heads_walk(folder, true, keep_first, &head);

	if (r == 1)
		*ret_head = head;
	return r == 1 ? 0 : r == 0 || r == -ENOENT ? ERR_END : r;
}
