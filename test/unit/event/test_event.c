/* SPDX-License-Identifier: Apache-2.0 */
#include "event/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/hash.h"

static void test_fields_have_columns(void **state)
{
	(void)state;
	assert_int_equal(field_by_name(STR("source.ip")), FIELD_ID_SOURCE_IP);
	assert_true(str_eq(field_info(FIELD_ID_SOURCE_IP)->column, STR("source_ip")));
	assert_true(str_eq(field_info(FIELD_ID_TIMESTAMP)->column, STR("time")));
	assert_int_equal(field_by_name(STR("source_ip")), FIELD_NONE);
	for (unsigned id = 0; id < FIELD_COUNT; id++)
		assert_int_equal(field_by_name(field_info(id)->name), id);
}

static void test_set_converts_or_leaves(void **state)
{
	struct arena *arena = arena_new(0);
	struct event event;

	(void)state;
	event_init(&event, arena);
	assert_int_equal(event_set_text(&event, FIELD_ID_SOURCE_PORT, STR("0x50")), 0);
	assert_int_equal(event_get(&event, FIELD_ID_SOURCE_PORT)->integer, 80);
	assert_true(str_eq(event_text(&event, FIELD_ID_SOURCE_PORT), STR("0x50")));
	assert_true(event_set_text(&event, FIELD_ID_SOURCE_PORT, STR("eighty")) < 0);
	assert_int_equal(event_get(&event, FIELD_ID_SOURCE_PORT)->integer, 80);
	assert_true(event_set_text(&event, FIELD_ID_SOURCE_IP, STR("-")) < 0);
	assert_null(event_get(&event, FIELD_ID_SOURCE_IP));
	event_set_integer(&event, FIELD_ID_PROCESS_PID, -12);
	assert_true(str_eq(event_text(&event, FIELD_ID_PROCESS_PID), STR("-12")));
	assert_int_equal(event.field_count, 2);
	arena_free(arena);
}

/* Small ones have their texts ready. */
static void test_integers(void **state)
{
	struct arena *arena = arena_new(0);
	struct event event;
	char text[32];

	(void)state;
	event_init(&event, arena);
	for (int i = -101; i <= 1001; i++) {
		snprintf(text, sizeof(text), "%d", i);
		event_set_integer(&event, FIELD_ID_PROCESS_PID, i);
		assert_true(str_eq(event_text(&event, FIELD_ID_PROCESS_PID), str_from(text)));
		assert_int_equal(event_get(&event, FIELD_ID_PROCESS_PID)->integer, i);
		assert_int_equal(event_get(&event, FIELD_ID_PROCESS_PID)->value.type, VALUE_NUMBER);
	}
	arena_free(arena);
}

static void test_every_field_fits(void **state)
{
	struct arena *arena = arena_new(0);
	struct event event;

	(void)state;
	event_init(&event, arena);
	for (unsigned id = 0; id < FIELD_COUNT; id++)
		if (field_info(id)->type == FIELD_KEYWORD)
			assert_int_equal(event_set_text(&event, id, field_info(id)->name), 0);
	for (unsigned id = 0; id < FIELD_COUNT; id++)
		if (field_info(id)->type == FIELD_KEYWORD)
			assert_true(str_eq(event_text(&event, id), field_info(id)->name));
	arena_free(arena);
}

static void test_attrs_are_capped_and_counted(void **state)
{
	struct arena *arena = arena_new(0);
	struct event event;
	struct str key = STR("k");
	uint64_t hash = hash_str(key);

	(void)state;
	event_init(&event, arena);
	for (int i = 0; i < EVENT_ATTRS_MAX + 5; i++)
		event_add_attr(&event, key, hash, value_string(STR("v")), 0);
	assert_int_equal(event.attr_count, EVENT_ATTRS_MAX);
	assert_int_equal(event.attrs_dropped, 5);
	assert_int_equal(event_find_attr(&event, key, hash, 0), 0);
	assert_int_equal(event_find_attr(&event, key, hash, 7), 7);
	assert_int_equal(event_find_attr(&event, STR("other"), hash_str(STR("other")), 0), EVENT_ATTRS_MAX);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_fields_have_columns),
		cmocka_unit_test(test_set_converts_or_leaves),
		cmocka_unit_test(test_every_field_fits),
		cmocka_unit_test(test_attrs_are_capped_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
