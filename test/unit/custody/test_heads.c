/* SPDX-License-Identifier: Apache-2.0 */
/* Files of tree heads: their order, and what a crash leaves at their end. */
#include "custody/heads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"

#define DAY_ONE (INT64_C(1799971200) * CLOCK_SECOND) /* 2027-01-15 */

struct fixture {
	char folder[64];
	struct tlog_key *key;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	strcpy(fixture.folder, "/tmp/test_heads.XXXXXX");
	*state = &fixture;
	return mkdtemp(fixture.folder) && tlog_key_generate(TLOG_ED25519, &fixture.key) == 0 ? 0 : -1;
}

static int remove_file(const char *file, void *context)
{
	(void)context;
	return unlink(file);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	io_walk(fixture->folder, "", remove_file, NULL);
	tlog_key_free(fixture->key);
	return rmdir(fixture->folder);
}

static void add(const struct fixture *fixture, uint64_t size, int64_t time)
{
	struct tlog_head head = {.size = size, .seq = size, .time = time};
	struct buf note = {0};

	assert_int_equal(tlog_head_sign(&head, fixture->key, &note), 0);
	assert_int_equal(heads_append(fixture->folder, time, buf_str(&note)), 0);
	buf_done(&note);
}

static void append_text(const struct fixture *fixture, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
	file = fopen(path, "a");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int collect(void *context, const struct tlog_head *head, struct str note)
{
	assert_true(note.len > 0 && note.ptr[note.len - 1] == '\n');
	buf_printf(context, " %d", (int)head->size);
	return 0;
}

static void check_walk(const struct fixture *fixture, bool every, const char *wanted)
{
	struct buf found = {0};

	assert_int_equal(heads_walk(fixture->folder, every, collect, &found), 0);
	assert_string_equal(buf_cstr(&found), wanted);
	buf_done(&found);
}

static void test_order(void **state)
{
	const struct fixture *fixture = *state;
	struct tlog_head head;

	assert_int_equal(heads_newest(fixture->folder, &head), ERR_END);
	for (uint64_t i = 1; i <= 9; i++)
		add(fixture, i, DAY_ONE + (int64_t)i * CLOCK_DAY / 3);
	append_text(fixture, "heads-2027.txt", "not a day");
	check_walk(fixture, true, " 9 8 7 6 5 4 3 2 1");
	check_walk(fixture, false, " 9 8 5 2");
	assert_int_equal(heads_newest(fixture->folder, &head), 0);
	assert_int_equal(head.size, 9);
}

/* What was torn off is passed over, cut off at the next start, and the next note stands on its own. */
static void test_torn(void **state)
{
	const struct fixture *fixture = *state;
	size_t cut;

	add(fixture, 1, DAY_ONE);
	add(fixture, 2, DAY_ONE);
	append_text(fixture, "heads-20270115.txt", "wanglou/00000000000000000000000000000000\n17");
	check_walk(fixture, true, " 2 1");
	assert_int_equal(heads_repair(fixture->folder, &cut), 0);
	assert_int_equal(cut, 43);
	add(fixture, 3, DAY_ONE);
	check_walk(fixture, true, " 3 2 1");
	assert_int_equal(heads_repair(fixture->folder, &cut), 0);
	assert_int_equal(cut, 0);
}

/* Damage in the middle hides nothing behind it, and repair leaves it alone. */
static void test_damaged(void **state)
{
	const struct fixture *fixture = *state;
	size_t cut;

	add(fixture, 1, DAY_ONE);
	append_text(fixture, "heads-20270115.txt", "\377\377 torn\n\nwanglou/");
	append_text(fixture, "heads-20270115.txt", "\n");
	add(fixture, 2, DAY_ONE);
	check_walk(fixture, true, " 2 1");
	assert_int_equal(heads_repair(fixture->folder, &cut), 0);
	assert_int_equal(cut, 0);
	check_walk(fixture, true, " 2 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_torn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
