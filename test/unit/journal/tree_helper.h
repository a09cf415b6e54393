/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_JOURNAL_TREE_HELPER_H
#define TEST_JOURNAL_TREE_HELPER_H
/* The Merkle tree of a journal's live segments, made again from its records by the book. */
#include "helper.h"

#include "base/hash.h"
#include "journal/archive.h"
#include "journal/folder.h"
#include "journal/segment.h"

/* By the book: SHA-256 of a zero byte and the canonical bytes, put together here field by field. */
static inline void leaf_by_hand(const struct journal_record *record, struct tlog_hash *ret_hash)
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

static inline void assert_range(const struct tlog_range *a, const struct tlog_range *b)
{
	assert_int_equal(a->end, b->end);
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->hashes, b->hashes, a->count * sizeof(a->hashes[0]));
}

/* The leaves of a frame's records, from the reader, onto the range. */
static inline void add_frame(struct journal_reader *reader, const struct journal_frame *frame,
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

/* Walks all segments: every frame and every preface says what the records before say. Returns the number of
   leaves. */
static inline uint64_t check_tree(const char *folder)
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

#endif
