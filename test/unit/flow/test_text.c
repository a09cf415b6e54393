/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/text.h"

#include <arpa/inet.h>

#include "test/unit/flow/message.h"

static void check(enum element_type type, const char *bytes, size_t len, const char *expected)
{
	char out[1024];
	text_writer *write = text_writer_of(type, len);
	uint8_t *copy = malloc(len);
	char *end;

	must(copy && write);
	memcpy(copy, bytes, len);
	end = write(out, copy, len);
	free(copy);
	assert_true((size_t)(end - out) <= TEXT_VALUE_MAX(len));
	*end = 0;
	assert_string_equal(out, expected);
}

#define CHECK(type, bytes, expected) check(ELEMENT_##type, bytes, sizeof(bytes) - 1, expected)

static void test_numbers(void **state)
{
	char out[32], expected[32];

	(void)state;
	for (uint64_t value = 0; value < 200000; value++) {
		*text_u64(out, value) = 0;
		snprintf(expected, sizeof(expected), "%llu", (unsigned long long)value);
		assert_string_equal(out, expected);
	}
	for (unsigned bits = 1; bits < 64; bits++)
		for (int delta = -1; delta < 2; delta++) {
			uint64_t value = (UINT64_C(1) << bits) + (uint64_t)delta;

			*text_u64(out, value) = 0;
			snprintf(expected, sizeof(expected), "%llu", (unsigned long long)value);
			assert_string_equal(out, expected);
			*text_i64(out, (int64_t)(0 - value)) = 0;
			snprintf(expected, sizeof(expected), "%lld", (long long)(0 - value));
			assert_string_equal(out, expected);
		}
	CHECK(UNSIGNED, "\xff", "255");
	CHECK(UNSIGNED, "\x01\x00", "256");
	CHECK(UNSIGNED, "\x01\x00\x00", "65536");
	CHECK(UNSIGNED, "\xff\xff\xff\xff", "4294967295");
	CHECK(UNSIGNED, "\x01\x00\x00\x00\x00\x00", "1099511627776");
	CHECK(UNSIGNED, "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615");
	CHECK(UNSIGNED, "\x01\x02\x03\x04\x05\x06\x07\x08\x09", "\"010203040506070809\"");
	CHECK(SIGNED, "\xff", "-1");
	CHECK(SIGNED, "\xff\x7f", "-129");
	CHECK(SIGNED, "\x80\x00\x00\x00\x00\x00\x00\x00", "-9223372036854775808");
	CHECK(FLOAT, "\x3f\xc0\x00\x00", "1.5");
	CHECK(FLOAT, "\x3f\x50\x62\x4d\xd2\xf1\xa9\xfc", "0.001");
	CHECK(FLOAT, "\x7f\xc0\x00\x00", "null");
	CHECK(BOOLEAN, "\x01", "true");
	CHECK(BOOLEAN, "\x02", "false");
	CHECK(BOOLEAN, "\x00", "null");
	CHECK(BOOLEAN, "\x01\x01", "\"0101\"");
}

static void test_times(void **state)
{
	(void)state;
	CHECK(SECONDS, "\x65\x53\xf1\x00", "1700000000");
	CHECK(MILLISECONDS, "\x00\x00\x01\x8b\xcf\xe5\x68\x00", "1700000000000");
	/* 1970 is 0x83aa7e80 of NTP */
	CHECK(MICROSECONDS, "\x83\xaa\x7e\x81\x80\x00\x00\x00", "1500000");
	CHECK(NANOSECONDS, "\x83\xaa\x7e\x81\x40\x00\x00\x00", "1250000000");
	CHECK(NANOSECONDS, "\x83\xaa\x7e\x7f\x00\x00\x00\x00", "-1000000000");
}

static void test_addresses(void **state)
{
	char out[64], expected[64];
	uint8_t bytes[16];
	unsigned seed = 1;

	(void)state;
	CHECK(IPV4, "\xc0\x00\x02\xff", "\"192.0.2.255\"");
	CHECK(IPV4, "\x00\x00\x00\x00", "\"0.0.0.0\"");
	CHECK(IPV4, "\x0a\x63\x64\x09", "\"10.99.100.9\"");
	CHECK(MAC, "\x00\x1b\x44\x11\x3a\xb7", "\"00:1b:44:11:3a:b7\"");
	CHECK(IPV6, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "\"::\"");
	CHECK(IPV6, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", "\"2001:db8::1\"");
	CHECK(IPV6, "\x20\x01\x0d\xb8\0\0\0\x01\0\0\0\x02\0\x03\0\x04", "\"2001:db8:0:1:0:2:3:4\"");
	CHECK(IPV6, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x01", "\"::ffff:192.0.2.1\"");
	/* inet_ntop writes the old IPv4-compatible addresses its own way: the first group is never 0 here. */
	for (unsigned round = 0; round < 100000; round++) {
		for (unsigned i = 0; i < 16; i += 2) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = seed >> 16 & 1 ? (uint8_t)(seed >> 20) : 0;
			bytes[i + 1] = seed >> 17 & 1 ? (uint8_t)(seed >> 24) : 0;
		}
		bytes[0] = 0x20;
		*text_ipv6(out, bytes) = 0;
		assert_string_equal(out, inet_ntop(AF_INET6, bytes, expected, sizeof(expected)));
	}
}

static void test_strings(void **state)
{
	(void)state;
	CHECK(STRING, "eth0\0\0\0\0", "\"eth0\"");
	CHECK(STRING, "a\"b\\c\x01", "\"a\\\"b\\\\c\\u0001\"");
	CHECK(STRING, "\xe6\x9c\x9b\xe6\xa5\xbc", "\"望楼\"");
	CHECK(STRING, "x\xe6\x9c", "\"x\xef\xbf\xbd\xef\xbf\xbd\"");
	CHECK(STRING, "\xf0\x9f\x98\x80\xff", "\"\xf0\x9f\x98\x80\xef\xbf\xbd\"");
	CHECK(OCTETS, "\x00\xab", "\"00ab\"");
	CHECK(APPLICATION, "\x03\x00\x00\x50", "\"3:80\"");
	CHECK(APPLICATION, "\x14\x00\x00\x30\x44\x00\x00\x00\x07", "\"20:12356:7\"");
}

static void test_lists(void **state)
{
	(void)state;
	/* semantic, element, length, values */
	CHECK(BASIC_LIST, "\x03\x00\x04\x00\x01\x06\x11", "[6,17]");
	CHECK(BASIC_LIST,
	      "\x03\x00\x52\xff\xff\x01"
	      "a\x00\x02"
	      "bc",
	      "[\"a\",null,\"bc\"]");
	CHECK(BASIC_LIST, "\x03\x80\x01\x00\x01\x00\x00\x30\x39\x07", "[\"07\"]");
	CHECK(BASIC_LIST, "\x03\x00\x04\x00\x02\x06\x11\x01", "\"0300040002061101\""); /* half a value */
	CHECK(BASIC_LIST, "\x03\x00\x04\x00\x00\x06", "\"030004000006\""); /* values of no bytes */
	CHECK(BASIC_LIST, "\x03\x80\x04\x00\x01\x06", "\"038004000106\""); /* no enterprise */
	CHECK(BASIC_LIST, "\x03\x00\x04", "\"030004\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),   cmocka_unit_test(test_times),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_strings),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
