/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor is always the last one saved, or the one before if the save was cut short; never anything else. */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>

#include "base/io.h"

static void cursor_path(void **state, char out[256])
{
	snprintf(out, 256, "%s/cursor", (char *)*state);
}

static void expect_cursor(const char *path, uint64_t next, uint64_t intent_end)
{
	struct journal_cursor cursor = {0};

	assert_int_equal(journal_cursor_load(path, &cursor), 0);
	assert_int_equal(cursor.next, next);
	assert_int_equal(cursor.intent_end, intent_end);
}

static void test_last_save_wins(void **state)
{
	char path[256];

	cursor_path(state, path);
	expect_cursor(path, 1, 0);
	for (uint64_t n = 1; n < 20; n++) {
		const struct journal_cursor cursor = {n * 1000, n % 2 ? n * 2000 : 0};

		assert_int_equal(journal_cursor_save(path, &cursor), 0);
		expect_cursor(path, cursor.next, cursor.intent_end);
	}
}

/* Which of the two slots of 4096 bytes a save changes. */
static size_t changed_slot(struct str before, struct str after)
{
	bool first = memcmp(before.ptr, after.ptr, 4096) != 0;

	assert_int_equal(before.len, after.len);
	assert_int_not_equal(first, memcmp(before.ptr + 4096, after.ptr + 4096, 4096) != 0);
	return first ? 0 : 4096;
}

/* A save that stops after any number of bytes leaves the old cursor or the new one. */
static void test_torn_save(void **state)
{
	const struct journal_cursor old = {100, 200}, new = {300, 400};
	struct buf before = {0}, after = {0};
	char path[256];
	size_t slot;

	cursor_path(state, path);
	assert_int_equal(journal_cursor_save(path, &old), 0);
	assert_int_equal(io_read_file(path, 1 << 16, &before), 0);
	assert_int_equal(journal_cursor_save(path, &new), 0);
	assert_int_equal(io_read_file(path, 1 << 16, &after), 0);
	slot = changed_slot(buf_str(&before), buf_str(&after));
	for (size_t len = 0; len <= 48; len++) {
		struct journal_cursor cursor;
		bool whole;

		memcpy(before.ptr + slot, after.ptr + slot, len);
		whole = memcmp(before.ptr + slot, after.ptr + slot, 48) == 0;
		assert_int_equal(io_replace_file(path, before.ptr, before.len, 0644), 0);
		assert_int_equal(journal_cursor_load(path, &cursor), 0);
		assert_int_equal(cursor.next, whole ? 300 : 100);
		/* and it can be saved over */
		assert_int_equal(journal_cursor_save(path, &new), 0);
		expect_cursor(path, 300, 400);
	}
	buf_done(&before);
	buf_done(&after);
}

static void test_damaged(void **state)
{
	const struct journal_cursor cursor = {7, 0};
	struct journal_cursor loaded;
	struct buf bytes = {0};
	char path[256];

	cursor_path(state, path);
	assert_int_equal(io_replace_file(path, "", 0, 0644), 0);
	assert_int_equal(journal_cursor_load(path, &loaded), ERR_CORRUPT);
	assert_int_equal(journal_cursor_save(path, &cursor), 0);
	expect_cursor(path, 7, 0);
	assert_int_equal(journal_cursor_save(path, &cursor), 0);
	assert_int_equal(io_read_file(path, 1 << 16, &bytes), 0);
	for (size_t at = 0; at < 48; at++) {
		bytes.ptr[at] ^= 4;
		bytes.ptr[4096 + at] ^= 4;
		assert_int_equal(io_replace_file(path, bytes.ptr, bytes.len, 0644), 0);
		assert_int_equal(journal_cursor_load(path, &loaded), ERR_CORRUPT);
		bytes.ptr[at] ^= 4;
		bytes.ptr[4096 + at] ^= 4;
	}
	buf_done(&bytes);
}

static void test_no_folder(void **state)
{
	const struct journal_cursor cursor = {7, 0};

	(void)state;
	assert_int_equal(journal_cursor_save("/tmp/wanglou-no-such-folder/cursor", &cursor), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_last_save_wins),
		TEST_IN_FOLDER(test_torn_save),
		TEST_IN_FOLDER(test_damaged),
		TEST_IN_FOLDER(test_no_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
