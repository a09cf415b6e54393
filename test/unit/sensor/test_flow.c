/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>

#include "sensor/community.h"

static const struct ends web = {1, 2, 40000, 8080}, dns = {1, 2, 40000, 9999};

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

/* Published by the specification with its sample captures. */
static void test_community_id(void **state)
{
	static const struct {
		uint8_t source[4], destination[4], protocol;
		uint16_t source_port, destination_port;
		const char *wanted;
	} cases[] = {
		{{128, 232, 110, 120}, {66, 35, 250, 204}, 6, 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{{66, 35, 250, 204}, {128, 232, 110, 120}, 6, 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{{192, 168, 1, 52}, {8, 8, 8, 8}, 17, 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
		{{192, 168, 0, 89}, {192, 168, 0, 1}, 1, 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{{192, 168, 0, 1}, {192, 168, 0, 89}, 1, 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct community_tuple tuple = {.v4 = true,
						.protocol = cases[i].protocol,
						.source_port = cases[i].source_port,
						.destination_port = cases[i].destination_port};
		char id[COMMUNITY_ID_SIZE];

		memcpy(tuple.source + 12, cases[i].source, 4);
		memcpy(tuple.destination + 12, cases[i].destination, 4);
		assert_true(community_id(&tuple, id));
		assert_string_equal(id, cases[i].wanted);
	}
}

static void test_both_ways(void **state)
{
	struct ends back = turned(&dns);

	(void)state;
	probe_udp(&probe, &dns, STR("ask"));
	probe_udp(&probe, &back, STR("answer"));
	probe_udp(&probe, &dns, STR("more"));
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"sensor\":\"flow\""), 1);
	assert_said(&probe, "\"proto\":\"udp\",\"proto_number\":17,\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0."
			    "0.2\",\"src_port\":"
			    "40000,\"dst_port\":9999");
	assert_said(
		&probe,
		"\"duration_us\":2000,\"src_bytes\":63,\"src_packets\":2,\"dst_bytes\":34,\"dst_packets\":1");
	assert_said(&probe, "\"conn_state\":\"SF\"");
	assert_said(&probe, "\"src_mac\":\"02:00:00:00:00:01\"");
}

/* We came late: an answer shows who asked. */
static void test_who_began(void **state)
{
	const struct ends server = {2, 1, 443, 50000}, answer = {4, 3, 9000, 9001};

	(void)state;
	probe_udp(&probe, &server, STR("x"));
	probe_tcp(&probe, &answer, TCP_SYN | TCP_ACK, 1, STR(""));
	sensor_finish(probe.sensor);
	assert_said(&probe,
		    "\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"src_port\":50000,\"dst_port\":443");
	assert_said(&probe, "\"src_ip\":\"10.0.0.3\",\"dst_ip\":\"10.0.0.4\"");
}

static void test_states(void **state)
{
	static const struct {
		const char *steps; /* flags, in capitals those of who began */
		const char *wanted;
	} cases[] = {
		{"S", "S0"},      {"Sr", "REJ"},  {"Ss", "S1"},     {"SsAFf", "SF"},
		{"SsAF", "S2"},   {"SsAf", "S3"}, {"SsAR", "RSTO"}, {"SsAr", "RSTR"},
		{"SR", "RSTOS0"}, {"SF", "SH"},   {"Aa", "OTH"},    {"SsAFfr", "RSTR"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ends from = {1, 2, (uint16_t)(30000 + i), 8080}, to = turned(&from);
		char wanted[64];

		for (const char *step = cases[i].steps; *step; step++) {
			bool first = *step >= 'A' && *step <= 'Z';
			uint8_t flags = *step == 'S'          ? TCP_SYN
					: *step == 's'        ? TCP_SYN | TCP_ACK
					: (*step | 32) == 'a' ? TCP_ACK
					: (*step | 32) == 'f' ? TCP_FIN | TCP_ACK
							      : TCP_RST;

			probe_tcp(&probe, first ? &from : &to, flags, 1, STR(""));
		}
		buf_clear(&probe.said);
		sensor_finish(probe.sensor);
		snprintf(wanted, sizeof(wanted), "\"conn_state\":\"%s\"", cases[i].wanted);
		assert_int_equal(said_count(&probe, "\"sensor\":\"flow\""), 1);
		assert_said(&probe, wanted);
	}
}

static void test_idle(void **state)
{
	struct ends back = turned(&dns);

	(void)state;
	probe_udp(&probe, &web, STR("nobody answers"));
	probe_udp(&probe, &dns, STR("ask"));
	probe_udp(&probe, &back, STR("answer"));
	sensor_tick(probe.sensor, probe.now + 29 * CLOCK_SECOND);
	assert_int_equal(said_count(&probe, "flow"), 0);
	sensor_tick(probe.sensor, probe.now + 31 * CLOCK_SECOND);
	assert_int_equal(said_count(&probe, "\"ended_by\":\"idle\""), 1);
	assert_said(&probe, "8080");
	sensor_tick(probe.sensor, probe.now + 62 * CLOCK_SECOND);
	assert_int_equal(said_count(&probe, "\"ended_by\":\"idle\""), 2);
}

/* The parts of a long flow add up to it. */
static void test_active(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		probe_udp(&probe, &web, STR("ping"));
		probe.now += 20 * CLOCK_SECOND;
	}
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"ended_by\":\"active\""), 2);
	assert_int_equal(said_count(&probe, "\"src_packets\":90,"), 2);
	assert_int_equal(said_count(&probe, "\"continued\":true"), 2);
}

static void test_reused_ports(void **state)
{
	struct ends back = turned(&web);

	(void)state;
	probe_connect(&probe, &web);
	probe_tcp(&probe, &back, TCP_RST, 5001, STR(""));
	probe_connect(&probe, &web);
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"ended_by\":\"reused\""), 1);
	assert_int_equal(said_count(&probe, "\"conn_state\":\"RSTR\""), 1);
	assert_int_equal(said_count(&probe, "\"conn_state\":\"S1\""), 1);
}

/* A flood of addresses ends none that was answered. */
static void test_full_table(void **state)
{
	const struct sensor_options options = {.flows = 64, .seed = 3};
	struct sensor_stats stats;
	struct ends back = turned(&dns);

	(void)state;
	probe_done(&probe);
	probe_init(&probe, &options);
	probe_udp(&probe, &dns, STR("ask"));
	probe_udp(&probe, &back, STR("answer"));
	for (uint16_t i = 0; i < 1000; i++) {
		const struct ends flood = {3, 4, i, 7};

		probe_udp(&probe, &flood, STR("x"));
	}
	sensor_stats(probe.sensor, &stats);
	assert_int_equal(stats.flows, 1001);
	assert_int_equal(stats.evicted, 1001 - 64);
	assert_int_equal(said_count(&probe, "\"ended_by\":\"evicted\""), 1001 - 64);
	assert_int_equal(said_count(&probe, "9999"), 0);
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"sensor\":\"flow\""), 1001);
	assert_int_equal(said_count(&probe, "\"conn_state\":\"SF\""), 1);
}

static void test_icmp(void **state)
{
	struct buf ip = {0};

	(void)state;
	put_v4(&ip, &web, IP_ICMP, STR("\x08\x00\x00\x00\x00\x01\x00\x01"));
	probe_frame(&probe, SENSOR_LINK_RAW, buf_str(&ip));
	buf_clear(&ip);
	put_v4(&ip, &(struct ends){2, 1, 0, 0}, IP_ICMP, STR("\x00\x00\x00\x00\x00\x01\x00\x01"));
	probe_frame(&probe, SENSOR_LINK_RAW, buf_str(&ip));
	buf_clear(&ip);
	put_v4(&ip, &(struct ends){2, 1, 0, 0}, IP_ICMP, STR("\x03\x03\x00\x00\x00\x00\x00\x00"));
	probe_frame(&probe, SENSOR_LINK_RAW, buf_str(&ip));
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"proto\":\"icmp\""), 2);
	assert_said(&probe,
		    "\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"icmp_type\":8,\"icmp_code\":0");
	assert_said(&probe, "\"src_packets\":1,\"dst_bytes\":28,\"dst_packets\":1,\"conn_state\":\"SF\"");
	assert_said(&probe, "\"icmp_type\":3,\"icmp_code\":3");
	buf_done(&ip);
}

/* Time that goes back ages nothing, and a record keeps its own. */
static void test_time_goes_back(void **state)
{
	(void)state;
	probe_udp(&probe, &web, STR("x"));
	probe.now = START - CLOCK_HOUR;
	probe_udp(&probe, &dns, STR("x"));
	assert_int_equal(said_count(&probe, "flow"), 0);
	probe.now = START + CLOCK_HOUR;
	sensor_tick(probe.sensor, probe.now);
	assert_int_equal(said_count(&probe, "\"duration_us\":0"), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {TEST(test_community_id), TEST(test_both_ways),
					   TEST(test_who_began),    TEST(test_states),
					   TEST(test_idle),         TEST(test_active),
					   TEST(test_reused_ports), TEST(test_full_table),
					   TEST(test_icmp),         TEST(test_time_goes_back)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
