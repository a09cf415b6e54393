/* SPDX-License-Identifier: Apache-2.0 */
/* Two ways to write the same address, name or URL become one; ranges become networks and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "event/ip.h"
#include "people/identifier.h"

static void test_written(void **state)
{
	static const struct {
		enum identifier_kind kind;
		const char *text, *kept; /* NULL: refused */
	} cases[] = {
		{IDENTIFIER_ADDRESS, "10.1.2.3", "10.1.2.3"},
		{IDENTIFIER_ADDRESS, " 10.1.2.3/32 ", "10.1.2.3"},
		{IDENTIFIER_ADDRESS, "10.1.2.3/16", "10.1.0.0/16"},
		{IDENTIFIER_ADDRESS, "10.1.0.0 - 10.1.255.255", "10.1.0.0/16"},
		{IDENTIFIER_ADDRESS, "10.1.0.1-10.1.0.9", "10.1.0.1-10.1.0.9"},
		{IDENTIFIER_ADDRESS, "0.0.0.0/0", "0.0.0.0/0"},
		{IDENTIFIER_ADDRESS, "2001:DB8::0/32", "2001:db8::/32"},
		{IDENTIFIER_ADDRESS, "::/0", "::/0"},
		{IDENTIFIER_ADDRESS, "10.1.0.9-10.1.0.1", NULL},
		{IDENTIFIER_ADDRESS, "10.1.0.9-2001:db8::1", NULL},
		{IDENTIFIER_ADDRESS, "10.1.0.0/33", NULL},
		{IDENTIFIER_ADDRESS, "10.1.0", NULL},
		{IDENTIFIER_ADDRESS, "-", NULL},
		{IDENTIFIER_HOST, "WWW.Example.EDU.cn.", "www.example.edu.cn"},
		{IDENTIFIER_HOST, "db_1", "db_1"},
		{IDENTIFIER_HOST, "北京.example", "北京.example"},
		{IDENTIFIER_HOST, "a..b", NULL},
		{IDENTIFIER_HOST, ".a", NULL},
		{IDENTIFIER_HOST, "a..", NULL},
		{IDENTIFIER_HOST, "a b", NULL},
		{IDENTIFIER_HOST, "a/b", NULL},
		{IDENTIFIER_DOMAIN, "*.example.edu.cn", "example.edu.cn"},
		{IDENTIFIER_DOMAIN, ".example.edu.cn", "example.edu.cn"},
		{IDENTIFIER_DOMAIN, "*", NULL},
		{IDENTIFIER_MAC, "02-00-5E-00-53-01", "02:00:5e:00:53:01"},
		{IDENTIFIER_MAC, "0200.5e00.5301", "02:00:5e:00:53:01"},
		{IDENTIFIER_MAC, "02005e005301", "02:00:5e:00:53:01"},
		{IDENTIFIER_MAC, "02-00-5E-00-53", NULL},
		{IDENTIFIER_MAC, "02-00-5E-00-53-01-02", NULL},
		{IDENTIFIER_MAC, "02-00-5G-00-53-01", NULL},
		{IDENTIFIER_URL, "https://WWW.example.edu.cn:443/a/?q#f", "www.example.edu.cn/a"},
		{IDENTIFIER_URL, "http://www.example.edu.cn:443", "www.example.edu.cn:443"},
		{IDENTIFIER_URL, "www.example.edu.cn/A", "www.example.edu.cn/A"},
		{IDENTIFIER_URL, "http://u:p@[2001:DB8::1]:8080//", "[2001:db8::1]:8080"},
		{IDENTIFIER_URL, "http://u@10.1.2.3?x@y/", "10.1.2.3"},
		{IDENTIFIER_URL, "https:///a", NULL},
		{IDENTIFIER_URL, "https://a:0/", NULL},
		{IDENTIFIER_URL, "https://a:65536/", NULL},
		{IDENTIFIER_URL, "https://a:+8/", NULL},
		{IDENTIFIER_URL, "https://a b/", NULL},
		{IDENTIFIER_URL, "https://a/b c", NULL},
		{IDENTIFIER_URL, "https://a/\x7f", NULL},
		{IDENTIFIER_URL, "https://a/\xff", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = {0};
		struct err err = {0};
		int r = identifier_write(cases[i].kind, str_from(cases[i].text), &out, &err);

		if (r == 0 && (!cases[i].kept || strcmp(buf_cstr(&out), cases[i].kept) != 0))
			fail_msg("'%s' is kept as '%s'", cases[i].text, buf_cstr(&out));
		if (r < 0 && (cases[i].kept || out.len || !err.message[0]))
			fail_msg("'%s' is refused: %s", cases[i].text, err.message);
		buf_done(&out);
	}
}

static void test_lists(void **state)
{
	struct buf list = {0};
	struct str rest, text;
	enum identifier_kind kind;
	size_t count = 0;

	(void)state;
	assert_int_equal(identifiers_add(&list, IDENTIFIER_HOST, STR("b"), NULL), 0);
	assert_int_equal(identifiers_add(&list, IDENTIFIER_HOST, STR(" "), NULL), 0);
	assert_int_equal(identifiers_add(&list, IDENTIFIER_ADDRESS, STR("10.0.0.1"), NULL), 0);
	assert_int_equal(identifiers_add(&list, IDENTIFIER_HOST, STR("B."), NULL), 0);
	assert_int_equal(identifiers_add(&list, IDENTIFIER_HOST, STR("a b"), NULL), ERR_SYNTAX);
	assert_int_equal(identifiers_finish(&list, NULL), 0);
	assert_string_equal(buf_cstr(&list), "address 10.0.0.1\nhost b\n");
	rest = buf_str(&list);
	while (identifiers_next(&rest, &kind, &text))
		count++;
	assert_int_equal(count, 2);
	buf_clear(&list);
	for (unsigned i = 0; i <= IDENTIFIERS_MAX; i++)
		buf_printf(&list, "host h%u\n", i);
	assert_int_equal(identifiers_finish(&list, NULL), ERR_LIMIT);
	buf_done(&list);
}

/* Each network lies in the range, they follow one another, and there are as few as can be. */
static void prefixes_are(const char *range, const char *wanted)
{
	struct identifier_prefix prefixes[IDENTIFIER_PREFIXES_MAX];
	uint8_t first[16], last[16];
	struct buf out = {0};
	size_t count;

	assert_int_equal(identifier_range(str_from(range), first, last), 0);
	count = identifier_prefixes(first, last, prefixes);
	for (size_t i = 0; i < count; i++) {
		char text[IP_TEXT_SIZE];

		ip_format(prefixes[i].ip, text);
		buf_printf(&out, "%s/%d ", text, prefixes[i].bits);
	}
	assert_string_equal(buf_cstr(&out), wanted);
	buf_done(&out);
}

static void test_prefixes(void **state)
{
	struct identifier_prefix prefixes[IDENTIFIER_PREFIXES_MAX];
	uint8_t first[16] = {[15] = 1}, last[16];

	(void)state;
	prefixes_are("10.0.0.1", "10.0.0.1/128 ");
	prefixes_are("10.0.0.0/8", "10.0.0.0/104 ");
	prefixes_are("::/0", "::/0 ");
	prefixes_are("10.0.0.1-10.0.0.6", "10.0.0.1/128 10.0.0.2/127 10.0.0.4/127 10.0.0.6/128 ");
	prefixes_are("255.255.255.254-255.255.255.255", "255.255.255.254/127 ");
	prefixes_are("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127 ");
	memset(last, 0xff, 16);
	last[15] = 0xfe; /* the worst there is */
	assert_int_equal(identifier_prefixes(first, last, prefixes), IDENTIFIER_PREFIXES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
