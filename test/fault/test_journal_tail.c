/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a writer finds the state of the tree again: from the last frame, whatever of it is damaged, from a
 * preface, and never from nothing where something was.
 */
#include "tree_helper.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/io.h"

#define FIRST "live/00000000000000000001.wlj"

/* Two frames of seven records in one segment, and its file. The head says that all is durable. */
struct sample {
	const char *folder;
	char path[256];
	struct buf bytes, head;
	struct journal_segment_header header;
	struct journal_frame frame; /* the last one */
	uint64_t offset;
};

static void sample_make(struct sample *sample, const char *folder)
{
	struct journal *journal = open_quick(folder);
	char head[256];

	*sample = (struct sample){.folder = folder, .offset = JOURNAL_PREFACE_SIZE};
	snprintf(sample->path, sizeof(sample->path), "%s/" FIRST, folder);
	snprintf(head, sizeof(head), "%s/live/head", folder);
	for (uint64_t i = 0; i < 2; i++) {
		struct journal_record records[7];
		char text[7][128];

		for (uint64_t k = 0; k < 7; k++)
			records[k] = record_make(7 * i + k + 1, text[k], sizeof(text[k]));
		assert_int_equal(journal_append(journal, records, 7), 0);
		assert_int_equal(journal_wait(journal, 7 * i + 7, LONG_WAIT), 0);
	}
	journal_close(journal);
	assert_int_equal(io_read_file(sample->path, 1 << 20, &sample->bytes), 0);
	assert_int_equal(io_read_file(head, 1 << 20, &sample->head), 0);
	assert_int_equal(journal_preface_decode((const uint8_t *)sample->bytes.ptr, sample->bytes.len,
						&sample->header),
			 0);
	for (int i = 0; i < 2; i++) {
		sample->offset += i ? journal_frame_size(&sample->frame) : 0;
		assert_int_equal(journal_frame_decode((const uint8_t *)sample->bytes.ptr + sample->offset,
						      sample->header.salt, &sample->frame),
				 0);
	}
}

static void sample_done(struct sample *sample)
{
	buf_done(&sample->bytes);
	buf_done(&sample->head);
}

/* The folder as it was, with the head or without. */
static void sample_restore(const struct sample *sample, bool with_head)
{
	char head[256];

	snprintf(head, sizeof(head), "%s/live/head", sample->folder);
	folder_clear(sample->folder);
	assert_int_equal(io_replace_file(sample->path, sample->bytes.ptr, sample->bytes.len, 0600), 0);
	if (with_head)
		assert_int_equal(io_replace_file(head, sample->head.ptr, sample->head.len, 0600), 0);
}

/* Where the next segment begins in the tree after a writer has gone over the folder and written. */
static uint64_t leaves_before_next(const struct sample *sample)
{
	struct journal *journal = open_quick(sample->folder);
	uint64_t seq = append_range(journal, 15, 15, true);
	struct journal_segment *segment;
	uint64_t leaves;

	journal_close(journal);
	assert_int_equal(journal_segment_open(sample->folder, seq, &segment, NULL), 0);
	leaves = segment->header.before.end;
	journal_segment_close(segment);
	return leaves;
}

static unsigned count_records(const char *folder, unsigned *ret_reports)
{
	struct journal_reader *reader = reader_at(folder, 1);
	struct journal_record record;
	unsigned count = 0;
	int r;

	*ret_reports = 0;
	while ((r = journal_reader_next(reader, &record, NULL)) == 0 || r == ERR_CORRUPT)
		r == 0 ? count++ : ++*ret_reports;
	assert_int_equal(r, ERR_END);
	journal_reader_close(reader);
	return count;
}

/* A byte of the last frame flipped, whichever, which the head says was durable. In the header: it cannot be
   read and is put aside. In the records: they are reported, the tree goes on behind them. In the trailer: it
   is mended. */
static void test_flip_every_byte_of_the_last_frame(void **state)
{
	struct sample sample;
	uint64_t trailer;

	sample_make(&sample, *state);
	trailer = sample.offset + JOURNAL_FRAME_HEADER_SIZE + sample.frame.stored;
	for (uint64_t at = sample.offset; at < sample.bytes.len; at++) {
		unsigned reports;

		sample.bytes.ptr[at] ^= 0x10;
		sample_restore(&sample, true);
		sample.bytes.ptr[at] ^= 0x10;
		assert_int_equal(leaves_before_next(&sample), 14);
		assert_int_equal(count_records(*state, &reports), at < trailer ? 8 : 15);
		assert_int_equal(reports, at < trailer);
		if (at >= trailer)
			assert_int_equal(check_tree(*state), 15);
	}
	sample_done(&sample);
}

/* What was durable is gone; the head knows the tree, and where its tree is damaged what is left of the
 * segment. */
static void test_the_head_has_the_tree(void **state)
{
	struct sample sample;

	sample_make(&sample, *state);
	for (size_t len = JOURNAL_PREFACE_SIZE; len < sample.bytes.len; len += 40) {
		uint64_t left = len < sample.offset ? 0 : 7;

		sample_restore(&sample, true);
		assert_int_equal(truncate(sample.path, (off_t)len), 0);
		assert_int_equal(leaves_before_next(&sample), 14);
		for (size_t at = 128; at < 128 + 16 + 3 * TLOG_HASH_SIZE; at += 9) {
			sample.head.ptr[at] ^= 1;
			sample_restore(&sample, true);
			sample.head.ptr[at] ^= 1;
			assert_int_equal(truncate(sample.path, (off_t)len), 0);
			assert_int_equal(leaves_before_next(&sample), left);
		}
	}
	sample_done(&sample);
}

/* The same with no head to say that the frame was durable: then it is torn. */
static void test_flip_without_head(void **state)
{
	struct sample sample;

	sample_make(&sample, *state);
	for (uint64_t at = sample.offset; at < sample.bytes.len; at += 5) {
		sample.bytes.ptr[at] ^= 0x10;
		sample_restore(&sample, false);
		sample.bytes.ptr[at] ^= 0x10;
		assert_int_equal(leaves_before_next(&sample), 7);
		assert_int_equal(check_tree(*state), 8);
	}
	sample_done(&sample);
}

/* A frame with right checksums in the wrong place of the tree: nobody writes behind that. */
static void test_leaves_that_do_not_follow(void **state)
{
	struct sample sample;
	struct journal *journal;
	struct buf after = {0};

	sample_make(&sample, *state);
	for (size_t i = 0; i < 2; i++) {
		static const uint64_t leaves[] = {4, 12}; /* 11 and 19 have as many bits set as 14 */
		struct journal_frame frame = sample.frame;
		struct err err = {0};

		frame.leaf = leaves[i];
		journal_frame_encode(&frame, sample.header.salt, (uint8_t *)sample.bytes.ptr + sample.offset);
		sample_restore(&sample, true);
		assert_int_equal(journal_open(*state, NULL, NULL, NULL, &journal, &err), ERR_CORRUPT);
		assert_non_null(strstr(err.message, "where 7 is next"));
		buf_clear(&after);
		assert_int_equal(io_read_file(sample.path, 1 << 20, &after), 0);
		assert_true(str_eq(buf_str(&after), buf_str(&sample.bytes)));
	}
	buf_done(&after);
	sample_done(&sample);
}

/* A segment of which only the preface reached the disk, and all before it are gone: it is put aside, and it
   alone knew. */
static void test_preface_alone(void **state)
{
	struct sample sample;
	struct journal *journal;
	struct journal_segment *segment;
	char path[256];
	uint64_t seq;

	sample_make(&sample, *state);
	journal = open_quick(*state);
	assert_int_equal(append_range(journal, 15, 15, true), 15);
	journal_close(journal);
	snprintf(path, sizeof(path), "%s/live/00000000000000000015.wlj", (char *)*state);
	assert_int_equal(truncate(path, JOURNAL_PREFACE_SIZE + 60), 0);
	assert_int_equal(unlink(sample.path), 0);
	snprintf(path, sizeof(path), "%s/live/head", (char *)*state);
	assert_int_equal(unlink(path), 0);
	journal = open_quick(*state);
	seq = append_range(journal, 16, 16, true);
	journal_close(journal);
	assert_int_equal(journal_segment_open(*state, seq, &segment, NULL), 0);
	assert_int_equal(segment->header.before.end, 14);
	assert_memory_equal(segment->header.before.hashes,
			    sample.bytes.ptr + sample.bytes.len - journal_trailer_size(&sample.frame),
			    journal_trailer_size(&sample.frame));
	journal_segment_close(segment);
	sample_done(&sample);
}

static void test_sealed_without_live(void **state)
{
	struct journal *journal;
	struct err err = {0};
	char sealed[256], file[300], other[256], head[256];
	struct journal_segment *segment;
	struct sample sample;
	uint64_t seq;

	snprintf(other, sizeof(other), "%s/other", (char *)*state);
	snprintf(sealed, sizeof(sealed), "%s/sealed", (char *)*state);
	snprintf(file, sizeof(file), "%s/00000000000000000001.wls", sealed);
	assert_int_equal(mkdir(sealed, 0700), 0);
	journal_close(open_quick(*state)); /* an empty folder is no reason */
	assert_int_equal(io_replace_file(file, "x", 1, 0600), 0);
	assert_int_equal(journal_open(*state, NULL, NULL, NULL, &journal, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.message, "put its last one back"));
	sample_make(&sample, other);
	snprintf(head, sizeof(head), "%s/live/head", (char *)*state);
	assert_int_equal(io_replace_file(head, sample.head.ptr, sample.head.len, 0600), 0);
	journal = open_quick(*state); /* but here is a head that knows */
	seq = append_range(journal, 15, 15, true);
	journal_close(journal);
	assert_int_equal(journal_segment_open(*state, seq, &segment, NULL), 0);
	assert_int_equal(segment->header.before.end, 14);
	assert_memory_equal(segment->header.before.hashes,
			    sample.bytes.ptr + sample.bytes.len - journal_trailer_size(&sample.frame),
			    journal_trailer_size(&sample.frame));
	journal_segment_close(segment);
	sample_done(&sample);
	folder_remove(other);
	assert_true(unlink(file) == 0 && rmdir(sealed) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_flip_every_byte_of_the_last_frame),
		TEST_IN_FOLDER(test_the_head_has_the_tree),
		TEST_IN_FOLDER(test_flip_without_head),
		TEST_IN_FOLDER(test_leaves_that_do_not_follow),
		TEST_IN_FOLDER(test_preface_alone),
		TEST_IN_FOLDER(test_sealed_without_live),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
