/* SPDX-License-Identifier: Apache-2.0 */
/* Removing live segments beside what the archive really writes. */
#include "archive_helper.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "journal/remove.h"
#include "journal/sealed.h"

static const struct journal_key key = {{7}};

/* Four segments, of which the first three get sealed. */
static void make(const char *folder, bool encrypted)
{
	const struct journal_seal_options options = {.key = encrypted ? &key : NULL};

	for (uint64_t i = 0; i < 4; i++) {
		const struct journal_options live = {
			.key = options.key, .commit_delay = 200, .reserve_bytes = 1};
		struct journal *journal;

		assert_int_equal(journal_open(folder, &live, NULL, NULL, &journal, NULL), 0);
		append_range(journal, 300 * i + 1, 300 * i + 300, false);
		journal_close(journal);
	}
	assert_int_equal(seal_all(folder, &options), 3);
}

static void test_remove(void **state)
{
	for (int encrypted = 0; encrypted < 2; encrypted++) {
		struct all_records before, after;
		struct journal_listing listing;
		unsigned count;

		make(*state, encrypted);
		records_read(*state, encrypted ? &key : NULL, 1, &before);
		assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
		assert_int_equal(count, 3);
		assert_int_equal(journal_list(*state, 0, &listing), 0);
		assert_int_equal(listing.segments, 1);
		records_read(*state, encrypted ? &key : NULL, 1, &after);
		assert_int_equal(after.len, 1200);
		assert_records(&before, &after);
		records_done(&before);
		records_done(&after);
		folder_clear(*state);
	}
}

/* A byte changed, here and there: where it is not made up for by a copy, the live one stays. */
static void test_damaged(void **state)
{
	struct buf file = {0};
	char path[PATH_MAX];
	unsigned damaged = 0, steps = 0;

	make(*state, false);
	assert_int_equal(sealed_path(*state, 301, path), 0);
	assert_int_equal(io_read_file(path, 1 << 24, &file), 0);
	for (size_t at = 0; at < file.len; at += 97, steps++) {
		struct tlog_range before, after;
		struct err err = {0};
		int r;

		file.ptr[at] ^= 4;
		assert_int_equal(io_replace_file(path, file.ptr, file.len, 0600), 0);
		file.ptr[at] ^= 4;
		r = journal_sealed_is_whole(*state, 301, &before, &after, &err);
		if (r < 0)
			assert_int_equal(r, ERR_CORRUPT);
		damaged += r < 0;
	}
	assert_in_range(damaged, 5, steps); /* the blocks at least */
	assert_int_equal(truncate(path, 100), 0);
	{
		struct err err = {0};
		unsigned count;

		assert_int_equal(journal_remove_sealed(*state, &count, &err), ERR_CORRUPT);
		assert_int_equal(count, 2);
		assert_non_null(strstr(err.message, "00000000000000000301"));
	}
	buf_done(&file);
}

/* The end of a segment that was durable is lost; the next one begins behind it in the tree. */
static void test_a_lost_end(void **state)
{
	static const struct journal_seal_options plain;
	struct journal_segment_info info = {0};
	struct journal *journal;
	struct err err = {0};
	char path[PATH_MAX];
	struct stat status;
	unsigned count;

	journal = open_quick(*state);
	append_range(journal, 1, 10, true);
	journal_close(journal);
	assert_int_equal(journal_segment_path(*state, 1, path), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(truncate(path, status.st_size - 1), 0);
	journal = open_quick(*state);
	append_range(journal, 11, 20, true);
	journal_close(journal);
	if (journal_seal(*state, 1, &plain, &info, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(info.leaf_end, 9);
	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
	assert_int_equal(count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_remove),
		TEST_IN_FOLDER(test_damaged),
		TEST_IN_FOLDER(test_a_lost_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
