/* SPDX-License-Identifier: Apache-2.0 */
/* The Merkle tree that segments carry: every frame and every preface says what a walk over the records says.
 */
#include "tree_helper.h"

#include "base/io.h"

static void test_frames_and_prefaces_carry_the_tree(void **state)
{
	const struct journal_options options = {
		.segment_bytes = 20000, .commit_delay = 100, .reserve_bytes = 1};
	struct journal *journal;

	assert_int_equal(journal_open(*state, &options, NULL, NULL, &journal, NULL), 0);
	append_range(journal, 1, 100, true);
	append_range(journal, 101, 1100, false);
	append_range(journal, 1101, 1103, true);
	journal_close(journal);
	assert_int_equal(check_tree(*state), 1103);
}

/* Numbers have gaps, leaves have none. */
static void test_leaves_go_on_after_a_crash(void **state)
{
	char head[256];
	uint64_t before, after;
	struct journal *journal = open_quick(*state);

	before = append_range(journal, 1, 10, true);
	journal_close(journal);
	snprintf(head, sizeof(head), "%s/live/head", (char *)*state);
	assert_int_equal(unlink(head), 0);
	journal = open_quick(*state);
	after = append_range(journal, 11, 25, true);
	journal_close(journal);
	assert_true(after > before + 100);
	assert_int_equal(check_tree(*state), 25);
}

static void test_leaf_bytes(void **state)
{
	char text[128];
	struct journal_record record = record_make(5, text, sizeof(text));
	struct tlog_hash leaf, again;
	struct buf bytes = {0};

	(void)state;
	record.seq = 77;
	journal_leaf_bytes(&record, &bytes);
	assert_int_equal(bytes.len, 8 + 29 + record.hint.len + record.bytes.len);
	tlog_leaf(bytes.ptr, bytes.len, "", 0, &leaf);
	leaf_by_hand(&record, &again);
	assert_memory_equal(&leaf, &again, sizeof(leaf));
	buf_done(&bytes);
}

/* Segments of version 1 lay in the folder itself: nothing is begun beside them. */
static void test_flat_version_1(void **state)
{
	struct journal_record record;
	struct journal_reader *reader;
	struct journal *journal;
	struct err err = {0};
	char path[256];

	snprintf(path, sizeof(path), "%s/00000000000000000001.wlj", (char *)*state);
	assert_int_equal(io_replace_file(path, "\x89WLJ\r\n\x1a\n\x01", 10, 0600), 0);
	assert_int_equal(journal_open(*state, NULL, NULL, NULL, &journal, &err), ERR_VERSION);
	assert_non_null(strstr(err.message, "format version 1"));
	assert_non_null(strstr(err.message, "move that folder away"));
	err = (struct err){0};
	reader = reader_at(*state, 1);
	assert_int_equal(journal_reader_next(reader, &record, &err), ERR_VERSION);
	assert_non_null(strstr(err.message, "format version 1"));
	journal_reader_close(reader);
	snprintf(path, sizeof(path), "%s/live", (char *)*state);
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_frames_and_prefaces_carry_the_tree),
		TEST_IN_FOLDER(test_leaves_go_on_after_a_crash),
		cmocka_unit_test(test_leaf_bytes),
		TEST_IN_FOLDER(test_flat_version_1),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
