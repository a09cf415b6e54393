/* SPDX-License-Identifier: Apache-2.0 */
/* The two forms of one request give the same lines; the bytes of the protobuf one are made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collect/otlp_read.h"
#include "collect/wire.h"

static void keep_line(void *context, struct str line)
{
	buf_add_str(context, line);
	buf_add_char(context, '\n');
}

struct bench {
	struct otlp otlp;
	struct buf lines;
	int result;
};

static void read(struct bench *bench, struct str body, bool protobuf)
{
	struct json_parser *json = json_parser_new();

	*bench = (struct bench){.otlp = {.line_max = 4096, .record = keep_line}};
	bench->otlp.context = &bench->lines;
	bench->result =
		protobuf ? otlp_read_protobuf(&bench->otlp, body) : otlp_read_json(&bench->otlp, json, body);
	json_parser_free(json);
}

static void done(struct bench *bench)
{
	otlp_done(&bench->otlp);
	buf_done(&bench->lines);
}

/* --- protobuf, written from the inside out ---------------------------------------------------------- */

static struct buf message(unsigned field, struct buf inner)
{
	struct buf out = {0};

	buf_add_varint(&out, field << 3 | WIRE_BYTES);
	buf_add_varint(&out, inner.len);
	buf_add_str(&out, buf_str(&inner));
	buf_done(&inner);
	return out;
}

static struct buf text(unsigned field, const char *value)
{
	struct buf inner = {0};

	buf_add_str(&inner, str_from(value));
	return message(field, inner);
}

static struct buf number(unsigned field, uint64_t value)
{
	struct buf out = {0};

	buf_add_varint(&out, field << 3 | WIRE_VARINT);
	buf_add_varint(&out, value);
	return out;
}

static struct buf fixed64(unsigned field, uint64_t value)
{
	struct buf out = {0};

	buf_add_varint(&out, field << 3 | WIRE_FIXED64);
	buf_add_u64(&out, value);
	return out;
}

static struct buf join(struct buf a, struct buf b)
{
	buf_add_str(&a, buf_str(&b));
	buf_done(&b);
	return a;
}

static struct buf pair(unsigned field, const char *key, struct buf value)
{
	return message(field, join(text(1, key), message(2, value)));
}

#define LINE                                                                                               \
	"{\"timeUnixNano\":\"1763798400250000000\",\"severityNumber\":9,\"severityText\":\"INFO\","        \
	"\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"body\":{\"a\":[1,\"x\\ny\",true],\"b\":-2.5}," \
	"\"attributes\":{\"n\":-7,\"empty\":null},\"resource\":{\"host.name\":\"app3\"},"                  \
	"\"scope\":{\"name\":\"lib\",\"version\":\"1\"}}\n"

static void test_json(void **state)
{
	struct bench bench;

	(void)state;
	read(&bench,
	     STR("{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"host.name\",\"value\":{"
		 "\"stringValue\":\"app3\"}}]},\"scopeLogs\":[{\"scope\":{\"name\":\"lib\",\"version\":\"1\"}"
		 ","
		 "\"logRecords\":[{\"timeUnixNano\":\"1763798400250000000\",\"severityNumber\":9,"
		 "\"severityText\":\"INFO\",\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"body\":{"
		 "\"kvlistValue\":{\"values\":[{\"key\":\"a\",\"value\":{\"arrayValue\":{\"values\":[{"
		 "\"intValue\":"
		 "\"1\"},{\"stringValue\":\"x\\ny\"},{\"boolValue\":true}]}}},{\"key\":\"b\",\"value\":{"
		 "\"doubleValue\":-2.5}}]}},\"attributes\":[{\"key\":\"n\",\"value\":{\"intValue\":-7}},{"
		 "\"key\":"
		 "\"empty\",\"value\":{}}],\"newer\":[1]}]}]}]}"),
	     false);
	assert_int_equal(bench.result, 0);
	assert_string_equal(buf_cstr(&bench.lines), LINE);
	done(&bench);
}

static struct buf request(struct buf record)
{
	struct buf scope = message(1, join(text(1, "lib"), text(2, "1")));
	struct buf resource = message(1, pair(1, "host.name", text(1, "app3")));

	return message(1,
		       join(message(2, join(message(2, record), scope)), resource)); /* the resource last */
}

static void test_protobuf(void **state)
{
	static const char trace_id[] = "\x5b\x8e\xff\xf7\x98\x03\x81\x03\xd2\x69\xb6\x33\x81\x3f\xc6\x0c";
	struct buf list =
		join(join(message(1, number(3, 1)), message(1, text(1, "x\ny"))), message(1, number(2, 1)));
	struct buf map = join(pair(1, "a", message(5, list)), pair(1, "b", fixed64(4, 0xc004000000000000)));
	struct buf record = join(fixed64(1, 1763798400250000000), number(2, 9)), body;
	struct bench bench;

	(void)state;
	record = join(record, pair(6, "n", number(3, (uint64_t)-7)));
	record = join(record, message(5, message(6, map)));
	record = join(record, join(text(3, "INFO"), text(9, trace_id)));
	record = join(record, join(pair(6, "empty", (struct buf){0}), number(99, 1)));
	body = request(record);
	read(&bench, buf_str(&body), true);
	assert_int_equal(bench.result, 0);
	assert_string_equal(buf_cstr(&bench.lines), LINE);
	buf_done(&body);
	done(&bench);
}

static void test_a_message_cut_anywhere_is_refused_or_shorter(void **state)
{
	struct buf body = request(join(text(3, "INFO"), message(5, text(1, "hello"))));
	struct bench bench;

	(void)state;
	for (size_t len = 1; len < body.len; len++) {
		read(&bench, str_head(buf_str(&body), len), true);
		assert_int_equal(bench.result, ERR_SYNTAX);
		done(&bench);
	}
	buf_done(&body);
}

static struct buf nested(unsigned depth)
{
	struct buf value = number(3, 1);

	while (depth--)
		value = message(5, message(1, value));
	return request(message(5, value));
}

static void test_depth_has_an_end(void **state)
{
	struct buf deep = nested(OTLP_DEPTH_MAX), deeper = nested(OTLP_DEPTH_MAX + 1);
	struct bench bench;

	(void)state;
	read(&bench, buf_str(&deep), true);
	assert_int_equal(bench.result, 0);
	done(&bench);
	read(&bench, buf_str(&deeper), true);
	assert_int_equal(bench.result, ERR_SYNTAX);
	done(&bench);
	buf_done(&deep);
	buf_done(&deeper);
}

static void test_a_long_record_is_rejected_alone(void **state)
{
	char long_text[5000];
	struct buf records, body;
	struct bench bench;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = 0;
	records = join(message(2, message(5, text(1, long_text))), message(2, message(5, text(1, "short"))));
	body = message(1, message(2, records));
	read(&bench, buf_str(&body), true);
	assert_int_equal(bench.result, 0);
	assert_int_equal(bench.otlp.records, 2);
	assert_int_equal(bench.otlp.rejected, 1);
	assert_string_equal(buf_cstr(&bench.lines), "{\"body\":\"short\",\"resource\":{},\"scope\":{}}\n");
	buf_done(&body);
	done(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_protobuf),
		cmocka_unit_test(test_a_message_cut_anywhere_is_refused_or_shorter),
		cmocka_unit_test(test_depth_has_an_end),
		cmocka_unit_test(test_a_long_record_is_rejected_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
