/* SPDX-License-Identifier: Apache-2.0 */
/* Who sees which saved view, and what a page begins with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "views/views.h"

static char folder[64];
static struct db *db;
static struct db_tx *tx;
static struct buf seen;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&views_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-views-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 1, &db, NULL), 0);
	return db_begin(db, DB_WRITE, &tx);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_end(tx, 0);
	db_close(db);
	buf_done(&seen);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static int note(void *context, const struct view *view)
{
	(void)context;
	buf_printf(&seen, "%.*s%s%s;", STR_FMT(view->name), view->shared ? "+" : "",
		   view->is_default ? "!" : "");
	return 0;
}

static const char *list(const char *who, bool with_shared)
{
	buf_clear(&seen);
	assert_int_equal(views_list(tx, STR("alerts"), str_from(who), with_shared, note, NULL), 0);
	return buf_cstr(&seen);
}

static int64_t add(const char *owner, const char *name, bool shared)
{
	const struct view view = {.page = STR("alerts"),
				  .name = str_from(name),
				  .query = STR("level=high"),
				  .owner = str_from(owner),
				  .shared = shared};
	int64_t id = 0;

	assert_int_equal(view_add(tx, &view, 1, &id), 0);
	return id;
}

static void test_own_and_shared_ones_are_seen(void **state)
{
	int64_t secret;

	(void)state;
	secret = add("li", "mine", false);
	add("li", "ours", true);
	add("wang", "all", true);
	assert_string_equal(list("li", true), "all+;mine;ours+;");
	assert_string_equal(list("wang", true), "all+;ours+;");
	assert_string_equal(list("wang", false), "all+;");
	assert_int_equal(view_get(tx, secret, STR("wang"), true, note, NULL), ERR_END);
	assert_int_equal(view_get(tx, secret, STR("li"), false, note, NULL), 0);
}

static void test_a_name_is_there_once_for_each_owner(void **state)
{
	struct view view = {.page = STR("alerts"), .name = STR("ours"), .owner = STR("li")};
	int64_t id;

	(void)state;
	add("li", "ours", false);
	add("wang", "ours", false);
	assert_int_equal(view_add(tx, &view, 1, &id), ERR_DUPLICATE);
	view.page = STR("incidents");
	assert_int_equal(view_add(tx, &view, 1, &id), 0);
}

static void test_there_is_a_most(void **state)
{
	struct view view = {.page = STR("alerts"), .name = STR("one more"), .owner = STR("li")};
	char name[20];
	int64_t id;

	(void)state;
	for (int i = 0; i < VIEWS_PER_OWNER; i++) {
		snprintf(name, sizeof(name), "view %d", i);
		add("li", name, false);
	}
	assert_int_equal(view_add(tx, &view, 1, &id), ERR_LIMIT);
}

static void test_a_page_begins_with_one_of_them(void **state)
{
	int64_t first = add("li", "first", true), second = add("li", "second", true);
	const bool no = false;
	const struct view_change change = {.shared = &no};

	(void)state;
	assert_int_equal(view_set_default(tx, first, STR("alerts"), STR("li"), true), 0);
	assert_int_equal(view_set_default(tx, second, STR("alerts"), STR("li"), true), 0);
	assert_int_equal(view_set_default(tx, second, STR("alerts"), STR("wang"), true), 0);
	assert_string_equal(list("li", true), "first+;second+!;");
	assert_string_equal(list("wang", true), "first+;second+!;");

	/* Not shared any more: wang begins with nothing, also when it is shared again. */
	assert_int_equal(view_update(tx, second, 0, &change, 2), 0);
	assert_string_equal(list("li", true), "first+;second!;");
	assert_string_equal(list("wang", true), "first+;");
	assert_int_equal(view_set_default(tx, second, STR("alerts"), STR("li"), false), 0);
	assert_string_equal(list("li", true), "first+;second;");
}

static void test_versions_and_removal(void **state)
{
	int64_t id = add("li", "mine", false);
	const struct str name = STR("renamed");
	const struct view_change change = {.name = &name};

	(void)state;
	assert_int_equal(view_set_default(tx, id, STR("alerts"), STR("li"), true), 0);
	assert_int_equal(view_update(tx, id, 2, &change, 2), ERR_BUSY);
	assert_int_equal(view_update(tx, id, 1, &change, 2), 0);
	assert_string_equal(list("li", true), "renamed!;");
	assert_int_equal(view_remove(tx, id, 1), ERR_BUSY);
	assert_int_equal(view_remove(tx, id, 2), 0);
	assert_int_equal(view_remove(tx, id, 0), ERR_END);
	assert_int_equal(view_update(tx, id, 0, &change, 2), ERR_END);
	add("li", "renamed", false);
	assert_string_equal(list("li", true), "renamed;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_own_and_shared_ones_are_seen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_name_is_there_once_for_each_owner, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_there_is_a_most, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_page_begins_with_one_of_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_versions_and_removal, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
