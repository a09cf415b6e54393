/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/err.h"
#include "sensor/dns.h"

static const struct ends ends = {1, 2, 40000, 53};
static struct probe probe;

static int set_up(void **state)
{
	(void)state;
	probe_init(&probe, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	probe_done(&probe);
	return 0;
}

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1

static void assert_name(const uint8_t *bytes, size_t len, size_t at, const char *wanted)
{
	char name[DNS_NAME_TEXT_MAX];
	size_t name_len = 0;
	bool good = dns_name(bytes, len, &at, name, &name_len);

	assert_int_equal(good, wanted != NULL);
	if (wanted) {
		assert_int_equal(name_len, strlen(wanted));
		assert_memory_equal(name, wanted, name_len);
	}
}

static void test_names(void **state)
{
	uint8_t longest[300] = {0};

	(void)state;
	assert_name(BYTES("\x03www\x07"
			  "example\x00"),
		    0, "www.example");
	assert_name(BYTES("\x00"), 0, ".");
	assert_name(BYTES("\x04"
			  "a.b\\\x01\x07\x00"),
		    0, "a\\.b\\\\.\\007");
	assert_name(BYTES("\x03"
			  "a c\x00"),
		    0, "a\\032c");
	assert_name(BYTES("\x06\xe6\xa0\xa1\xe5\x9b\xad\x00"), 0, "校园");
	assert_name(BYTES("\x02xy\x00\x01z\xc0\x00"), 4, "z.xy");
	assert_name(BYTES("\xc0\x00"), 0, NULL); /* to itself */
	assert_name(BYTES("\x01"
			  "a\xc0\x02"),
		    0, NULL);
	assert_name(BYTES("\xc0\x02\xc0\x00"), 2, NULL); /* in a ring */
	assert_name(BYTES("\xc0\x04\x00\x00\x01"
			  "a\x00"),
		    0, NULL); /* to the back */
	assert_name(BYTES("\x05"
			  "abc"),
		    0, NULL);
	assert_name(BYTES("\x03"
			  "abc"),
		    0, NULL);
	assert_name(BYTES("\x40"
			  "a\x00"),
		    0, NULL); /* a label type nobody uses */
	for (size_t i = 0; i < 256; i += 64)
		longest[i] = 63;
	assert_name(longest, sizeof(longest), 0, NULL); /* 256 octets */
}

/* Pointers to pointers end: each leads to the front, and there are not many. */
static void test_chain_of_pointers(void **state)
{
	uint8_t bytes[200] = {1, 'a', 0};
	char name[DNS_NAME_TEXT_MAX];
	size_t len, at = 198;

	(void)state;
	for (size_t i = 4; i < 200; i += 2)
		bytes[i] = 0xc0, bytes[i + 1] = (uint8_t)(i == 4 ? 0 : i - 2);
	assert_false(dns_name(bytes, sizeof(bytes), &at, name, &len));
	at = 20;
	assert_true(dns_name(bytes, sizeof(bytes), &at, name, &len));
	assert_int_equal(at, 22);
}

static void put_question(struct buf *out, uint16_t id, uint16_t flags, uint16_t answers, const char *name,
			 uint16_t type)
{
	struct str rest = str_from(name), label;

	put_u16(out, id);
	put_u16(out, flags);
	put_u16(out, 1);
	put_u16(out, answers);
	put_u32(out, 0);
	while (str_split(&rest, '.', &label)) {
		buf_add_char(out, (char)label.len);
		buf_add_str(out, label);
	}
	buf_add_char(out, 0);
	put_u16(out, type);
	put_u16(out, 1);
}

static void put_answer(struct buf *out, uint16_t type, struct str data)
{
	put_u16(out, 0xc00c);
	put_u16(out, type);
	put_u16(out, 1);
	put_u32(out, 60);
	put_u16(out, (uint16_t)data.len);
	buf_add_str(out, data);
}

static void test_answers(void **state)
{
	struct dns_message message;
	struct buf bytes = {0}, out = {0};

	(void)state;
	put_question(&bytes, 7, 0x8180, 7, "www.example.org", 1);
	put_answer(&bytes, 1, STR("\xc0\x00\x02\x07"));
	put_answer(&bytes, 1, STR("\xc0\x00")); /* too short: left out */
	put_answer(&bytes, 28, STR("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"));
	put_answer(&bytes, 5,
		   STR("\x01"
		       "c\xc0\x10"));
	put_answer(&bytes, 15, STR("\x00\x0a\x02mx\xc0\x10"));
	put_answer(&bytes, 33, STR("\x00\x00\x00\x00\x01\xbb\x03srv\xc0\x10"));
	put_answer(&bytes, 16,
		   STR("\x03"
		       "a\"b\x02\xff\n"));
	assert_int_equal(dns_parse((const uint8_t *)bytes.ptr, bytes.len, &message), 0);
	dns_add_answers(&message, (const uint8_t *)bytes.ptr, bytes.len, &out);
	assert_string_equal(buf_cstr(&out),
			    ",\"answer\":[\"192.0.2.7\",\"2001:db8::7\",\"c.example.org\",\"mx.example.org\","
			    "\"srv.example.org:443\",\"a\\\"b\xEF\xBF\xBD\\n\"]");
	for (size_t len = 0; len < bytes.len; len++) { /* cut anywhere */
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, bytes.ptr, len);
		buf_clear(&out);
		if (dns_parse(copy, len, &message) == 0)
			dns_add_answers(&message, copy, len, &out);
		else
			assert_true(len < 33);
		free(copy);
	}
	buf_done(&bytes);
	buf_done(&out);
}

static void say(const struct ends *from, uint16_t id, uint16_t flags, const char *name, uint16_t type)
{
	struct buf bytes = {0};

	put_question(&bytes, id, flags, 0, name, type);
	probe_udp(&probe, from, buf_str(&bytes));
	buf_done(&bytes);
}

static void test_pairs(void **state)
{
	struct ends back = turned(&ends);

	(void)state;
	say(&ends, 1, 0x0100, "one.example", 1);
	say(&ends, 2, 0x0100, "two.example", 28);
	say(&ends, 2, 0x0100, "two.example", 28); /* again */
	say(&back, 2, 0x8183, "TWO.example", 28); /* in other letters, as some resolvers have it */
	assert_int_equal(said_count(&probe, "dns"), 1);
	assert_said(&probe,
		    "\"kind\":\"answer\",\"app_proto\":\"dns\",\"id\":2,\"flags\":\"qr rd "
		    "ra\",\"query\":\"TWO.example\","
		    "\"record_type\":\"AAAA\",\"rcode\":\"NXDOMAIN\",\"latency_us\":2000,\"repeated\":1");
	buf_clear(&probe.said);
	say(&back, 1, 0x8180, "lie.example", 1); /* not what was asked */
	assert_said(&probe,
		    "\"query\":\"lie.example\",\"record_type\":\"A\",\"rcode\":\"NOERROR\",\"unasked\":true");
	say(&back, 1, 0x8180, "one.example", 1);
	assert_said(&probe,
		    "\"query\":\"one.example\",\"record_type\":\"A\",\"rcode\":\"NOERROR\",\"latency_us\"");
	assert_said(&probe,
		    "\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"src_port\":40000,\"dst_port\":53");
}

/* Many messages answer it, all but the first without the question. */
static void test_zone_transfer(void **state)
{
	struct ends back = turned(&ends);

	(void)state;
	say(&ends, 5, 0, "zone.example", 252);
	say(&back, 5, 0x8400, "zone.example", 252);
	probe_udp(&probe, &back, STR("\x00\x05\x84\x00\x00\x00\x00\x00\x00\x00\x00\x00"));
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"sensor\":\"dns\""), 1);
	assert_said(&probe, "\"record_type\":\"AXFR\",\"rcode\":\"NOERROR\",\"latency_us\"");
}

static void test_unanswered(void **state)
{
	(void)state;
	say(&ends, 1, 0x0100, "late.example", 65280);
	sensor_tick(probe.sensor, probe.now + 9 * CLOCK_SECOND);
	assert_int_equal(said_count(&probe, "dns"), 0);
	sensor_tick(probe.sensor, probe.now + 11 * CLOCK_SECOND);
	assert_said(&probe, "\"kind\":\"query\",\"app_proto\":\"dns\",\"id\":1,\"flags\":\"rd\",\"query\":"
			    "\"late.example\","
			    "\"record_type\":\"TYPE65280\"}");
}

static void test_full(void **state)
{
	const struct sensor_options options = {.seed = 1, .dns_queries = 8};
	struct sensor_stats stats;

	(void)state;
	probe_done(&probe);
	probe_init(&probe, &options);
	for (uint16_t i = 0; i < 20; i++)
		say(&ends, i, 0x0100, "many.example", 1);
	sensor_stats(probe.sensor, &stats);
	assert_int_equal(stats.dns_evicted, 12);
	assert_int_equal(said_count(&probe, "\"kind\":\"query\""), 12);
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"kind\":\"query\""), 20);
}

static void test_multicast(void **state)
{
	const struct ends mdns = {1, 251, 5353, 5353}, llmnr = {1, 252, 50000, 5355};
	struct sensor_stats stats;

	(void)state;
	say(&mdns, 0, 0, "printer.local", 12);
	say(&llmnr, 9, 0, "wpad", 1);
	assert_said(&probe, "\"kind\":\"query\",\"app_proto\":\"mdns\"");
	assert_said(&probe, "\"kind\":\"query\",\"app_proto\":\"llmnr\",\"id\":9");
	probe_udp(&probe, &ends, STR("this is no message of the DNS at all"));
	sensor_stats(probe.sensor, &stats);
	assert_int_equal(stats.dns_malformed, 1);
}

/* Two messages, cut where one would not. */
static void test_tcp(void **state)
{
	struct buf bytes = {0}, message = {0};
	uint32_t at = 1001;

	(void)state;
	for (uint16_t i = 0; i < 2; i++) {
		buf_clear(&message);
		put_question(&message, i, 0x0100, 0, i ? "second.example" : "first.example", 1);
		put_u16(&bytes, (uint16_t)message.len);
		buf_add_str(&bytes, buf_str(&message));
	}
	probe_connect(&probe, &ends);
	for (size_t i = 0; i < bytes.len; i += 7) {
		struct str part = str_head(str_from_offset(buf_str(&bytes), i), 7);

		probe_tcp(&probe, &ends, TCP_ACK, at, part);
		at += (uint32_t)part.len;
	}
	sensor_finish(probe.sensor);
	assert_said(&probe, "\"query\":\"first.example\"");
	assert_said(&probe, "\"query\":\"second.example\"");
	assert_said(&probe,
		    "\"conn_state\":\"S1\",\"src_flags\":\"SA\",\"dst_flags\":\"SA\",\"app_proto\":\"dns\"");
	buf_done(&bytes);
	buf_done(&message);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_names), TEST(test_chain_of_pointers), TEST(test_answers),
		TEST(test_pairs), TEST(test_zone_transfer),     TEST(test_unanswered),
		TEST(test_full),  TEST(test_multicast),         TEST(test_tcp)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
