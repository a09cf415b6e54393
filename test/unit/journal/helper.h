/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_JOURNAL_HELPER_H
#define TEST_JOURNAL_HELPER_H
/* A folder for each test, records whose content follows from their number in the test, and a reader of all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <dirent.h>
#include <cmocka.h>

#include "base/clock.h"
#include "journal/journal.h"

#define LONG_WAIT (30 * CLOCK_SECOND)

static inline int folder_setup(void **state)
{
	char *folder = strdup("/tmp/wanglou-journal-XXXXXX");

	if (!folder || !mkdtemp(folder))
		return -1;
	*state = folder;
	return 0;
}

static inline void files_clear(const char *folder)
{
	DIR *dir = opendir(folder);
	char path[1024];

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
}

/* Leaves live/ itself. */
static inline void folder_clear(const char *folder)
{
	char live[512], sealed[512];

	snprintf(live, sizeof(live), "%s/live", folder);
	snprintf(sealed, sizeof(sealed), "%s/sealed", folder);
	files_clear(live);
	files_clear(sealed);
	rmdir(sealed);
	files_clear(folder);
}

static inline void folder_remove(const char *folder)
{
	char live[512];

	folder_clear(folder);
	snprintf(live, sizeof(live), "%s/live", folder);
	rmdir(live);
	rmdir(folder);
}

static inline int folder_teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

#define TEST_IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

/* "record N" with some length of its own, and every field set from n. */
static inline struct journal_record record_make(uint64_t n, char *out, size_t out_size)
{
	struct journal_record record = {
		.received = (int64_t)(1700000000000000 + n),
		.peer = {[10] = 0xff, [11] = 0xff, [12] = 192, [13] = 0, [14] = 2, [15] = (uint8_t)n},
		.listener = (uint16_t)(n % 7),
		.flags = (uint16_t)(n % 2 ? JOURNAL_DRILL : 0),
		.hint = n % 3 ? STR("hint") : STR(""),
	};
	int len = snprintf(out, out_size, "record %llu %.*s", (unsigned long long)n, (int)(n % 40),
			   "........................................");

	record.bytes = str_of(out, (size_t)len);
	return record;
}

static inline void record_check(const struct journal_record *record, uint64_t n)
{
	char text[128];
	struct journal_record expected = record_make(n, text, sizeof(text));

	assert_int_equal(record->received, expected.received);
	assert_memory_equal(record->peer, expected.peer, sizeof(expected.peer));
	assert_int_equal(record->listener, expected.listener);
	assert_int_equal(record->flags, expected.flags);
	assert_true(str_eq(record->hint, expected.hint));
	assert_true(str_eq(record->bytes, expected.bytes));
}

/* Appends record n and returns its number. */
static inline uint64_t append_one(struct journal *journal, uint64_t n)
{
	char text[128];
	struct journal_record record = record_make(n, text, sizeof(text));

	assert_int_equal(journal_append(journal, &record, 1), 0);
	return record.seq;
}

static inline struct journal *open_quick(const char *folder)
{
	const struct journal_options options = {.commit_delay = 200, .reserve_bytes = 1};
	struct journal *journal;
	struct err err = {0};
	int r = journal_open(folder, &options, NULL, NULL, &journal, &err);

	if (r < 0)
		fail_msg("%s", err.message);
	return journal;
}

/* Appends records first to last, each a commit of its own where alone is set. Returns the last number. */
static inline uint64_t append_range(struct journal *journal, uint64_t first, uint64_t last, bool alone)
{
	uint64_t seq = 0;

	for (uint64_t n = first; n <= last; n++) {
		seq = append_one(journal, n);
		if (alone)
			assert_int_equal(journal_wait(journal, seq, LONG_WAIT), 0);
	}
	assert_int_equal(journal_wait(journal, seq, LONG_WAIT), 0);
	return seq;
}

static inline struct journal_reader *reader_at(const char *folder, uint64_t seq)
{
	struct journal_reader *reader;

	assert_int_equal(journal_reader_open(folder, NULL, seq, &reader, NULL), 0);
	return reader;
}

/* Reads all there is and checks that these are records first to last, whatever their numbers. */
static inline void expect_range(const char *folder, uint64_t first, uint64_t last)
{
	struct journal_reader *reader = reader_at(folder, 1);
	struct journal_record record;
	uint64_t seq = 0;

	for (uint64_t n = first; n <= last; n++) {
		struct err err = {0};
		int r = journal_reader_next(reader, &record, &err);

		if (r < 0)
			fail_msg("record %llu: %s %s", (unsigned long long)n, err_text(r), err.message);
		record_check(&record, n);
		assert_true(record.seq > seq);
		seq = record.seq;
	}
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
	journal_reader_close(reader);
}

#endif
