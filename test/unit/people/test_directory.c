/* SPDX-License-Identifier: Apache-2.0 */
/* People out of a directory: what of it is taken, and what stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/clock.h"
#include "people/directory.h"
#include "people/import.h"
#include "people/person.h"
#include "people/unit.h"

#define T0 INT64_C(1795000000000000)

static char folder[64];
static struct db *db;
static int64_t now;
static struct directory_summary summary;

static int set_up(void **state)
{
	static const struct db_schema *const schemas[] = {&register_schema, &import_schema};
	char path[80];

	(void)state;
	now = T0;
	strcpy(folder, "/tmp/wl-directory-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 2, &db, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* An answer of people who are lines: "key number name phone unit", - for nothing. */
static void answer(const char *lines, bool add_units)
{
	const struct directory_options options = {
		.now = now += CLOCK_MINUTE, .missing = 2, .add_units = add_units};
	struct directory_person people[64];
	struct str rest = str_from(lines), line;
	size_t count = 0;

	while (str_split(&rest, '\n', &line)) {
		struct str words[5] = {0};

		for (int i = 0; i < 5; i++)
			if (str_split(&line, ' ', &words[i]) && str_eq(words[i], STR("-")))
				words[i] = (struct str){0};
		people[count++] = (struct directory_person){.key = words[0],
							    .number = words[1],
							    .name = words[2],
							    .phone = words[3],
							    .unit = words[4]};
	}
	assert_int_equal(directory_merge(db, people, count, &options, &summary, NULL), 0);
}

static int write_person(void *context, const struct person *person)
{
	buf_printf(context, "%.*s %.*s %.*s %.*s\n", STR_FMT(person->number), STR_FMT(person->name),
		   STR_FMT(person->phone), STR_FMT(person->unit_name));
	return 0;
}

static void expect(const char *expected)
{
	const struct person_filter filter = {.view.time = now + 1, .limit = 100};
	struct buf out = {0};
	struct db_tx *tx;
	int64_t next;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(person_list(tx, &filter, write_person, &out, &next), 0);
	db_end(tx, 0);
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
}

static void edit(int64_t id, const char *phone)
{
	const struct statement statement = {.now = now += CLOCK_MINUTE, .by = STR("wang")};
	const struct person person = {.phone = str_from(phone)};
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_end(tx, person_update(tx, id, &person, PERSON_PHONE, &statement, NULL)), 0);
}

static void test_follows_and_leaves(void **state)
{
	(void)state;
	answer("k1 1 李娜 010-1 -\nk2 2 王芳 010-2 图书馆\nk3 - 赵磊 - -", false);
	assert_int_equal(summary.added, 3);
	expect("1 李娜 010-1 \n2 王芳 010-2 \n 赵磊  \n"); /* the register has no such unit */
	answer("k1 1 李娜 010-1 -\nk2 2 王芳 010-2 图书馆\nk3 - 赵磊 - -", false);
	assert_int_equal(summary.changed + summary.added + summary.kept + summary.failed, 0);
	edit(1, "010-hand");
	answer("k1 1 李娜 010-1 -\nk2 2 王芳 - 图书馆\nk3 3 赵磊 - -", true);
	/* an edit stays; what is gone there goes; a number is filled in; the unit comes */
	expect("1 李娜 010-hand \n2 王芳  图书馆\n3 赵磊  \n");
	answer("k1 1 李娜 010-9 -\nk2 2 王芳 - 图书馆\nk3 3 赵磊 - -", true);
	assert_int_equal(summary.kept, 1);
	expect("1 李娜 010-hand \n2 王芳  图书馆\n3 赵磊  \n");
	answer("k1 1 李娜娜 010-9 -\nk2 2 王芳 - 图书馆\nk3 3 赵磊 - -",
	       true); /* of another name, the same person */
	expect("1 李娜娜 010-hand \n2 王芳  图书馆\n3 赵磊  \n");
}

static void test_two_of_one_number(void **state)
{
	(void)state;
	answer("k1 1 李娜 - -\nk2 1 王芳 - -", false);
	assert_int_equal(summary.added, 1);
	assert_int_equal(summary.failed, 1);
	assert_true(summary.message[0]);
	expect("1 李娜  \n");
}

static void many(size_t from, size_t to)
{
	struct buf lines = {0};

	for (size_t i = from; i < to; i++)
		buf_printf(&lines, "%sk%02zu %zu n%02zu - -", i > from ? "\n" : "", i, i, i);
	answer(buf_cstr(&lines), false);
	buf_done(&lines);
}

static void test_closes_who_is_gone(void **state)
{
	(void)state;
	many(0, 20);
	many(2, 20);
	assert_int_equal(summary.missing, 2);
	assert_int_equal(summary.closed, 0);
	many(0, 20); /* back again: counted anew */
	many(2, 20);
	assert_int_equal(summary.closed, 0);
	many(2, 20);
	assert_int_equal(summary.closed, 2);
	assert_false(summary.stopped);
	many(7, 20);
	many(7, 20); /* five of eighteen: more than a fifth */
	assert_true(summary.stopped);
	assert_int_equal(summary.closed, 0);
	many(0, 20);
	assert_false(summary.stopped);
	assert_int_equal(summary.added, 2); /* who came back is there anew */
	assert_int_equal(summary.missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_follows_and_leaves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_two_of_one_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_closes_who_is_gone, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
