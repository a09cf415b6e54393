/* SPDX-License-Identifier: Apache-2.0 */
/* The text that every match of a pattern contains. */
#include "support.h"

#include "detect/regex_literal.h"

static void test_literal(void **state)
{
	static const struct {
		const char *pattern, *literal;
	} cases[] = {
		{"", ""},
		{"whoami", "whoami"},
		{"(?i)who\\.exe", "who.exe"},
		{"ab?cde", "cde"},
		{"abc*de", "ab"},
		{"abc+de", "abc"},
		{"abc{2}{3}d", "ab"},
		{"abc{0,2}?de", "ab"},
		{"ab{x|y}", ""},
		{"one|three", ""},
		{"(one|two)rest", "rest"},
		{"pre(a[)(]b\\))post", "post"},
		{"pre[]x]postfix", "postfix"},
		{"pre[^]x]postfix", "postfix"},
		{"p[[:alpha:]]after", "after"},
		{"a.bcd", "bcd"},
		{"^start$", "start"},
		{"\\d\\d:abc\\s", ":abc"},
		{"C:\\\\Users\\\\", "C:\\Users\\"},
		{"\\x41\\x42plain", ""},
		{"(?x) a b c # comment", ""},
		{"abc(?i)d", "abc"},
		{"ab(?ix) c d", ""},
		{"\\Qa.b\\E", ""},
		{"abc(?#|)d", ""},
		{"(*UTF)abc", ""},
		{"(?=look)ahead", "ahead"},
		{"p[[:^alpha:]x]after", "after"},
		{"CSU[a[[:]-x+|a", ""},
		{"a\\", ""},
		{"[", ""},
		{"(abc", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[64];
		struct str literal = regex_find_literal(str_from(cases[i].pattern), out);

		if (!str_eq(literal, str_from(cases[i].literal)))
			fail_msg("%s: '%.*s'", cases[i].pattern, STR_FMT(literal));
	}
}

/* Where the pattern matches characters, letters of other bytes may match: no literal. */
static void test_utf(void **state)
{
	static const struct {
		struct str pattern, literal;
	} cases[] = {
		{STR("kelvin"), STR("kelvin")},
		{STR("kelvin\\x{212a}"), STR("")},
		{STR("kelvin\xe2\x84\xaa"), STR("")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct regex *regex;
		char out[64];

		assert_int_equal(regex_compile(cases[i].pattern, REGEX_CASELESS, &regex, NULL), 0);
		assert_true(str_eq(regex_literal(regex, cases[i].pattern, out), cases[i].literal));
		regex_free(regex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_literal), cmocka_unit_test(test_utf)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
