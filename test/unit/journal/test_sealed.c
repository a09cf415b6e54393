/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed segments: what goes in comes out, whole, in order, with its number, whatever it looks like. */
#include "archive_helper.h"

static const struct journal_key a_key = {{1, 2, 3}}, other_key = {{9}};

/* All of it sealed and the live files gone reads as before. */
static void check_sealing(const char *folder, const struct journal_key *key,
			  const struct journal_seal_options *options)
{
	struct all_records before, both, after;

	records_read(folder, key, 1, &before);
	assert_true(seal_all(folder, options) > 0);
	records_read(folder, key, 1, &both);
	assert_records(&before, &both);
	remove_live(folder);
	records_read(folder, key, 1, &after);
	assert_records(&before, &after);
	for (size_t i = 0; i < before.len; i += before.len / 50 + 1) {
		struct arena *arena = arena_new(0);
		struct journal_record record;

		assert_int_equal(journal_get(folder, key, before.items[i].seq, arena, &record, NULL), 0);
		assert_record(&record, &before.items[i]);
		arena_free(arena);
	}
	records_done(&before);
	records_done(&both);
	records_done(&after);
}

static void test_round_trip(void **state)
{
	write_segment(*state, NULL, 1, 1000);
	write_segment(*state, NULL, 1001, 1001);
	forget_head(*state);
	write_segment(*state, NULL, 1002, 9000);
	write_segment(*state, NULL, 9001, 9010);
	check_sealing(*state, NULL, NULL);
	expect_range(*state, 1, 9010);
}

/* Empty ones, the largest, binary, all listeners, extreme times. */
static void append_odd_ones(struct journal *journal)
{
	static const size_t lens[] = {0, 1, 0, JOURNAL_RECORD_MAX, 0, 4095, JOURNAL_RECORD_MAX, 7};
	char *noise = malloc(JOURNAL_RECORD_MAX), hint[JOURNAL_HINT_MAX];

	assert_non_null(noise);
	for (uint32_t i = 0, x = 1; i < JOURNAL_RECORD_MAX; i++)
		noise[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
	memset(hint, 0xff, sizeof(hint));
	for (size_t i = 0; i < 64; i++) {
		struct journal_record record = {
			.received = i % 4 == 0   ? INT64_MAX
				    : i % 4 == 1 ? INT64_MIN
						 : (int64_t)i,
			.listener = (uint16_t)(i * 1021),
			.flags = (uint16_t)i,
			.hint = str_of(hint, i % (JOURNAL_HINT_MAX + 1)),
			.bytes = str_of(noise, lens[i % 8] ? lens[i % 8] - i / 8 % 2 : 0),
		};

		record.peer[i % 16] = (uint8_t)i;
		assert_int_equal(journal_append(journal, &record, 1), 0);
		assert_int_equal(journal_wait(journal, record.seq, LONG_WAIT), 0);
	}
	free(noise);
}

static void test_odd_records(void **state)
{
	struct journal *journal = open_quick(*state);

	append_odd_ones(journal);
	journal_close(journal);
	write_segment(*state, NULL, 1, 1);
	check_sealing(*state, NULL, NULL);
}

static void test_encrypted(void **state)
{
	const struct journal_seal_options options = {.key = &a_key}, none = {0};
	struct journal_reader *reader;
	struct journal_record record;
	struct buf bytes = {0};
	struct err err = {0};
	char path[PATH_MAX];

	write_segment(*state, &a_key, 1, 3000);
	write_segment(*state, &a_key, 3001, 3010);
	assert_int_equal(journal_seal(*state, 1, &none, NULL, &err), ERR_DENIED);
	check_sealing(*state, &a_key, &options);
	assert_int_equal(sealed_path(*state, 1, path), 0);
	read_whole(path, &bytes);
	assert_true(str_find(buf_str(&bytes), STR("record 77")) == STR_NOT_FOUND);
	buf_done(&bytes);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(journal_reader_open(*state, i ? &other_key : NULL, 1, &reader, NULL), 0);
		err = (struct err){0};
		assert_int_equal(journal_reader_next(reader, &record, &err), ERR_DENIED);
		assert_non_null(strstr(err.message, i ? "another key" : "give its key"));
		assert_int_equal(journal_reader_next(reader, &record, &err), ERR_DENIED);
		journal_reader_close(reader);
	}
}

/* Large enough for streams of their own, several blocks and dictionaries. */
static void test_many_kinds(void **state)
{
	static const char *const kinds[] = {
		"<189>Jan 18 11:29:%02u dist-sw%02u %%AAA-5-USER_LOGGED: User u%u executed: show vlan %u",
		"<86>Jan 18 11:%02u:01 host%u sshd[%u]: Accepted publickey for root from 192.0.2.%u",
		"{\"EventID\":%u,\"Image\":\"C:\\\\Windows\\\\System32\\\\x%u.exe\",\"Pid\":%u,\"Id\":%u}",
		"%u %u %u plain text of some kind %u",
	};
	struct journal *journal = open_quick(*state);
	char text[1024];

	for (unsigned i = 0; i < 60000; i++) {
		unsigned kind = (i * 2654435761u) >> 30;
		struct journal_record record = {.received = 1700000000000000 + (int64_t)i * 1717,
						.listener = 1};
		int len;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		len = snprintf(text, sizeof(text), kinds[kind], i % 60, i % 17, i * 31 % 5000, i % 255);
#pragma GCC diagnostic pop
		if (kind == 3) /* enough for a dictionary */
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%0400u", i * 2654435761u);
		record.bytes = str_of(text, (size_t)len);
		record.peer[15] = (uint8_t)(i % 13);
		while (journal_append(journal, &record, 1) == -EAGAIN)
			;
	}
	journal_close(journal);
	write_segment(*state, NULL, 1, 1);
	check_sealing(*state, NULL, NULL);
}

/* A reader that asks for a number between segments begins at the next record. */
static void test_from_anywhere(void **state)
{
	struct all_records all, some;

	write_segment(*state, NULL, 1, 300);
	forget_head(*state);
	write_segment(*state, NULL, 301, 600);
	write_segment(*state, NULL, 601, 610);
	records_read(*state, NULL, 1, &all);
	seal_all(*state, NULL);
	remove_live(*state);
	for (size_t i = 0; i < all.len; i++) {
		uint64_t from = i ? all.items[i - 1].seq + 1 : 0;

		records_read(*state, NULL, i % 2 ? from : all.items[i].seq, &some);
		assert_int_equal(some.len, all.len - i);
		assert_record(&some.items[0], &all.items[i]);
		records_done(&some);
	}
	records_done(&all);
}

/* A frame that was lost before the sealing is named as it was when it was live. */
static void test_lost_frame(void **state)
{
	struct journal *journal = open_quick(*state);
	uint64_t first, last;

	append_range(journal, 1, 50, true);
	journal_close(journal);
	write_segment(*state, NULL, 51, 60);
	damage_frame(*state, 1, 20, &first, &last);
	for (int i = 0; i < 3; i++) {
		struct journal_reader *reader = reader_at(*state, 1);
		struct journal_record record;
		struct err err = {0};
		char numbers[64];

		for (uint64_t n = 1; n < first; n++) {
			assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
			record_check(&record, n);
		}
		assert_int_equal(journal_reader_next(reader, &record, &err), ERR_CORRUPT);
		snprintf(numbers, sizeof(numbers), "records %llu to %llu ", (unsigned long long)first,
			 (unsigned long long)last);
		assert_non_null(strstr(err.message, numbers));
		for (uint64_t n = last + 1; n <= 60; n++) {
			assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
			record_check(&record, n);
		}
		assert_int_equal(journal_reader_next(reader, &record, NULL), ERR_END);
		journal_reader_close(reader);
		if (i == 0)
			seal_all(*state, NULL);
		else
			remove_live(*state);
	}
}

/* What was found while waiting is still there after a release. */
static void test_wait_and_release(void **state)
{
	const struct journal_seal_options options = {.key = &a_key};
	struct journal *journal = open_keyed(*state, &a_key);

	append_range(journal, 1, 50, true);
	journal_close(journal);
	write_segment(*state, &a_key, 51, 60);
	for (int i = 0; i < 2; i++) {
		struct journal_reader *reader;
		struct journal_record record;

		assert_int_equal(journal_reader_open(*state, &a_key, 1, &reader, NULL), 0);
		for (uint64_t n = 1; n <= 60; n++) {
			assert_true(journal_reader_wait(reader, LONG_WAIT));
			journal_reader_release(reader);
			assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
			record_check(&record, n);
		}
		assert_false(journal_reader_wait(reader, 0));
		journal_reader_close(reader);
		seal_all(*state, &options);
		remove_live(*state);
	}
}

static int count_segment(void *context, const struct journal_segment_info *info)
{
	assert_true(info->state == JOURNAL_LIVE);
	++*(unsigned *)context;
	return 0;
}

/* A file that its writer has only just made is no segment yet, and the one before it not complete. */
static void test_just_begun(void **state)
{
	const struct journal_seal_options options = {0};
	struct journal_tree *tree;
	char path[PATH_MAX];
	unsigned count = 0;

	write_segment(*state, NULL, 1, 50);
	assert_int_equal(journal_segment_path(*state, 51, path), 0);
	write_whole(path, "", 0);
	assert_int_equal(journal_seal(*state, 1, &options, NULL, NULL), ERR_END);
	assert_int_equal(journal_segments(*state, NULL, count_segment, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(journal_tree_open(*state, NULL, &tree, NULL), 0);
	assert_int_equal(journal_tree_size(tree), 50);
	journal_tree_close(tree);
	expect_range(*state, 1, 50);
}

static unsigned class_of(void *context, const struct journal_record *record)
{
	(void)context;
	return record->listener % JOURNAL_CLASSES_MAX;
}

static void test_info(void **state)
{
	const struct journal_seal_options options = {.class_of = class_of};
	struct journal_segment_info info;
	struct journal_stat stat;
	uint64_t sum = 0;

	write_segment(*state, NULL, 1, 700);
	write_segment(*state, NULL, 701, 710);
	assert_int_equal(journal_seal(*state, 1, &options, &info, NULL), 0);
	assert_int_equal(info.first_seq, 1);
	assert_int_equal(info.last_seq, 700);
	assert_int_equal(info.leaf_begin, 0);
	assert_int_equal(info.leaf_end, 700);
	assert_int_equal(info.received_min, 1700000000000001);
	assert_int_equal(info.received_max, 1700000000000700);
	assert_int_equal(info.state, JOURNAL_SEALED);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(info.class_records[i], 100);
	assert_int_equal(info.class_records[7], 0);
	assert_int_equal(journal_seal(*state, 1, &options, &info, NULL), ERR_DUPLICATE);
	assert_int_equal(journal_seal(*state, 701, &options, &info, NULL), ERR_END);
	assert_int_equal(journal_seal(*state, 5, &options, &info, NULL), ERR_END);
	remove_live(*state);
	assert_int_equal(journal_stat(*state, &stat), 0);
	assert_int_equal(stat.first_seq, 1);
	assert_int_equal(stat.durable_seq, 710);
	assert_int_equal(stat.segments, 2);
	sum = stat.bytes;
	assert_true(sum > info.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_round_trip),    TEST_IN_FOLDER(test_odd_records),
		TEST_IN_FOLDER(test_encrypted),     TEST_IN_FOLDER(test_many_kinds),
		TEST_IN_FOLDER(test_from_anywhere), TEST_IN_FOLDER(test_info),
		TEST_IN_FOLDER(test_lost_frame),    TEST_IN_FOLDER(test_wait_and_release),
		TEST_IN_FOLDER(test_just_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
