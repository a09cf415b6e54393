/* SPDX-License-Identifier: Apache-2.0 */
#include "trail/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"

#define T0 INT64_C(1795000000000000)

static char folder[64];
static struct db *db;

static void add(uint64_t seq, int64_t time, const char *text)
{
	const struct trail_record record = {seq, time, str_from(text)};

	assert_int_equal(trail_add(db, &record, 1), 0);
}

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&trail_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-trail-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 1, &db, NULL), 0);
	add(1, T0 + 1,
	    "{\"action\":\"login\",\"user\":\"Li.na\",\"role\":\"\",\"address\":\"192.0.2.7\","
	    "\"via\":\"console\",\"object\":\"\",\"outcome\":\"refused\",\"detail\":{\"reason\":\"bad\"}}");
	add(2, T0 + 2,
	    "{\"action\":\"search\",\"user\":\"zhang\",\"role\":\"analyst\",\"address\":\"2001:db8::1\","
	    "\"via\":\"console\",\"object\":\"user.name: 100%_x\",\"outcome\":\"allowed\",\"detail\":[1]}");
	add(4, T0 + 2, "{\"action\":\"sql\",\"user\":\"zhang\",\"outcome\":\"allowed\",\"object\":7}");
	add(5, T0 + 5, "not json");
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

static int visit(void *context, const struct trail_entry *entry)
{
	buf_printf(context, "%d ", (int)entry->seq);
	return 0;
}

static void expect(struct trail_filter filter, const char *wanted)
{
	struct buf out = {0};

	filter.to = filter.to ? filter.to : INT64_MAX;
	filter.limit = filter.limit ? filter.limit : TRAIL_PAGE_MAX;
	assert_int_equal(trail_list(db, &filter, visit, &out), 0);
	assert_string_equal(buf_cstr(&out), wanted);
	buf_done(&out);
}

static void test_newest_first_and_each_filter(void **state)
{
	(void)state;
	expect((struct trail_filter){0}, "5 4 2 1 ");
	expect((struct trail_filter){.from = T0 + 2, .to = T0 + 5}, "4 2 ");
	expect((struct trail_filter){.user = STR("ZHANG")}, "4 2 ");
	expect((struct trail_filter){.action = STR("login")}, "1 ");
	expect((struct trail_filter){.action = STR("unreadable")}, "5 ");
	expect((struct trail_filter){.outcome = STR("refused")}, "1 ");
	expect((struct trail_filter){.user = STR("zhang"), .action = STR("login")}, "");
	expect((struct trail_filter){.text = STR("BAD")}, "1 ");
	expect((struct trail_filter){.text = STR("2001:")}, "2 ");
	expect((struct trail_filter){.text = STR("0%_")}, "2 ");
	expect((struct trail_filter){.text = STR("%")}, "2 ");
	expect((struct trail_filter){.text = STR("\\")}, "");
	expect((struct trail_filter){.text = STR("' OR 1 --")}, "");
}

static void test_pages(void **state)
{
	(void)state;
	expect((struct trail_filter){.limit = 2}, "5 4 ");
	expect((struct trail_filter){.limit = 2, .after = true, .after_time = T0 + 2, .after_seq = 4},
	       "2 1 ");
	expect((struct trail_filter){.after = true, .after_time = T0 + 1, .after_seq = 1}, "");
}

static int check(void *context, const struct trail_entry *entry)
{
	(void)context;
	assert_true(entry->time == T0 + 1 && str_eq(entry->user, STR("Li.na")) && entry->role.len == 0);
	assert_true(str_eq(entry->address, STR("192.0.2.7")) && str_eq(entry->via, STR("console")));
	assert_true(str_eq(entry->outcome, STR("refused")));
	assert_true(str_eq(entry->detail, STR("{\"reason\":\"bad\"}")));
	return 7;
}

static int check_poor(void *context, const struct trail_entry *entry)
{
	(void)context;
	assert_true(entry->object.len == 0 && entry->via.len == 0 && str_eq(entry->detail, STR("{}")));
	return 0;
}

static void test_what_is_kept(void **state)
{
	struct trail_filter filter = {.to = INT64_MAX, .limit = 10, .action = STR("login")};

	(void)state;
	assert_int_equal(trail_list(db, &filter, check, NULL), 7);
	filter.action = STR("sql");
	assert_int_equal(trail_list(db, &filter, check_poor, NULL), 0);
}

/* analyze sends a batch again after a crash; another journal begins at 1 again. */
static void test_added_again(void **state)
{
	(void)state;
	add(2, T0 + 2, "{\"action\":\"other\"}");
	expect((struct trail_filter){.action = STR("other")}, "");
	add(2, T0 + 9, "{\"action\":\"other\"}");
	expect((struct trail_filter){0}, "2 5 4 2 1 ");
}

static void test_prune(void **state)
{
	(void)state;
	assert_int_equal(trail_prune(db, T0 + 2), 1);
	expect((struct trail_filter){0}, "5 4 2 ");
	assert_int_equal(trail_prune(db, T0 + 2), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_newest_first_and_each_filter),
		CASE(test_pages),
		CASE(test_what_is_kept),
		CASE(test_added_again),
		CASE(test_prune),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
