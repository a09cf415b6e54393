/* SPDX-License-Identifier: Apache-2.0 */
/* The Merkle tree that segments carry: every frame and every preface says what a walk over the records says.
 */
#include "helper.h"

#include "base/hash.h"
#include "base/io.h"
#include "journal/archive.h"
#include "journal/folder.h"
#include "journal/segment.h"

/* By the book: SHA-256 of a zero byte and the canonical bytes, put together here field by field. */
static void leaf_by_hand(const struct journal_record *record, struct tlog_hash *ret_hash)
{
	struct buf bytes = {0};
	uint8_t hint_len = (uint8_t)record->hint.len;

	buf_add(&bytes, "", 1);
	buf_add(&bytes, &record->seq, 8); /* the tests run where integers are little-endian */
	buf_add(&bytes, &record->listener, 2);
	buf_add(&bytes, &record->flags, 2);
	buf_add(&bytes, &record->received, 8);
	buf_add(&bytes, record->peer, 16);
	buf_add(&bytes, &hint_len, 1);
	buf_add_str(&bytes, record->hint);
	buf_add_str(&bytes, record->bytes);
	sha256(bytes.ptr, bytes.len, ret_hash->bytes);
	buf_done(&bytes);
}

static void assert_range(const struct tlog_range *a, const struct tlog_range *b)
{
	assert_int_equal(a->end, b->end);
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->hashes, b->hashes, a->count * sizeof(a->hashes[0]));
}

/* The leaves of a frame's records, from the reader, onto the range. */
static void add_frame(struct journal_reader *reader, const struct journal_frame *frame,
		      struct tlog_range *range)
{
	for (uint32_t i = 0; i < frame->count; i++) {
		struct journal_record record;
		struct tlog_hash leaf, other;

		assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
		assert_int_equal(record.seq, frame->first_seq + i);
		leaf_by_hand(&record, &leaf);
		journal_leaf(&record, &other);
		assert_memory_equal(&leaf, &other, sizeof(leaf));
		tlog_range_append(range, &leaf);
	}
}

/* Walks all segments. Returns the number of leaves. */
static uint64_t check_tree(const char *folder)
{
	struct journal_reader *reader = reader_at(folder, 1);
	struct journal_listing listing;
	struct tlog_range range, after;
	uint64_t name = 0;

	tlog_range_init(&range, 0);
	while (journal_list(folder, name, &listing) == 0 && listing.above) {
		struct journal_segment *segment;
		struct journal_frame frame;
		uint64_t offset = JOURNAL_PREFACE_SIZE;

		name = listing.above;
		assert_int_equal(journal_segment_open(folder, name, &segment, NULL), 0);
		assert_range(&segment->header.before, &range);
		while (journal_segment_frame(segment, offset, &frame) == 0) {
			assert_int_equal(frame.leaf, range.end);
			add_frame(reader, &frame, &range);
			assert_int_equal(journal_segment_after(segment, offset, &frame, &after), 0);
			assert_range(&after, &range);
			offset += journal_frame_size(&frame);
		}
		assert_int_equal(offset, segment->limit);
		journal_segment_close(segment);
	}
	journal_reader_close(reader);
	return range.end;
}

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
