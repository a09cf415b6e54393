/* SPDX-License-Identifier: Apache-2.0 */
#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static enum regex_result search(const char *pattern, uint32_t flags, struct str text)
{
	struct regex_scratch *scratch = regex_scratch_new(0);
	struct regex *regex = NULL;
	enum regex_result result;

	assert_int_equal(regex_compile(str_from(pattern), flags, &regex, NULL), 0);
	result = regex_search(regex, text, scratch);
	regex_free(regex);
	regex_scratch_free(scratch);
	return result;
}

static void test_search(void **state)
{
	static const struct {
		const char *pattern;
		uint32_t flags;
		struct str text;
		bool matches;
	} cases[] = {
		{"", 0, STR(""), true},
		{"", 0, {NULL, 0}, true},
		{"b", 0, STR("abc"), true},
		{"B", 0, STR("abc"), false},
		{"B", REGEX_CASELESS, STR("abc"), true},
		{"^b", 0, STR("a\nb"), false},
		{"^b", REGEX_MULTILINE, STR("a\nb"), true},
		{"a.b", 0, STR("a\nb"), false},
		{"a.b", REGEX_DOTALL, STR("a\nb"), true},
		{"a\\x00b", 0, STR("a\0b"), true},
		{"^.$", 0, STR("\xe6\x9c\x9b"), false},                        /* bytes */
		{"^\xe6\x9c\x9b.$", 0, STR("\xe6\x9c\x9b\xe6\xa5\xbc"), true}, /* characters */
		{"\xe6\x9c\x9b", 0, STR("\xff\xe6\x9c\x9b"), true},            /* past what is no UTF-8 */
		/* What is not a space, a digit or a letter of ASCII, among characters. */
		{"^登(?:\\S+)$", 0, STR("登成功"), true},
		{"登\\D\\W$", 0, STR("登成功"), true},
		{"登\\S", 0, STR("登 "), false},
		{"登\\D", 0, STR("登1"), false},
		{"登[\\S]成[^\\S]$", 0, STR("登x成 "), true},
		{"登\\\\S", 0, STR("登\\S"), true},
		{"登\\Q\\S\\E\\S", 0, STR("登\\S功"), true},
		{"登[]\\W[:space:]\\]]\\S", 0, STR("登]功"), true},
		/* Literal prefixes, and what looks like one. */
		{"^abc", 0, STR("abcd"), true},
		{"^abc", 0, STR("xabc"), false},
		{"^abc", REGEX_CASELESS, STR("ABCD"), true},
		{"^abc", REGEX_MULTILINE, STR("x\nabc"), true},
		{"^abc|x", 0, STR("zzx"), true},
		{"^abc?$", 0, STR("ab"), true},
		{"^abc*d", 0, STR("abd"), true},
		{"^abc{0}d", 0, STR("abd"), true},
		{"^abc+d", 0, STR("abccd"), true},
		{"^a\\.b", 0, STR("a.b"), true},
		{"^(?:ab)", 0, STR("ab"), true},
		{"^\xe6\x9c\x9b?x", 0, STR("x"), true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (search(cases[i].pattern, cases[i].flags, cases[i].text) !=
		    (cases[i].matches ? REGEX_MATCH : REGEX_NO_MATCH))
			fail_msg("case %zu: %s", i, cases[i].pattern);
}

/* A match is found in whatever stretch of a long text it begins, also across a border. */
static void test_stretches(void **state)
{
	char text[4 * REGEX_STRETCH];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t at = 0; at + 3 <= sizeof(text); at++) {
		memcpy(text + at, "bcd", 3);
		assert_int_equal(search("bcd", 0, str_of(text, sizeof(text))), REGEX_MATCH);
		assert_int_equal(search("bcd", 0, str_of(text, at + 2)), REGEX_NO_MATCH);
		memset(text + at, 'a', 3);
	}
}

static void test_bounds(void **state)
{
	static char text[64 * 1024];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(search("^(?:(?:x+x+)+)[yz]$", 0, str_of(text, sizeof(text))), REGEX_EXCEEDED);
	assert_int_equal(search("(?:x+x+)+[yz]", 0, str_of(text, sizeof(text))), REGEX_EXCEEDED);
}

static void test_groups(void **state)
{
	struct regex_scratch *scratch = regex_scratch_new(REGEX_GROUPS_MAX);
	struct str text = STR("user=wu port=22");
	struct regex *regex = NULL;

	(void)state;
	assert_int_equal(
		regex_compile(STR("user=(?<user>\\w+)( id=\\d+)?(?: port=(?<port>\\d+))?"), 0, &regex, NULL),
		0);
	assert_int_equal(regex_groups(regex), 3);
	assert_string_equal(regex_group_name(regex, 1), "user");
	assert_null(regex_group_name(regex, 2));
	assert_string_equal(regex_group_name(regex, 3), "port");
	assert_int_equal(regex_search(regex, text, scratch), REGEX_MATCH);
	assert_true(str_eq(regex_group(scratch, text, 0), text));
	assert_true(str_eq(regex_group(scratch, text, 1), STR("wu")));
	assert_null(regex_group(scratch, text, 2).ptr);
	assert_true(str_eq(regex_group(scratch, text, 3), STR("22")));
	text = STR("user=li");
	assert_int_equal(regex_search(regex, text, scratch), REGEX_MATCH);
	assert_null(regex_group(scratch, text, 3).ptr); /* nothing is left of the search before */
	regex_free(regex);
	regex_scratch_free(scratch);
}

/* More groups than the scratch has room for are no obstacle to matching. */
static void test_groups_not_asked_for(void **state)
{
	(void)state;
	assert_int_equal(search("(a)(b)(c)", 0, STR("abc")), REGEX_MATCH);
}

static void test_what_does_not_compile(void **state)
{
	static char longest[REGEX_TEXT_MAX + 1];
	struct regex *regex = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(regex_compile(STR("ab(c"), 0, &regex, &err), ERR_SYNTAX);
	assert_non_null(strstr(err.message, "character 5"));
	assert_int_equal(regex_check(STR("a\\C"), 0, &err), ERR_SYNTAX);
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(regex_check(str_of(longest, REGEX_TEXT_MAX), 0, &err), 0);
	assert_int_equal(regex_check(str_of(longest, sizeof(longest)), 0, &err), ERR_LIMIT);
	assert_null(regex);
}

static void test_utf(void **state)
{
	static const struct {
		const char *pattern;
		bool utf;
	} cases[] = {
		{"abc", false}, {"\\d\\x41", false}, {"\\\\p", false},       {"\\p{L}", true},
		{"\\X", true},  {"\\x{212a}", true}, {"\xe6\x9c\x9b", true}, {"a\\", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct regex *regex = NULL;

		if (regex_compile(str_from(cases[i].pattern), 0, &regex, NULL) == 0)
			assert_int_equal(regex_is_utf(regex), cases[i].utf);
		regex_free(regex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_stretches),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_groups_not_asked_for),
		cmocka_unit_test(test_what_does_not_compile),
		cmocka_unit_test(test_utf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
