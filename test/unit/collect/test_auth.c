/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"

static const char *const tokens[] = {"first-token", "second:token"};

static void test_without_tokens_everybody_may(void **state)
{
	struct auth auth;

	(void)state;
	assert_int_equal(auth_init(&auth, NULL, 0), 0);
	assert_true(auth_check(&auth, NULL));
	assert_true(auth_check(&auth, "Bearer anything"));
}

/* base64 of any:first-token, any:second:token, any:wrong-token, and of no pair. */
static void test_the_three_schemes(void **state)
{
	static const struct {
		const char *header;
		bool may;
	} cases[] = {
		{"Bearer first-token", true},
		{"bearer  first-token ", true},
		{"Bearer second:token", true},
		{"Basic YW55OmZpcnN0LXRva2Vu", true},
		{"Basic YW55OnNlY29uZDp0b2tlbg==", true},
		{"Basic YW55OnNlY29uZDp0b2tlbg", true},
		{"ApiKey YW55OmZpcnN0LXRva2Vu", true},
		{"Basic YW55Ondyb25nLXRva2Vu", false},
		{"Basic Zmlyc3QtdG9rZW4=", false},
		{"Basic YW55OmZp!3N0LXRva2Vu", false},
		{"Basic ", false},
		{"Basic", false},
		{"Bearer", false},
		{"Bearer ", false},
		{"Bearer first-toke", false},
		{"Bearer first-tokens", false},
		{"Digest first-token", false},
		{"first-token", false},
		{"", false},
		{NULL, false},
	};
	struct auth auth;

	(void)state;
	assert_int_equal(auth_init(&auth, tokens, 2), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(auth_check(&auth, cases[i].header), cases[i].may);
}

static void test_a_huge_header_is_refused(void **state)
{
	char header[5000];
	struct auth auth;

	(void)state;
	assert_int_equal(auth_init(&auth, tokens, 2), 0);
	snprintf(header, sizeof(header), "Basic %04900d", 0);
	assert_false(auth_check(&auth, header));
}

static void test_tokens_out_of_bounds(void **state)
{
	const char *many[COLLECT_TOKENS_MAX + 1];
	struct auth auth;

	(void)state;
	for (size_t i = 0; i <= COLLECT_TOKENS_MAX; i++)
		many[i] = "long enough";
	assert_int_equal(auth_init(&auth, many, COLLECT_TOKENS_MAX), 0);
	assert_int_equal(auth_init(&auth, many, COLLECT_TOKENS_MAX + 1), ERR_RANGE);
	many[1] = "short";
	assert_int_equal(auth_init(&auth, many, 2), ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_tokens_everybody_may),
		cmocka_unit_test(test_the_three_schemes),
		cmocka_unit_test(test_a_huge_header_is_refused),
		cmocka_unit_test(test_tokens_out_of_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
