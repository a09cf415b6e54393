/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One bit, anywhere in a segment's file. Either the check names numbers that lie in
 * this segment, or the bit is in a copy that is there for the case, and every
 * record is still proven.
 */
#include "audit_helper.h"

#define SAMPLES 160 /* places in each file */

static void expect_inside(const struct archive_case *c, uint64_t first, uint64_t last, size_t at)
{
	bool named = false;

	for (size_t i = 0; i < c->count; i++) {
		const struct audit_problem *problem = &c->problems[i];

		if (problem->first_seq < first || problem->last_seq > last) {
			print_problems(c);
			fail_msg("byte %zu is in %llu to %llu", at, (unsigned long long)first,
				 (unsigned long long)last);
		}
		named = true;
	}
	if (!named && (c->summary.records != RECORDS || c->summary.heads_checked != 8))
		fail_msg("byte %zu: nothing is named, %llu records and %llu heads fit", at,
			 (unsigned long long)c->summary.records,
			 (unsigned long long)c->summary.heads_checked);
}

static void flip_all(struct archive_case *c, uint64_t name, bool sealed, uint64_t last, unsigned *ret_named)
{
	struct buf bytes = {0};
	char path[PATH_MAX];

	file_of(c, name, sealed, path);
	read_whole(path, &bytes);
	for (size_t i = 0; i < SAMPLES; i++) {
		size_t at = i * (bytes.len - 1) / (SAMPLES - 1);

		bytes.ptr[at] = (char)(bytes.ptr[at] ^ 1 << i % 8);
		write_whole(path, bytes.ptr, bytes.len);
		check_elsewhere(c);
		expect_inside(c, name, last, at);
		*ret_named += c->count > 0;
		bytes.ptr[at] = (char)(bytes.ptr[at] ^ 1 << i % 8);
	}
	write_whole(path, bytes.ptr, bytes.len);
	buf_done(&bytes);
}

static void test_live(void **state)
{
	struct archive_case *c = *state;
	unsigned named = 0;

	make_archive(c, false);
	flip_all(c, SEGMENT + 1, false, 2 * SEGMENT, &named);
	flip_all(c, 3 * SEGMENT + 1, false, RECORDS, &named);
	assert_true(named > SAMPLES / 2);
	check_elsewhere(c);
	expect_fine(c, 8);
}

static void test_sealed(void **state)
{
	struct archive_case *c = *state;
	unsigned named = 0;

	make_archive(c, true);
	flip_all(c, 1, true, SEGMENT, &named);
	flip_all(c, 2 * SEGMENT + 1, true, 3 * SEGMENT, &named);
	assert_true(named > SAMPLES / 2);
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
