/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One bit, anywhere in a segment's file: the check names numbers, and all of them
 * lie in this segment.
 */
#include "audit_helper.h"

#define SAMPLES 160 /* places in each file */

static void expect_inside(const struct archive_case *c, uint64_t first, uint64_t last, size_t at)
{
	if (!c->count)
		fail_msg("byte %zu of %llu to %llu: nothing is named", at, (unsigned long long)first,
			 (unsigned long long)last);
	for (size_t i = 0; i < c->count; i++)
		if (c->problems[i].first_seq < first || c->problems[i].last_seq > last) {
			print_problems(c);
			fail_msg("byte %zu is in %llu to %llu", at, (unsigned long long)first,
				 (unsigned long long)last);
		}
}

/* Bytes of a sealed segment that are nothing: room was kept for a larger index. */
static bool is_room(const struct archive_case *c, uint64_t name, size_t at)
{
	struct sealed *sealed;
	bool room;

	assert_int_equal(sealed_open(c->folder, name, NULL, &sealed, NULL), 0);
	room = at >= sealed->header.index + sealed->header.index_stored && at < sealed->header.tiles;
	sealed_close(sealed);
	return room;
}

static size_t place(const struct archive_case *c, uint64_t name, bool sealed, size_t i, size_t len)
{
	struct sealed *opened;
	size_t at;

	if (!sealed || i != SAMPLES)
		return i * (len - 1) / SAMPLES;
	assert_int_equal(sealed_open(c->folder, name, NULL, &opened, NULL), 0);
	at = opened->header.tiles + 5; /* few bytes, that samples miss */
	sealed_close(opened);
	return at;
}

static void flip_all(struct archive_case *c, uint64_t name, bool sealed, uint64_t last)
{
	struct buf bytes = {0};
	char path[PATH_MAX];

	file_of(c, name, sealed, path);
	read_whole(path, &bytes);
	for (size_t i = 0; i <= SAMPLES; i++) {
		size_t at = place(c, name, sealed, i, bytes.len);

		if (sealed && is_room(c, name, at))
			continue;
		bytes.ptr[at] = (char)(bytes.ptr[at] ^ 1 << i % 8);
		write_whole(path, bytes.ptr, bytes.len);
		check_elsewhere(c);
		expect_inside(c, name, last, at);
		bytes.ptr[at] = (char)(bytes.ptr[at] ^ 1 << i % 8);
	}
	write_whole(path, bytes.ptr, bytes.len);
	buf_done(&bytes);
}

static void test_live(void **state)
{
	struct archive_case *c = *state;

	make_archive(c, false);
	flip_all(c, SEGMENT + 1, false, 2 * SEGMENT);
	flip_all(c, 3 * SEGMENT + 1, false, RECORDS);
	check_elsewhere(c);
	expect_fine(c, 8);
}

static void test_sealed(void **state)
{
	struct archive_case *c = *state;

	make_archive(c, true);
	flip_all(c, 1, true, SEGMENT);
	flip_all(c, 2 * SEGMENT + 1, true, 3 * SEGMENT);
	check_elsewhere(c);
	expect_fine(c, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ARCHIVE(test_live),
		TEST_ARCHIVE(test_sealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
