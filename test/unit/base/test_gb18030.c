/* SPDX-License-Identifier: Apache-2.0 */
/* GB 18030 to UTF-8, held against the C library's own converter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <iconv.h>
#include <stdlib.h>

#include "base/gb18030.h"

static iconv_t converter;

/* STR_NOT_FOUND where it is no text. */
static size_t by_library(struct str text, char *out, size_t size)
{
	char *from = (char *)text.ptr, *to = out;
	size_t from_len = text.len, to_len = size;

	iconv(converter, NULL, NULL, NULL, NULL);
	if (iconv(converter, &from, &from_len, &to, &to_len) == (size_t)-1)
		return STR_NOT_FOUND;
	return size - to_len;
}

static bool is_private(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;

	return (len == 3 && ((p[0] == 0xEE && p[1] >= 0x80) || (p[0] == 0xEF && p[1] <= 0xA3))) ||
	       (len == 4 && (p[0] > 0xF3 || (p[0] == 0xF3 && p[1] >= 0xB0)));
}

static void check(struct str text)
{
	char want[16], have[16];
	size_t want_len = by_library(text, want, sizeof(want));
	size_t have_len = gb18030_to_utf8(text, have);

	if (want_len != STR_NOT_FOUND && is_private(want, want_len))
		want_len = STR_NOT_FOUND;
	if (have_len != want_len || (have_len != STR_NOT_FOUND && memcmp(have, want, have_len) != 0))
		fail_msg("%02X %02X: %zu bytes instead of %zu", (unsigned char)text.ptr[0],
			 (unsigned char)text.ptr[1], have_len, want_len);
}

static void test_every_code(void **state)
{
	(void)state;
	for (unsigned lead = 0x80; lead <= 0xFF; lead++)
		for (unsigned trail = 0x3A; trail <= 0xFF; trail++)
			if (trail >= 0x40 || lead == 0x80 || lead == 0xFF)
				check(str_of((char[]){(char)lead, (char)trail}, 2));
	for (unsigned lead = 0x81; lead <= 0xFE; lead++)
		for (unsigned n = 0; n < 12600; n += lead < 0x85 || lead == 0x90 || lead == 0xE3 ? 1 : 97)
			check(str_of((char[]){(char)lead, (char)(0x30 + n / 1260),
					      (char)(0x81 + n / 10 % 126), (char)(0x30 + n % 10)},
				     4));
}

static void test_texts(void **state)
{
	static const struct {
		struct str text;
		const char *utf8; /* NULL: it is none */
	} cases[] = {
		{{"", 0}, ""},
		{{"plain", 5}, "plain"},
		{{"\xD3\xC3\xBB\xA7 li", 7}, "用户 li"},
		{{"\xC0\xEE\x88\xD2", 4}, "李堃"},
		{{"\x95\x32\x82\x36\x81\x30\xAB\x37", 8}, "\xF0\xA0\x80\x80ɐ"},
		{{"a\0b\xD6\xD0", 5},
		 "a\xEF\xBF\xBD"
		 "b中"},
		{{"\xD6\xD0\xD6", 3}, "中\xEF\xBF\xBD"},
		{{"\xD6\xD0\x95", 3}, "中\xEF\xBF\xBD"},
		{{"\xD6\xD0\x95\x32", 4}, "中\xEF\xBF\xBD"},
		{{"\xD6\xD0\x95\x32\x82", 5}, "中\xEF\xBF\xBD"},
		{{"\xD6\xD0\x95\x32 ", 5}, NULL},
		{{"\xD6\xD0\x95\x32\x82z", 6}, NULL},
		{{"\xD6\x20", 2}, NULL},
		{{"\xD6\x7F", 2}, NULL},
		{{"\xD6\xFF", 2}, NULL},
		{{"\x80", 1}, NULL},
		{{"\xFF", 1}, NULL},
		{{"\xAA\xA1", 2}, NULL}, /* for private use */
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const size_t len = gb18030_to_utf8(cases[i].text, out);

		if (len == STR_NOT_FOUND
			    ? cases[i].utf8 != NULL
			    : !cases[i].utf8 || !str_eq(str_of(out, len), str_from(cases[i].utf8)))
			fail_msg("case %zu: %.*s", i, len == STR_NOT_FOUND ? 0 : (int)len, out);
	}
}

/* Any bytes: what comes out is UTF-8, and no longer than was said. */
static void test_any_bytes(void **state)
{
	uint64_t random = 88172645463325252u;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t len = (size_t)round % 9, got;
		char *bytes = malloc(len + 1), *out = malloc(len * GB18030_GROWTH);

		assert_true(bytes && out);
		for (size_t i = 0; i < len; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			bytes[i + 1] = (char)(random % 5 == 0  ? 0
					      : random % 5 > 1 ? 0x81 + random / 8 % 126
							       : 0x30 + random / 8 % 10);
		}
		got = gb18030_to_utf8(str_of(bytes + 1, len), out);
		if (got != STR_NOT_FOUND)
			assert_true(got <= len * GB18030_GROWTH && str_is_utf8(str_of(out, got)));
		free(bytes);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_any_bytes),
	};

	converter = iconv_open("UTF-8", "GB18030");
	if (converter == (iconv_t)-1)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
