/* SPDX-License-Identifier: Apache-2.0 */
/* Where batches end: wherever the records do, but at the cursor and at the end of what it was about to hand
 * over. */
#include "bin/batch_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

static char folder[64];
static uint64_t jump; /* of the numbers behind the gap, which are shown as if they began at 101 */

static int set_up(void **state)
{
	(void)state;
	jump = 0;
	strcpy(folder, "/tmp/wl-batches-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* Appends so many behind number seen; returns the number of the first. */
static uint64_t write_records(size_t count, size_t bytes, uint64_t seen)
{
	struct journal *journal;
	uint64_t first = 0;
	char *text = calloc(1, bytes);

	assert_int_equal(
		journal_open(folder, &(struct journal_options){.seen = seen}, NULL, NULL, &journal, NULL), 0);
	for (size_t i = 0; i < count; i++) {
		struct journal_record record = {.received = clock_now(), .bytes = str_of(text, bytes)};

		assert_int_equal(journal_append(journal, &record, 1), 0);
		first = first ? first : record.seq;
	}
	journal_close(journal);
	free(text);
	return first;
}

static bool never(void *context)
{
	(void)context;
	return false;
}

static bool always(void *context)
{
	(void)context;
	return true;
}

static bool once(void *context)
{
	return ++*(int *)context > 3;
}

static int shown(uint64_t number)
{
	return (int)(number > jump ? number - jump : number);
}

/* "1-11r 11-21 21-41": each batch, r where it is a replay. The taker is hungry or is not. */
static const char *read_for(bool (*hungry)(void *), size_t bytes, struct journal_cursor cursor, uint64_t from,
			    int end)
{
	const struct batch_taker taker = {NULL, never, hungry};
	static char text[400];
	struct batch_reader *reader;
	struct batch batch;

	text[0] = 0;
	batch_init(&batch, BATCH_RECORDS);
	assert_int_equal(batch_reader_open(folder, NULL, &cursor, from, bytes, &reader, NULL), 0);
	do {
		char line[64];

		batch_reset(&batch);
		assert_true(batch_reader_fill(reader, &batch, &taker));
		snprintf(line, sizeof(line), "%s%d-%d%s", text[0] ? " " : "", shown(batch.first),
			 shown(batch.end), batch.replay ? "r" : "");
		strcat(text, line);
		for (size_t i = 0; i + 1 < batch.count; i++)
			assert_true(batch.records[i].seq < batch.records[i + 1].seq);
	} while (shown(batch.end) < end);
	batch_reader_close(reader);
	batch_done(&batch);
	return text;
}

static const char *read_all(struct journal_cursor cursor, uint64_t from, int end)
{
	return read_for(never, BATCH_BYTES_LEAST, cursor, from, end);
}

static void test_borders(void **state)
{
	(void)state;
	assert_int_equal(write_records(40, 10, 0), 1);
	assert_string_equal(read_all((struct journal_cursor){1, 0}, 1, 41), "1-41");
	assert_string_equal(read_all((struct journal_cursor){11, 0}, 11, 41), "11-41");
	assert_string_equal(read_all((struct journal_cursor){11, 0}, 1, 41), "1-11r 11-41");
	assert_string_equal(read_all((struct journal_cursor){11, 21}, 11, 41), "11-21 21-41");
	assert_string_equal(read_all((struct journal_cursor){11, 21}, 4, 41), "4-11r 11-21 21-41");
	assert_string_equal(read_all((struct journal_cursor){11, 11}, 4, 41), "4-11r 11-41");
}

/* Records that are gone: what lies behind a border never slips into the batch before it. */
static void test_gaps(void **state)
{
	(void)state;
	assert_int_equal(write_records(10, 10, 0), 1);
	jump = write_records(10, 10, 100) - 101;
	assert_string_equal(read_all((struct journal_cursor){50, 0}, 3, 111), "3-50r 101-111");
	assert_string_equal(read_all((struct journal_cursor){5, 60}, 5, 111), "5-60 101-111");
	assert_string_equal(read_all((struct journal_cursor){5, 60}, 2, 111), "2-5r 5-60 101-111");
	/* All of the replay was deleted, or all of what was handed over before. */
	assert_string_equal(read_all((struct journal_cursor){60, 0}, 20, 111), "101-111");
	assert_string_equal(read_all((struct journal_cursor){60, jump + 105}, 20, 111), "101-105 105-111");
	assert_string_equal(read_all((struct journal_cursor){60, 70}, 60, 111), "101-111");
}

static void test_size(void **state)
{
	const char *text;

	(void)state;
	write_records(40, 1000 * 1000, 0);
	text = read_all((struct journal_cursor){1, 0}, 1, 41);
	assert_string_equal(text, "1-18 18-35 35-41"); /* 16 MiB and the record that reaches it */
	/* A replay is cut by size too; what was handed over before is not. */
	assert_string_equal(read_all((struct journal_cursor){31, 0}, 1, 41), "1-18r 18-31r 31-41");
	assert_string_equal(read_all((struct journal_cursor){1, 31}, 1, 41), "1-31 31-41");
}

/* Many small records: a batch ends where its number is reached, or earlier for who has nothing else to do. */
static void test_hungry(void **state)
{
	const struct journal_cursor start = {1, 0};

	(void)state;
	write_records(140000, 1, 0);
	assert_string_equal(read_for(never, BATCH_BYTES_MOST, start, 1, 131073), "1-131073");
	assert_string_equal(read_for(never, BATCH_BYTES_LEAST, start, 1, 32769), "1-32769");
	assert_string_equal(read_for(always, BATCH_BYTES_MOST, start, 1, 98305),
			    "1-32769 32769-65537 65537-98305");
	/* What was handed over before is one batch all the same. */
	assert_string_equal(read_for(always, BATCH_BYTES_MOST, (struct journal_cursor){1, 100001}, 1, 132769),
			    "1-100001 100001-132769");
}

/* The more slots, or the less memory the store has, the less in each. */
static void test_bytes(void **state)
{
	(void)state;
	assert_int_equal(batch_bytes(3, 0), 64 << 20);
	assert_int_equal(batch_bytes(4, UINT64_C(4096) << 20), 64 << 20);
	assert_int_equal(batch_bytes(8, UINT64_C(4096) << 20), 32 << 20);
	assert_int_equal(batch_bytes(66, 0), 16 << 20);
	assert_int_equal(batch_bytes(4, UINT64_C(2048) << 20), 32 << 20);
	assert_int_equal(batch_bytes(4, UINT64_C(512) << 20), 16 << 20);
}

static void test_stop(void **state)
{
	struct journal_cursor cursor = {1, 0};
	struct batch_reader *reader;
	struct batch batch;
	int asked = 0;
	const struct batch_taker taker = {&asked, once, never};

	(void)state;
	batch_init(&batch, BATCH_RECORDS);
	assert_int_equal(batch_reader_open(folder, NULL, &cursor, 1, BATCH_BYTES_LEAST, &reader, NULL), 0);
	assert_false(batch_reader_fill(reader, &batch, &taker));
	batch_reader_close(reader);
	batch_done(&batch);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_borders), CASE(test_gaps),  CASE(test_size),
		CASE(test_hungry),  CASE(test_bytes), CASE(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
