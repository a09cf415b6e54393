/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody can do to an archive, and that each is named with the numbers it is about. */
#include "audit_helper.h"

static void test_fine(void **state)
{
	struct archive_case *c = *state;

	for (int sealed = 0; sealed < 2; sealed++) {
		make_archive(c, sealed);
		check_alone(c);
		expect_fine(c, 4);
		check_elsewhere(c);
		expect_fine(c, 8);
		assert_int_equal(c->summary.given_checked, 4);
		assert_int_equal(c->summary.signed_seq, RECORDS);
		clear_archive(c);
	}
}

static void test_unsealed_tail(void **state)
{
	struct archive_case *c = *state;

	make_archive(c, true);
	write_segment(c->folder, NULL, RECORDS + 1, RECORDS + 20);
	check_alone(c);
	expect_only(c, AUDIT_UNSEALED, RECORDS + 1, RECORDS + 20);
	assert_int_equal(c->problems[0].from, c->signed_time);
	assert_int_equal(c->summary.problems, 1);
}

static void test_nothing_signed(void **state)
{
	struct archive_case *c = *state;
	char path[PATH_MAX];

	make_archive(c, true);
	snprintf(path, sizeof(path), "%s/sealed/heads-20260101.txt", c->folder);
	unlink(path);
	check_alone(c);
	expect_only(c, AUDIT_NO_HEADS, 1, RECORDS);
	check_elsewhere(c);
	expect_fine(c, 4);
}

/* The first heads of the local file, and no more. */
static void keep_heads(const struct archive_case *c, unsigned count)
{
	struct str rest, signed_text, note = {0};
	struct tlog_head head;
	struct buf text = {0};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sealed/heads-20260101.txt", c->folder);
	read_whole(path, &text);
	rest = buf_str(&text);
	for (; count; count--)
		assert_int_equal(tlog_head_next(&rest, &head, &signed_text, &note), 0);
	write_whole(path, text.ptr, (size_t)(note.ptr + note.len - text.ptr));
	buf_done(&text);
}

/* The end is cut off, with everything beside it that knows of it. */
static void test_rollback(void **state)
{
	struct archive_case *c = *state;
	char path[PATH_MAX];

	for (int sealed = 0; sealed < 2; sealed++) {
		make_archive(c, sealed);
		for (unsigned i = 2; i < 4; i++) {
			file_of(c, i * SEGMENT + 1, sealed && i == 2, path);
			assert_int_equal(unlink(path), 0);
		}
		forget_head(c->folder);
		check_alone(c);
		expect_told(c, AUDIT_ROLLBACK, 2 * SEGMENT + 1, RECORDS);
		keep_heads(c, 2);
		check_alone(c);
		assert_int_equal(c->count, 0); /* nothing here tells it any more */
		check_elsewhere(c);
		expect_only(c, AUDIT_ROLLBACK, 2 * SEGMENT + 1, RECORDS);
		clear_archive(c);
	}
}

/* An older copy is put back and goes on: there are as many records again, but others. */
static void test_rollback_and_on(void **state)
{
	struct archive_case *c = *state;
	char path[PATH_MAX];

	make_archive(c, false);
	file_of(c, 3 * SEGMENT + 1, false, path);
	unlink(path);
	file_of(c, 2 * SEGMENT + 1, false, path);
	unlink(path);
	keep_heads(c, 2);
	snprintf(path, sizeof(path), "%s/live/head", c->folder);
	unlink(path);
	write_segment(c->folder, NULL, 7001, 7900);
	sign(c, c->folder, false);
	check_alone(c);
	if (c->count)
		print_problems(c);
	check_elsewhere(c);
	expect_told(c, AUDIT_REWRITTEN, 2 * SEGMENT + 1, 3 * SEGMENT);
}

/* Everything from a record on is made again with another text in it, and signed with the same key. */
static void test_signed_again(void **state)
{
	struct archive_case *c = *state;
	char from[PATH_MAX], to[PATH_MAX];
	struct buf node = {0};

	make_archive(c, true);
	snprintf(from, sizeof(from), "%s/live/node", c->folder);
	read_whole(from, &node);
	rename(c->heads, "/tmp/wanglou-audit-heads-kept");
	clear_archive(c);
	snprintf(to, sizeof(to), "%s/live", c->folder);
	io_make_folder(to, 0750);
	write_whole(from, node.ptr, node.len);
	c->signed_time = INT64_C(1700000100000000);
	put_key(c, c->folder);
	for (uint64_t i = 0; i < 4; i++) {
		struct journal *journal = open_quick(c->folder);

		for (uint64_t n = i * SEGMENT + 1; n <= (i < 3 ? (i + 1) * SEGMENT : RECORDS); n++)
			append_one(journal, n == SEGMENT + 77 ? 99999 : n);
		journal_close(journal);
		sign(c, c->folder, false);
	}
	seal_all(c->folder, NULL);
	remove_live(c->folder);
	check_alone(c);
	expect_fine(c, 4); /* by itself it holds together */
	rename("/tmp/wanglou-audit-heads-kept", c->heads);
	check_elsewhere(c);
	expect_only(c, AUDIT_REWRITTEN, SEGMENT + 1, 2 * SEGMENT);
	buf_done(&node);
}

static void swap_files(const struct archive_case *c, uint64_t a, uint64_t b, bool sealed)
{
	char first[PATH_MAX], second[PATH_MAX], third[PATH_MAX + 8];

	file_of(c, a, sealed, first);
	file_of(c, b, sealed, second);
	snprintf(third, sizeof(third), "%s.x", first);
	assert_int_equal(rename(first, third) | rename(second, first) | rename(third, second), 0);
}

static void test_swapped(void **state)
{
	struct archive_case *c = *state;

	for (int sealed = 0; sealed < 2; sealed++) {
		make_archive(c, sealed);
		swap_files(c, SEGMENT + 1, 2 * SEGMENT + 1, sealed);
		check_elsewhere(c);
		expect_told(c, AUDIT_MISPLACED, SEGMENT + 1, 2 * SEGMENT);
		expect_told(c, AUDIT_MISPLACED, 2 * SEGMENT + 1, 3 * SEGMENT);
		assert_int_equal(c->count, 2);
		clear_archive(c);
	}
}

static void test_dropped(void **state)
{
	struct archive_case *c = *state;
	char path[PATH_MAX];

	for (int sealed = 0; sealed < 2; sealed++)
		for (uint64_t i = 0; i < 3; i++) {
			make_archive(c, sealed);
			file_of(c, i * SEGMENT + 1, sealed, path);
			assert_int_equal(unlink(path), 0);
			check_elsewhere(c);
			expect_only(c, AUDIT_MISPLACED, i * SEGMENT + 1, (i + 1) * SEGMENT);
			clear_archive(c);
		}
}

/* Two segments in the place of one another with names that fit their headers cannot be: the name is in it.
   What can be done is to put a copy of a segment under another's name. */
static void test_doubled(void **state)
{
	struct archive_case *c = *state;
	char from[PATH_MAX], to[PATH_MAX];
	struct buf bytes = {0};

	for (int sealed = 0; sealed < 2; sealed++) {
		make_archive(c, sealed);
		file_of(c, SEGMENT + 1, sealed, from);
		file_of(c, 2 * SEGMENT + 1, sealed, to);
		read_whole(from, &bytes);
		write_whole(to, bytes.ptr, bytes.len);
		check_elsewhere(c);
		expect_told(c, AUDIT_MISPLACED, 2 * SEGMENT + 1, 3 * SEGMENT);
		clear_archive(c);
	}
	buf_done(&bytes);
}

static void test_wrong_key(void **state)
{
	struct archive_case *c = *state;
	struct tlog_key *other;

	make_archive(c, true);
	assert_int_equal(tlog_key_generate(TLOG_ED25519, &other), 0);
	write_key(other, c->key_path);
	check_elsewhere(c);
	expect_told(c, AUDIT_WRONG_KEY, SEGMENT, RECORDS);
	expect_told(c, AUDIT_NO_HEADS, 1, RECORDS);
	assert_int_equal(c->summary.heads_checked, 0);
	tlog_key_free(other);
}

/* A head put among those here that the key did not sign. */
static void test_forged_head(void **state)
{
	struct archive_case *c = *state;
	struct buf text = {0};
	char path[PATH_MAX];
	size_t at;

	make_archive(c, true);
	snprintf(path, sizeof(path), "%s/sealed/heads-20260101.txt", c->folder);
	read_whole(path, &text);
	at = str_find(buf_str(&text), STR("seq "));
	text.ptr[at + 4] = text.ptr[at + 4] == '9' ? '8' : '9';
	write_whole(path, text.ptr, text.len);
	check_alone(c);
	assert_int_equal(c->count, 1);
	assert_int_equal(c->problems[0].kind, AUDIT_FORGED);
	assert_int_equal(c->summary.heads_checked, 3);
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ARCHIVE(test_fine),
		TEST_ARCHIVE(test_unsealed_tail),
		TEST_ARCHIVE(test_nothing_signed),
		TEST_ARCHIVE(test_rollback),
		TEST_ARCHIVE(test_rollback_and_on),
		TEST_ARCHIVE(test_signed_again),
		TEST_ARCHIVE(test_swapped),
		TEST_ARCHIVE(test_dropped),
		TEST_ARCHIVE(test_doubled),
		TEST_ARCHIVE(test_wrong_key),
		TEST_ARCHIVE(test_forged_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
