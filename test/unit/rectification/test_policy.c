/* SPDX-License-Identifier: Apache-2.0 */
/* The policy that is shipped loads; what is wrong in one is named with its line. */
#include "helper.h"

static const struct policy *load(void)
{
	const struct policy *policy = NULL;
	struct err err = {0};

	if (policy_load(POLICY, arena, &policy, &err) < 0)
		fail_msg("%s:%u: %s", err.file, err.line, err.message);
	return policy;
}

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new(0);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void test_deadlines(void **state)
{
	const struct policy *policy = load();
	const int64_t due = policy->due - 9 * CLOCK_HOUR; /* MONDAY is 09:00 */

	(void)state;
	assert_int_equal(policy_deadline(policy, NULL, ZONE, MONDAY, 1), MONDAY + CLOCK_DAY + due);
	assert_int_equal(policy_deadline(policy, NULL, ZONE, MONDAY, 4), MONDAY + 4 * CLOCK_DAY + due);
	assert_int_equal(policy_deadline(policy, NULL, ZONE, MONDAY, 5), MONDAY + 7 * CLOCK_DAY + due);
	assert_int_equal(policy_deadline(policy, NULL, ZONE, MONDAY + 5 * CLOCK_DAY, 1),
			 MONDAY + 7 * CLOCK_DAY + due);
	/* 07:00 in China is the day before in UTC */
	assert_int_equal(policy_deadline(policy, NULL, ZONE, MONDAY - 2 * CLOCK_HOUR, 1),
			 MONDAY + CLOCK_DAY + due);
}

static void test_quiet(void **state)
{
	const struct policy *policy = load();

	(void)state;
	assert_false(policy_is_quiet(policy, ZONE, MONDAY));
	assert_true(policy_is_quiet(policy, ZONE, MONDAY - 2 * CLOCK_HOUR));
	assert_true(policy_is_quiet(policy, ZONE, MONDAY + 13 * CLOCK_HOUR));
	assert_false(policy_is_quiet(policy, ZONE, MONDAY + 12 * CLOCK_HOUR));
}

static void test_fill(void **state)
{
	struct str values[POLICY_FIELD_COUNT] = {[POLICY_UNIT] = STR("{name}"), [POLICY_NAME] = STR("x")};
	struct buf out = {0};

	(void)state;
	policy_fill(STR("{unit}{"), values, &out); /* a value is no text to fill in again */
	assert_string_equal(buf_cstr(&out), "{name}{");
	buf_clear(&out);
	policy_fill(STR("a{nobody}b{name}"), values, &out);
	assert_string_equal(buf_cstr(&out), "a{nobody}bx");
	buf_done(&out);
}

static void test_mistakes(void **state)
{
	static const char *const texts[] = {
		"number: 1号",
		"[]",
		"",
		"number: \"{serial}\"\noffice: x\ncontact: x\nrequirements: \"{nobody}\"",
		"number: \"{serial}\"\noffice: x\ncontact: x\nrequirements: x\nworking_days: 0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct policy *policy = NULL;
		struct err err = {0};

		assert_true(policy_parse(str_from(texts[i]), arena, &policy, &err) < 0);
		assert_true(err.message[0] != 0 && !policy);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {CASE(test_deadlines), CASE(test_quiet), CASE(test_fill),
					   CASE(test_mistakes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
