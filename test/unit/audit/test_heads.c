/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

static struct tlog_key *key, *other_key;

struct fixture {
	struct audit_heads heads;
	struct told told;
	struct audit_report report;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->report = (struct audit_report){.problem = tell, .context = &fixture->told};
	*state = fixture;
	return tlog_key_generate(TLOG_ED25519, &key) || tlog_key_generate(TLOG_SM2, &other_key);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	audit_heads_done(&fixture->heads);
	free(fixture);
	tlog_key_free(key);
	tlog_key_free(other_key);
	return 0;
}

static void add(struct fixture *fixture, struct buf *text, bool given)
{
	assert_int_equal(audit_heads_add_text(&fixture->heads, buf_str(text), given ? "given" : "own", given,
					      &fixture->report, NULL),
			 0);
	buf_done(text);
}

static void test_fine(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = {0}, again = {0};

	add_key(&fixture->heads, key, false);
	for (uint64_t size = 10; size <= 100; size += 10) {
		struct tlog_head head = test_head(size, UINT64_MAX);

		add_signed(&text, &head, key);
	}
	add(fixture, &text, false);
	audit_heads_check(&fixture->heads, NULL, &fixture->report);
	assert_int_equal(fixture->told.count, 0);
	assert_int_equal(fixture->heads.len, 10);
	assert_int_equal(audit_heads_newest(&fixture->heads)->head.size, 100);
	assert_int_equal(audit_heads_covering(&fixture->heads, 41)->head.size, 50);
	assert_int_equal(audit_heads_covering(&fixture->heads, 50)->head.size, 50);
	assert_null(audit_heads_covering(&fixture->heads, 101));
	buf_done(&again);
}

/* A large file is read in pieces; each note is found again in it by its offset. */
static void test_file(void **state)
{
	struct fixture *fixture = *state;
	char path[] = "/tmp/wanglou-audit-XXXXXX";
	struct buf text = {0}, note = {0};
	struct tlog_head head = test_head(1, UINT64_MAX);

	close(mkstemp(path));
	add_key(&fixture->heads, key, false);
	for (unsigned i = 0; i < 1000; i++) {
		head.size = head.seq = i + 1;
		if (i == 500)
			buf_add_str(&text, STR("garbage\n\nwanglou/garbage\n"));
		add_signed(&text, &head, key);
	}
	io_replace_file(path, text.ptr, text.len, 0600);
	assert_int_equal(audit_heads_add_file(&fixture->heads, path, false, &fixture->report, NULL), 0);
	assert_int_equal(fixture->heads.len, 1000);
	assert_int_equal(fixture->told.count, 1);
	told_first(&fixture->told, AUDIT_DAMAGED_HEAD);
	audit_heads_check(&fixture->heads, NULL, &fixture->report);
	for (size_t i = 0; i < 1000; i += 37) {
		struct str rest, signed_text, whole;

		buf_clear(&note);
		assert_int_equal(audit_heads_text(&fixture->heads, &fixture->heads.items[i], &note), 0);
		rest = buf_str(&note);
		assert_int_equal(tlog_head_next(&rest, &head, &signed_text, &whole), 0);
		assert_int_equal(head.size, i + 1);
		assert_int_equal(whole.len, note.len);
	}
	unlink(path);
	buf_done(&text);
	buf_done(&note);
}

/* One that is just being written is none, and nothing is wrong; one cut off in the middle is. */
static void test_cut(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head head = test_head(10, UINT64_MAX), later = test_head(20, UINT64_MAX);
	struct buf text = {0};
	size_t first;

	add_key(&fixture->heads, key, false);
	add_signed(&text, &head, key);
	first = text.len;
	add_signed(&text, &later, key);
	text.len -= 7;
	add(fixture, &text, false);
	assert_int_equal(fixture->heads.len, 1);
	assert_int_equal(fixture->told.count, 1);
	assert_true(told_first(&fixture->told, AUDIT_DAMAGED_HEAD)->expected);
	add_signed(&text, &head, key);
	text.len = first - 7;
	add_signed(&text, &later, key);
	add(fixture, &text, false);
	assert_int_equal(fixture->told.count, 2);
	assert_false(fixture->told.problems[1].expected);
}

static void test_wrong_key(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head head = test_head(10, UINT64_MAX), later = test_head(20, UINT64_MAX);
	struct buf text = {0};

	add_key(&fixture->heads, key, false);
	add_signed(&text, &head, other_key);
	add_signed(&text, &later, other_key);
	add(fixture, &text, false);
	audit_heads_check(&fixture->heads, head.node, &fixture->report);
	assert_int_equal(fixture->told.count, 1);
	assert_int_equal(told_first(&fixture->told, AUDIT_WRONG_KEY)->first_seq, 10);
	assert_int_equal(told_first(&fixture->told, AUDIT_WRONG_KEY)->last_seq, 20);
	assert_null(audit_heads_newest(&fixture->heads));
}

/* What lies beside the archive counts only where no key is given. */
static void test_given_key(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head head = test_head(10, UINT64_MAX);
	struct buf text = {0};

	add_key(&fixture->heads, key, true);
	add_key(&fixture->heads, other_key, false);
	add_signed(&text, &head, other_key);
	add(fixture, &text, false);
	audit_heads_check(&fixture->heads, head.node, &fixture->report);
	assert_int_equal(told_of(&fixture->told, AUDIT_WRONG_KEY), 1);
}

static void test_forged(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head head = test_head(10, UINT64_MAX);
	struct buf text = {0};

	add_key(&fixture->heads, key, false);
	add_signed(&text, &head, key);
	text.ptr[text.len - 20] = text.ptr[text.len - 20] == 'A' ? 'B' : 'A';
	add(fixture, &text, false);
	audit_heads_check(&fixture->heads, head.node, &fixture->report);
	assert_int_equal(fixture->told.count, 1);
	assert_int_equal(told_first(&fixture->told, AUDIT_FORGED)->last_seq, 10);
}

static void test_other_node(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head head = test_head(10, UINT64_MAX);
	const uint8_t node[TLOG_NODE_SIZE] = {2};
	struct buf text = {0};

	add_key(&fixture->heads, key, false);
	add_signed(&text, &head, key);
	add(fixture, &text, true);
	audit_heads_check(&fixture->heads, node, &fixture->report);
	assert_int_equal(fixture->told.count, 1);
	told_first(&fixture->told, AUDIT_WRONG_NODE);
	assert_null(audit_heads_newest(&fixture->heads));
}

static void test_no_key(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head head = test_head(10, UINT64_MAX);
	struct buf text = {0};

	add_signed(&text, &head, key);
	add(fixture, &text, false);
	audit_heads_check(&fixture->heads, NULL, &fixture->report);
	assert_int_equal(fixture->told.count, 1);
	told_first(&fixture->told, AUDIT_NO_KEY);
}

static void test_shrinks(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head first = test_head(10, UINT64_MAX), second = test_head(30, UINT64_MAX),
			 third = test_head(20, UINT64_MAX);
	struct buf text = {0};

	third.time = second.time + CLOCK_MINUTE;
	add_key(&fixture->heads, key, false);
	add_signed(&text, &first, key);
	add_signed(&text, &second, key);
	add_signed(&text, &third, key);
	add(fixture, &text, true);
	audit_heads_check(&fixture->heads, NULL, &fixture->report);
	assert_int_equal(fixture->told.count, 1);
	assert_int_equal(told_first(&fixture->told, AUDIT_INCONSISTENT)->first_seq, 21);
	assert_int_equal(told_first(&fixture->told, AUDIT_INCONSISTENT)->last_seq, 30);
	assert_int_equal(told_first(&fixture->told, AUDIT_INCONSISTENT)->from, second.time);
	assert_int_equal(told_first(&fixture->told, AUDIT_INCONSISTENT)->to, third.time);
}

/* The clock was set back: more records at an earlier time is nothing to tell. */
static void test_clock_step(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head first = test_head(10, UINT64_MAX), second = test_head(20, UINT64_MAX);
	struct buf text = {0};

	second.time = first.time - CLOCK_DAY;
	add_key(&fixture->heads, key, false);
	add_signed(&text, &first, key);
	add_signed(&text, &second, key);
	add(fixture, &text, false);
	audit_heads_check(&fixture->heads, NULL, &fixture->report);
	assert_int_equal(fixture->told.count, 0);
}

/* Files of heads put together in another order than they were made. */
static void test_any_order(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head first = test_head(10, UINT64_MAX), second = test_head(20, UINT64_MAX);
	struct buf text = {0};

	add_key(&fixture->heads, key, false);
	add_signed(&text, &second, key);
	add_signed(&text, &first, key);
	add(fixture, &text, true);
	audit_heads_check(&fixture->heads, NULL, &fixture->report);
	assert_int_equal(fixture->told.count, 0);
	assert_int_equal(audit_heads_newest(&fixture->heads)->head.size, 20);
}

static void test_two_roots(void **state)
{
	struct fixture *fixture = *state;
	struct tlog_head head = test_head(10, UINT64_MAX), other = test_head(10, 5);
	struct buf text = {0};

	add_key(&fixture->heads, key, false);
	add_signed(&text, &head, key);
	other.time++;
	add_signed(&text, &other, key);
	add(fixture, &text, true);
	audit_heads_check(&fixture->heads, NULL, &fixture->report);
	assert_int_equal(fixture->told.count, 1);
	told_first(&fixture->told, AUDIT_INCONSISTENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fine),      TEST(test_file),       TEST(test_cut),        TEST(test_wrong_key),
		TEST(test_given_key), TEST(test_forged),     TEST(test_other_node), TEST(test_no_key),
		TEST(test_shrinks),   TEST(test_clock_step), TEST(test_any_order),  TEST(test_two_roots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
