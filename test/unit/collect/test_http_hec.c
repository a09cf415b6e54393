/* SPDX-License-Identifier: Apache-2.0 */
/* Splunk's HTTP Event Collector over a real socket. */
#include <errno.h>

#include "http_bench.h"

#define CHANNEL "X-Splunk-Request-Channel: 0d6f2f0a-6f6e-4b8e-9f62-1f1b6f0d2c11\r\n"
#define SPLUNK "Authorization: Splunk the-only-token\r\n"

static void test_an_answer_waits_with_a_channel_too(void **state)
{
	struct bench bench;
	struct collect_record record;
	int fd;

	(void)state;
	setup(&bench);
	fd = connect_http(&bench);
	send_request(fd, "POST /services/collector/event", SPLUNK CHANNEL,
		     STR("{\"event\":\"one\"}{\"host\":\"a\",\"event\":{\"n\":2}}"));
	assert_true(memory_sink_wait(&bench.sink, 2));
	make_durable(&bench, 1);
	assert_false(is_answered(fd));
	make_durable(&bench, 2);
	read_response(&bench, fd);
	assert_int_equal(bench.status, 200);
	assert_true(has(&bench, "{\"text\":\"Success\",\"code\":0,\"ackId\":2}"));
	record = memory_sink_record(&bench.sink, 1);
	assert_true(str_eq(record.bytes, STR("{\"host\":\"a\",\"event\":{\"n\":2}}")));
	assert_true(str_eq(record.hint, STR("splunk-hec")));
	assert_int_equal(record.listener, LISTENER_HTTP_HEC);
	close(fd);

	fd = connect_http(&bench);
	send_request(fd, "POST /services/collector/ack", SPLUNK CHANNEL, STR("{\"acks\":[0,2,3]}"));
	read_response(&bench, fd);
	assert_true(has(&bench, "{\"acks\":{\"0\":false,\"2\":true,\"3\":false}}"));
	close(fd);
	teardown(&bench);
}

static void test_good_events_outlive_a_bad_one(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	ask(&bench, "POST /services/collector", SPLUNK,
	    STR("{\"event\":\"one\"}\n{\"event\":\"\"}\n{bad\n{\"event\":\"two\"}"));
	assert_int_equal(bench.status, 400);
	assert_true(has(&bench,
			"{\"text\":\"Event field cannot be blank\",\"code\":13,\"invalid-event-number\":1}"));
	assert_true(str_eq(memory_sink_record(&bench.sink, 1).bytes, STR("{\"event\":\"two\"}")));
	teardown(&bench);
}

static void test_raw_lines(void **state)
{
	struct bench bench;
	struct collect_record record;

	(void)state;
	setup(&bench);
	ask(&bench, "POST /services/collector/raw?sourcetype=nginx", SPLUNK, STR("one\r\ntwo \"2\""));
	assert_int_equal(bench.status, 200);
	record = memory_sink_record(&bench.sink, 1);
	assert_true(str_eq(record.bytes, STR("two \"2\"")));
	assert_true(str_eq(record.hint, STR("nginx")));
	ask(&bench, "POST /services/collector/raw/1.0?sourcetype=nginx&host=w%221&source=/a", SPLUNK,
	    STR("three \"3\"\n\xb5\xc7"));
	record = memory_sink_record(&bench.sink, 2);
	assert_true(
		str_eq(record.bytes, STR("{\"host\":\"w\\\"1\",\"source\":\"/a\",\"sourcetype\":\"nginx\","
					 "\"event\":\"three \\\"3\\\"\"}")));
	assert_true(str_eq(record.hint, STR("splunk-hec")));
	assert_true(str_eq(memory_sink_record(&bench.sink, 3).bytes, STR("\xb5\xc7"))); /* GBK stays GBK */
	teardown(&bench);
}

static void test_answers(void **state)
{
	static const struct {
		const char *line, *headers;
		struct str body;
		int status;
		const char *text;
	} cases[] = {
		{"POST /services/collector", "", {0}, 401, "\"code\":2}"},
		{"POST /services/collector?token=the-only-token", "", {0}, 400, "\"code\":16}"},
		{"POST /services/collector", "Authorization: Digest x\r\n", {0}, 401, "\"code\":3}"},
		{"POST /services/collector",
		 "Authorization: Splunk other-token\r\n",
		 {0},
		 403,
		 "\"code\":4}"},
		{"POST /services/collector", AUTHORIZED, {0}, 400, "\"code\":5}"},
		{"POST /services/collector", SPLUNK, {"{", 1}, 400, "\"code\":6,\"invalid-event-number\":0}"},
		{"POST /services/collector", SPLUNK, {"{\"a\":1}", 7}, 400, "\"code\":12,"},
		{"POST /services/collector/ack", SPLUNK, {"{\"acks\":[]}", 11}, 400, "\"code\":10}"},
		{"POST /services/collector/ack?channel=a",
		 SPLUNK,
		 {"{\"acks\":[]}", 11},
		 200,
		 "{\"acks\":{}}"},
		{"POST /services/collector/ack?channel=a", SPLUNK, {"[]", 2}, 400, "\"code\":6}"},
		{"POST /services/collector/raw?channel=a/b", SPLUNK, {"x", 1}, 400, "\"code\":11}"},
		{"POST /services/collector/mint", SPLUNK, {"x", 1}, 404, "\"code\":404}"},
		{"GET /services/collector", SPLUNK, {0}, 405, "\"code\":405}"},
		{"GET /services/collector/health/1.0", "", {0}, 200, "\"code\":17}"},
		{"OPTIONS /services/collector/event/1.0", "", {0}, 200, "Allow: POST"},
	};
	struct bench bench;

	(void)state;
	setup(&bench);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask(&bench, cases[i].line, cases[i].headers, cases[i].body);
		if (bench.status != cases[i].status || !has(&bench, cases[i].text))
			fail_msg("%s: %s", cases[i].line, buf_cstr(&bench.text));
	}
	teardown(&bench);
}

static void test_a_refusing_sink_is_busy(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	memory_sink_refuse(&bench.sink, -ENOSPC);
	ask(&bench, "POST /services/collector", SPLUNK, STR("{\"event\":1}"));
	assert_int_equal(bench.status, 503);
	assert_true(has(&bench, "\"code\":9}") && has(&bench, "Retry-After: 10"));
	teardown(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_waits_with_a_channel_too),
		cmocka_unit_test(test_good_events_outlive_a_bad_one),
		cmocka_unit_test(test_raw_lines),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_a_refusing_sink_is_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
