/* SPDX-License-Identifier: Apache-2.0 */
/* The journal from outside: what goes in comes out, once, in order, when it is durable. */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "base/arena.h"

static void test_what_goes_in_comes_out(void **state)
{
	struct journal *journal = open_quick(*state);

	assert_int_equal(append_range(journal, 1, 1000, false), 1000);
	assert_int_equal(journal_durable(journal), 1000);
	assert_int_equal(journal_status(journal), 0);
	expect_range(*state, 1, 1000);
	journal_close(journal);
	expect_range(*state, 1, 1000);
}

static void test_empty(void **state)
{
	struct journal_record record;
	struct journal_reader *reader = reader_at("/tmp/wanglou-no-such-folder", 1);
	struct journal_stat stat;
	uint8_t node[JOURNAL_NODE_SIZE];

	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
	assert_false(journal_reader_wait(reader, 1000));
	journal_reader_close(reader);
	assert_int_equal(journal_node(*state, node), -ENOENT);
	journal_close(open_quick(*state));
	reader = reader_at(*state, 1);
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
	journal_reader_close(reader);
	assert_int_equal(journal_stat(*state, &stat), 0);
	assert_true(stat.first_seq == 0 && stat.durable_seq == 0 && stat.segments == 0 && stat.bytes == 0);
	assert_int_equal(journal_stat("/tmp/wanglou-no-such-folder", &stat), 0);
	assert_int_equal(journal_node(*state, node), 0);
}

static void test_reader_finds_what_comes_later(void **state)
{
	char folder[256];
	struct journal_reader *reader;
	struct journal_record record;
	struct journal *journal;

	snprintf(folder, sizeof(folder), "%s/later", (char *)*state);
	reader = reader_at(folder, 1);
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
	journal = open_quick(folder);
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
	append_range(journal, 1, 1, true);
	assert_true(journal_reader_wait(reader, LONG_WAIT));
	assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	record_check(&record, 1);
	journal_close(journal);
	journal = open_quick(folder);
	append_range(journal, 2, 2, true);
	assert_true(journal_reader_wait(reader, LONG_WAIT));
	assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	record_check(&record, 2);
	journal_reader_close(reader);
	journal_close(journal);
	folder_remove(folder);
}

static void test_sizes(void **state)
{
	struct journal *journal = open_quick(*state);
	char *large = calloc(1, JOURNAL_RECORD_MAX + 1), hint[JOURNAL_HINT_MAX + 1];
	struct journal_record records[17] = {{.bytes = {large, JOURNAL_RECORD_MAX + 1}}}, record;
	struct journal_reader *reader;

	memset(large, 'x', JOURNAL_RECORD_MAX + 1);
	memset(hint, 'h', sizeof(hint));
	assert_int_equal(journal_append(journal, records, 1), ERR_LIMIT);
	records[0] = (struct journal_record){.hint = {hint, sizeof(hint)}};
	assert_int_equal(journal_append(journal, records, 1), ERR_LIMIT);
	for (int i = 0; i < 17; i++)
		records[i] = (struct journal_record){.bytes = {large, JOURNAL_RECORD_MAX}};
	assert_int_equal(journal_append(journal, records, 17), ERR_LIMIT);
	assert_int_equal(journal_append(journal, NULL, 0), 0);

	records[0] = (struct journal_record){.hint = {hint, JOURNAL_HINT_MAX},
					     .bytes = {large, JOURNAL_RECORD_MAX}};
	records[1] = (struct journal_record){0};
	assert_int_equal(journal_append(journal, records, 2), 0);
	assert_int_equal(records[0].seq, 1); /* what was refused took no number */
	assert_int_equal(records[1].seq, 2);
	assert_int_equal(journal_wait(journal, 2, LONG_WAIT), 0);
	reader = reader_at(*state, 1);
	assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	assert_true(str_eq(record.bytes, records[0].bytes));
	assert_true(str_eq(record.hint, records[0].hint));
	assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	assert_true(record.bytes.len == 0 && record.hint.len == 0 && record.seq == 2);
	journal_reader_close(reader);
	journal_close(journal);
	free(large);
}

static void test_segments_rotate(void **state)
{
	const struct journal_options options = {.segment_bytes = 8192, .commit_delay = 1, .reserve_bytes = 1};
	struct journal_reader *reader = reader_at(*state, 1);
	struct journal_record record, kept[300];
	struct journal_stat stat;
	struct journal *journal;

	assert_int_equal(journal_open(*state, &options, NULL, NULL, &journal, NULL), 0);
	append_range(journal, 1, 300, true);
	journal_close(journal);
	assert_int_equal(journal_stat(*state, &stat), 0);
	assert_in_range(stat.segments, 8, 60);
	assert_true(stat.first_seq == 1 && stat.durable_seq == 300);
	expect_range(*state, 1, 300);
	/* all stay valid until they are released, across segments */
	for (uint64_t n = 1; n <= 300; n++)
		assert_int_equal(journal_reader_next(reader, &kept[n - 1], NULL), 0);
	for (uint64_t n = 1; n <= 300; n++)
		record_check(&kept[n - 1], n);
	journal_reader_release(reader);
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
	journal_reader_close(reader);
	for (uint64_t seq = 1; seq <= 300; seq++) {
		reader = reader_at(*state, seq);
		assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
		assert_int_equal(record.seq, seq);
		journal_reader_close(reader);
	}
}

/* Bytes of the file that are in memory. */
static size_t resident(const char *path)
{
	static unsigned char pages[16384];
	struct stat status;
	size_t count = 0;
	void *map;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0 && fstat(fd, &status) == 0 && status.st_size <= (off_t)sizeof(pages) * 4096);
	map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	assert_int_equal(mincore(map, (size_t)status.st_size, pages), 0);
	for (size_t i = 0; i * 4096 < (size_t)status.st_size; i++)
		count += pages[i] & 1;
	munmap(map, (size_t)status.st_size);
	close(fd);
	return count * 4096;
}

/* … of all segments, when 16 MiB were written and so much may stay. *ret_last: of the last one. */
static size_t resident_after_burst(const char *folder, uint64_t cached_bytes, size_t *ret_last)
{
	const struct journal_options options = {.segment_bytes = 4 << 20, .cached_bytes = cached_bytes};
	struct journal_record record = {.bytes = {calloc(1, 256 << 10), 256 << 10}};
	char path[512];
	struct dirent **names;
	struct journal *journal;
	size_t sum = 0;
	int count;

	assert_int_equal(journal_open(folder, &options, NULL, NULL, &journal, NULL), 0);
	for (int i = 0; i < 64; i++) {
		assert_int_equal(journal_append(journal, &record, 1), 0);
		assert_int_equal(journal_wait(journal, record.seq, LONG_WAIT), 0);
	}
	journal_close(journal);
	free((char *)record.bytes.ptr);
	snprintf(path, sizeof(path), "%s/live", folder);
	count = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (strstr(names[i]->d_name, ".wlj")) {
			snprintf(path, sizeof(path), "%s/live/%s", folder, names[i]->d_name);
			sum += *ret_last = resident(path);
		}
		free(names[i]);
	}
	free(names);
	return sum;
}

/* A burst does not fill the memory; what was written last is there. */
static void test_memory_goes_round(void **state)
{
	struct statfs file_system;
	size_t last;

	if (statfs(*state, &file_system) == 0 && file_system.f_type == TMPFS_MAGIC)
		skip(); /* it has nothing but memory */
	assert_in_range(resident_after_burst(*state, 2 << 20, &last), 1 << 20, 3 << 20);
	assert_true(last > 0);
	folder_clear(*state);
	assert_in_range(resident_after_burst(*state, 0, &last), 5 << 20, 9 << 20);
}

/* What comes when a segment is old goes into a new one; without an age however late it is. */
static void test_segments_grow_old(void **state)
{
	const struct journal_options none = {.commit_delay = 1, .reserve_bytes = 1};
	const struct journal_options old = {.segment_age = 1, .commit_delay = 1, .reserve_bytes = 1};
	struct journal_stat stat;
	struct journal *journal;

	assert_int_equal(journal_open(*state, &none, NULL, NULL, &journal, NULL), 0);
	append_range(journal, 1, 3, true);
	journal_close(journal);
	assert_int_equal(journal_stat(*state, &stat), 0);
	assert_int_equal(stat.segments, 1);
	assert_int_equal(journal_open(*state, &old, NULL, NULL, &journal, NULL), 0);
	append_range(journal, 4, 6, true);
	journal_close(journal);
	assert_int_equal(journal_stat(*state, &stat), 0);
	assert_int_equal(stat.segments, 4);
	expect_range(*state, 1, 6);
}

static void test_release_in_the_middle_of_a_frame(void **state)
{
	struct journal *journal = open_quick(*state);
	struct journal_reader *reader = reader_at(*state, 1);
	struct journal_record record;

	append_range(journal, 1, 5000, false);
	for (uint64_t n = 1; n <= 5000; n++) {
		assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
		record_check(&record, n);
		if (n % 7 == 0)
			journal_reader_release(reader);
	}
	journal_reader_close(reader);
	journal_close(journal);
}

static void test_seek_in_a_large_segment(void **state)
{
	struct journal *journal = open_quick(*state);
	struct journal_record records[64], record;
	char *text = malloc(16384);
	uint64_t last = 0;

	memset(text, 'a', 16384);
	for (int i = 0; i < 64; i++)
		records[i] = (struct journal_record){.bytes = {text, 16384}};
	for (int i = 0; i < 16; i++) {
		assert_int_equal(journal_append(journal, records, 64), 0);
		last = records[63].seq;
		assert_int_equal(journal_wait(journal, last, LONG_WAIT), 0);
	}
	for (uint64_t seq = 1; seq <= last; seq += 13) {
		struct journal_reader *reader = reader_at(*state, seq);

		assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
		assert_int_equal(record.seq, seq);
		journal_reader_close(reader);
	}
	journal_close(journal);
	free(text);
}

static void test_get(void **state)
{
	struct journal *journal = open_quick(*state);
	struct arena *arena = arena_new(0);
	struct journal_record record;

	append_range(journal, 1, 50, false);
	assert_int_equal(journal_get(*state, NULL, 37, arena, &record, NULL), 0);
	assert_int_equal(record.seq, 37);
	record_check(&record, 37);
	assert_int_equal(journal_get(*state, NULL, 51, arena, &record, NULL), ERR_END);
	assert_int_equal(journal_get(*state, NULL, 0, arena, &record, NULL), ERR_END);
	arena_free(arena);
	journal_close(journal);
}

static void test_numbers_go_on_after_a_clean_close(void **state)
{
	uint8_t node[JOURNAL_NODE_SIZE], again[JOURNAL_NODE_SIZE];
	struct journal *journal = open_quick(*state);

	assert_int_equal(append_range(journal, 1, 10, false), 10);
	journal_close(journal);
	journal_node(*state, node);
	journal_close(open_quick(*state));
	journal = open_quick(*state);
	assert_int_equal(append_range(journal, 11, 20, false), 20);
	journal_close(journal);
	expect_range(*state, 1, 20);
	assert_int_equal(journal_node(*state, again), 0);
	assert_memory_equal(node, again, sizeof(node));
}

static void test_one_writer(void **state)
{
	struct journal *journal = open_quick(*state), *second;
	struct err err = {0};
	char pid[32];

	assert_int_equal(journal_open(*state, NULL, NULL, NULL, &second, &err), ERR_BUSY);
	snprintf(pid, sizeof(pid), "process %d ", (int)getpid());
	assert_non_null(strstr(err.message, pid));
	journal_close(journal);
	journal_close(open_quick(*state));
}

static void test_options_are_bounded(void **state)
{
	const struct journal_options large = {.segment_bytes = UINT64_MAX},
				     full = {.commit_bytes = UINT64_MAX};
	struct journal *journal;
	struct err err = {0};

	assert_int_equal(journal_open(*state, &large, NULL, NULL, &journal, &err), ERR_RANGE);
	assert_int_equal(journal_open(*state, &full, NULL, NULL, &journal, &err), ERR_RANGE);
	assert_int_not_equal(err.message[0], 0);
}

/* An older copy was put in the journal's place: the numbers that a reader has seen do not come back. */
static void test_numbers_seen(void **state)
{
	struct journal_options options = {.commit_delay = 1, .reserve_bytes = 1, .seen = 20};
	struct journal *journal = open_quick(*state);

	append_range(journal, 1, 10, false);
	journal_close(journal);
	assert_int_equal(journal_open(*state, &options, NULL, NULL, &journal, NULL), 0);
	assert_true(append_range(journal, 11, 11, false) > 20);
	journal_close(journal);
	options.seen = 5; /* what it has itself */
	assert_int_equal(journal_open(*state, &options, NULL, NULL, &journal, NULL), 0);
	append_range(journal, 12, 12, false);
	journal_close(journal);
	expect_range(*state, 1, 12);
}

enum { APPENDERS = 4, EACH = 2000 };

static void *append_many(void *argument)
{
	struct journal *journal = argument;
	char text[128];

	for (uint64_t n = 0; n < EACH; n++) {
		struct journal_record pair[2] = {record_make(n, text, sizeof(text)), {.listener = 99}};
		int r = journal_append(journal, pair, 2);

		if (r < 0 || pair[1].seq != pair[0].seq + 1)
			return argument;
	}
	return NULL;
}

static void test_many_appenders(void **state)
{
	struct journal *journal = open_quick(*state);
	struct journal_reader *reader = reader_at(*state, 1);
	struct journal_record record;
	pthread_t threads[APPENDERS];
	void *failed;

	for (int i = 0; i < APPENDERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, append_many, journal), 0);
	/* read while they write */
	for (uint64_t seq = 1; seq <= 2 * APPENDERS * EACH; seq++) {
		assert_true(journal_reader_wait(reader, LONG_WAIT));
		assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
		assert_int_equal(record.seq, seq);
		assert_true((seq % 2 == 0) == (record.listener == 99)); /* a call's records stay together */
	}
	for (int i = 0; i < APPENDERS; i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_false(journal_reader_wait(reader, 1000));
	journal_reader_close(reader);
	journal_close(journal);
}

/* A reader in another process sleeps on the head and is woken by the commit; its exit status is what it saw.
 */
static void test_reader_in_another_process(void **state)
{
	struct journal *journal;
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct journal_reader *reader;
		struct journal_record record;

		if (journal_reader_open(*state, NULL, 1, &reader, NULL) < 0)
			_exit(1);
		for (uint64_t seq = 1; seq <= 200; seq++) {
			if (!journal_reader_wait(reader, LONG_WAIT))
				_exit(2);
			if (journal_reader_next(reader, &record, NULL) < 0 || record.seq != seq)
				_exit(3);
		}
		_exit(0);
	}
	journal = open_quick(*state);
	append_range(journal, 1, 200, true);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	journal_close(journal);
}

/* An auditor's copy: segments alone. */
static void test_segments_without_head(void **state)
{
	struct journal *journal = open_quick(*state);
	struct journal_stat stat;
	char path[256];

	append_range(journal, 1, 40, true);
	journal_close(journal);
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = {"head", "lock", "node"};

		snprintf(path, sizeof(path), "%s/live/%s", (char *)*state, names[i]);
		assert_int_equal(unlink(path), 0);
	}
	expect_range(*state, 1, 40);
	assert_int_equal(journal_stat(*state, &stat), 0);
	assert_int_equal(stat.durable_seq, 40);
	/* and a writer can take it up again, leaving a gap since nothing says that it was closed */
	journal = open_quick(*state);
	assert_true(append_range(journal, 41, 41, true) > 1000000);
	journal_close(journal);
	expect_range(*state, 1, 41);
}

static void test_oldest_segment_removed(void **state)
{
	struct journal *journal = open_quick(*state);
	char path[256];

	append_range(journal, 1, 10, true);
	journal_close(journal);
	journal = open_quick(*state);
	append_range(journal, 11, 20, true);
	snprintf(path, sizeof(path), "%s/live/00000000000000000001.wlj", (char *)*state);
	assert_int_equal(unlink(path), 0);
	expect_range(*state, 11, 20);
	journal_close(journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_what_goes_in_comes_out),
		TEST_IN_FOLDER(test_empty),
		TEST_IN_FOLDER(test_reader_finds_what_comes_later),
		TEST_IN_FOLDER(test_sizes),
		TEST_IN_FOLDER(test_segments_rotate),
		TEST_IN_FOLDER(test_memory_goes_round),
		TEST_IN_FOLDER(test_segments_grow_old),
		TEST_IN_FOLDER(test_release_in_the_middle_of_a_frame),
		TEST_IN_FOLDER(test_seek_in_a_large_segment),
		TEST_IN_FOLDER(test_get),
		TEST_IN_FOLDER(test_numbers_go_on_after_a_clean_close),
		TEST_IN_FOLDER(test_one_writer),
		TEST_IN_FOLDER(test_options_are_bounded),
		TEST_IN_FOLDER(test_numbers_seen),
		TEST_IN_FOLDER(test_many_appenders),
		TEST_IN_FOLDER(test_reader_in_another_process),
		TEST_IN_FOLDER(test_segments_without_head),
		TEST_IN_FOLDER(test_oldest_segment_removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
