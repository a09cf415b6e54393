/* SPDX-License-Identifier: Apache-2.0 */
/* Tree heads over a journal that grows as it should, and over one that somebody went back in or changed. */
#include "custody/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/vec.h"

#define TIME (INT64_C(1800000000) * CLOCK_SECOND)

struct fixture {
	char folder[64], journal[80], heads[80], recent[96];
	struct tlog_key *key;
	struct signer *signer;
	struct signer_break breaks[4];
	size_t break_count;
	int minute;
};

static void on_break(void *context, const struct signer_break *found)
{
	struct fixture *fixture = context;

	assert_true(fixture->break_count < 4);
	fixture->breaks[fixture->break_count++] = *found;
}

/* As after a start of the process. */
static void restart(struct fixture *fixture)
{
	const struct signer_options options = {
		.journal = fixture->journal,
		.heads = fixture->heads,
		.recent = fixture->recent,
		.key = fixture->key,
		.report = on_break,
		.context = fixture,
	};
	struct err err = {0};

	signer_free(fixture->signer);
	fixture->break_count = 0;
	fixture->signer = signer_new(&options);
	if (signer_restore(fixture->signer, &err) < 0)
		fail_msg("%s", err.message);
}

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.folder = "/tmp/test_signer.XXXXXX"};
	if (!mkdtemp(fixture.folder) || tlog_key_generate(TLOG_ED25519, &fixture.key) < 0)
		return -1;
	snprintf(fixture.journal, sizeof(fixture.journal), "%s/journal", fixture.folder);
	snprintf(fixture.heads, sizeof(fixture.heads), "%s/heads", fixture.folder);
	snprintf(fixture.recent, sizeof(fixture.recent), "%s/heads/recent.txt", fixture.folder);
	*state = &fixture;
	return mkdir(fixture.heads, 0755);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[128];

	signer_free(fixture->signer);
	tlog_key_free(fixture->key);
	snprintf(command, sizeof(command), "rm -rf %s", fixture->folder);
	return system(command);
}

/* Appends count records in frames of ten; what tells them from others of the same number. */
static void append(const struct fixture *fixture, const char *what, unsigned count)
{
	const struct journal_options options = {.commit_delay = 1, .reserve_bytes = 1};
	struct journal *journal;
	struct err err = {0};

	if (journal_open(fixture->journal, &options, NULL, NULL, &journal, &err) < 0)
		fail_msg("%s", err.message);
	for (unsigned i = 0; i < count; i += 10) {
		struct journal_record records[10];

		for (unsigned j = 0; j < 10; j++)
			records[j] = (struct journal_record){.received = TIME, .bytes = str_from(what)};
		assert_int_equal(journal_append(journal, records, 10), 0);
		assert_int_equal(journal_wait(journal, records[9].seq, 10 * CLOCK_SECOND), 0);
	}
	journal_close(journal);
}

static void read_all(struct fixture *fixture)
{
	struct err err = {0};
	int r;

	do
		r = signer_read(fixture->signer, 100, &err);
	while (r == 0);
	if (r != ERR_END)
		fail_msg("%d: %s", r, err.message);
}

/* Reads and signs; the head is over so many records. */
static void sign(struct fixture *fixture, uint64_t size)
{
	struct tlog_head head;
	struct err err = {0};

	read_all(fixture);
	if (signer_sign(fixture->signer, TIME + fixture->minute++ * CLOCK_MINUTE, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(heads_newest(fixture->heads, &head), 0);
	assert_int_equal(head.size, size);
}

static void move(const struct fixture *fixture, const char *from, const char *to, bool copy)
{
	char command[256];

	snprintf(command, sizeof(command), "cd %s && rm -rf %s && %s %s %s", fixture->folder, to,
		 copy ? "cp -a" : "mv", from, to);
	assert_int_equal(system(command), 0);
}

static void check_break(const struct fixture *fixture, size_t at, enum signer_finding finding, uint64_t begin,
			uint64_t end)
{
	assert_true(at < fixture->break_count);
	assert_int_equal(fixture->breaks[at].finding, finding);
	assert_int_equal(fixture->breaks[at].leaf_begin, begin);
	assert_int_equal(fixture->breaks[at].leaf_end, end);
}

/* The root over the records as they are read, hashed by the test. */
static void test_root(void **state)
{
	struct fixture *fixture = *state;
	struct journal_reader *reader;
	struct journal_record record;
	struct tlog_range range;
	struct tlog_hash hash;
	struct tlog_head head;

	append(fixture, "one", 70);
	restart(fixture);
	sign(fixture, 70);
	tlog_range_init(&range, 0);
	assert_int_equal(journal_reader_open(fixture->journal, NULL, 1, &reader, NULL), 0);
	while (journal_reader_next(reader, &record, NULL) == 0) {
		assert_int_equal(journal_reader_leaf(reader), range.end);
		journal_leaf(&record, &hash);
		tlog_range_append(&range, &hash);
		journal_reader_release(reader);
	}
	journal_reader_close(reader);
	tlog_range_root(&range, &hash);
	assert_int_equal(heads_newest(fixture->heads, &head), 0);
	assert_memory_equal(head.root.bytes, hash.bytes, TLOG_HASH_SIZE);
	assert_int_equal(head.seq, 70);
	assert_int_equal(fixture->break_count, 0);
}

/* A journal that grows, with and without a restart of either side, raises nothing. */
static void test_continues(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "one", 50);
	restart(fixture);
	sign(fixture, 50);
	append(fixture, "two", 30);
	sign(fixture, 80);
	restart(fixture);
	sign(fixture, 80);
	append(fixture, "three", 30);
	sign(fixture, 110);
	unlink(fixture->recent); /* then the files of the days say it */
	append(fixture, "four", 10);
	restart(fixture);
	sign(fixture, 120);
	assert_int_equal(fixture->break_count, 0);
}

static void test_rolled_back(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "one", 50);
	restart(fixture);
	sign(fixture, 50);
	move(fixture, "journal", "old", true);
	append(fixture, "two", 30);
	sign(fixture, 80);
	move(fixture, "old", "journal", false);
	restart(fixture);
	check_break(fixture, 0, SIGNER_ROLLED_BACK, 50, 80);
	assert_int_equal(fixture->breaks[0].after_seq, 50);
	assert_int_equal(fixture->breaks[0].last_seq, fixture->breaks[0].after_seq + 30);
	sign(fixture, 50);
	restart(fixture); /* said once: the new history is what is signed now */
	assert_int_equal(fixture->break_count, 0);
}

static void test_rewritten(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "one", 50);
	restart(fixture);
	sign(fixture, 50);
	move(fixture, "journal", "old", true);
	append(fixture, "two", 30);
	sign(fixture, 80);
	move(fixture, "old", "journal", false);
	append(fixture, "owt", 40);
	restart(fixture);
	check_break(fixture, 0, SIGNER_REWRITTEN, 50, 80);
	sign(fixture, 90);
}

/* Another journal altogether: nothing of what was signed is there. */
static void test_replaced(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "one", 50);
	restart(fixture);
	sign(fixture, 50);
	move(fixture, "journal", "old", false);
	append(fixture, "another", 60);
	restart(fixture);
	check_break(fixture, 0, SIGNER_REWRITTEN, 0, 50);
	sign(fixture, 60);
}

/* Under the signer's eyes: it does not sign records that are gone. */
static void test_while_running(void **state)
{
	struct fixture *fixture = *state;
	struct err err = {0};

	append(fixture, "one", 50);
	move(fixture, "journal", "old", true);
	append(fixture, "two", 30);
	restart(fixture);
	sign(fixture, 80);
	move(fixture, "old", "journal", false);
	assert_int_equal(signer_sign(fixture->signer, TIME, &err), ERR_BUSY);
	assert_int_equal(signer_restore(fixture->signer, &err), 0);
	check_break(fixture, 0, SIGNER_ROLLED_BACK, 0, 80);
	sign(fixture, 50);
}

#define SECOND_FRAME (4096 + 128 + 400 + 2 * 32)

/* Six frames of ten records; so many bytes at an offset of the first segment are overwritten. */
static void damage(const struct fixture *fixture, long offset, size_t count)
{
	char path[160];
	FILE *file;

	append(fixture, "one", 50);
	snprintf(path, sizeof(path), "%s/live/%020d.wlj", fixture->journal, 1);
	file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, offset, SEEK_SET);
	for (size_t i = 0; i < count; i++)
		fputc(0xff, file);
	fclose(file);
	append(fixture, "two", 10);
}

/* Of lost records nobody has the leaves: said, and signing goes on with what the journal says behind them. */
static void test_damaged(void **state)
{
	struct fixture *fixture = *state;

	damage(fixture, SECOND_FRAME + 128 + 100, 1);
	restart(fixture);
	sign(fixture, 60);
	assert_int_equal(fixture->break_count, 1);
	check_break(fixture, 0, SIGNER_DAMAGED, 10, 20);
	assert_int_equal(fixture->breaks[0].after_seq, 10);
	assert_int_equal(fixture->breaks[0].last_seq, 20);
}

/* Where the frame is gone with what it says about the tree, signing goes on behind what is there by then. */
static void test_lost(void **state)
{
	struct fixture *fixture = *state;

	damage(fixture, SECOND_FRAME, 592);
	restart(fixture);
	sign(fixture, 60);
	assert_int_equal(fixture->break_count, 1);
	check_break(fixture, 0, SIGNER_DAMAGED, 10, 60);
	append(fixture, "three", 10);
	sign(fixture, 70);
	restart(fixture);
	sign(fixture, 70);
	assert_int_equal(fixture->break_count, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_root),     TEST(test_continues),     TEST(test_rolled_back), TEST(test_rewritten),
		TEST(test_replaced), TEST(test_while_running), TEST(test_damaged),     TEST(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
