/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disks that fail: the n-th write, half a write, a sync, the space. The journal says so, takes no more than
 * it can hold, goes on by itself, and has everything once and in order in the end.
 */
#include "tree_helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "journal/private.h"

struct disk {
	struct journal_ops ops;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int write_error, sync_error, truncate_error; /* returned while set */
	size_t write_at_most;                        /* of one call, 0: all; then write_error */
	bool sync_blocked, full;
	unsigned syncs, failures;
	int last_status, statuses; /* from the callback */
};

static ssize_t disk_write(void *context, int fd, const void *bytes, size_t len, off_t offset)
{
	struct disk *disk = context;
	int error;
	size_t most;

	pthread_mutex_lock(&disk->lock);
	error = disk->write_error;
	most = disk->write_at_most;
	disk->failures += error < 0;
	if (error < 0)
		disk->write_at_most = 0; /* half of it is written, then it fails */
	pthread_mutex_unlock(&disk->lock);
	if (error < 0 && !most)
		return error;
	return pwrite(fd, bytes, most && most < len ? most : len, offset);
}

static int disk_sync(void *context, int fd)
{
	struct disk *disk = context;
	int r;

	pthread_mutex_lock(&disk->lock);
	disk->syncs++;
	pthread_cond_broadcast(&disk->changed);
	while (disk->sync_blocked)
		pthread_cond_wait(&disk->changed, &disk->lock);
	r = disk->sync_error;
	disk->failures += r < 0;
	pthread_mutex_unlock(&disk->lock);
	return r < 0 ? r : journal_system_ops.sync(NULL, fd);
}

static int disk_truncate(void *context, int fd, off_t len)
{
	struct disk *disk = context;
	int r;

	pthread_mutex_lock(&disk->lock);
	r = disk->truncate_error;
	pthread_mutex_unlock(&disk->lock);
	return r < 0 ? r : journal_system_ops.truncate(NULL, fd, len);
}

static int disk_space(void *context, int fd, uint64_t *ret_bytes)
{
	struct disk *disk = context;

	(void)fd;
	pthread_mutex_lock(&disk->lock);
	*ret_bytes = disk->full ? 1000 : UINT32_MAX;
	disk->failures += disk->full;
	pthread_mutex_unlock(&disk->lock);
	return 0;
}

static void disk_notify(void *context, uint64_t durable, int status)
{
	struct disk *disk = context;

	(void)durable;
	pthread_mutex_lock(&disk->lock);
	disk->statuses += status != disk->last_status;
	disk->last_status = status;
	pthread_cond_broadcast(&disk->changed);
	pthread_mutex_unlock(&disk->lock);
}

static void disk_init(struct disk *disk)
{
	*disk = (struct disk){.ops = {disk_write, disk_sync, disk_truncate, disk_space, disk}};
	pthread_mutex_init(&disk->lock, NULL);
	pthread_cond_init(&disk->changed, NULL);
}

static struct journal *disk_open(const char *folder, struct disk *disk)
{
	const struct journal_options options = {.commit_delay = 200, .reserve_bytes = 4096};
	struct journal *journal;

	disk_init(disk);
	assert_int_equal(journal_open_with(folder, &options, &disk->ops, disk_notify, disk, &journal, NULL),
			 0);
	return journal;
}

/* Waits until that much has failed. */
static void wait_failures(struct disk *disk, unsigned count)
{
	for (;;) {
		unsigned failures;

		pthread_mutex_lock(&disk->lock);
		failures = disk->failures;
		pthread_mutex_unlock(&disk->lock);
		if (failures >= count)
			return;
		usleep(1000);
	}
}

#define CHANGE(disk, field, value)                        \
	do {                                              \
		pthread_mutex_lock(&(disk)->lock);        \
		(disk)->field = (value);                  \
		pthread_cond_broadcast(&(disk)->changed); \
		pthread_mutex_unlock(&(disk)->lock);      \
	} while (0)

static void test_nothing_is_seen_before_it_is_durable(void **state)
{
	struct disk disk;
	struct journal *journal = disk_open(*state, &disk);
	struct journal_reader *reader = reader_at(*state, 1);
	struct journal_record record;
	uint64_t seq = append_range(journal, 1, 5, false);
	int status;
	pid_t child;

	assert_int_equal(seq, 5);
	CHANGE(&disk, sync_blocked, true);
	disk.syncs = 0;
	seq = append_one(journal, 6);
	pthread_mutex_lock(&disk.lock);
	while (!disk.syncs)
		pthread_cond_wait(&disk.changed, &disk.lock);
	pthread_mutex_unlock(&disk.lock);
	/* It is in the file now, and not synced. */
	expect_range(*state, 1, 5);
	assert_int_equal(journal_durable(journal), 5);
	assert_int_equal(journal_wait(journal, seq, 1000), -ETIMEDOUT);
	child = fork();
	if (child == 0) {
		struct journal_reader *other;

		if (journal_reader_open(*state, NULL, 6, &other, NULL) < 0)
			_exit(1);
		_exit(journal_reader_next(other, &record, NULL) == ERR_END ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	/* Appending goes on meanwhile. */
	append_one(journal, 7);
	CHANGE(&disk, sync_blocked, false);
	assert_int_equal(journal_wait(journal, 7, LONG_WAIT), 0);
	expect_range(*state, 1, 7);
	journal_reader_close(reader);
	journal_close(journal);
}

/* Flips a bit in the last record of the first segment. */
static void spoil_end(const char *folder)
{
	char path[256], byte;
	struct stat status;
	int fd;

	snprintf(path, sizeof(path), "%s/live/00000000000000000001.wlj", folder);
	fd = open(path, O_RDWR);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(pread(fd, &byte, 1, status.st_size - 1), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, status.st_size - 1), 1);
	close(fd);
}

/* After a failed sync the file is given up, and the frame is in the next one, once. */
static void test_sync_fails(void **state)
{
	for (int truncate_error = 0; truncate_error >= -EIO; truncate_error -= EIO) {
		struct disk disk;
		struct journal *journal = disk_open(*state, &disk);
		struct journal_stat stat;

		append_range(journal, 1, 10, true);
		CHANGE(&disk, truncate_error, truncate_error);
		CHANGE(&disk, sync_error, -EIO);
		append_one(journal, 11);
		assert_int_equal(journal_wait(journal, 11, 100 * CLOCK_MILLISECOND), -EIO);
		wait_failures(&disk, 2); /* in the old file and in the first new one */
		assert_int_equal(journal_status(journal), -EIO);
		expect_range(*state, 1, 10);
		CHANGE(&disk, sync_error, 0);
		assert_int_equal(journal_wait(journal, 11, LONG_WAIT), 0);
		append_range(journal, 12, 20, true);
		expect_range(*state, 1, 20);
		assert_int_equal(journal_stat(*state, &stat), 0);
		assert_int_equal(stat.segments, 2);
		journal_close(journal);
		assert_int_equal(disk.statuses, 2); /* once bad, once good */
		expect_range(*state, 1, 20);
		if (!truncate_error)
			assert_int_equal(check_tree(*state), 20);
		if (truncate_error)
			spoil_end(*state); /* the remains of the frame, which may be anything */
		expect_range(*state, 1, 20);
		journal_close(open_quick(*state));
		expect_range(*state, 1, 20);
		folder_clear(*state);
	}
}

/* Writes fail after a part, at a first frame and at later ones; what was written of it is cut off again. */
static void test_writes_fail_half_way(void **state)
{
	for (size_t part = 1; part < 170; part += 12) {
		struct disk disk;
		struct journal *journal = disk_open(*state, &disk);
		uint64_t before = part % 24 == 1 ? 7 : 0, seq;

		if (before)
			append_range(journal, 1, before, true);
		pthread_mutex_lock(&disk.lock);
		disk.write_at_most = part;
		disk.write_error = -ENOSPC;
		pthread_mutex_unlock(&disk.lock);
		seq = append_one(journal, before + 1);
		wait_failures(&disk, 2);
		expect_range(*state, 1, before);
		CHANGE(&disk, write_error, 0);
		assert_int_equal(journal_wait(journal, seq, LONG_WAIT), 0);
		append_range(journal, before + 2, before + 5, false);
		expect_range(*state, 1, before + 5);
		journal_close(journal);
		expect_range(*state, 1, before + 5);
		assert_int_equal(check_tree(*state), before + 5);
		folder_clear(*state);
	}
}

static void test_short_writes_are_no_failure(void **state)
{
	struct disk disk;
	struct journal *journal = disk_open(*state, &disk);

	CHANGE(&disk, write_at_most, 100);
	append_range(journal, 1, 50, true);
	assert_int_equal(disk.statuses, 0);
	journal_close(journal);
	expect_range(*state, 1, 50);
}

/* While there is no space what was taken waits, and nothing more is taken; then it works again. */
static void test_full_disk(void **state)
{
	struct disk disk;
	struct journal *journal = disk_open(*state, &disk);
	struct journal_record record = {.bytes = STR("refused")};
	uint64_t last = append_range(journal, 1, 5, true);

	CHANGE(&disk, full, true);
	last = append_one(journal, 6);
	while (journal_status(journal) == 0)
		usleep(1000);
	assert_int_equal(journal_append(journal, &record, 1), -ENOSPC);
	assert_int_equal(journal_wait(journal, last, 1000), -ENOSPC);
	assert_int_equal(journal_durable(journal), 5);
	CHANGE(&disk, full, false);
	assert_int_equal(journal_wait(journal, last, LONG_WAIT), 0);
	assert_int_equal(append_one(journal, 7), last + 1);
	assert_int_equal(journal_status(journal), 0);
	journal_close(journal);
	assert_int_equal(disk.statuses, 2);
	expect_range(*state, 1, 7);
}

/* A disk that hangs is not full: the buffer fills, then an append waits a while and says so. */
static void test_slow_disk(void **state)
{
	struct disk disk;
	struct journal *journal = disk_open(*state, &disk);
	char *text = calloc(1, JOURNAL_RECORD_MAX);
	struct journal_record record = {.bytes = str_of(text, JOURNAL_RECORD_MAX)};
	uint64_t taken = 0;
	int r = 0;

	CHANGE(&disk, sync_blocked, true);
	while (taken < 100 && (r = journal_append(journal, &record, 1)) == 0)
		taken++;
	assert_int_equal(r, -EAGAIN);
	assert_in_range(taken, 15, 32);
	assert_int_equal(journal_status(journal), 0);
	CHANGE(&disk, sync_blocked, false);
	assert_int_equal(journal_append(journal, &record, 1), 0); /* waits for the room */
	assert_int_equal(record.seq, taken + 1);
	assert_int_equal(journal_wait(journal, record.seq, LONG_WAIT), 0);
	journal_close(journal);
	free(text);
}

/* The space check against the real file system: nobody has that much. */
static void test_reserve(void **state)
{
	const struct journal_options options = {.commit_delay = 1, .reserve_bytes = UINT64_MAX / 2};
	struct journal *journal;
	uint64_t seq;

	assert_int_equal(journal_open(*state, &options, NULL, NULL, &journal, NULL), 0);
	seq = append_one(journal, 1);
	assert_int_equal(journal_wait(journal, seq, 50 * CLOCK_MILLISECOND), -ENOSPC);
	journal_close(journal); /* gives up in a while */
	/* the number was given out, so it does not come back */
	journal = open_quick(*state);
	assert_true(append_one(journal, 1) > seq + 1);
	journal_close(journal);
}

/* The kernel's own refusal to let a file grow, then room again. In a child, for the limit is the process's.
 */
static void file_size_limit(const char *folder)
{
	const struct journal_options options = {
		.commit_delay = 200, .reserve_bytes = 1, .segment_bytes = 1 << 20};
	struct rlimit small = {20000, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
	struct journal *journal;
	uint64_t seq = 0;
	int r = 0;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(journal_open(folder, &options, NULL, NULL, &journal, NULL), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (uint64_t n = 1; n <= 200; n++) {
		seq = append_one(journal, n);
		if (r == 0)
			r = journal_wait(journal, seq, 100 * CLOCK_MILLISECOND);
	}
	assert_int_equal(r, -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(journal_wait(journal, seq, LONG_WAIT), 0);
	journal_close(journal);
}

static void test_file_size_limit(void **state)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		file_size_limit(*state);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	expect_range(*state, 1, 200);
}

/* A real full file system, in a mount of the child's own; 77 where that is not allowed. */
static void small_file_system(const char *folder)
{
	const struct journal_options options = {
		.commit_delay = 200, .reserve_bytes = 1, .segment_bytes = 100000};
	char filler[256], journal_folder[256], text[4096] = "";
	struct journal_record record = {.bytes = {text, sizeof(text)}};
	struct journal *journal;
	uint64_t count = 0;
	int r = 0, fd;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", folder, "tmpfs", 0, "size=2m") < 0)
		_exit(77);
	snprintf(filler, sizeof(filler), "%s/filler", folder);
	snprintf(journal_folder, sizeof(journal_folder), "%s/journal", folder);
	fd = open(filler, O_WRONLY | O_CREAT, 0600);
	for (int i = 0; i < 256; i++)
		assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	close(fd);
	assert_int_equal(journal_open(journal_folder, &options, NULL, NULL, &journal, NULL), 0);
	while (r == 0 && count < 400) {
		assert_int_equal(journal_append(journal, &record, 1), 0);
		count++;
		r = journal_wait(journal, record.seq, 300 * CLOCK_MILLISECOND);
	}
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(journal_durable(journal), count - 1);
	assert_int_equal(unlink(filler), 0);
	assert_int_equal(journal_wait(journal, record.seq, LONG_WAIT), 0);
	journal_close(journal);
	for (struct journal_reader *reader = reader_at(journal_folder, 1); r != ERR_END; count--) {
		r = journal_reader_next(reader, &record, NULL);
		assert_true(r == 0 || (r == ERR_END && count == 0));
	}
	_exit(0);
}

static void test_small_file_system(void **state)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		small_file_system(*state);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("no right to mount a file system: skipped\n");
		skip();
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_nothing_is_seen_before_it_is_durable),
		TEST_IN_FOLDER(test_sync_fails),
		TEST_IN_FOLDER(test_writes_fail_half_way),
		TEST_IN_FOLDER(test_short_writes_are_no_failure),
		TEST_IN_FOLDER(test_full_disk),
		TEST_IN_FOLDER(test_slow_disk),
		TEST_IN_FOLDER(test_reserve),
		TEST_IN_FOLDER(test_file_size_limit),
		TEST_IN_FOLDER(test_small_file_system),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
