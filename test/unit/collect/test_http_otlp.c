/* SPDX-License-Identifier: Apache-2.0 */
/* OTLP/HTTP over a real socket; what the bodies mean is test_otlp's. */
#include <errno.h>

#include "http_bench.h"

#define JSON AUTHORIZED "Content-Type: application/json; charset=utf-8\r\n"
#define PROTOBUF AUTHORIZED "Content-Type: application/x-protobuf\r\n"
#define RECORD \
	"{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"hello\"}}]}]}]}"

static void test_an_answer_waits(void **state)
{
	struct bench bench;
	struct collect_record record;
	int fd;

	(void)state;
	setup(&bench);
	fd = connect_http(&bench);
	send_request(fd, "POST /v1/logs", JSON, STR(RECORD));
	assert_true(memory_sink_wait(&bench.sink, 1));
	assert_false(is_answered(fd));
	make_durable(&bench, 1);
	read_response(&bench, fd);
	assert_int_equal(bench.status, 200);
	assert_true(has(&bench, "\r\n\r\n{}"));
	record = memory_sink_record(&bench.sink, 0);
	assert_true(str_eq(record.bytes, STR("{\"body\":\"hello\",\"resource\":{},\"scope\":{}}")));
	assert_true(str_eq(record.hint, STR("otlp")));
	assert_int_equal(record.listener, LISTENER_HTTP_OTLP);
	close(fd);
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
		{"POST /v1/logs", "", {0}, 401, "{\"code\":16,"},
		{"POST /v1/logs", JSON, {"{}", 2}, 200, "\r\n\r\n{}"},
		{"POST /v1/logs", JSON, {"[]", 2}, 400, "{\"code\":3,"},
		{"POST /v1/logs", PROTOBUF, {0}, 200, "Content-Length: 0"},
		{"POST /v1/logs", PROTOBUF, {"\x0a\x05", 2}, 400, "application/x-protobuf\r\n"},
		{"POST /v1/logs", PROTOBUF, {"\x0a\x05", 2}, 400, "\r\n\r\n\x08\x03\x12"},
		{"POST /v1/logs", AUTHORIZED "Content-Type: text/plain\r\n", {"x", 1}, 415, "{\"code\":3,"},
		{"GET /v1/logs", AUTHORIZED, {0}, 405, "Allow: POST"},
		{"POST /v1/traces", JSON, {"{}", 2}, 404, "{\"code\":5,"},
		{"POST /v1/logs", JSON "Content-Encoding: gzip\r\n", {"x", 1}, 400, "{\"code\":3,"},
	};
	struct bench bench;

	(void)state;
	setup(&bench);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask(&bench, cases[i].line, cases[i].headers, cases[i].body);
		if (bench.status != cases[i].status || !has(&bench, cases[i].text))
			fail_msg("%zu %s: %s", i, cases[i].line, buf_cstr(&bench.text));
	}
	teardown(&bench);
}

static void test_a_long_record_is_a_partial_success(void **state)
{
	size_t len = COLLECT_RECORD_MAX + 1;
	struct buf body = {0};
	struct bench bench;

	(void)state;
	setup(&bench);
	buf_add_str(&body, STR("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{"
			       "\"stringValue\":\"short\"}},"
			       "{\"body\":{\"stringValue\":\""));
	memset(buf_reserve(&body, len), 'x', len);
	body.len += len;
	buf_add_str(&body, STR("\"}}]}]}]}"));
	ask(&bench, "POST /v1/logs", JSON, buf_str(&body));
	assert_int_equal(bench.status, 200);
	assert_true(has(&bench, "{\"partialSuccess\":{\"rejectedLogRecords\":\"1\","));
	assert_true(memory_sink_wait(&bench.sink, 1));
	buf_done(&body);
	teardown(&bench);
}

static void test_a_refusing_sink_says_when(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	memory_sink_refuse(&bench.sink, -ENOSPC);
	ask(&bench, "POST /v1/logs", JSON, STR(RECORD));
	assert_int_equal(bench.status, 503);
	assert_true(has(&bench, "{\"code\":14,") && has(&bench, "Retry-After: 10"));
	memory_sink_refuse(&bench.sink, ERR_BUSY);
	ask(&bench, "POST /v1/logs", JSON, STR(RECORD));
	assert_int_equal(bench.status, 429);
	assert_true(has(&bench, "{\"code\":8,") && has(&bench, "Retry-After: 1"));
	teardown(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_waits),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_a_long_record_is_a_partial_success),
		cmocka_unit_test(test_a_refusing_sink_says_when),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
