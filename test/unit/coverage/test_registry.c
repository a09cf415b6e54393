/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/registry.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct talker_key key_of(const char *peer, const char *source, const char *name)
{
	struct talker_key key = {.source = str_from(source), .name = str_from(name)};

	assert_int_equal(ip_parse(str_from(peer), key.peer), 0);
	return key;
}

static int find(const struct registry *registry, const char *peer, const char *source, const char *name)
{
	struct talker_key key = key_of(peer, source, name);

	return registry_find(registry, &key);
}

static void test_the_first_that_fits(void **state)
{
	static const char text[] = "sources:\n"
				   "  - {name: core firewall, peer: 10.0.0.1, source: cef, every: 10}\n"
				   "  - {name: laboratory, peer: 10.9.0.0/16, ignore: true}\n"
				   "  - {name: mail, host: mx1, every: 1}\n"
				   "relays: [10.0.0.20, 2001:db8::/64]\n";
	struct registry *registry;
	struct err err = {0};
	struct talker_key key;

	(void)state;
	assert_int_equal(registry_parse(str_from(text), &registry, &err), 0);
	assert_int_equal(registry_count(registry), 3);
	assert_int_equal(find(registry, "10.0.0.1", "cef", ""), 0);
	assert_int_equal(find(registry, "10.0.0.1", "openssh", ""), -1);
	assert_int_equal(find(registry, "10.9.200.3", "openssh", ""), 1);
	assert_int_equal(find(registry, "10.0.0.20", "generic-syslog", "MX1"), 2);
	assert_true(registry_get(registry, 1)->ignore);
	assert_int_equal(registry_get(registry, 0)->every, 10 * CLOCK_MINUTE);
	key = key_of("10.0.0.20", "", "");
	assert_true(registry_is_relay(registry, key.peer));
	key = key_of("2001:db8::7", "", "");
	assert_true(registry_is_relay(registry, key.peer));
	key = key_of("10.0.0.21", "", "");
	assert_false(registry_is_relay(registry, key.peer));
	registry_free(registry);
}

static bool rest(const struct registry *registry, const char *day)
{
	int64_t time;

	assert_int_equal(clock_parse(str_from(day), 0, &time), 0);
	return registry_is_rest(registry, time / CLOCK_DAY);
}

static void test_days_of_rest(void **state)
{
	static const char text[] = "holidays: [2027-01-01, 2027-02-05/2027-02-11]\nworkdays: [2027-02-14]\n";
	struct registry *registry;
	struct err err = {0};

	(void)state;
	assert_int_equal(registry_parse(str_from(text), &registry, &err), 0);
	assert_true(rest(registry, "2027-01-01"));  /* a Friday */
	assert_false(rest(registry, "2027-02-04")); /* a Thursday */
	assert_true(rest(registry, "2027-02-05"));
	assert_true(rest(registry, "2027-02-11"));
	assert_false(rest(registry, "2027-02-12"));
	assert_true(rest(registry, "2027-02-13"));  /* a Saturday */
	assert_false(rest(registry, "2027-02-14")); /* a Sunday that is worked on */
	registry_free(registry);
}

static void test_what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *text, *says;
		unsigned line;
	} cases[] = {
		{"sources:\n  - {peer: 10.0.0.1, every: 5}\n", "name", 2},
		{"sources:\n  - {name: a, peer: here, every: 5}\n", "address", 2},
		{"sources:\n  - {name: a, every: 0}\n", "minutes", 2},
		{"sources:\n  - {name: a}\n", "either", 2},
		{"sources:\n  - {name: a, every: 5, ignore: true}\n", "either", 2},
		{"sources:\n  - {name: a, evry: 5}\n", "evry", 2},
		{"sources: 5\n", "list", 1},
		{"soruces: []\n", "soruces", 1},
		{"relays: [nowhere]\n", "address", 1},
		{"holidays: [tomorrow]\n", "day", 1},
		{"holidays: [2027-02-11/2027-02-05]\n", "ends after", 1},
		{"holidays: [2027-01-01/2099-01-01]\n", "within a year", 1},
		{"- 1\n", "mapping", 1},
		{"sources: [\n", "", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct registry *registry = NULL;
		struct err err = {0};

		assert_true(registry_parse(str_from(cases[i].text), &registry, &err) < 0);
		assert_null(registry);
		if (!strstr(err.message, cases[i].says) || (cases[i].line && err.line != cases[i].line))
			fail_msg("%s: line %u: %s", cases[i].text, err.line, err.message);
	}
}

static void test_no_file_is_an_empty_one(void **state)
{
	struct registry *registry;
	struct err err = {0};

	(void)state;
	assert_int_equal(registry_load("/nonexistent/coverage.yaml", &registry, &err), 0);
	assert_int_equal(registry_count(registry), 0);
	registry_free(registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_that_fits),
		cmocka_unit_test(test_days_of_rest),
		cmocka_unit_test(test_what_is_wrong_is_said),
		cmocka_unit_test(test_no_file_is_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
