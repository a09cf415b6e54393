/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One bit of a sealed file after the other, then its end at every byte: whatever is damaged, a reader never
 * crashes, never gives a record that was not written, and never leaves one out without a word; a check says
 * the same, and never that somebody changed something.
 */
#include "archive_helper.h"

static const struct journal_key a_key = {{7}};

static unsigned class_of(void *context, const struct journal_record *record)
{
	(void)context;
	return record->listener % 3;
}

struct outcome {
	size_t read, whole, lost;
	unsigned damage; /* reports */
};

/* All that is read is in all, in order. */
static void read_damaged(const char *folder, const struct journal_key *key, const struct all_records *all,
			 struct outcome *outcome)
{
	struct journal_reader *reader;
	struct journal_record record;
	struct err err = {0};
	size_t i = 0;
	int r;

	assert_int_equal(journal_reader_open(folder, key, 1, &reader, NULL), 0);
	while ((r = journal_reader_next(reader, &record, &err)) == 0 || r == ERR_CORRUPT) {
		if (r == ERR_CORRUPT) {
			outcome->damage++;
			assert_non_null(strstr(err.message, "records "));
			continue;
		}
		while (i < all->len && all->items[i].seq < record.seq)
			i++;
		assert_true(i < all->len);
		assert_record(&record, &all->items[i++]);
		outcome->read++;
	}
	assert_int_equal(r, ERR_END);
	journal_reader_close(reader);
}

static int take_span(void *context, const struct journal_span *span)
{
	struct outcome *outcome = context;

	assert_true(span->finding != JOURNAL_ALTERED && span->finding != JOURNAL_MISPLACED);
	if (span->finding == JOURNAL_WHOLE)
		outcome->whole += span->leaf_end - span->leaf_begin;
	if (span->finding == JOURNAL_LOST)
		outcome->lost++;
	return 0;
}

static struct outcome look(const char *folder, const struct journal_key *key, const struct all_records *all)
{
	struct outcome outcome = {0};
	struct journal_tree *tree;
	struct err err = {0};

	read_damaged(folder, key, all, &outcome);
	if (journal_check(folder, key, 1, UINT64_MAX, take_span, NULL, &outcome, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(outcome.whole, outcome.read);
	if (outcome.read < all->len) {
		assert_true(outcome.damage > 0);
		assert_true(outcome.lost > 0);
	}
	assert_int_equal(journal_tree_open(folder, key, &tree, NULL), 0);
	journal_tree_close(tree);
	return outcome;
}

/* Three segments, the one in the middle with a lost frame, sealed; of one class the records pruned. */
static uint64_t make(const char *folder, const struct journal_key *key, struct all_records *all)
{
	const struct journal_seal_options options = {.class_of = class_of, .key = key};
	struct journal *journal;
	struct journal_reader *reader;
	struct journal_record record;
	uint64_t name, first, last;
	int r;

	write_segment(folder, key, 1, 10);
	journal = open_keyed(folder, key);
	append_range(journal, 11, 60, true);
	journal_close(journal);
	write_segment(folder, key, 61, 70);
	name = segment_name(folder, 1);
	damage_frame(folder, name, name + 20, &first, &last);
	seal_all(folder, &options);
	remove_live(folder);
	assert_int_equal(journal_prune(folder, key, name, 1 << 1, "rule", NULL), 0);
	*all = (struct all_records){.arena = arena_new(0)};
	assert_int_equal(journal_reader_open(folder, key, 1, &reader, NULL), 0);
	while ((r = journal_reader_next(reader, &record, NULL)) == 0 || r == ERR_CORRUPT) {
		if (r < 0)
			continue;
		record.hint = arena_copy(all->arena, record.hint);
		record.bytes = arena_copy(all->arena, record.bytes);
		vec_push(all, record);
	}
	journal_reader_close(reader);
	assert_in_range(all->len, 45, 60);
	return name;
}

static void flip_all(const char *folder, const struct journal_key *key)
{
	struct all_records all;
	struct outcome whole, outcome;
	char path[PATH_MAX];
	struct buf bytes = {0};
	uint64_t name = make(folder, key, &all);
	unsigned hurt = 0;
	int fd;

	assert_int_equal(sealed_path(folder, name, path), 0);
	read_whole(path, &bytes);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	whole = look(folder, key, &all);
	assert_int_equal(whole.read, all.len);
	for (size_t i = key ? SEALED_HEADER_SIZE : 0; i < bytes.len - (key ? SEALED_HEADER_SIZE : 0); i++) {
		char byte = (char)(bytes.ptr[i] ^ (1 << i % 8));

		assert_int_equal(pwrite(fd, &byte, 1, (off_t)i), 1);
		outcome = look(folder, key, &all);
		if (outcome.read < all.len)
			hurt++;
		assert_int_equal(pwrite(fd, &bytes.ptr[i], 1, (off_t)i), 1);
	}
	/* Only blocks are there once. */
	assert_true(hurt > 100 && hurt < 2500);
	close(fd);
	buf_done(&bytes);
	records_done(&all);
}

static void test_flips(void **state)
{
	flip_all(*state, NULL);
}

static void test_flips_encrypted(void **state)
{
	flip_all(*state, &a_key);
}

/* The more of the file there is, the more is read; what is cut is named. */
static void test_truncation(void **state)
{
	struct all_records all;
	char path[PATH_MAX];
	uint64_t name = make(*state, NULL, &all);
	size_t last = SIZE_MAX, full = 0;
	struct buf bytes = {0};

	assert_int_equal(sealed_path(*state, name, path), 0);
	read_whole(path, &bytes);
	for (size_t len = bytes.len - 1; len > 0; len -= len < 8300 || len > bytes.len - 8100 ? 41 : 1) {
		struct outcome outcome;

		if (len < 41)
			len = 41;

		assert_int_equal(truncate(path, (off_t)len), 0);
		outcome = look(*state, NULL, &all);
		assert_true(outcome.read <= last);
		full += outcome.read == all.len;
		last = outcome.read;
	}
	assert_true(full > 8100 / 41); /* the copies at the end are not needed */
	assert_int_equal(last, 20);    /* the other segments */
	buf_done(&bytes);
	records_done(&all);
}

/* A large file with one block damaged, one chunk, one dictionary: what is lost is no more than that. */
static void test_one_block(void **state)
{
	struct journal *journal = open_quick(*state);
	struct outcome outcome = {0};
	struct all_records all;
	struct sealed *sealed;
	char path[PATH_MAX], text[1100];
	uint32_t lost;
	int fd;

	for (unsigned i = 0; i < 6000; i++) {
		struct journal_record record = {.listener = (uint16_t)(i % 2)};
		int len = snprintf(text, sizeof(text), "<1>x prog%u[1]: %01000u", i % 2, i * 2654435761u);

		record.bytes = str_of(text, (size_t)len);
		while (journal_append(journal, &record, 1) == -EAGAIN)
			;
	}
	journal_close(journal);
	write_segment(*state, NULL, 1, 1);
	records_read(*state, NULL, 1, &all);
	seal_all(*state, NULL);
	remove_live(*state);
	assert_int_equal(sealed_open(*state, 1, NULL, &sealed, NULL), 0);
	assert_int_equal(sealed_load(sealed), 0);
	assert_true(sealed->index.blocks.len > 20);
	lost = sealed->index.blocks.items[3].count;
	assert_int_equal(sealed_path(*state, 1, path), 0);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "damage", 6, (off_t)sealed->index.blocks.items[3].part.offset + 20), 6);
	assert_int_equal(pwrite(fd, "damage", 6, (off_t)sealed->index.chunks.items[0].offset), 6);
	read_damaged(*state, NULL, &all, &outcome);
	assert_int_equal(outcome.damage, 1);
	assert_int_equal(outcome.read, all.len - lost);
	outcome = look(*state, NULL, &all);
	assert_int_equal(outcome.read, all.len - lost);
	/* Both copies of a chunk: its leaves are gone, those of the next are there. */
	assert_int_equal(pwrite(fd, "damage", 6, (off_t)sealed->index.chunks.items[0].copy), 6);
	outcome = look(*state, NULL, &all);
	assert_int_equal(outcome.read, all.len - SEALED_CHUNK);
	close(fd);
	sealed_close(sealed);
	records_done(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_flips),
		TEST_IN_FOLDER(test_flips_encrypted),
		TEST_IN_FOLDER(test_truncation),
		TEST_IN_FOLDER(test_one_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
