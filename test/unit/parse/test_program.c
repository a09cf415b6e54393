/* SPDX-License-Identifier: Apache-2.0 */
/* map, alias, set, switch, sigma and the conversions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

/* What is known of where the value of a field comes from. */
static void test_origins(void **state)
{
	static const struct {
		const char *map;
		enum field_origin origin;
	} cases[] = {
		{"set: {user.name: x}", FIELD_CONSTANT},
		{"map: {user.name: a}", FIELD_COPY},
		{"map: {user.name: _v}", FIELD_OWN},
		{"map: {user.name: {from: a, as: upper}}", FIELD_OWN},
		{"map: {user.name: {from: a, table: {one: x}}}", FIELD_CONSTANT},
		{"map: {user.name: {from: [b, c, _v]}}", FIELD_OWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench b;
		char text[512];

		snprintf(text, sizeof(text),
			 "id: t\ntitle: t\nrecognise: {format: text}\nparse: [{csv: {columns: [a, _v], "
			 "separator: \";\", quote: none}}]\n%s\n",
			 cases[i].map);
		bench_open(&b, (const char *const[]){text, NULL});
		bench_run(&b, STR("one;two"));
		assert_int_equal(event_get(&b.event, FIELD_ID_USER_NAME)->origin, cases[i].origin);
		bench_close(&b);
	}
}

static void test_conversions(void **state)
{
	static const struct {
		const char *as, *in, *out; /* out NULL: no value */
	} cases[] = {
		{"lower", "AbZ[É", "abz[É"},
		{"upper", "abz{", "ABZ{"},
		{"trim", " a ", "a"},
		{"trim /", "//a/", "a"},
		{"basename", "C:\\a\\b.exe", "b.exe"},
		{"basename", "/x/y", "y"},
		{"basename", "z", "z"},
		{"basename", "a/", NULL},
		{"extension", "a.tar.gz", "gz"},
		{"extension", "/a.b/c", NULL},
		{"extension", ".profile", NULL},
		{"extension", "C:\\a.b\\.profile", NULL},
		{"extension", "/a.b/..x", "x"},
		{"extension", "/a.b/c.", NULL},
		{"extension", "/a.b/a rather long name.with.dots", "dots"},
		{"before @", "u@h", "u"},
		{"before @", "u", NULL},
		{"until @", "u", "u"},
		{"after @", "u@h", "h"},
		{"after @", "u", NULL},
		{"behind \\", "D\\u", "u"},
		{"behind \\", "u", "u"},
		{"unprefix HTTP/", "HTTP/1.1", "1.1"},
		{"hash md5", "SHA1=A, MD5=FF00", "ff00"},
		{"hash SHA256", "MD5=1", NULL},
		{"hash MD5", "MD5SUM=1", NULL},
		{"hash MD5", " MD5= FF , SHA1=A", " ff"},
		{"host", "h:80", "h"},
		{"host", "[2001:db8::1]:80", "2001:db8::1"},
		{"host", "2001:db8::1", "2001:db8::1"},
		{"port", "h:80", "80"},
		{"port", "[::1]:80", "80"},
		{"port", "2001:db8::1", NULL},
		{"integer", "0x1A4", "420"},
		{"integer", "x", NULL},
		{"multiply 1000", "1.5", "1500"},
		{"multiply 1e9", "x", NULL},
		{"unhex", "6100622F", "a b/"},
		{"unhex", "xyz", "xyz"},
		{"unhex", "C3", "C3"},
		{"url_decode", "%41%2f%zz%", "A/%zz%"},
		{"url_decode", "%00%ff", "%00%ff"},
		{"url_path", "/a?b", "/a"},
		{"url_path", "https://h/a/b?c#d", "/a/b"},
		{"url_path", "http://h", "/"},
		{"url_query", "/a?b=1#x", "b=1"},
		{"url_query", "/go?id=7&to=http://h/b?c=2", "id=7&to=http://h/b?c=2"},
		{"url_query", "https://h?b=1", "b=1"},
		{"url_path", "/go?to=http://h/b", "/go"},
		{"url_path", "https://h?b=1", "/"},
		{"url_host", "/go?to=http://h/b", NULL},
		{"url_query", "/a", NULL},
		{"url_host", "http://h:8/x", "h"},
		{"head 1", "404", "4"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench b;
		char text[512];
		char line[128];

		snprintf(text, sizeof(text),
			 "id: t\ntitle: t\nrecognise: {format: text}\nparse: [{csv: {columns: [_v], "
			 "separator: \"\\x01\", quote: none}}]\n"
			 "alias: {out: {from: _v, as: '%s'}}\n",
			 cases[i].as);
		bench_open(&b, (const char *const[]){text, NULL});
		if (b.errors)
			fail_msg("%s: %s", cases[i].as, b.error.message);
		snprintf(line, sizeof(line), "%s", cases[i].in);
		bench_run(&b, str_from(line));
		if (!cases[i].out && bench_attr(&b, "out", 0))
			fail_msg("%s of %s has a value", cases[i].as, cases[i].in);
		if (cases[i].out)
			assert_attr(&b, "out", cases[i].out);
		bench_close(&b);
	}
}

/* A separator at each place of texts of each length, behind another at the beginning. */
static void test_basenames(void **state)
{
	struct bench b;
	char line[64];

	(void)state;
	bench_open(&b, (const char *const[]){
			       "id: t\ntitle: t\nrecognise: {format: text}\nparse: [{csv: {columns: "
			       "[_v], separator: \"\\x01\", quote: none}}]\n"
			       "alias: {out: {from: _v, as: basename}}\n",
			       NULL});
	assert_int_equal(b.errors, 0);
	for (size_t len = 2; len < 40; len++)
		for (size_t at = 1; at + 1 < len; at++) {
			memset(line, 'x', len);
			line[0] = '/';
			line[at] = at % 2 ? '/' : '\\';
			bench_run(&b, str_of(line, len));
			assert_non_null(bench_attr(&b, "out", 0));
			assert_int_equal(bench_attr(&b, "out", 0)->value.len, len - at - 1);
		}
	bench_close(&b);
}

static void test_map(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, (const char *const[]){
			       "id: t\ntitle: t\nrecognise: {format: json}\nparse: [json]\n"
			       "map:\n  user.name: [a, b]\n  source.ip: [bad, ip]\n  source.port: port\n"
			       "  event.outcome: {from: o, table: {Yes: success}, default: unknown}\n"
			       "  event.type: {from: o, table: {no: denied}}\n"
			       "  process.command_line: {from: [x, y, z], join: '+'}\n"
			       "  event.start: {from: s, date: ['%H:%M', epoch], zone: '+08:00'}\n"
			       "  tags: list\n",
			       NULL});
	assert_int_equal(b.errors, 0);
	bench_run(&b, STR("{\"a\":\"-\",\"b\":\"wu\",\"bad\":\"h\",\"ip\":\"10.0.0.7\",\"port\":443,\"o\":"
			  "\"YES\",\"x\":1,\"z\":3,\"s\":\"1767600000\",\"list\":[\"p\",\"q\"]}"));
	assert_field(&b, USER_NAME, "wu");
	assert_field(&b, SOURCE_IP, "10.0.0.7");
	assert_int_equal(event_get(&b.event, FIELD_ID_SOURCE_PORT)->integer, 443);
	assert_field(&b, EVENT_OUTCOME, "success");
	assert_null(event_get(&b.event, FIELD_ID_EVENT_TYPE));
	assert_field(&b, PROCESS_COMMAND_LINE, "1+3");
	assert_int_equal(event_get(&b.event, FIELD_ID_EVENT_START)->integer, INT64_C(1767600000000000));
	assert_field(&b, TAGS, "p");
	/* Stored once: what was mapped whole is derived; what was not, was converted, or is one of many is
	 * kept. */
	assert_int_equal(bench_attr(&b, "b", 0)->flags, ATTR_DERIVED);
	assert_int_equal(bench_attr(&b, "ip", 0)->flags, ATTR_DERIVED);
	assert_int_equal(bench_attr(&b, "bad", 0)->flags, 0);
	assert_int_equal(bench_attr(&b, "o", 0)->flags, 0);
	assert_int_equal(bench_attr(&b, "list", 0)->flags, 0);
	bench_run(&b, STR("{\"o\":\"maybe\"}"));
	assert_field(&b, EVENT_OUTCOME, "unknown");
	assert_null(event_get(&b.event, FIELD_ID_USER_NAME)); /* nothing left over from the record before */
	assert_int_equal(event_get(&b.event, FIELD_ID_TIMESTAMP)->integer, RECEIVED);
	bench_close(&b);
}

static void test_switch_and_sigma(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, (const char *const[]){
			       "id: t\ntitle: t\nrecognise: {format: json}\nparse: [json]\n"
			       "sigma: {product: p, service: s}\nalias: {Alias: a, a: k}\n"
			       "switch:\n  - on: [n, k]\n    cases:\n      'one | two': {sigma: {category: "
			       "c}, set: {event.code: x}}\n"
			       "      three: {set: {event.code: y}}\n    default: {set: {event.code: d}}\n   "
			       " absent: {set: {event.code: none}}\n"
			       "  - on: sigma.category\n    cases: {c: {set: {event.category: web}}}\n",
			       NULL});
	assert_int_equal(b.errors, 0);
	bench_run(&b, STR("{\"k\":\"TWO\",\"a\":\"v\"}"));
	assert_field(&b, EVENT_CODE, "x");
	assert_field(&b, EVENT_CATEGORY, "web");
	assert_str(b.event.logsource.category, "c");
	assert_str(b.event.logsource.product, "p");
	assert_attr(&b, "Alias", "v");
	assert_attr(&b, "a", "v"); /* what is there is not replaced by an alias */
	assert_null(bench_attr(&b, "a", 1));
	bench_run(&b, STR("{\"n\":\"zero\",\"k\":\"three\"}"));
	assert_field(&b, EVENT_CODE, "y");
	bench_run(&b, STR("{\"k\":\"zero\"}"));
	assert_field(&b, EVENT_CODE, "d");
	bench_run(&b, STR("{}"));
	assert_field(&b, EVENT_CODE, "none");
	bench_run(&b, STR("{\"k\":\"one\",\"category\":\"own\",\"product\":7,\"x\":{\"service\":\"no\"}}"));
	assert_str(b.event.logsource.category, "own");
	assert_str(b.event.logsource.product, "p");
	assert_str(b.event.logsource.service, "s");
	bench_close(&b);
}

/* The number of the transport, whatever a source makes of event.sequence. */
static void test_running_numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t sequence;
	} cases[] = {
		{"<165>1 2026-10-11T22:14:15Z h app - - [meta sequenceId=\"29\"] text", 29},
		{"<165>1 2026-10-11T22:14:15Z h app - - [x@1 sequenceId=\"29\"][meta "
		 "sequenceId=\"4294967295\"] text",
		 4294967295},
		{"<165>1 2026-10-11T22:14:15Z h app - - [meta sequenceId=\"4294967296\"] text", -1},
		{"<165>1 2026-10-11T22:14:15Z h app - - [meta sequenceId=\"-1\"] text", -1},
		{"<165>1 2026-10-11T22:14:15Z h app - - - text", -1},
		{"<187>45: *Mar  1 18:46:11.123: %SYS-5-X: text", 45},
		{"<13>Mar  1 18:46:11 h app: 77", -1},
	};
	struct bench b;

	(void)state;
	bench_open(&b, (const char *const[]){"id: t\ntitle: t\nrecognise: {format: any}\n"
					     "set: {event.sequence: '5'}\n",
					     NULL});
	assert_int_equal(b.errors, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bench_run(&b, str_from(cases[i].text));
		if (b.event.sequence != cases[i].sequence)
			fail_msg("%s: %ld", cases[i].text, (long)b.event.sequence);
		assert_field(&b, EVENT_SEQUENCE, "5");
	}
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_origins),          cmocka_unit_test(test_conversions),
		cmocka_unit_test(test_basenames),        cmocka_unit_test(test_map),
		cmocka_unit_test(test_switch_and_sigma), cmocka_unit_test(test_running_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
