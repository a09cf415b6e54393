/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power goes at every sync. Before each, the folder is copied as a disk could have it at that moment: of
 * the bytes written since the sync before, any sectors may be missing and the file may be shorter; the head
 * may be as old as the start. A journal opened on the copy must have all that was acknowledged, in order, and
 * nothing that was never appended.
 */
#include "helper.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/io.h"
#include "journal/private.h"

#define SECTOR 512
#define COMMITS 150

struct power {
	struct journal_ops ops;
	const char *folder;
	char copy[200];
	struct buf first_head, bytes;
	uint64_t unsynced; /* offset of the first byte written since the last sync */
	_Atomic uint64_t acknowledged, appended;
	unsigned seed, copies;
	char failure[256]; /* first one found; told by the test's thread */
};

static unsigned dice(struct power *power, unsigned sides)
{
	power->seed = power->seed * 1103515245 + 12345;
	return power->seed / 65536 % sides;
}

static void note_failure(struct power *power, const char *what, uint64_t n)
{
	if (!power->failure[0])
		snprintf(power->failure, sizeof(power->failure), "commit %u: %s %llu", power->copies, what,
			 (unsigned long long)n);
}

/* What the disk may have of the file that is being written. */
static void tear(struct power *power, struct buf *file)
{
	uint64_t from = power->unsynced;

	for (uint64_t at = from / SECTOR * SECTOR; at < file->len; at += SECTOR) {
		uint64_t first = at < from ? from : at, end = at + SECTOR;

		if (dice(power, 4) == 0)
			memset(file->ptr + first, 0, (end < file->len ? end : file->len) - first);
	}
	if (file->len > from && dice(power, 2))
		file->len = from + dice(power, (unsigned)(file->len - from));
}

static int copy_file(struct power *power, const char *path, const char *torn)
{
	const char *name = strrchr(path, '/') + 1;
	char to[512];
	int fd, r;

	buf_clear(&power->bytes);
	r = io_read_file(path, 1 << 26, &power->bytes);
	if (r < 0)
		return r;
	if (strcmp(path, torn) == 0)
		tear(power, &power->bytes);
	if (strcmp(name, "head") == 0 && dice(power, 2))
		memcpy(power->bytes.ptr, power->first_head.ptr, power->first_head.len);
	snprintf(to, sizeof(to), "%s/live/%s", power->copy, name);
	fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	r = io_write(fd, power->bytes.ptr, power->bytes.len);
	close(fd);
	return r;
}

static void copy_folder(struct power *power, int fd)
{
	char link[64], torn[512] = "", path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/live", power->folder);
	dir = opendir(path);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, torn, sizeof(torn) - 1) < 0)
		note_failure(power, "no /proc", 0);
	folder_clear(power->copy);
	for (struct dirent *entry; (entry = readdir(dir));) {
		snprintf(path, sizeof(path), "%s/live/%s", power->folder, entry->d_name);
		if (entry->d_name[0] != '.' && entry->d_type != DT_DIR && copy_file(power, path, torn) < 0)
			note_failure(power, "not copied", 0);
	}
	closedir(dir);
}

/* All of it in order: the content numbers count up by one from one. */
static void check_copy(struct power *power)
{
	const struct journal_options options = {.reserve_bytes = 1};
	struct journal_record record;
	struct journal_reader *reader;
	struct journal *journal;
	uint64_t last = 0;
	int r = journal_open(power->copy, &options, NULL, NULL, &journal, NULL);

	if (r < 0) {
		note_failure(power, err_text(r), 0);
		return;
	}
	journal_close(journal);
	if (journal_reader_open(power->copy, NULL, 1, &reader, NULL) < 0)
		return;
	while ((r = journal_reader_next(reader, &record, NULL)) == 0) {
		char text[128];
		struct journal_record expected = record_make(++last, text, sizeof(text));

		if (!str_eq(record.bytes, expected.bytes))
			note_failure(power, "not the record", last);
	}
	journal_reader_close(reader);
	if (r != ERR_END)
		note_failure(power, err_text(r), last);
	if (last < power->acknowledged)
		note_failure(power, "lost what was acknowledged after", last);
	if (last > power->appended)
		note_failure(power, "more than was appended", last);
}

static ssize_t power_write(void *context, int fd, const void *bytes, size_t len, off_t offset)
{
	struct power *power = context;

	if ((uint64_t)offset < power->unsynced)
		power->unsynced = (uint64_t)offset;
	return journal_system_ops.write(NULL, fd, bytes, len, offset);
}

static int power_sync(void *context, int fd)
{
	struct power *power = context;
	int r;

	copy_folder(power, fd);
	check_copy(power);
	power->copies++;
	r = journal_system_ops.sync(NULL, fd);
	power->unsynced = UINT64_MAX;
	return r;
}

static void test_power_goes_at_every_sync(void **state)
{
	struct power power = {.folder = *state, .unsynced = UINT64_MAX, .seed = 20261122};
	const struct journal_options options = {
		.segment_bytes = 30000, .commit_delay = 1, .reserve_bytes = 1};
	char path[512];
	struct journal *journal;

	power.ops = (struct journal_ops){power_write, power_sync, journal_system_ops.truncate,
					 journal_system_ops.space, &power};
	snprintf(power.copy, sizeof(power.copy), "%s/copy", power.folder);
	snprintf(path, sizeof(path), "%s/live", power.copy);
	assert_true(mkdir(power.copy, 0700) == 0 && mkdir(path, 0700) == 0);
	assert_int_equal(journal_open_with(*state, &options, &power.ops, NULL, NULL, &journal, NULL), 0);
	snprintf(path, sizeof(path), "%s/live/head", power.folder);
	assert_int_equal(io_read_file(path, 1 << 16, &power.first_head), 0);
	for (uint64_t n = 1, size = 1; n < COMMITS * 12; n += size) {
		struct journal_record records[32];
		char text[32][128];

		size = 1 + dice(&power, 32);
		for (uint64_t i = 0; i < size; i++)
			records[i] = record_make(n + i, text[i], sizeof(text[i]));
		power.appended = n + size - 1;
		assert_int_equal(journal_append(journal, records, size), 0);
		assert_int_equal(journal_wait(journal, records[size - 1].seq, LONG_WAIT), 0);
		power.acknowledged = power.appended;
	}
	journal_close(journal);
	if (power.failure[0])
		fail_msg("%s", power.failure);
	assert_true(power.copies > COMMITS / 2);
	folder_remove(power.copy);
	buf_done(&power.first_head);
	buf_done(&power.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_power_goes_at_every_sync),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
