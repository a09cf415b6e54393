/* SPDX-License-Identifier: Apache-2.0 */
/* What need not be registered until a time: it comes back by itself, or when somebody says so. */
#include "helper.h"

#include "people/ignored.h"

static int64_t ignore(enum identifier_kind kind, const char *value, int64_t said, int64_t until)
{
	const struct ignored thing = {.kind = kind,
				      .value = str_from(value),
				      .said = said,
				      .until = until,
				      .by = STR("li"),
				      .reason = STR("a lab")};
	int64_t id = 0;

	assert_int_equal(ignored_add(tx, &thing, &id), 0);
	return id;
}

static int holds(const char *value, int64_t now)
{
	return ignored_holds(tx, IDENTIFIER_ADDRESS, str_from(value), now);
}

static int write_thing(void *context, const struct ignored *thing)
{
	buf_printf(context, "%.*s to %d by %.*s: %.*s; ", STR_FMT(thing->value),
		   (int)((thing->until - T0) / DAY), STR_FMT(thing->by), STR_FMT(thing->reason));
	return 0;
}

static void list_is(int64_t now, const char *wanted)
{
	struct buf out = {0};

	assert_int_equal(ignored_list(tx, IDENTIFIER_ADDRESS, now, write_thing, &out), 0);
	assert_string_equal(buf_cstr(&out), wanted);
	buf_done(&out);
}

static void test_until_then(void **state)
{
	(void)state;
	ignore(IDENTIFIER_ADDRESS, "10.9.9.9", T0, T0 + 7 * DAY);
	ignore(IDENTIFIER_HOST, "10.9.9.8", T0, T0 + 7 * DAY);
	assert_int_equal(holds("10.9.9.9", T0 + 7 * DAY - 1), 1);
	assert_int_equal(holds("10.9.9.9", T0 + 7 * DAY), 0);
	assert_int_equal(holds("10.9.9.8", T0), 0); /* a host of that name */
	list_is(T0 + DAY, "10.9.9.9 to 7 by li: a lab; ");
	list_is(T0 + 7 * DAY, "");
}

static void test_said_again_and_taken_back(void **state)
{
	int64_t first, second;

	(void)state;
	first = ignore(IDENTIFIER_ADDRESS, "10.9.9.9", T0, T0 + 7 * DAY);
	second = ignore(IDENTIFIER_ADDRESS, "10.9.9.9", T0 + DAY, T0 + 2 * DAY);
	list_is(T0 + DAY, "10.9.9.9 to 2 by li: a lab; ");
	assert_int_equal(holds("10.9.9.9", T0 + 3 * DAY), 0); /* the first holds no longer */
	assert_int_equal(ignored_end(tx, first, T0 + DAY), ERR_END);
	assert_int_equal(ignored_end(tx, second, T0 + DAY), 0);
	assert_int_equal(ignored_end(tx, second, T0 + DAY), ERR_END);
	assert_int_equal(holds("10.9.9.9", T0 + DAY), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_until_then, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_said_again_and_taken_back, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
