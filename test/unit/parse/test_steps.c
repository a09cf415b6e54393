/* SPDX-License-Identifier: Apache-2.0 */
/* Each step on texts of its kind and on broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

#define TEXT_SOURCE(steps) "id: t\ntitle: t\nrecognise: {format: any}\nparse:\n" steps

static void open_steps(struct bench *bench, const char *text)
{
	bench_open(bench, (const char *const[]){text, NULL});
	if (bench->errors)
		fail_msg("%u:%u: %s", bench->error.line, bench->error.column, bench->error.message);
}

static void test_json(void **state)
{
	struct bench b;

	(void)state;
	open_steps(&b, "id: t\ntitle: t\nrecognise: {format: json}\nrename: {p.q: R}\nparse:\n"
		       "  - json: {strip: [top., 'u.*.'], attributes: '@', content: '#'}\n");
	bench_run(&b, STR("\xEF\xBB\xBF{\"a\":\"x\\u00e9\\n\",\"n\":-1.50,\"t\":true,\"z\":null,\"l\":[1,[2],"
			  "{\"k\":3}],"
			  "\"top\":{\"in\":4},\"u\":{\"any\":{\"v\":5}},\"e\":{\"@\":{\"id\":6},\"#\":7},"
			  "\"p\":{\"q\":8},\"o\":{},\"\":9}\r\n"));
	assert_str(b.event.source, "t");
	assert_attr(&b, "a", "x\xc3\xa9\n");
	assert_attr(&b, "n", "-1.50");
	assert_int_equal(bench_attr(&b, "n", 0)->value.type, VALUE_NUMBER);
	assert_int_equal(bench_attr(&b, "t", 0)->value.type, VALUE_BOOL);
	assert_int_equal(bench_attr(&b, "z", 0)->value.type, VALUE_NULL);
	assert_attr(&b, "l", "1");
	assert_str(value_str(bench_attr(&b, "l", 1)->value), "2");
	assert_attr(&b, "l.k", "3");
	assert_attr(&b, "in", "4");
	assert_attr(&b, "v", "5");
	assert_attr(&b, "e_id", "6");
	assert_attr(&b, "e", "7");
	assert_attr(&b, "R", "8");
	assert_null(bench_attr(&b, "p.q", 0));
	assert_attr(&b, "", "9");
	bench_run(&b, STR("[1]"));
	assert_field(&b, EVENT_KIND, "unparsed");
	bench_close(&b);
}

/* The pattern that told the source is not searched for again, where the text is the same and nothing was
   searched for meanwhile. */
static void test_regex_of_recognise(void **state)
{
#define TOLD "id: t\ntitle: t\nrecognise: {format: text, regex: '^(?<a>\\S+) (?<b>.*)$'}\nparse:\n"
#define AGAIN "'^(?<a>\\S+) (?<b>.*)$'"
	struct bench b;

	(void)state;
	open_steps(&b, TOLD "  - regex: " AGAIN "\n  - regex: {from: b, match: " AGAIN "}\n");
	bench_run(&b, STR("one two three"));
	assert_attr(&b, "a", "one");
	assert_attr(&b, "b", "two three");
	assert_str(value_str(bench_attr(&b, "a", 1)->value), "two");
	assert_str(value_str(bench_attr(&b, "b", 1)->value), "three");
	bench_close(&b);
	open_steps(&b, TOLD "  - regex: '^o(?<q>n)'\n  - regex: " AGAIN "\n");
	bench_run(&b, STR("one two three"));
	assert_attr(&b, "q", "n");
	assert_attr(&b, "a", "one");
	assert_attr(&b, "b", "two three");
	bench_close(&b);
	open_steps(&b, TOLD "  - syslog\n  - regex: " AGAIN "\n");
	bench_run(&b, STR("<13>Nov 22 09:00:00 h <14>Nov 22 09:00:01 i two three"));
	assert_attr(&b, "a", "two");
	bench_close(&b);
}

static void test_kv(void **state)
{
	struct bench b;

	(void)state;
	open_steps(&b, TEXT_SOURCE("  - kv: {prefix: k., hex: [h, 'x*']}\n"));
	bench_run(&b, STR("word a=1 b=\"two words\" c=\"say \\\"hi\\\"\" d= e=x=y h=4142 x1=6162006364 "
			  "q=\"4142\" open=\"never"));
	assert_attr(&b, "k.a", "1");
	assert_attr(&b, "k.b", "two words");
	assert_attr(&b, "k.c", "say \"hi\"");
	assert_attr(&b, "k.d", "");
	assert_attr(&b, "k.e", "x=y");
	assert_attr(&b, "k.h", "AB");
	assert_attr(&b, "k.x1", "ab cd");
	assert_attr(&b, "k.q", "4142");
	assert_attr(&b, "k.open", "\"never");
	bench_run(&b, STR("nothing here"));
	assert_true(event_text(&b.event, FIELD_ID_ERROR_MESSAGE).len > 0);
	assert_field(&b, EVENT_KIND, "event");
	assert_field(&b, MESSAGE, "nothing here");
	bench_close(&b);
	open_steps(&b, TEXT_SOURCE("  - kv: {separator: '; ', equals: ':', quotes: '', sections: true}\n"));
	bench_run(&b, STR("Subject:; Name: a b; Logon: x:y; Target:; Name: c"));
	assert_attr(&b, "Subject.Name", "a b");
	assert_attr(&b, "Subject.Logon", "x:y");
	assert_attr(&b, "Target.Name", "c");
	bench_close(&b);
}

static void test_csv(void **state)
{
	struct bench b;

	(void)state;
	open_steps(&b,
		   TEXT_SOURCE("  - csv: {columns: [a, '', _t, b], at_least: 3}\nmap: {user.name: _t}\n"));
	bench_run(&b, STR("1,skipped,\"li, \"\"na\"\"\",,five,\"open"));
	assert_attr(&b, "a", "1");
	assert_attr(&b, "b", "");
	assert_attr(&b, "column5", "five");
	assert_attr(&b, "column6", "\"open");
	assert_null(bench_attr(&b, "_t", 0));
	assert_field(&b, USER_NAME, "li, \"na\"");
	bench_run(&b, STR("1,2"));
	assert_true(event_text(&b.event, FIELD_ID_ERROR_MESSAGE).len > 0);
	assert_attr(&b, "a", "1");
	bench_close(&b);
}

static void test_cef(void **state)
{
	struct bench b;

	(void)state;
	open_steps(&b, TEXT_SOURCE("  - cef\n"));
	bench_run(&b, STR("x CEF:0|a\\|b|p|1|id|n|5|src=10.0.0.1 msg=one two a\\=b\\nc  cs1=v cs1Label=My "
			  "Label empty= last=z"));
	assert_attr(&b, "deviceVendor", "a|b");
	assert_attr(&b, "severity", "5");
	assert_attr(&b, "msg", "one two a=b\nc");
	assert_attr(&b, "My Label", "v");
	assert_int_equal(bench_attr(&b, "My Label", 0)->flags, ATTR_DERIVED);
	assert_attr(&b, "empty", "");
	assert_attr(&b, "last", "z");
	bench_run(&b, STR("CEF:0|a|b|c|d|e|9"));
	assert_attr(&b, "severity", "9");
	bench_run(&b, STR("CEF:0|a|b"));
	assert_true(event_text(&b.event, FIELD_ID_ERROR_MESSAGE).len > 0);
	bench_close(&b);
}

static void test_leef(void **state)
{
	struct bench b;

	(void)state;
	open_steps(&b, TEXT_SOURCE("  - leef\n"));
	bench_run(&b, STR("LEEF:1.0|v|p|1|e|a=1\tb=two words\tc"));
	assert_attr(&b, "eventID", "e");
	assert_attr(&b, "b", "two words");
	bench_run(&b, STR("LEEF:2.0|v|p|1|e|^|a=1^b=2"));
	assert_attr(&b, "b", "2");
	bench_run(&b, STR("LEEF:2.0|v|p|1|e|0x7C|a=1|b=2"));
	assert_attr(&b, "b", "2");
	bench_run(&b, STR("LEEF:2.0|v|p|1"));
	assert_true(event_text(&b.event, FIELD_ID_ERROR_MESSAGE).len > 0);
	bench_close(&b);
}

static void test_regex(void **state)
{
	struct bench b;

	(void)state;
	open_steps(&b, TEXT_SOURCE("  - regex:\n      match:\n"
				   "        - {pattern: '^in (?<user>\\w+)(?: at (?<_when>\\S+))?', set: "
				   "{event.action: in}}\n"
				   "        - '^out (?<user>\\w+)'\n"
				   "map: {user.name: user, '@timestamp': {from: _when, date: iso8601}}\nset: "
				   "{event.action: other}\n"));
	bench_run(&b, STR("in li at 2026-01-02T03:04:05Z"));
	assert_field(&b, USER_NAME, "li");
	assert_field(&b, EVENT_ACTION, "in");
	assert_field(&b, TIMESTAMP, "2026-01-02T03:04:05.000000Z");
	assert_null(bench_attr(&b, "_when", 0));
	assert_int_equal(bench_attr(&b, "user", 0)->flags, ATTR_DERIVED);
	bench_run(&b, STR("out wu"));
	assert_field(&b, USER_NAME, "wu");
	assert_field(&b, EVENT_ACTION, "other");
	bench_run(&b, STR("neither"));
	assert_true(event_text(&b.event, FIELD_ID_ERROR_MESSAGE).len > 0);
	bench_close(&b);
}

/* A pattern that backtracks without end is given up, not waited for. */
static void test_regex_limit(void **state)
{
	struct bench b;
	char line[64 * 1024];

	(void)state;
	open_steps(&b, TEXT_SOURCE("  - regex: '^(?<a>(?:x+x+)+)y$'\n"));
	memset(line, 'x', sizeof(line));
	bench_run(&b, str_of(line, sizeof(line)));
	assert_true(event_text(&b.event, FIELD_ID_ERROR_MESSAGE).len > 0);
	assert_int_equal(event_text(&b.event, FIELD_ID_MESSAGE).len, sizeof(line));
	bench_close(&b);
}

static void test_xml(void **state)
{
	static const char *const broken[] = {"<a>",       "<a></b>",           "<a x=1/>", "<a><b></a>",
					     "<a x=\"1>", "<a><![CDATA[x</a>", "< a/>"};
	struct bench b;

	(void)state;
	open_steps(&b, TEXT_SOURCE("  - xml: {strip: [e., s.], named: {Data: Name}}\n"));
	bench_run(&b, STR("<?xml version=\"1.0\"?><!-- c --><e xmlns='u'><s><P "
			  "Name=\"n&amp;m\"/><T>&lt;&#65;&#x4E2D;&bad;</T></s>"
			  "<Data Name='Image'>x</Data><Data>y</Data><D><![CDATA[<raw>]]></D></e>"));
	assert_attr(&b, "P_Name", "n&m");
	assert_attr(&b, "T", "<A\xe4\xb8\xad&bad;");
	assert_attr(&b, "Image", "x");
	assert_attr(&b, "Data", "y");
	assert_attr(&b, "D", "<raw>");
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		bench_run(&b, str_from(broken[i]));
		if (!event_text(&b.event, FIELD_ID_ERROR_MESSAGE).len)
			fail_msg("taken: %s", broken[i]);
	}
	bench_close(&b);
}

static void test_conditions_and_nesting(void **state)
{
	struct bench b;

	(void)state;
	open_steps(&b, TEXT_SOURCE("  - kv: {quotes: \"'\"}\n"
				   "  - json: {from: body, if: {type: [j, k]}}\n"
				   "  - kv: {from: body, unless: {type: j}, separator: '&'}\n"
				   "  - syslog: {from: log, optional: true}\n"));
	bench_run(&b, STR("type=J body='{\"x\":{\"y\":1}}' log='<13>Nov 22 09:00:00 h p: m'"));
	assert_attr(&b, "x.y", "1");
	assert_field(&b, HOST_NAME, "h");
	assert_field(&b, MESSAGE, "m");
	assert_int_equal(event_text(&b.event, FIELD_ID_ERROR_MESSAGE).len, 0);
	bench_run(&b, STR("type=z body='u=1&v=2'"));
	assert_attr(&b, "v", "2");
	bench_run(&b, STR("type=quite-different body='u=1&v=3'"));
	assert_attr(&b, "v", "3");
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),  cmocka_unit_test(test_regex_of_recognise),
		cmocka_unit_test(test_kv),    cmocka_unit_test(test_csv),
		cmocka_unit_test(test_cef),   cmocka_unit_test(test_leef),
		cmocka_unit_test(test_regex), cmocka_unit_test(test_regex_limit),
		cmocka_unit_test(test_xml),   cmocka_unit_test(test_conditions_and_nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
