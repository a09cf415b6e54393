/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "sensor/http.h"

static const struct ends ends = {1, 2, 40000, 8080};
static struct ends back;
static struct probe probe;
static uint32_t sent, answered;

static int set_up(void **state)
{
	(void)state;
	back = turned(&ends);
	sent = 1001;
	answered = 5001;
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

static void ask(const char *text)
{
	probe_tcp(&probe, &ends, TCP_ACK, sent, str_from(text));
	sent += (uint32_t)strlen(text);
}

static void answer(const char *text)
{
	probe_tcp(&probe, &back, TCP_ACK, answered, str_from(text));
	answered += (uint32_t)strlen(text);
}

static void test_head_len(void **state)
{
	static const struct {
		const char *text;
		size_t wanted;
	} cases[] = {{"A\r\nb: c\r\n\r\nrest", 11},
		     {"A\n\nrest", 3},
		     {"A\nb\n\r\nx", 6},
		     {"A\r\n\r", 0},
		     {"A\r\n", 0},
		     {"", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t scanned = 0, len = 0;

		/* As it comes, byte by byte: found where it is whole, and not before. */
		for (size_t n = 0; n <= strlen(cases[i].text) && !len; n++) {
			len = http_head_len(str_of(cases[i].text, n), &scanned);
			if (len)
				assert_int_equal(len, n);
		}
		assert_int_equal(len, cases[i].wanted);
	}
}

static void test_heads(void **state)
{
	struct http_head head;

	(void)state;
	assert_true(
		http_parse_head(STR("GET /a b HTTP/1.0\r\nHOST:  h:1 \r\nhost: two\r\n folded\r\nno colon\r\n"
				    "Content-Length: 12\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"),
				false, &head));
	assert_memory_equal(head.target.ptr, "/a b", 4);
	assert_int_equal(head.host.len, 3);
	assert_true(head.chunked && head.has_length && head.length == 12);
	assert_true(http_parse_head(STR("HTTP/1.1 404\r\nContent-Length: -1\r\n\r\n"), true, &head));
	assert_int_equal(head.status, 404);
	assert_false(head.has_length);
	assert_false(http_parse_head(STR("GET /a\r\n\r\n"), false, &head));
	assert_false(http_parse_head(STR("GET HTTP/1.1\r\n\r\n"), false, &head));
	assert_false(http_parse_head(STR(" /a HTTP/1.1\r\n\r\n"), false, &head));
	assert_false(http_parse_head(STR("HTTP/1.1 abc\r\n\r\n"), true, &head));
}

static void test_chunk_sizes(void **state)
{
	uint64_t size;

	(void)state;
	assert_true(http_chunk_size(STR("1aF"), &size) && size == 0x1af);
	assert_true(http_chunk_size(STR("0;x=y"), &size) && size == 0);
	assert_false(http_chunk_size(STR(""), &size));
	assert_false(http_chunk_size(STR("xyz"), &size));
	assert_false(http_chunk_size(STR("12g"), &size));
	assert_false(http_chunk_size(STR("ffffffffffffffff"), &size));
}

static void test_exchange(void **state)
{
	(void)state;
	ask("POST /form?x=%20 HTTP/1.1\r\nHost: www.example.edu.cn\r\nUser-Agent: "
	    "\xe6\xa0\xa1\xff\x01\"\r\nReferer: /from\r\n"
	    "Content-Length: 5\r\n\r\nGET /GET / HTTP/1.1\r\n\r\n");
	answer("HTTP/1.1 100 Continue\r\n\r\n");
	answer("HTTP/1.1 201 Made\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\nHTT");
	answer("HTTP/1.0 304 Same\r\nContent-Length: 900\r\n\r\n");
	assert_said(&probe, "\"method\":\"POST\",\"uri\":\"/"
			    "form?x=%20\",\"version\":\"1.1\",\"host\":\"www.example.edu.cn\","
			    "\"user_agent\":\"校\xEF\xBF\xBD\\u0001\\\"\",\"referrer\":\"/"
			    "from\",\"request_bytes\":5,\"status\":201,"
			    "\"content_type\":\"text/html\",\"response_bytes\":3");
	assert_said(&probe, "\"uri\":\"/\",\"version\":\"1.1\",\"status\":304");
}

static void test_no_body(void **state)
{
	(void)state;
	ask("HEAD /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n");
	answer("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
	answer("HTTP/1.1 204 None\r\n\r\n");
	answer("HTTP/1.1 200 OK\r\n\r\nall that comes HTTP/1.1 500 is body\r\n\r\nHTTP/1.1 500 No\r\n\r\n");
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"status\":200"), 2);
	assert_int_equal(said_count(&probe, "\"status\":204"), 1);
	assert_int_equal(said_count(&probe, "\"status\":500"), 0);
	assert_int_equal(said_count(&probe, "response_bytes"), 0);
}

static void test_chunked(void **state)
{
	(void)state;
	ask("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
	answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nHTTP/\r\n1");
	answer("0\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\nHTTP/1.1 404 No\r\n\r\n");
	assert_int_equal(said_count(&probe, "\"status\":200"), 1);
	assert_said(&probe, "\"uri\":\"/2\",\"version\":\"1.1\",\"status\":404");
}

/* Behind these the bytes are another protocol's. */
static void test_tunnels(void **state)
{
	(void)state;
	ask("CONNECT mail.example:25 HTTP/1.1\r\n\r\n");
	answer("HTTP/1.1 200 OK\r\n\r\n");
	ask("GET /inside HTTP/1.1\r\n\r\n");
	sensor_finish(probe.sensor);
	assert_said(&probe, "\"method\":\"CONNECT\",\"uri\":\"mail.example:25\"");
	assert_int_equal(said_count(&probe, "/inside"), 0);
}

static void test_unanswered(void **state)
{
	(void)state;
	ask("GET /1 HTTP/1.1\r\n\r\n");
	assert_int_equal(said_count(&probe, "http"), 0);
	sensor_finish(probe.sensor);
	assert_said(&probe, "\"uri\":\"/1\",\"version\":\"1.1\"}");
	answer("HTTP/1.1 200 OK\r\n\r\n");
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"sensor\":\"http\""), 1);
}

static void test_limits(void **state)
{
	const struct sensor_options options = {.seed = 1, .http_exchanges = 3};
	char *target = malloc(HTTP_TARGET_MAX + 100);

	(void)state;
	probe_done(&probe);
	probe_init(&probe, &options);
	memset(target, 'a', HTTP_TARGET_MAX + 100);
	memcpy(target, "GET /", 5);
	memcpy(target + HTTP_TARGET_MAX + 80, " HTTP/1.1\r\n\r\n", 14);
	ask(target);
	answer("HTTP/1.1 204 None\r\n\r\n");
	free(target);
	assert_true(probe.said.len > HTTP_TARGET_MAX && probe.said.len < HTTP_TARGET_MAX + 400);
	for (int i = 0; i < 5; i++) {
		ask("GET / HTTP/1.1\r\n\r\n");
		answer("HTTP/1.1 204 None\r\n\r\n");
	}
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"sensor\":\"http\""), 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {TEST(test_head_len), TEST(test_heads),      TEST(test_chunk_sizes),
					   TEST(test_exchange), TEST(test_no_body),    TEST(test_chunked),
					   TEST(test_tunnels),  TEST(test_unanswered), TEST(test_limits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
