/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/hec_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct wanted {
	enum hec_code code;
	const char *envelope;
};

static void check(const char *body, const struct wanted *wanted)
{
	struct hec_events events = {str_from(body), 64, json_parser_new()};
	struct hec_event event;

	for (; hec_events_next(&events, &event); wanted++) {
		assert_non_null(wanted->envelope);
		assert_int_equal(event.code, wanted->code);
		if (!event.code)
			assert_true(str_eq(event.envelope, str_from(wanted->envelope)));
	}
	assert_null(wanted->envelope);
	json_parser_free(events.json);
}

static void test_one_behind_the_other(void **state)
{
	(void)state;
	check("{\"event\":\"a\"}{\"event\":{\"b\":[1]}} \r\n {\"time\":1.5,\"event\":3}\n",
	      (const struct wanted[]){{HEC_SUCCESS, "{\"event\":\"a\"}"},
				      {HEC_SUCCESS, "{\"event\":{\"b\":[1]}}"},
				      {HEC_SUCCESS, "{\"time\":1.5,\"event\":3}"},
				      {0}});
	check(" \n", (const struct wanted[]){{0}});
}

static void test_events_that_are_none(void **state)
{
	(void)state;
	check("{\"host\":\"a\"}{\"event\":null}{\"event\":\"\"}[1]7{\"event\":false}",
	      (const struct wanted[]){{HEC_EVENT_REQUIRED, ""},
				      {HEC_EVENT_BLANK, ""},
				      {HEC_EVENT_BLANK, ""},
				      {HEC_INVALID_FORMAT, ""},
				      {HEC_INVALID_FORMAT, ""},
				      {HEC_SUCCESS, "{\"event\":false}"},
				      {0}});
}

static void test_what_is_no_json_costs_its_line(void **state)
{
	(void)state;
	check("{\"event\":\"a\"}\n{\"event\":}\nnonsense\n{\"event\":\"b\"}\n{\"event\":",
	      (const struct wanted[]){{HEC_SUCCESS, "{\"event\":\"a\"}"},
				      {HEC_INVALID_FORMAT, ""},
				      {HEC_INVALID_FORMAT, ""},
				      {HEC_SUCCESS, "{\"event\":\"b\"}"},
				      {HEC_INVALID_FORMAT, ""},
				      {0}});
}

static void test_a_long_one_is_refused_alone(void **state)
{
	(void)state;
	check("{\"event\":\"0123456789012345678901234567890123456789012345678901234567890\"}{\"event\":1}",
	      (const struct wanted[]){{HEC_INVALID_FORMAT, ""}, {HEC_SUCCESS, "{\"event\":1}"}, {0}});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_behind_the_other),
		cmocka_unit_test(test_events_that_are_none),
		cmocka_unit_test(test_what_is_no_json_costs_its_line),
		cmocka_unit_test(test_a_long_one_is_refused_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
