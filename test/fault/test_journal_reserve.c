/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that is full for everybody but those who must still write something down: they get through, what
 * they push before them is bounded, and everybody goes on by himself when there is room.
 */
#include "helper.h"

#include <errno.h>
#include <pthread.h>

#include "journal/private.h"

#define RESERVE (64u * 1024 * 1024)
#define MIB (1024u * 1024)

struct disk {
	struct journal_ops ops;
	_Atomic uint64_t space; /* goes down with what is written */
	_Atomic int status;     /* as the callback had it last */
	_Atomic unsigned changes;
};

static ssize_t disk_write(void *context, int fd, const void *bytes, size_t len, off_t offset)
{
	struct disk *disk = context;
	ssize_t n = journal_system_ops.write(NULL, fd, bytes, len, offset);

	if (n > 0)
		disk->space -= (uint64_t)n;
	return n;
}

static int disk_space(void *context, int fd, uint64_t *ret_bytes)
{
	struct disk *disk = context;

	(void)fd;
	*ret_bytes = disk->space;
	return 0;
}

static void disk_notify(void *context, uint64_t durable, int status)
{
	struct disk *disk = context;

	(void)durable;
	disk->changes += status != disk->status;
	disk->status = status;
}

static struct journal *disk_open(const char *folder, struct disk *disk, uint64_t space)
{
	const struct journal_options options = {
		.commit_delay = 200, .commit_bytes = 65536, .reserve_bytes = RESERVE};
	struct journal *journal;

	*disk = (struct disk){
		.ops = {disk_write, journal_system_ops.sync, journal_system_ops.truncate, disk_space, disk},
		.space = space};
	assert_int_equal(journal_open_with(folder, &options, &disk->ops, disk_notify, disk, &journal, NULL),
			 0);
	return journal;
}

/* Appends records of a mebibyte until one is refused. Returns how many were taken. */
static unsigned fill(struct journal *journal, unsigned most, int *ret_error)
{
	static char text[JOURNAL_RECORD_MAX];
	unsigned taken = 0;

	*ret_error = 0;
	while (taken < most && *ret_error == 0) {
		struct journal_record record = {.bytes = {text, sizeof(text)}};

		*ret_error = journal_append(journal, &record, 1);
		taken += *ret_error == 0;
	}
	return taken;
}

static uint64_t append_reserved(struct journal *journal, uint64_t n)
{
	char text[128];
	struct journal_record record = record_make(n, text, sizeof(text));

	assert_int_equal(journal_append_reserved(journal, &record, 1), 0);
	return record.seq;
}

static void await_status(const struct journal *journal, int status)
{
	while (journal_status(journal) != status)
		usleep(1000);
}

static void test_reserved_records_get_through(void **state)
{
	struct disk disk;
	struct journal *journal = disk_open(*state, &disk, RESERVE + MIB);
	uint64_t ordinary, first, space;
	int r;

	append_range(journal, 1, 3, true);
	disk.space = RESERVE - 1;
	ordinary = append_one(journal, 4);
	await_status(journal, -ENOSPC);
	assert_int_equal(fill(journal, 1, &r), 0);
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(journal_wait(journal, ordinary, 300 * CLOCK_MILLISECOND), -ENOSPC);
	/* The first one takes what was waiting with it, and no more. */
	first = append_reserved(journal, 5);
	assert_int_equal(journal_wait(journal, first, LONG_WAIT), 0);
	assert_int_equal(journal_durable(journal), first);
	assert_int_equal(journal_status(journal), -ENOSPC);
	assert_int_equal(disk.status, -ENOSPC);
	assert_int_equal(fill(journal, 1, &r), 0);
	assert_int_equal(r, -ENOSPC);
	/* Down to a quarter and no further. */
	disk.space = RESERVE / 4 + 10000;
	assert_int_equal(journal_wait(journal, append_reserved(journal, 6), LONG_WAIT), 0);
	disk.space = space = RESERVE / 4;
	first = append_reserved(journal, 7);
	assert_int_equal(journal_wait(journal, first, 300 * CLOCK_MILLISECOND), -ENOSPC);
	assert_int_equal(disk.space, space);
	disk.space = RESERVE / 4 + 10000;
	assert_int_equal(journal_wait(journal, first, LONG_WAIT), 0);
	journal_close(journal);
	expect_range(*state, 1, 7);
}

/* Nothing is being committed that would find out that there is room. */
static void test_it_opens_again_by_itself(void **state)
{
	struct disk disk;
	struct journal *journal = disk_open(*state, &disk, RESERVE - 1);

	assert_int_equal(journal_wait(journal, append_reserved(journal, 1), LONG_WAIT), 0);
	assert_int_equal(journal_status(journal), -ENOSPC);
	disk.space = RESERVE + 1000; /* not enough to be worth it */
	usleep(600000);
	assert_int_equal(journal_status(journal), -ENOSPC);
	disk.space = RESERVE + MIB;
	await_status(journal, 0);
	append_range(journal, 2, 4, true);
	assert_int_equal(disk.status, 0);
	assert_int_equal(disk.changes, 2);
	journal_close(journal);
	expect_range(*state, 1, 4);
}

struct writer {
	struct journal *journal;
	_Atomic bool stop;
	_Atomic unsigned refused;
};

static void *write_on(void *argument)
{
	struct writer *writer = argument;

	while (!writer->stop) {
		int r;

		fill(writer->journal, 4, &r);
		writer->refused += r == -ENOSPC;
	}
	return NULL;
}

/* Ordinary writers who never stop trying: both buffers are full of their records when the disk is, and a
   reserved one gets in all the same. What is written below the reserve is not more than these buffers. */
static void test_ordinary_writers_do_not_stop(void **state)
{
	struct disk disk;
	struct journal *journal = disk_open(*state, &disk, RESERVE + 4 * MIB);
	struct writer writer = {.journal = journal};
	pthread_t threads[3];
	uint64_t last = 0;

	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_on, &writer), 0);
	await_status(journal, -ENOSPC);
	for (uint64_t n = 1; n <= 20; n++) {
		uint64_t seq = append_reserved(journal, n);

		assert_true(n == 1 || seq == last + 1); /* nobody else got in */
		assert_int_equal(journal_wait(journal, seq, LONG_WAIT), 0);
		last = seq;
	}
	assert_true(disk.space >= RESERVE - 2 * (JOURNAL_PAYLOAD_MAX + MIB));
	assert_true(disk.space < RESERVE);
	assert_true(writer.refused > 0);
	writer.stop = true;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	journal_close(journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_reserved_records_get_through),
		TEST_IN_FOLDER(test_it_opens_again_by_itself),
		TEST_IN_FOLDER(test_ordinary_writers_do_not_stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
