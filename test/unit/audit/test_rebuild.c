/* SPDX-License-Identifier: Apache-2.0 */
/* The tree against its heads, with leaves changed, kept as nodes only, and lost. */
#include "helper.h"

#include "audit/rebuild.h"

#define SIZE 300

struct fixture {
	struct audit_heads heads;
	struct audit_rebuild rebuild;
	struct {
		uint64_t after, first, last, heads;
		bool given;
	} misfits[8];
	size_t misfit_count;
	uint64_t lost_begin, lost_end; /* leaves of which no node is kept */
	uint64_t kept_changed;         /* as test_leaf() has it, in what fetch gives */
};

static void misfit(void *context, const struct audit_misfit *misfit_told)
{
	struct fixture *fixture = context;
	size_t i = fixture->misfit_count++;

	assert_true(i < 8);
	fixture->misfits[i].after = misfit_told->after;
	fixture->misfits[i].first = misfit_told->first->head.seq;
	fixture->misfits[i].last = misfit_told->last->head.seq;
	fixture->misfits[i].heads = misfit_told->heads;
	fixture->misfits[i].given = misfit_told->first->given;
}

/* Nodes are kept unless they begin or end inside what is lost. */
static int fetch(void *context, unsigned level, uint64_t index, struct tlog_hash *ret_hash)
{
	struct fixture *fixture = context;
	uint64_t begin = index << level, end = (index + 1) << level;
	struct tlog_range range;

	if (end > SIZE || (begin < fixture->lost_end && end > fixture->lost_begin &&
			   (begin >= fixture->lost_begin || end <= fixture->lost_end)))
		return ERR_END;
	tlog_range_init(&range, begin);
	for (uint64_t n = begin; n < end; n++) {
		struct tlog_hash leaf = test_leaf(n, fixture->kept_changed);

		tlog_range_append(&range, &leaf);
	}
	*ret_hash = range.hashes[0];
	return 0;
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->kept_changed = UINT64_MAX;
	fixture->rebuild = (struct audit_rebuild){.heads = &fixture->heads,
						  .fetch = fetch,
						  .fetch_context = fixture,
						  .misfit = misfit,
						  .context = fixture};
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	vec_done(&fixture->heads);
	free(fixture);
	return 0;
}

/* Heads every step leaves, in order of size. */
static void add_heads(struct fixture *fixture, uint64_t step, uint64_t changed, bool given)
{
	for (uint64_t size = step; size <= SIZE; size += step) {
		struct audit_head head = {
			.head = test_head(size, changed), .signature = AUDIT_SIGNED, .given = given};
		size_t at = fixture->heads.len;

		vec_push(&fixture->heads, head);
		for (; at && fixture->heads.items[at - 1].head.size > size; at--)
			fixture->heads.items[at] = fixture->heads.items[at - 1];
		fixture->heads.items[at] = head;
	}
}

static void walk(struct fixture *fixture, uint64_t begin, uint64_t end, uint64_t changed, uint64_t gap_begin,
		 uint64_t gap_end)
{
	audit_rebuild_begin(&fixture->rebuild, begin);
	for (uint64_t n = begin; n < end; n++) {
		struct tlog_hash leaf = test_leaf(n, changed);

		if (n < gap_begin || n >= gap_end)
			audit_rebuild_leaf(&fixture->rebuild, n, &leaf);
	}
	audit_rebuild_end(&fixture->rebuild, end, end < SIZE);
}

static void test_fits(void **state)
{
	struct fixture *fixture = *state;

	add_heads(fixture, 30, UINT64_MAX, false);
	add_heads(fixture, 100, UINT64_MAX, true);
	walk(fixture, 0, SIZE, UINT64_MAX, 0, 0);
	assert_int_equal(fixture->misfit_count, 0);
	assert_int_equal(fixture->rebuild.checked, 13);
	assert_int_equal(fixture->rebuild.given, 3);
	assert_int_equal(fixture->rebuild.signed_size, SIZE);
}

/* Leaves from one on are not those that were signed: named between the two heads around it. */
static void test_changed(void **state)
{
	for (uint64_t changed = 0; changed < SIZE; changed += 7) {
		struct fixture *fixture;

		setup((void **)&fixture);
		add_heads(fixture, 30, UINT64_MAX, false);
		fixture->kept_changed = changed;
		walk(fixture, 0, SIZE, changed, 0, 0);
		assert_int_equal(fixture->misfit_count, 1);
		assert_int_equal(fixture->misfits[0].after, changed / 30 * 30);
		assert_int_equal(fixture->misfits[0].first, changed / 30 * 30 + 30);
		assert_int_equal(fixture->misfits[0].last, SIZE);
		assert_int_equal(fixture->rebuild.checked, changed / 30);
		teardown((void **)&fixture);
	}
	(void)state;
}

/* The records are changed, what the archive keeps of their hashes is not: the kept nodes fit. */
static void test_kept_fits(void **state)
{
	struct fixture *fixture = *state;

	add_heads(fixture, 30, UINT64_MAX, false);
	walk(fixture, 0, SIZE, 100, 0, 0);
	assert_int_equal(fixture->misfit_count, 0);
	assert_int_equal(fixture->rebuild.checked, 10);
}

/* Signed again after the change: heads here fit, heads kept elsewhere do not, from the first that covers it.
 */
static void test_signed_again(void **state)
{
	struct fixture *fixture = *state;

	add_heads(fixture, 10, 115, false);
	add_heads(fixture, 50, UINT64_MAX, true);
	fixture->kept_changed = 115;
	walk(fixture, 0, SIZE, 115, 0, 0);
	assert_int_equal(fixture->misfit_count, 1);
	assert_true(fixture->misfits[0].given);
	assert_int_equal(fixture->misfits[0].after, 100);
	assert_int_equal(fixture->misfits[0].first, 150);
	assert_int_equal(fixture->misfits[0].heads, 4);
	assert_int_equal(fixture->rebuild.checked, 30 + 2);
}

/* Deleted leaves whose nodes are kept change nothing; heads inside of them fit by those nodes. */
static void test_deleted(void **state)
{
	for (uint64_t begin = 0; begin < SIZE; begin += 37)
		for (uint64_t end = begin + 1; end < SIZE; end += 41) {
			struct fixture *fixture;

			setup((void **)&fixture);
			add_heads(fixture, 30, UINT64_MAX, false);
			walk(fixture, 0, SIZE, UINT64_MAX, begin, end);
			assert_int_equal(fixture->misfit_count, 0);
			assert_int_equal(fixture->rebuild.checked, 10);
			teardown((void **)&fixture);
		}
	(void)state;
}

/* Lost leaves, of which no node is kept but those of what ends behind them: heads inside cannot be checked,
   the others can. */
static void test_lost(void **state)
{
	for (uint64_t begin = 1; begin < 256; begin += 13)
		for (uint64_t end = begin + 1; end < 256; end += 29) {
			struct fixture *fixture;

			setup((void **)&fixture);
			add_heads(fixture, 1, UINT64_MAX, false);
			fixture->lost_begin = begin;
			fixture->lost_end = end;
			walk(fixture, 0, SIZE, UINT64_MAX, begin, end);
			assert_int_equal(fixture->misfit_count, 0);
			assert_int_equal(fixture->rebuild.checked + fixture->rebuild.unchecked, SIZE);
			assert_true(fixture->rebuild.checked >= begin + SIZE - 256);
			assert_true(fixture->rebuild.unchecked >= (end - begin) / 2);
			teardown((void **)&fixture);
		}
	(void)state;
}

/* A part: begins from kept nodes, and reaches for one head behind its end. */
static void test_part(void **state)
{
	struct fixture *fixture = *state;

	add_heads(fixture, 30, UINT64_MAX, false);
	walk(fixture, 100, 130, UINT64_MAX, 0, 0);
	assert_int_equal(fixture->misfit_count, 0);
	assert_int_equal(fixture->rebuild.checked, 2); /* 120, and 150 behind the end */
	assert_int_equal(fixture->rebuild.signed_size, 150);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fits),         cmocka_unit_test(test_changed), TEST(test_kept_fits),
		TEST(test_signed_again), cmocka_unit_test(test_deleted), cmocka_unit_test(test_lost),
		TEST(test_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
