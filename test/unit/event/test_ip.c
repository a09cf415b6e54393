/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>

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

/* As the C library has it: groups of zeros at every place, in every number. */
static void test_format(void **state)
{
	uint64_t random = 88172645463325252u;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		char have[IP_TEXT_SIZE], want[IP_TEXT_SIZE];
		uint8_t ip[16];

		for (unsigned k = 0; k < 8; k++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			ip[2 * k] = i >> k & 1 ? (uint8_t)(random >> 20 & (random & 64 ? 255 : 15)) : 0;
			ip[2 * k + 1] = i >> k & 1 ? (uint8_t)(random >> 40) : 0;
		}
		if (i % 16 == 0) {
			memset(ip, 0, 10);
			memset(ip + 10, 0xFF, 2);
		}
		ip_format(ip, have);
		assert_non_null(i % 16 ? inet_ntop(AF_INET6, ip, want, sizeof(want))
				       : inet_ntop(AF_INET, ip + 12, want, sizeof(want)));
		if (i % 16 && strncmp(want, "::ffff:", 7) == 0 && strchr(want, '.'))
			continue; /* mapped, by chance */
		assert_string_equal(have, want);
	}
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

static void test_public(void **state)
{
	/* The last address inside and the first outside, where they differ. */
	static const char *const public[] = {
		"1.1.1.1",      "9.255.255.255",   "11.0.0.0",     "100.63.255.255",  "100.128.0.0",
		"128.0.0.0",    "126.255.255.255", "169.253.0.1",  "169.255.0.0",     "172.15.255.255",
		"172.32.0.0",   "192.0.1.0",       "192.0.3.0",    "192.167.255.255", "192.169.0.0",
		"198.17.0.0",   "198.20.0.0",      "198.51.101.0", "203.0.114.0",     "223.255.255.255",
		"2400:3200::1", "2001:4860::8888", "2001:db9::1",  "2003::1",         "3ffe:ffff::1",
		"2001:200::1",  "192.88.98.255",   "3fff:1000::1"};
	static const char *const special[] = {"0.0.0.0",
					      "10.0.0.1",
					      "10.255.255.255",
					      "100.64.0.1",
					      "100.127.255.255",
					      "127.0.0.1",
					      "169.254.1.1",
					      "172.16.0.1",
					      "172.31.255.255",
					      "192.0.0.8",
					      "192.0.2.1",
					      "192.88.99.1",
					      "192.168.255.1",
					      "198.18.0.1",
					      "198.19.255.255",
					      "198.51.100.255",
					      "203.0.113.7",
					      "224.0.0.1",
					      "239.255.255.255",
					      "240.0.0.1",
					      "255.255.255.255",
					      "::",
					      "::1",
					      "fe80::1",
					      "fc00::1",
					      "fd12:3456::1",
					      "ff02::1",
					      "2001:db8::1",
					      "2001::1",
					      "2001:1ff::1",
					      "2002:101:101::1",
					      "3fff::1",
					      "3fff:fff::1",
					      "64:ff9b::101:101",
					      "100::1",
					      "::ffff:10.0.0.1",
					      "fec0::1"};
	uint8_t ip[16];

	(void)state;
	for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++) {
		assert_int_equal(ip_parse(str_from(public[i]), ip), 0);
		if (!ip_is_public(ip))
			fail_msg("%s is public", public[i]);
	}
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		assert_int_equal(ip_parse(str_from(special[i]), ip), 0);
		if (ip_is_public(ip))
			fail_msg("%s is not public", special[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_format), cmocka_unit_test(test_parse),
					   cmocka_unit_test(test_net), cmocka_unit_test(test_public)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
