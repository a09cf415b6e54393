/* SPDX-License-Identifier: Apache-2.0 */
/* Live segments go when they are sealed, all but the one that the tree goes on from. What the archive says of
   its files is made up here (the linker's --wrap). */
#include "tree_helper.h"

#include <errno.h>

#include "journal/remove.h"

/* By the number of the segment in its folder: what the archive answers for it. */
static struct {
	struct {
		uint64_t name;
		int answer;
		struct tlog_range before, after;
	} segments[16];
	size_t count;
} archive;

int __wrap_journal_sealed_is_whole(const char *folder, uint64_t name, struct tlog_range *ret_before,
				   struct tlog_range *ret_after, struct err *ret_err);

int __wrap_journal_sealed_is_whole(const char *folder, uint64_t name, struct tlog_range *ret_before,
				   struct tlog_range *ret_after, struct err *ret_err)
{
	(void)folder;
	for (size_t i = 0; i < archive.count; i++) {
		if (archive.segments[i].name != name)
			continue;
		*ret_before = archive.segments[i].before;
		*ret_after = archive.segments[i].after;
		return archive.segments[i].answer < 0 ? err_set(ret_err, archive.segments[i].answer, 0, 0,
								"damaged, says the archive")
						      : 0;
	}
	return -ENOENT;
}

/* Four segments of five records, numbered 1, 6, 11, 16; all are sealed, the last one too. */
static void make(const char *folder)
{
	archive.count = 0;
	for (uint64_t i = 0; i < 4; i++) {
		struct journal *journal = open_quick(folder);

		append_range(journal, 5 * i + 1, 5 * i + 5, true);
		journal_close(journal);
	}
	for (uint64_t i = 0; i < 4; i++) {
		struct journal_segment *segment;

		assert_int_equal(journal_segment_open(folder, 5 * i + 1, &segment, NULL), 0);
		archive.segments[i].name = 5 * i + 1;
		archive.segments[i].answer = 0;
		archive.segments[i].before = segment->header.before;
		if (i > 0)
			archive.segments[i - 1].after = segment->header.before;
		journal_segment_close(segment);
	}
	archive.count = 4;
}

static void expect_segments(const char *folder, uint64_t segments, uint64_t first, uint64_t last)
{
	struct journal_listing listing;

	assert_int_equal(journal_list(folder, 0, &listing), 0);
	assert_int_equal(listing.segments, segments);
	assert_int_equal(listing.first, first);
	assert_int_equal(listing.last, last);
}

static void test_all_but_the_newest(void **state)
{
	struct journal *journal;
	struct journal_segment *segment;
	unsigned count = 7;
	uint64_t seq;

	make(*state);
	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
	assert_int_equal(count, 3);
	expect_segments(*state, 1, 16, 16);
	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
	assert_int_equal(count, 0);
	/* A writer that has not written yet does not change which is the newest. */
	journal = open_quick(*state);
	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
	assert_int_equal(count, 0);
	seq = append_range(journal, 21, 21, true);
	assert_int_equal(journal_segment_open(*state, seq, &segment, NULL), 0);
	assert_int_equal(segment->header.before.end, 20);
	archive.segments[3].after = segment->header.before;
	journal_segment_close(segment);
	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
	assert_int_equal(count, 1);
	expect_segments(*state, 1, seq, seq);
	append_range(journal, 22, 22, true);
	journal_close(journal);
}

/* A newer segment that has only its preface when the machine stops. */
static void test_a_segment_without_a_frame_is_not_the_newest(void **state)
{
	struct journal_segment *segment;
	struct journal *journal;
	char from[256], to[256];
	unsigned count;
	uint64_t seq;

	make(*state);
	snprintf(from, sizeof(from), "%s/live/00000000000000000016.wlj", (char *)*state);
	snprintf(to, sizeof(to), "%s/live/00000000000000000021.wlj", (char *)*state);
	assert_int_equal(link(from, to), 0); /* it need not be whole */
	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_int_equal(unlink(to), 0);
	journal = open_quick(*state);
	seq = append_range(journal, 21, 21, true);
	journal_close(journal);
	assert_int_equal(journal_segment_open(*state, seq, &segment, NULL), 0);
	assert_int_equal(segment->header.before.end, 20);
	journal_segment_close(segment);
}

static void test_what_is_not_sealed_stays(void **state)
{
	unsigned count;

	make(*state);
	archive.segments[1].name = 999;
	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
	assert_int_equal(count, 2);
	expect_segments(*state, 2, 6, 16);
}

static void test_a_damaged_or_other_segment_stays(void **state)
{
	for (int what = 0; what < 3; what++) {
		struct err err = {0};
		unsigned count;

		make(*state);
		if (what == 0)
			archive.segments[1].answer = ERR_CORRUPT;
		else if (what == 1)
			archive.segments[1].before.hashes[0].bytes[5] ^= 1;
		else
			archive.segments[1].after.hashes[0].bytes[5] ^= 1;
		assert_int_equal(journal_remove_sealed(*state, &count, &err), ERR_CORRUPT);
		assert_non_null(strstr(err.message, what == 0 ? "says the archive" : "both stay"));
		assert_int_equal(count, 2);
		expect_segments(*state, 2, 6, 16);
		folder_clear(*state);
	}
}

static void test_nothing_there(void **state)
{
	unsigned count = 7;

	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
	assert_int_equal(count, 0);
	journal_close(open_quick(*state));
	assert_int_equal(journal_remove_sealed(*state, &count, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_all_but_the_newest),
		TEST_IN_FOLDER(test_a_segment_without_a_frame_is_not_the_newest),
		TEST_IN_FOLDER(test_what_is_not_sealed_stays),
		TEST_IN_FOLDER(test_a_damaged_or_other_segment_stays),
		TEST_IN_FOLDER(test_nothing_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
