/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

/* Told by what HTTP makes of it. */
static const struct ends ends = {1, 2, 40000, 80};
static struct ends back;
static struct probe probe;

static int set_up(void **state)
{
	(void)state;
	back = turned(&ends);
	probe_init(&probe, NULL);
	probe_connect(&probe, &ends);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	probe_done(&probe);
	return 0;
}

static const char request[] = "GET /a HTTP/1.1\r\nHost: h\r\nUser-Agent: one two three\r\n\r\n";

static void send_part(size_t from, size_t to)
{
	probe_tcp(&probe, &ends, TCP_ACK, (uint32_t)(1001 + from), str_of(request + from, to - from));
}

static struct sensor_stats finish(void)
{
	struct sensor_stats stats;

	sensor_finish(probe.sensor);
	sensor_stats(probe.sensor, &stats);
	return stats;
}

#define WHOLE                                                                                            \
	"\"method\":\"GET\",\"uri\":\"/a\",\"version\":\"1.1\",\"host\":\"h\",\"user_agent\":\"one two " \
	"three\""

static void test_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(request) - 1; i++)
		send_part(i, i + 1);
	finish();
	assert_said(&probe, WHOLE);
}

static void test_any_order(void **state)
{
	const size_t size = sizeof(request) - 1;

	(void)state;
	for (size_t i = size; i-- > 0;) /* the last first; each twice */
		for (int twice = 0; twice < 2; twice++)
			send_part(i, i + 2 < size ? i + 2 : size);
	finish();
	assert_int_equal(said_count(&probe, WHOLE), 1);
}

static void test_first_one_counts(void **state)
{
	char other[sizeof(request)];

	(void)state;
	memcpy(other, request, sizeof(request));
	memcpy(strstr(other, "one"), "six", 3);
	send_part(0, 10);
	send_part(30, 50); /* early, and so before the lie */
	probe_tcp(&probe, &ends, TCP_ACK, 1001, str_of(other, 45));
	probe_tcp(&probe, &ends, TCP_ACK, 1001, str_from(request));
	finish();
	assert_said(&probe, WHOLE);
}

/* Sequence numbers go over their end. */
static void test_wrap(void **state)
{
	const struct ends other = {1, 2, 40001, 80};

	(void)state;
	probe_tcp(&probe, &other, TCP_SYN, UINT32_MAX - 10, STR(""));
	probe_tcp(&probe, &other, TCP_ACK, UINT32_MAX - 9 + 20, str_of(request + 20, sizeof(request) - 21));
	probe_tcp(&probe, &other, TCP_ACK, UINT32_MAX - 9, str_of(request, 20));
	finish();
	assert_said(&probe, WHOLE);
}

static void test_gap_in_a_head(void **state)
{
	struct sensor_stats stats;

	(void)state;
	send_part(0, 10);
	send_part(12, sizeof(request) - 1);
	stats = finish();
	assert_int_equal(stats.streams_lost, 1);
	assert_int_equal(said_count(&probe, "\"sensor\":\"http\""), 0);
}

/* A body may have holes: nobody reads it. */
static void test_gap_in_a_body(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
	uint32_t at = 5001 + sizeof(answer) - 1;

	(void)state;
	probe_tcp(&probe, &ends, TCP_ACK, 1001, STR("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"));
	probe_tcp(&probe, &back, TCP_ACK, 5001, str_from(answer));
	probe_tcp(&probe, &back, TCP_ACK, at + 990,
		  STR("0123456789HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
	assert_int_equal(finish().streams_lost, 0);
	assert_int_equal(
		said_count(&probe,
			   "\"uri\":\"/1\",\"version\":\"1.1\",\"status\":200,\"response_bytes\":1000"),
		1);
	assert_int_equal(said_count(&probe, "\"uri\":\"/2\",\"version\":\"1.1\",\"status\":404"), 1);
}

/* Packets that were cut when they were captured: a hole at the end of each. */
static void test_cut_packets(void **state)
{
	struct buf tcp = {0}, ip = {0};
	static char body[1400];
	struct sensor_stats stats;

	(void)state;
	probe_tcp(&probe, &ends, TCP_ACK, 1001, STR("GET /1 HTTP/1.1\r\n\r\n"));
	memset(body, 'x', sizeof(body));
	memcpy(body, "HTTP/1.1 200 OK\r\nContent-Length: 1360\r\n\r\n", 41);
	put_tcp(&tcp, &back, TCP_ACK, 5001, str_of(body, 1400));
	put_v4(&ip, &back, IP_TCP, buf_str(&tcp));
	probe_frame(&probe, SENSOR_LINK_RAW, str_head(buf_str(&ip), 200));
	probe_tcp(&probe, &ends, TCP_ACK, 1020, STR("GET /2 HTTP/1.1\r\n\r\n"));
	probe_tcp(&probe, &back, TCP_ACK, 5001 + 1400, STR("xHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
	stats = finish();
	assert_int_equal(stats.streams_lost, 0);
	assert_said(&probe, "\"status\":200");
	assert_said(&probe, "\"status\":404");
	buf_done(&tcp);
	buf_done(&ip);
}

/* More out of order than is kept: what is missing is given up, not waited for. */
static void test_too_much_early(void **state)
{
	struct sensor_stats stats;

	(void)state;
	send_part(0, 5);
	for (uint32_t i = 0; i < 100; i++)
		probe_tcp(&probe, &ends, TCP_ACK, 2000 + i * 2000, STR("early"));
	sensor_stats(probe.sensor, &stats);
	assert_int_equal(stats.streams_lost, 1);
}

static void test_late(void **state)
{
	const struct ends other = {1, 2, 40001, 80};

	(void)state;
	probe_tcp(&probe, &other, TCP_ACK, 77, str_from(request)); /* no handshake was seen */
	finish();
	assert_said(&probe, WHOLE);
}

static void test_no_memory(void **state)
{
	const struct sensor_options options = {.seed = 1, .stream_memory = 4096};
	struct sensor_stats stats;

	(void)state;
	probe_done(&probe);
	probe_init(&probe, &options);
	for (uint16_t i = 0; i < 50; i++) {
		const struct ends other = {1, 2, (uint16_t)(40001 + i), 80};

		probe_tcp(&probe, &other, TCP_ACK, 77, STR("GET /unfinished"));
	}
	stats = finish();
	assert_true(stats.streams_refused > 30);
	assert_int_equal(said_count(&probe, "\"sensor\":\"flow\""), 50);
	buf_clear(&probe.said);
	probe_tcp(&probe, &ends, TCP_ACK, 77, str_from(request)); /* there is room again */
	finish();
	assert_said(&probe, WHOLE);
}

/* Bytes that are no application we know. */
static void test_unknown(void **state)
{
	const struct ends ssh = {1, 2, 40002, 22};

	(void)state;
	probe_tcp(&probe, &ends, TCP_ACK, 1001, STR("\x01\x02\x03 GET / HTTP/1.1\r\n\r\n"));
	probe_tcp(&probe, &ssh, TCP_ACK, 1, STR("SSH-"));
	probe_tcp(&probe, &ssh, TCP_ACK, 5, STR("2.0-x\r\n"));
	finish();
	assert_int_equal(said_count(&probe, "\"sensor\":\"http\""), 0);
	assert_int_equal(said_count(&probe, "\"app_proto\""), 1);
	assert_said(&probe, "\"app_proto\":\"ssh\"");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_byte_by_byte), TEST(test_any_order),      TEST(test_first_one_counts),
		TEST(test_wrap),         TEST(test_gap_in_a_head),  TEST(test_gap_in_a_body),
		TEST(test_cut_packets),  TEST(test_too_much_early), TEST(test_late),
		TEST(test_no_memory),    TEST(test_unknown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
