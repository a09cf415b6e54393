/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files as a crash or a bad disk leaves them: cut at every byte, flipped at every byte, ends of zeros,
 * headers gone. What is whole stays readable, what is not is named or put aside, and numbers go on behind it.
 */
#include "helper.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/io.h"
#include "journal/format.h"

#define FIRST "00000000000000000001.wlj"

/* Three frames of five records each in one segment: [PREFACE, ends[0]), …; the content of its file. */
struct sample {
	struct buf bytes;
	uint64_t ends[3];
	const char *folder;
	char path[256], head[256];
};

static void sample_make(struct sample *sample, const char *folder)
{
	struct journal *journal = open_quick(folder);
	struct stat status;

	*sample = (struct sample){.folder = folder};
	snprintf(sample->path, sizeof(sample->path), "%s/live/" FIRST, folder);
	snprintf(sample->head, sizeof(sample->head), "%s/live/head", folder);
	for (uint64_t i = 0; i < 3; i++) {
		struct journal_record records[5];
		char text[5][128];

		for (uint64_t k = 0; k < 5; k++)
			records[k] = record_make(5 * i + k + 1, text[k], sizeof(text[k]));
		assert_int_equal(journal_append(journal, records, 5), 0);
		assert_int_equal(journal_wait(journal, 5 * i + 5, LONG_WAIT), 0);
		assert_int_equal(stat(sample->path, &status), 0);
		sample->ends[i] = (uint64_t)status.st_size;
	}
	journal_close(journal);
	assert_int_equal(io_read_file(sample->path, 1 << 20, &sample->bytes), 0);
}

/* The folder with nothing but this segment, as after a loss of power that took the head with it. */
static void sample_write(const struct sample *sample, size_t len)
{
	folder_clear(sample->folder);
	assert_int_equal(io_replace_file(sample->path, sample->bytes.ptr, len, 0644), 0);
}

static unsigned count_torn(const char *folder)
{
	char live[256];
	DIR *dir;
	unsigned count = 0;

	snprintf(live, sizeof(live), "%s/live", folder);
	dir = opendir(live);

	for (struct dirent *entry; (entry = readdir(dir));)
		count += str_ends(str_from(entry->d_name), STR(".torn"));
	closedir(dir);
	return count;
}

static void test_cut_at_every_byte(void **state)
{
	struct sample sample;
	struct stat status;

	sample_make(&sample, *state);
	for (uint64_t len = sample.ends[1]; len < sample.ends[2]; len++) {
		struct journal *journal;

		sample_write(&sample, len);
		expect_range(*state, 1, 10); /* with no writer there yet */
		journal = open_quick(*state);
		expect_range(*state, 1, 10);
		assert_true(append_one(journal, 11) > 15 + JOURNAL_SEQ_GAP - 10);
		journal_close(journal);
		expect_range(*state, 1, 11);
		assert_int_equal(count_torn(*state), len == sample.ends[1] ? 0 : 1);
		assert_int_equal(stat(sample.path, &status), 0);
		assert_int_equal(status.st_size, sample.ends[1]);
	}
	buf_done(&sample.bytes);
}

/* A file that never got its header whole, alone or with others before it. */
static void test_cut_in_the_preface(void **state)
{
	struct sample sample;

	sample_make(&sample, *state);
	for (uint64_t len = 0; len <= JOURNAL_PREFACE_SIZE; len += 512) {
		struct journal *journal;

		sample_write(&sample, len);
		expect_range(*state, 1, 0);
		journal = open_quick(*state);
		assert_true(append_one(journal, 1) > JOURNAL_SEQ_GAP);
		journal_close(journal);
		expect_range(*state, 1, 1);
		assert_int_equal(count_torn(*state), 1);
	}
	buf_done(&sample.bytes);
}

/* Every frame is either read whole or named in whole. Returns the number of reports. */
static unsigned read_damaged(const char *folder, bool ret_seen[16])
{
	struct journal_reader *reader = reader_at(folder, 1);
	struct journal_record record;
	struct err err = {0};
	unsigned reports = 0;
	int r;

	memset(ret_seen, 0, 16);
	while ((r = journal_reader_next(reader, &record, &err)) == 0 || r == ERR_CORRUPT) {
		if (r == ERR_CORRUPT) {
			reports++;
			continue;
		}
		assert_in_range(record.seq, 1, 15);
		assert_false(ret_seen[record.seq]);
		record_check(&record, record.seq);
		ret_seen[record.seq] = true;
	}
	if (r != ERR_END)
		fail_msg("%s", err.message);
	journal_reader_close(reader);
	return reports;
}

#define MIDDLE_TRAILER (2 * TLOG_HASH_SIZE) /* of ten leaves */

/* One byte of the middle frame flipped, whichever: the others stay, its five are reported, but where it is in
   the trailer, which no record needs. The head is there. */
static void test_flip_every_byte_in_the_middle(void **state)
{
	struct sample sample;
	bool seen[16];

	sample_make(&sample, *state);
	for (uint64_t at = sample.ends[0]; at < sample.ends[1]; at++) {
		int fd = open(sample.path, O_WRONLY);
		char flipped = (char)(sample.bytes.ptr[at] ^ 0x20);
		bool trailer = at >= sample.ends[1] - MIDDLE_TRAILER;

		assert_int_equal(pwrite(fd, &flipped, 1, (off_t)at), 1);
		assert_int_equal(read_damaged(*state, seen), !trailer);
		for (int seq = 1; seq <= 15; seq++)
			assert_int_equal(seen[seq], seq <= 5 || seq > 10 || trailer);
		assert_int_equal(pwrite(fd, sample.bytes.ptr + at, 1, (off_t)at), 1);
		close(fd);
	}
	assert_int_equal(read_damaged(*state, seen), 0);
	buf_done(&sample.bytes);
}

static void test_the_report_names_the_span(void **state)
{
	struct sample sample;
	struct journal_reader *reader;
	struct journal_record record;
	struct journal *journal;
	struct err err = {0};

	sample_make(&sample, *state);
	sample.bytes.ptr[sample.ends[1] - MIDDLE_TRAILER - 20] ^= 1;
	assert_int_equal(io_replace_file(sample.path, sample.bytes.ptr, sample.bytes.len, 0644), 0);
	/* A writer starting again leaves the damage where it is, for what is behind it is good. */
	journal = open_quick(*state);
	assert_int_equal(append_one(journal, 16), 16);
	journal_close(journal);
	reader = reader_at(*state, 8);
	assert_int_equal(journal_reader_next(reader, &record, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.message, "records 8 to 10 "));
	for (uint64_t seq = 11; seq <= 16; seq++) {
		assert_int_equal(journal_reader_next(reader, &record, &err), 0);
		assert_int_equal(record.seq, seq);
	}
	journal_reader_close(reader);
	buf_done(&sample.bytes);
}

/* The end of the file lost although it was acknowledged (a disk that lies): it is named, by any reader. */
static void test_acknowledged_tail_gone(void **state)
{
	struct sample sample;
	bool seen[16];

	sample_make(&sample, *state);
	assert_int_equal(truncate(sample.path, (off_t)sample.ends[1] + 30), 0);
	assert_int_equal(read_damaged(*state, seen), 1);
	for (int seq = 1; seq <= 15; seq++)
		assert_int_equal(seen[seq], seq <= 10);
	journal_close(open_quick(*state));
	assert_int_equal(read_damaged(*state, seen), 1);
	buf_done(&sample.bytes);
}

/* A file that shrinks while it is mapped: its pages are gone, which must not end the reader. */
static void test_file_shrinks_under_the_reader(void **state)
{
	struct sample sample;
	struct journal_reader *reader;
	struct journal_record record;
	struct journal *journal;
	struct err err = {0};

	sample_make(&sample, *state);
	journal = open_quick(*state);
	append_range(journal, 16, 16, true);
	journal_close(journal);
	reader = reader_at(*state, 1);
	for (uint64_t seq = 1; seq <= 5; seq++)
		assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	assert_int_equal(truncate(sample.path, JOURNAL_PREFACE_SIZE), 0);
	assert_int_equal(journal_reader_next(reader, &record, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.message, "records 6 to 15 "));
	assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	assert_int_equal(record.seq, 16);
	journal_reader_close(reader);
	buf_done(&sample.bytes);
}

/* After a loss of power the head may be of an earlier time than the segments. */
static void test_head_behind_the_segments(void **state)
{
	struct journal *journal = open_quick(*state);
	struct sample sample = {.folder = *state};
	struct journal_reader *reader;
	struct journal_record record;

	snprintf(sample.head, sizeof(sample.head), "%s/live/head", (char *)*state);
	append_range(journal, 1, 5, true);
	assert_int_equal(io_read_file(sample.head, 1 << 16, &sample.bytes), 0);
	append_range(journal, 6, 15, true);
	journal_close(journal);
	assert_int_equal(io_replace_file(sample.head, sample.bytes.ptr, sample.bytes.len, 0644), 0);
	expect_range(*state, 1, 5); /* more is not known to be durable, as long as no writer has looked */
	reader = reader_at(*state, 6);
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
	journal = open_quick(*state);
	assert_int_equal(journal_durable(journal), 15);
	assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	assert_int_equal(record.seq, 6);
	assert_true(append_one(journal, 16) > JOURNAL_SEQ_GAP);
	journal_close(journal);
	expect_range(*state, 1, 16);
	journal_reader_close(reader);
	buf_done(&sample.bytes);
}

static void test_one_header_suffices(void **state)
{
	struct sample sample;

	sample_make(&sample, *state);
	memset(sample.bytes.ptr, 0, JOURNAL_PREFACE_COPY);
	sample_write(&sample, sample.bytes.len);
	expect_range(*state, 1, 15);
	journal_close(open_quick(*state));
	expect_range(*state, 1, 15);
	buf_done(&sample.bytes);
}

/* Later versions: refused by writer and reader, and not a byte is changed. */
static void test_later_version(void **state)
{
	struct sample sample;
	struct journal_reader *reader;
	struct journal_record record;
	struct journal *journal;
	struct buf after = {0};
	struct err err = {0};

	sample_make(&sample, *state);
	sample.bytes.ptr[8] = sample.bytes.ptr[JOURNAL_PREFACE_COPY + 8] = 3;
	sample_write(&sample, sample.bytes.len);
	assert_int_equal(journal_open(*state, NULL, NULL, NULL, &journal, &err), ERR_VERSION);
	assert_non_null(strstr(err.message, "later version"));
	reader = reader_at(*state, 1);
	assert_int_equal(journal_reader_next(reader, &record, &err), ERR_VERSION);
	assert_int_equal(journal_reader_next(reader, &record, &err), ERR_VERSION);
	journal_reader_close(reader);
	assert_int_equal(io_read_file(sample.path, 1 << 20, &after), 0);
	assert_true(str_eq(buf_str(&after), buf_str(&sample.bytes)));
	buf_done(&after);
	buf_done(&sample.bytes);
}

/* A head of a later version: then the segments are not touched either, though they are torn. */
static void test_later_head(void **state)
{
	struct sample sample;
	struct journal *journal;
	struct stat status;
	struct buf head = {0};

	sample_make(&sample, *state);
	assert_int_equal(io_read_file(sample.head, 1 << 16, &head), 0);
	head.ptr[8] = 3;
	assert_int_equal(io_replace_file(sample.head, head.ptr, head.len, 0644), 0);
	assert_int_equal(truncate(sample.path, (off_t)sample.ends[2] - 1), 0);
	assert_int_equal(journal_open(*state, NULL, NULL, NULL, &journal, NULL), ERR_VERSION);
	assert_int_equal(stat(sample.path, &status), 0);
	assert_int_equal(status.st_size, sample.ends[2] - 1);
	assert_int_equal(count_torn(*state), 0);
	buf_done(&head);
	buf_done(&sample.bytes);
}

/* The same for a frame with a flag that is not known here, say of compression. */
static void test_later_frame(void **state)
{
	struct sample sample;
	struct journal_segment_header header;
	struct journal_frame frame;
	struct journal_reader *reader;
	struct journal_record record;
	struct journal *journal;
	uint8_t *bytes;
	struct stat status;

	sample_make(&sample, *state);
	bytes = (uint8_t *)sample.bytes.ptr;
	assert_int_equal(journal_preface_decode(bytes, sample.bytes.len, &header), 0);
	assert_int_equal(journal_frame_decode(bytes + sample.ends[1], header.salt, &frame), 0);
	frame.flags = 1;
	journal_frame_encode(&frame, header.salt, bytes + sample.ends[1]);
	sample_write(&sample, sample.bytes.len);
	reader = reader_at(*state, 1);
	for (int i = 0; i < 10; i++)
		assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_VERSION);
	journal_reader_close(reader);
	assert_int_equal(journal_open(*state, NULL, NULL, NULL, &journal, NULL), ERR_VERSION);
	assert_int_equal(stat(sample.path, &status), 0);
	assert_int_equal(status.st_size, sample.ends[2]);
	buf_done(&sample.bytes);
}

/* A sender who knows the format cannot make a record that is taken for a frame when the one around it is
   damaged: the checksum's seed is the segment's secret. */
static void test_forged_frame_in_a_record(void **state)
{
	struct journal *journal = open_quick(*state);
	struct journal_frame forged = {.count = 1, .first_seq = 1, .stored = JOURNAL_RECORD_SIZE_MIN};
	uint8_t content[200] = {0};
	const size_t at =
		JOURNAL_ALIGN - JOURNAL_RECORD_HEADER_SIZE % JOURNAL_ALIGN; /* where a frame may begin */
	struct journal_record record = {.bytes = {(const char *)content, sizeof(content)}};
	struct journal_reader *reader;
	char path[256], flipped = 0;
	int fd;

	forged.payload_checksum =
		journal_payload_checksum(content + at + JOURNAL_FRAME_HEADER_SIZE, forged.stored, 0);
	journal_frame_encode(&forged, 0, content + at);
	assert_int_equal(journal_append(journal, &record, 1), 0);
	assert_int_equal(journal_wait(journal, 1, LONG_WAIT), 0);
	journal_close(journal);
	snprintf(path, sizeof(path), "%s/live/" FIRST, (char *)*state);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, &flipped, 1, JOURNAL_PREFACE_SIZE), 1);
	close(fd);
	reader = reader_at(*state, 1);
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_CORRUPT);
	assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
	journal_reader_close(reader);
}

/* A damaged segment in the middle is passed over and its span named. */
static void test_segment_without_header(void **state)
{
	struct sample sample;
	struct journal *journal;
	bool seen[16];

	sample_make(&sample, *state);
	folder_clear(*state);
	for (uint64_t part = 0; part < 3; part++) {
		journal = open_quick(*state);
		append_range(journal, 5 * part + 1, 5 * part + 5, true);
		journal_close(journal);
	}
	snprintf(sample.path, sizeof(sample.path), "%s/live/00000000000000000006.wlj", (char *)*state);
	assert_int_equal(io_replace_file(sample.path, "damaged", 7, 0644), 0);
	assert_int_equal(read_damaged(*state, seen), 1);
	for (int seq = 1; seq <= 15; seq++)
		assert_int_equal(seen[seq], seq <= 5 || seq > 10);
	assert_int_equal(unlink(sample.path), 0);
	assert_int_equal(read_damaged(*state, seen), 1);
	buf_done(&sample.bytes);
}

static void test_foreign_segment(void **state)
{
	struct sample sample;
	struct journal *journal;
	struct err err = {0};

	sample_make(&sample, *state);
	folder_clear(*state);
	journal_close(open_quick(*state));
	assert_int_equal(io_replace_file(sample.path, sample.bytes.ptr, sample.bytes.len, 0644), 0);
	assert_int_equal(journal_open(*state, NULL, NULL, NULL, &journal, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.message, "another journal"));
	buf_done(&sample.bytes);
}

/* Said once; then all that is whole is read as without a head. A writer makes it again, says so, keeps the
   damaged one, and gives out no number twice. */
static void expect_damaged_head(struct sample *sample)
{
	const struct journal_options options = {.reserve_bytes = 1};
	struct journal_reader *reader = reader_at(sample->folder, 16);
	struct journal_record record = {.bytes = STR("behind")};
	struct journal *journal;
	struct err err = {0};
	char path[300];
	bool seen[16];

	assert_int_equal(read_damaged(sample->folder, seen), 1);
	for (int seq = 1; seq <= 15; seq++)
		assert_true(seen[seq]);
	assert_int_equal(journal_open(sample->folder, &options, NULL, NULL, &journal, &err), 0);
	assert_non_null(strstr(err.message, "head.torn"));
	assert_int_equal(journal_append(journal, &record, 1), 0);
	assert_true(record.seq > 15 + (1 << 19));
	assert_int_equal(journal_wait(journal, record.seq, LONG_WAIT), 0);
	assert_true(journal_reader_wait(reader, LONG_WAIT));
	assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
	journal_reader_close(reader);
	journal_close(journal);
	snprintf(path, sizeof(path), "%s/live/%020llu.wlj", sample->folder, (unsigned long long)record.seq);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s.torn", sample->head);
	assert_int_equal(unlink(path), 0);
}

static void test_damaged_head(void **state)
{
	struct sample sample;
	struct buf head = {0};

	sample_make(&sample, *state);
	assert_int_equal(io_read_file(sample.head, 1 << 16, &head), 0);
	assert_int_equal(io_replace_file(sample.head, "short", 5, 0644), 0);
	expect_damaged_head(&sample);
	/* From the generation to the checksum, without the futex, which nobody needs afterwards. */
	for (size_t at = 16; at < 80; at++) {
		if (at >= 56 && at < 60)
			continue;
		head.ptr[at] ^= 0x20;
		assert_int_equal(io_replace_file(sample.head, head.ptr, head.len, 0644), 0);
		expect_damaged_head(&sample);
		head.ptr[at] ^= 0x20;
	}
	assert_int_equal(io_replace_file(sample.head, head.ptr, head.len, 0644), 0);
	expect_range(*state, 1, 15);
	buf_done(&head);
	buf_done(&sample.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_cut_at_every_byte),
		TEST_IN_FOLDER(test_cut_in_the_preface),
		TEST_IN_FOLDER(test_flip_every_byte_in_the_middle),
		TEST_IN_FOLDER(test_the_report_names_the_span),
		TEST_IN_FOLDER(test_acknowledged_tail_gone),
		TEST_IN_FOLDER(test_file_shrinks_under_the_reader),
		TEST_IN_FOLDER(test_head_behind_the_segments),
		TEST_IN_FOLDER(test_one_header_suffices),
		TEST_IN_FOLDER(test_later_version),
		TEST_IN_FOLDER(test_later_head),
		TEST_IN_FOLDER(test_later_frame),
		TEST_IN_FOLDER(test_forged_frame_in_a_record),
		TEST_IN_FOLDER(test_segment_without_header),
		TEST_IN_FOLDER(test_foreign_segment),
		TEST_IN_FOLDER(test_damaged_head),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
