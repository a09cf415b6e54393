/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NONE ((struct str){NULL, 0})

static void test_compare(void **state)
{
	(void)state;
	assert_true(str_eq(NONE, STR("")));
	assert_false(str_eq(STR("a"), STR("b")));
	assert_false(str_eq(STR("a"), STR("a\0")));
	assert_true(str_ieq(STR("C:\\Users\\A-Z[]"), STR("c:\\uSERS\\a-z[]")));
	assert_false(str_ieq(STR("["), STR("{"))); /* differ in 0x20 only, but are no letters */
	assert_false(str_ieq(STR("@"), STR("`")));
	assert_false(str_ieq(STR("\xC3\x84"), STR("\xC3\xA4")));
	assert_true(str_starts(STR("abc"), NONE) && str_starts(STR("abc"), STR("abc")));
	assert_false(str_starts(STR("ab"), STR("abc")));
	assert_true(str_ends(STR("abc"), STR("c")) && str_ends(NONE, NONE));
	assert_false(str_ends(STR("c"), STR("bc")));
	assert_true(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_cmp(STR("\x7F"), STR("\x80")) < 0); /* as unsigned bytes */
	assert_int_equal(str_cmp(NONE, STR("")), 0);
}

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("aaab"), STR("ab")), 2);
	assert_int_equal(str_find(STR("abc"), NONE), 0);
	assert_int_equal(str_find(NONE, STR("a")), STR_NOT_FOUND);
	assert_int_equal(str_find(STR("a\0b"), STR("\0b")), 1);
	assert_int_equal(str_find_char(STR("abc"), 'c'), 2);
	assert_int_equal(str_find_char(STR("abc"), 0), STR_NOT_FOUND);
	assert_int_equal(str_find_char(NONE, 'a'), STR_NOT_FOUND);
}

static void test_parts(void **state)
{
	struct str rest = STR("a,,b,"), part;
	const char *const expected[] = {"a", "", "b"};

	(void)state;
	assert_true(str_eq(str_from_offset(STR("abc"), 1), STR("bc")));
	assert_int_equal(str_from_offset(STR("abc"), 9).len, 0);
	assert_int_equal(str_from_offset(NONE, 1).len, 0);
	assert_true(str_eq(str_head(STR("abc"), 9), STR("abc")));
	assert_true(str_eq(str_trim(STR(" \t\r\n\v\f a b \n")), STR("a b")));
	assert_int_equal(str_trim(STR(" \n")).len, 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_true(str_split(&rest, ',', &part));
		assert_true(str_eq(part, str_from(expected[i])));
	}
	assert_false(str_split(&rest, ',', &part));
}

/* Each byte at each place of texts of all lengths. */
static void test_digits(void **state)
{
	static const char digits[] = "7305918264730591826";
	char text[sizeof(digits)];

	(void)state;
	for (size_t len = 0; len < sizeof(digits); len++)
		for (size_t at = 0; at < len; at++)
			for (int c = 0; c < 256; c++) {
				const bool right = len <= 18 && char_is_digit((char)c);
				uint64_t value = 1, expected = 0;

				memcpy(text, digits, len);
				text[at] = (char)c;
				for (size_t i = 0; right && i < len; i++)
					expected = expected * 10 + (uint64_t)(text[i] - '0');
				assert_int_equal(str_digits(str_of(text, len), &value), right);
				assert_int_equal(value, right ? expected : 1);
			}
	assert_false(str_digits(STR(""), &(uint64_t){0}));
}

static void test_integers(void **state)
{
	static const struct {
		struct str text;
		int r;
		int64_t value;
	} cases[] = {
		{STR("0"), 0, 0},
		{STR("+7"), 0, 7},
		{STR("-0"), 0, 0},
		{STR("007"), 0, 7},
		{STR("9223372036854775807"), 0, INT64_MAX},
		{STR("-9223372036854775808"), 0, INT64_MIN},
		{STR("9223372036854775808"), ERR_RANGE, 0},
		{STR("-9223372036854775809"), ERR_RANGE, 0},
		{STR("99999999999999999999999"), ERR_RANGE, 0},
		{STR(""), ERR_SYNTAX, 0},
		{STR("-"), ERR_SYNTAX, 0},
		{STR("--1"), ERR_SYNTAX, 0},
		{STR(" 1"), ERR_SYNTAX, 0},
		{STR("1 "), ERR_SYNTAX, 0},
		{STR("0x10"), ERR_SYNTAX, 0},
		{STR("1\0"), ERR_SYNTAX, 0},
	};
	uint64_t u;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = 0;

		assert_int_equal(str_to_i64(cases[i].text, &value), cases[i].r);
		assert_true(value == cases[i].value);
	}
	assert_int_equal(str_to_u64(STR("18446744073709551615"), &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(str_to_u64(STR("18446744073709551616"), &u), ERR_RANGE);
	assert_int_equal(str_to_u64(STR("0XfFfFfFfFfFfFfFfF"), &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(str_to_u64(STR("0x10000000000000000"), &u), ERR_RANGE);
	assert_int_equal(str_to_u64(STR("0x"), &u), ERR_SYNTAX);
	assert_int_equal(str_to_u64(STR("0xg"), &u), ERR_SYNTAX);
	assert_int_equal(str_to_u64(STR("-1"), &u), ERR_SYNTAX);
}

static void test_doubles(void **state)
{
	static const char *const bad[] = {"",   " 1", "1 ",    "nan", "inf", "-infinity", "0x10",
					  "1e", "e5", "1.5.2", "1,5", "-",   "."};
	double value = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (str_to_double(str_from(bad[i]), &value) != ERR_SYNTAX)
			fail_msg("taken for a number: %s", bad[i]);
	assert_int_equal(str_to_double(STR("1e999"), &value), ERR_RANGE);
	assert_int_equal(str_to_double(STR("-1e999"), &value), ERR_RANGE);
	assert_int_equal(str_to_double(STR("1\0"), &value), ERR_SYNTAX);
	assert_int_equal(str_to_double(STR("-1.5e3"), &value), 0);
	assert_true(value == -1500);
	assert_int_equal(str_to_double(STR("+.5"), &value), 0);
	assert_true(value == 0.5);
	assert_int_equal(str_to_double(STR("1e-999"), &value), 0);
	assert_true(value == 0);
}

static void test_format(void **state)
{
	static const struct {
		int64_t value;
		struct str text;
	} cases[] = {
		{0, STR("0")},
		{-1, STR("-1")},
		{INT64_MAX, STR("9223372036854775807")},
		{INT64_MIN, STR("-9223372036854775808")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[21];

		assert_true(str_eq(str_of(out, str_format_i64(cases[i].value, out)), cases[i].text));
	}
}

static void test_utf8(void **state)
{
	static const struct {
		struct str text;
		size_t good;
	} cases[] = {
		{STR(""), 0},
		{STR("abcdefgh"), 8},
		{STR("\x7F\0"), 2},
		{STR("\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"),
		 21},
		{STR("\x80"), 0},
		{STR("\xC1\xBF"), 0},
		{STR("a\xC2"), 1},
		{STR("\xC2\xC2"), 0},
		{STR("\xE0\x9F\xBF"), 0},
		{STR("\xED\xA0\x80"), 0},
		{STR("\xE6\x9C"), 0},
		{STR("\xF0\x8F\xBF\xBF"), 0},
		{STR("\xF4\x90\x80\x80"), 0},
		{STR("\xF0\x90\x80"), 0},
		{STR("\xFE"), 0},
		{STR("abcdefghij\xE6\x9C\x9B\xFF"), 13},
	};

	(void)state;
	assert_true(str_is_utf8(NONE));
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(str_utf8_len(cases[i].text), cases[i].good);
		assert_int_equal(str_is_utf8(cases[i].text), cases[i].good == cases[i].text.len);
	}
}

/* The vector form against the scalar one: pairs of characters and of parts of them, at every place in a
   vector and across its border. */
static void test_utf8_vectors(void **state)
{
	static const unsigned char bytes[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
					      0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
					      0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF};
	const size_t n = COUNT(bytes), all = n * n * n * n;
	char text[100];

	(void)state;
	for (size_t i = 0; i < all; i++) {
		const unsigned char four[] = {bytes[i % n], bytes[i / n % n], bytes[i / n / n % n],
					      bytes[i / n / n / n]};
		const size_t at = i % 61;
		const struct str s = str_of(text, at + 4 + i % 3 * 13);

		memset(text, 'x', sizeof(text));
		memcpy(text + at, four, 4);
		if (str_is_utf8(s) != (str_utf8_len(s) == s.len))
			fail_msg("%02x %02x %02x %02x at %zu of %zu", four[0], four[1], four[2], four[3], at,
				 s.len);
	}
}

/* Every length of text and needle around those of a vector, at every place; text of two letters, so that the
   first and the last byte are often there without the needle. */
static void test_find_everywhere(void **state)
{
	char text[120], needle[80];

	(void)state;
	for (size_t len = 1; len < sizeof(text); len++)
		for (size_t size = 1; size <= len && size < sizeof(needle); size += size < 5 ? 1 : 7)
			for (size_t at = 0; at + size <= len; at += 1 + len / 40) {
				memset(text, 'a', sizeof(text));
				memset(needle, 'a', sizeof(needle));
				needle[size / 2] = 'b';
				memcpy(text + at, needle, size);
				assert_int_equal(str_find(str_of(text, len), str_of(needle, size)), at);
				text[at + size / 2] = 'a';
				assert_int_equal(str_find(str_of(text, len), str_of(needle, size)),
						 STR_NOT_FOUND);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find_everywhere),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_utf8_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
