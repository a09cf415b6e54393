/* SPDX-License-Identifier: Apache-2.0 */
/*
 * While a writer writes, what is complete is sealed, its live files are removed and classes of it are pruned.
 * Readers that go along, and readers that begin anywhere, see every record once and in order.
 */
#include "archive_helper.h"

#include <pthread.h>
#include <stdatomic.h>

#define RECORDS 30000

struct work {
	const char *folder;
	_Atomic bool done;
	unsigned sealed;
};

static void *write_all(void *context)
{
	struct work *work = context;
	const struct journal_options options = {
		.segment_bytes = 65536, .commit_delay = 200, .reserve_bytes = 1};
	struct journal *journal;

	assert_int_equal(journal_open(work->folder, &options, NULL, NULL, &journal, NULL), 0);
	for (uint64_t n = 1; n <= RECORDS; n++) {
		char text[128];
		struct journal_record record = record_make(n, text, sizeof(text));

		while (journal_append(journal, &record, 1) == -EAGAIN)
			;
		if (n % 100 == 0)
			assert_int_equal(journal_wait(journal, record.seq, LONG_WAIT), 0);
	}
	journal_close(journal);
	work->done = true;
	return NULL;
}

static void *seal_on(void *context)
{
	struct work *work = context;

	while (!work->done) {
		work->sealed += seal_all(work->folder, NULL);
		remove_live(work->folder);
	}
	return NULL;
}

/* All from n on, in order. */
static void follow(const char *folder, uint64_t n)
{
	struct journal_reader *reader = reader_at(folder, n);
	struct journal_record record;
	struct err err = {0};

	while (n <= RECORDS) {
		int r = journal_reader_next(reader, &record, &err);

		if (r == ERR_END) {
			journal_reader_release(reader);
			assert_true(journal_reader_wait(reader, LONG_WAIT));
			if (n % 2)
				journal_reader_release(reader); /* what was found while waiting stays */
			continue;
		}
		if (r < 0)
			fail_msg("%s: %s", err_text(r), err.message);
		record_check(&record, n);
		assert_int_equal(record.seq, n);
		n++;
	}
	journal_reader_close(reader);
}

static void *follow_all(void *context)
{
	follow(((struct work *)context)->folder, 1);
	return NULL;
}

static void test_writer_sealer_readers(void **state)
{
	struct work work = {.folder = *state};
	struct arena *arena = arena_new(0);
	pthread_t writer, sealer, reader;
	uint32_t x = 1;

	assert_int_equal(pthread_create(&writer, NULL, write_all, &work), 0);
	assert_int_equal(pthread_create(&reader, NULL, follow_all, &work), 0);
	assert_int_equal(pthread_create(&sealer, NULL, seal_on, &work), 0);
	while (!work.done) {
		struct journal_stat stat = {0};
		struct journal_record record;

		assert_int_equal(journal_stat(*state, &stat), 0);
		if (!stat.durable_seq)
			continue;
		x = x * 1664525 + 1013904223;
		assert_int_equal(journal_get(*state, NULL, 1 + x % stat.durable_seq, arena, &record, NULL),
				 0);
		record_check(&record, 1 + x % stat.durable_seq);
		arena_reset(arena);
	}
	pthread_join(writer, NULL);
	pthread_join(sealer, NULL);
	pthread_join(reader, NULL);
	assert_true(work.sealed > 5);
	follow(*state, 1);
	follow(*state, RECORDS / 2);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_writer_sealer_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
