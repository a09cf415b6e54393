/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void round_trip(const char *in, const char *out)
{
	uint8_t ip[16];
	char text[IP_TEXT_SIZE];

	assert_int_equal(ip_parse(str_from(in), ip), 0);
	ip_format(ip, text);
	assert_string_equal(text, out);
}

static void test_parse(void **state)
{
	static const char *const bad[] = {
		"",      "1.2.3",   "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ",
		"::1::", "12345::", "-",         "a.b.c.d",   "1..2.3"};
	uint8_t ip[16];

	(void)state;
	round_trip("10.1.2.3", "10.1.2.3");
	round_trip("::ffff:10.1.2.3", "10.1.2.3");
	round_trip("2001:DB8:0:0:0:0:0:1", "2001:db8::1");
	round_trip("[fe80::1%eth0]", "fe80::1");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(ip_parse(str_from(bad[i]), ip) < 0);
}

static void test_net(void **state)
{
	static const struct {
		const char *net, *ip;
		bool inside;
	} cases[] = {
		{"10.0.0.0/8", "10.255.0.1", true},
		{"10.0.0.0/8", "11.0.0.1", false},
		{"192.168.1.129/25", "192.168.1.200", true},
		{"192.168.1.129/25", "192.168.1.5", false},
		{"2001:db8::/32", "2001:db8:ffff::1", true},
		{"2001:db8::/32", "10.0.0.1", false},
		{"0.0.0.0/0", "8.8.8.8", true},
		{"0.0.0.0/0", "2001:db8::1", false},
		{"::1", "::1", true},
		{"::1", "::2", false},
	};
	struct ip_net net;
	uint8_t ip[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ip_net_parse(str_from(cases[i].net), &net), 0);
		assert_int_equal(ip_parse(str_from(cases[i].ip), ip), 0);
		assert_int_equal(ip_net_contains(&net, ip), cases[i].inside);
	}
	assert_true(ip_net_parse(STR("10.0.0.0/33"), &net) < 0);
	assert_true(ip_net_parse(STR("10.0.0.0/"), &net) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse), cmocka_unit_test(test_net)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
