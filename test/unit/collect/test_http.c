/* SPDX-License-Identifier: Apache-2.0 */
/* Both HTTP interfaces over real sockets; the test says when the sink takes and what is durable. */
#include <errno.h>
#include <zlib.h>

#include "http_bench.h"

static void test_an_answer_waits_for_durability(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench);
	fd = connect_http(&bench);
	send_request(fd, "POST /ingest/v1/linux", AUTHORIZED, STR("one\n\ntwo\r\nthree"));
	assert_true(memory_sink_wait(&bench.sink, 3));
	make_durable(&bench, 2);
	assert_false(is_answered(fd));
	make_durable(&bench, 3);
	read_response(&bench, fd);
	assert_int_equal(bench.status, 200);
	assert_true(has(&bench, "{\"accepted\":3,\"first_seq\":1,\"last_seq\":3}"));
	struct collect_record record = memory_sink_record(&bench.sink, 1);
	assert_true(str_eq(record.bytes, STR("two")));
	assert_true(str_eq(record.hint, STR("linux")));
	assert_int_equal(record.listener, LISTENER_HTTP_INGEST);
	close(fd);
	teardown(&bench);
}

#define WAITING 8

static void test_a_report_sets_free_those_it_covers(void **state)
{
	struct bench bench;
	int fds[WAITING];

	(void)state;
	setup(&bench);
	for (size_t i = 0; i < WAITING; i++) {
		fds[i] = connect_http(&bench);
		send_request(fds[i], "POST /ingest/v1/linux", AUTHORIZED, STR("a\nb"));
		assert_true(memory_sink_wait(&bench.sink, 2 * (i + 1)));
	}
	make_durable(&bench, 9);
	for (size_t i = 0; i < 4; i++) {
		read_response(&bench, fds[i]);
		assert_int_equal(bench.status, 200);
	}
	for (size_t i = 4; i < WAITING; i++)
		assert_false(is_answered(fds[i]));
	close(fds[5]); /* a client that does not wait disturbs nobody */
	make_durable(&bench, 2 * WAITING);
	for (size_t i = 4; i < WAITING; i++) {
		if (i == 5)
			continue;
		read_response(&bench, fds[i]);
		assert_int_equal(bench.status, 200);
		close(fds[i]);
	}
	for (size_t i = 0; i < 4; i++)
		close(fds[i]);
	teardown(&bench);
}

static void test_a_failing_commit_fails_the_request(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench);
	fd = connect_http(&bench);
	send_request(fd, "POST /ingest/v1/linux", AUTHORIZED, STR("one"));
	assert_true(memory_sink_wait(&bench.sink, 1));
	assert_false(is_answered(fd));
	collect_durable(bench.collect, 0, -ENOSPC);
	read_response(&bench, fd);
	assert_int_equal(bench.status, 503);
	assert_true(has(&bench, "Retry-After: 10\r\n"));
	assert_true(has(&bench, "\"accepted\":0"));
	send_request(fd, "POST /ingest/v1/linux", AUTHORIZED, STR("two"));
	read_response(&bench, fd); /* it may still be durable, but nobody knows when */
	assert_int_equal(bench.status, 503);
	make_durable(&bench, 2);
	send_request(fd, "POST /ingest/v1/linux", AUTHORIZED, STR("three"));
	assert_true(memory_sink_wait(&bench.sink, 3));
	make_durable(&bench, 3);
	read_response(&bench, fd);
	assert_int_equal(bench.status, 200);
	close(fd);
	teardown(&bench);
}

static void test_a_refusing_sink_is_told_to_the_client(void **state)
{
	struct bench bench;

	(void)state;
	setup(&bench);
	memory_sink_refuse(&bench.sink, ERR_BUSY);
	ask(&bench, "POST /ingest/v1/linux", AUTHORIZED, STR("one"));
	assert_int_equal(bench.status, 429);
	assert_true(has(&bench, "Retry-After: 1\r\n"));
	memory_sink_refuse(&bench.sink, -ENOSPC);
	ask(&bench, "POST /_bulk", AUTHORIZED, STR("{\"index\":{\"_index\":\"a\"}}\n{}\n"));
	assert_int_equal(bench.status, 503);
	assert_true(has(&bench, "es_rejected_execution_exception"));
	bench.sink.status = -ENOSPC;
	ask(&bench, "POST /_bulk", AUTHORIZED, STR("{\"index\":{}}\n{}\n"));
	assert_int_equal(bench.status, 200); /* nothing to store: the item's error is the answer */
	memory_sink_refuse(&bench.sink, 0);
	ask(&bench, "POST /logs/_doc", AUTHORIZED, STR("{}"));
	assert_int_equal(bench.status, 503); /* the sink would take it, but nobody knows when it is safe */
	assert_int_equal(bench.sink.records.len, 0);
	teardown(&bench);
}

static unsigned count_parts(struct bench *bench, const char *part)
{
	unsigned count = 0;

	for (const char *at = buf_cstr(&bench->text); (at = strstr(at, part)); at++)
		count++;
	return count;
}

static void test_a_refused_bulk_is_refused_whole_and_by_item(void **state)
{
	struct bench bench;
	struct buf body = {0};

	(void)state;
	setup(&bench);
	for (int i = 0; i < 3000; i++)
		buf_printf(&body, "{\"create\":{\"_index\":\"a\",\"_id\":\"i%d\"}}\n{\"n\":%d}\n", i, i);
	bench.sink.room = 2999;
	ask(&bench, "POST /_bulk", AUTHORIZED, buf_str(&body));
	assert_int_equal(bench.status, 503);
	assert_int_equal(count_parts(&bench, "\"status\":429"), 3000);
	assert_int_equal(bench.sink.records.len, 0);
	buf_done(&body);
	teardown(&bench);
}

/* Too large to be offered at once: what the sink took is stored, the rest is to be sent again. */
static void test_a_large_bulk_may_be_taken_in_part(void **state)
{
	struct bench bench;
	struct buf body = {0};
	unsigned stored;

	(void)state;
	setup(&bench);
	for (int i = 0; i < 100; i++)
		buf_printf(&body, "{\"index\":{\"_index\":\"a\"}}\n{\"n\":\"%0100000d\"}\n", i);
	assert_true(body.len > COLLECT_APPEND_MAX);
	bench.sink.room = 99;
	ask(&bench, "POST /_bulk", AUTHORIZED, buf_str(&body));
	assert_int_equal(bench.status, 200);
	assert_true(has(&bench, "\"errors\":true"));
	stored = count_parts(&bench, "\"status\":201");
	assert_int_equal(stored, bench.sink.records.len);
	assert_in_range(stored, 1, 99);
	assert_int_equal(stored + count_parts(&bench, "\"status\":429"), 100);
	buf_done(&body);
	teardown(&bench);
}

static void test_long_lines_are_named(void **state)
{
	struct bench bench;
	struct buf body = {0};

	(void)state;
	setup(&bench);
	buf_add_str(&body, STR("short\n"));
	memset(buf_reserve(&body, COLLECT_RECORD_MAX + 1), 'x', COLLECT_RECORD_MAX + 1);
	body.len += COLLECT_RECORD_MAX + 1;
	ask(&bench, "POST /ingest/v1/linux", AUTHORIZED, buf_str(&body));
	assert_int_equal(bench.status, 200);
	assert_true(has(&bench, "\"accepted\":1"));
	assert_true(has(&bench, "\"rejected\":1,\"errors\":[{\"line\":2,"));
	ask(&bench, "POST /ingest/v1/linux", AUTHORIZED, str_from_offset(buf_str(&body), 6));
	assert_int_equal(bench.status, 400);
	buf_done(&body);
	teardown(&bench);
}

static void test_gzip(void **state)
{
	struct bench bench;
	unsigned char out[256];
	z_stream z = {
		.next_in = (Bytef *)"one\ntwo\n", .avail_in = 8, .next_out = out, .avail_out = sizeof(out)};
	struct str body;

	(void)state;
	setup(&bench);
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	body = str_of((char *)out, z.total_out);
	deflateEnd(&z);
	ask(&bench, "POST /ingest/v1/linux", AUTHORIZED "Content-Encoding: gzip\r\n", body);
	assert_int_equal(bench.status, 200);
	assert_true(has(&bench, "\"accepted\":2"));
	ask(&bench, "POST /ingest/v1/linux", AUTHORIZED "Content-Encoding: gzip\r\n",
	    str_head(body, body.len - 4));
	assert_int_equal(bench.status, 400);
	ask(&bench, "POST /ingest/v1/linux", AUTHORIZED "Content-Encoding: br\r\n", body);
	assert_int_equal(bench.status, 415);
	teardown(&bench);
}

/* The answer comes although the body never does. */
static void test_a_stranger_is_refused_before_the_body(void **state)
{
	struct bench bench;
	struct str head = STR("POST /_bulk HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");
	struct collect_stats stats;
	int fd;

	(void)state;
	setup(&bench);
	fd = connect_http(&bench);
	assert_int_equal(send(fd, head.ptr, head.len, 0), head.len);
	read_response(&bench, fd);
	assert_int_equal(bench.status, 401);
	assert_true(has(&bench, "security_exception"));
	assert_true(has(&bench, "WWW-Authenticate: Basic"));
	close(fd);
	ask(&bench, "POST /ingest/v1/linux", "Authorization: Bearer wrong-token\r\n", STR("one"));
	assert_int_equal(bench.status, 401);
	collect_stats(bench.collect, &stats);
	assert_int_equal(stats.values[LISTENER_HTTP_INGEST][COLLECT_UNAUTHORIZED], 1);
	assert_int_equal(stats.values[LISTENER_HTTP_BULK][COLLECT_UNAUTHORIZED], 1);
	assert_int_equal(bench.sink.records.len, 0);
	teardown(&bench);
}

static void test_the_local_door(void **state)
{
	static const uint8_t nobody[16];
	struct collect_record record;
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench);
	memory_sink_set_durable(&bench.sink, UINT64_MAX);
	fd = connect_local(&bench);
	send_request(fd, "POST /ingest/v1/linux?drill=1", "", STR("one"));
	read_response(&bench, fd);
	assert_int_equal(bench.status, 200);
	record = memory_sink_record(&bench.sink, 0);
	assert_int_equal(record.listener, LISTENER_LOCAL);
	assert_int_equal(record.flags, COLLECT_DRILL);
	assert_memory_equal(record.peer, nobody, 16);
	close(fd);
	ask(&bench, "POST /ingest/v1/linux?drill=1", AUTHORIZED, STR("two"));
	assert_int_equal(memory_sink_record(&bench.sink, 1).flags, 0);
	teardown(&bench);
}

static void test_endpoints(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *part;
	} cases[] = {
		{"GET /", 200, "\"number\":\"8.19.0\""},
		{"GET /_license", 200, "\"type\":\"basic\""},
		{"GET /_xpack?x=1", 200, "\"ilm\""},
		{"GET /_cluster/health/", 200, "green"},
		{"GET /_nodes/ingest", 200, "\"nodes\""},
		{"GET /_nodes/_all/http", 200, "\"nodes\""},
		{"GET /_cat/health", 200, "text/plain"},
		{"GET /_ilm/policy/p", 200, "{}"},
		{"PUT /_ilm/policy/p", 200, "\"acknowledged\":true"},
		{"PUT /_index_template/t", 200, "\"acknowledged\":true"},
		{"PUT /_template/t", 200, "\"acknowledged\":true"},
		{"PUT /_ingest/pipeline/p", 200, "\"acknowledged\":true"},
		{"PUT /filebeat-000001", 200, "\"shards_acknowledged\":true"},
		{"POST /_aliases", 200, "\"acknowledged\":true"},
		{"DELETE /_bulk", 405, "illegal_argument_exception"},
		{"GET /_unknown", 400, "no handler found"},
		{"GET /a/b/c/d/e/f/g/h", 400, "no handler found"},
		{"POST /_bulk", 400, "request body is required"},
		{"POST /logs/_doc", 400, "document_parsing_exception"},
		{"GET /ingest/v1/linux", 405, "use POST"},
		{"POST /ingest/v1/Linux", 404, "a source is"},
		{"POST /ingest/v1/a/b", 404, "a source is"},
		{"POST /ingest/v1/", 404, "a source is"},
		{"POST /ingest/v1/linux", 200, "{\"accepted\":0}"},
	};
	struct bench bench;

	(void)state;
	setup(&bench);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask(&bench, cases[i].line, AUTHORIZED, (struct str){0});
		if (bench.status != cases[i].status || !has(&bench, cases[i].part))
			fail_msg("%s gives %s", cases[i].line, buf_cstr(&bench.text));
		assert_true(strstr(cases[i].line, "/ingest/") ||
			    has(&bench, "X-elastic-product: Elasticsearch"));
	}
	assert_int_equal(bench.sink.records.len, 0);
	ask(&bench, "GET /", AUTHORIZED "Accept: application/vnd.elasticsearch+json; compatible-with=9\r\n",
	    (struct str){0});
	assert_true(has(&bench, "Content-Type: application/vnd.elasticsearch+json;compatible-with=9\r\n"));
	teardown(&bench);
}

static void test_a_bulk_and_its_answer(void **state)
{
	struct bench bench;
	struct collect_record record;

	(void)state;
	setup(&bench);
	ask(&bench, "POST /wanglou-sshd/_bulk", AUTHORIZED,
	    STR("{\"index\":{}}\n{\"a\":1}\n{\"index\":{\"_index\":\"filebeat-8\",\"_id\":\"q\\\"\"}}\n{"
		"\"b\":2}\n"
		"{\"delete\":{\"_index\":\"x\",\"_id\":\"1\"}}\n"));
	assert_int_equal(bench.status, 200);
	assert_true(has(&bench,
			"\"errors\":true,\"items\":[{\"index\":{\"_index\":\"wanglou-sshd\",\"_id\":\"1\","));
	assert_true(has(&bench, "{\"index\":{\"_index\":\"filebeat-8\",\"_id\":\"q\\\"\",\"_version\":1,"));
	assert_true(has(&bench, "{\"delete\":{\"_index\":\"x\",\"_id\":\"1\",\"status\":400,"));
	record = memory_sink_record(&bench.sink, 0);
	assert_true(str_eq(record.hint, STR("sshd")) && str_eq(record.bytes, STR("{\"a\":1}")));
	assert_int_equal(record.listener, LISTENER_HTTP_BULK);
	record = memory_sink_record(&bench.sink, 1);
	assert_true(str_eq(record.hint, STR("filebeat-8")) && str_eq(record.bytes, STR("{\"b\":2}")));
	ask(&bench, "PUT /logs/_doc/7", AUTHORIZED, STR("{\"c\":3}\n"));
	assert_int_equal(bench.status, 201);
	assert_true(has(&bench, "{\"_index\":\"logs\",\"_id\":\"7\""));
	teardown(&bench);
}

static void *stop(void *context)
{
	collect_stop(((struct bench *)context)->collect, NULL);
	return NULL;
}

/* A request on its way when the stop comes is still answered. */
static void test_a_stop_waits_for_requests(void **state)
{
	struct bench bench;
	pthread_t thread;
	int fd;

	(void)state;
	setup(&bench);
	fd = connect_http(&bench);
	send_request(fd, "POST /ingest/v1/linux", AUTHORIZED, STR("one"));
	assert_true(memory_sink_wait(&bench.sink, 1));
	assert_int_equal(pthread_create(&thread, NULL, stop, &bench), 0);
	assert_false(is_answered(fd));
	make_durable(&bench, 1);
	read_response(&bench, fd);
	assert_int_equal(bench.status, 200);
	pthread_join(thread, NULL);
	bench.collect = NULL;
	close(fd);
	teardown(&bench);
}

static void test_a_stop_does_not_wait_for_ever(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench);
	fd = connect_http(&bench);
	send_request(fd, "POST /ingest/v1/linux", AUTHORIZED, STR("one"));
	assert_true(memory_sink_wait(&bench.sink, 1));
	collect_stop(bench.collect, NULL);
	bench.collect = NULL;
	close(fd);
	teardown(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_waits_for_durability),
		cmocka_unit_test(test_a_report_sets_free_those_it_covers),
		cmocka_unit_test(test_a_failing_commit_fails_the_request),
		cmocka_unit_test(test_a_refusing_sink_is_told_to_the_client),
		cmocka_unit_test(test_a_refused_bulk_is_refused_whole_and_by_item),
		cmocka_unit_test(test_a_large_bulk_may_be_taken_in_part),
		cmocka_unit_test(test_long_lines_are_named),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_a_stranger_is_refused_before_the_body),
		cmocka_unit_test(test_the_local_door),
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_a_bulk_and_its_answer),
		cmocka_unit_test(test_a_stop_waits_for_requests),
		cmocka_unit_test(test_a_stop_does_not_wait_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
