/* SPDX-License-Identifier: Apache-2.0 */
/* JSON records that are like, and nearly like, those a parser has seen: each is parsed by one that remembers
   the shapes of all the others and by one that remembers nothing, and the events are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

#define RECORDS 6000
#define RECORD_MAX 8192
#define LONG_64 "a23456789b23456789c23456789d23456789e23456789f23456789g234567890"
#define LONG_64_JSON "\"" LONG_64 "\""
#define LONG_65_JSON "\"" LONG_64 "b\""
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A record is one of these with a value for each %, and a time for each ~. */
static const char *const forms[] = {
	"{\"EventID\":1,\"Image\":%,\"CommandLine\":%,\"User\":%,\"ProcessId\":%,\"UtcTime\":\"2026-07-28 "
	"11:44:53.919\","
	"\"product\":%,\"category\":%}",
	"{\"EventID\":%,\"Image\":%,\"Image\":%,\"product\":\"windows\",\"service\":%}",
	"{ \"EventID\" : % , \"Channel\" : % , \"Computer\" : % , \"x\" : [ % , % , { \"y\" : % } ] }\t",
	"{\"message\":%,\"product\":\"windows\"}",
	"{\"message\":\"<131>Jul 28 11:28:41 host prog[7]: "
	"text\",\"host\":{\"name\":%,\"ip\":[%,\"10.0.0.1\"]},\"n\":%}",
	"{\"message\":\"{\\\"message\\\":\\\"a\\\",\\\"user\\\":\\\"b\\\"}\",\"user\":%,\"more\":%}",
	"{\"winlog\":{\"channel\":%,\"event_id\":%,\"event_data\":{\"Image\":%,\"Hashes\":%}},\"@timestamp\":"
	"%}",
	"{\"ts\":%,\"uid\":\"C1\",\"id.orig_h\":%,\"id.orig_p\":%,\"proto\":%,\"service\":%}",
	"{\"event_type\":%,\"timestamp\":%,\"src_ip\":%,\"alert\":{\"signature\":%,\"severity\":%}}",
	"{\"a\\\\c\":%,\"d\":%,\"\\n\":{\"\\\"\":%}}",
	"{\"a\\u0062c\":%,\"d\":%,\"long.long.long.long.long.long.long.long.long.name\":%,\"e\":{\"f\\n\":%,"
	"\"g\":%}}",
	"{\"EventID\":4688,\"Channel\":%,\"NewProcessName\":%,\"ParentProcessName\":%,\"SubjectUserName\":%}",
	"{\"time\":%,\"level\":%,\"msg\":%,\"empty\":{},\"none\":[],\"user\":%}",
	"{\"n\":%}",
	"{\"EventID\":1,\"UtcTime\":\"~\",\"product\":\"windows\"}",
	"{\"timestamp\":\"~\",\"message\":%}",
	"{\"local\":\"~\",\"indian\":\"~\",\"n\":%}",
	"{\"chain\":%,\"n\":%,\"user\":%}",
	"{\"chain\":%,\"n\":%,\"user\":\"\",\"A\":%,\"A\":%}",
	"{\"pairs\":\"a=1 b=two\",\"n\":%}",
};

static const char *const values[] = {
	"\"\"",
	"\"-\"",
	"\"windows\"",
	"\"process_creation\"",
	"\"Security\"",
	"\"10.1.2.3\"",
	"\"sysmon\"",
	"\"C:\\\\Windows\\\\System32\\\\cmd.exe\"",
	"\"\\u4e2d\\n\\t\\\"q\\\"\"",
	"\"\xE4\xB8\xAD\xE6\x96\x87\"",
	"\"2026-07-28T11:44:53.919Z\"",
	"\"CORP\\\\alice\"",
	"\"alert\"",
	"\"tcp\"",
	"\"a/b\\/c\"",
	"\"a text with , and : and { and } and [ in it, that goes on for more than one block of the scan, "
	"and then some\"",
	"\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"",
	"0",
	"1",
	"-17",
	"4688",
	"1793000000.25",
	"1e3",
	"null",
	"true",
	"false",
	/* what no record may say */
	"01",
	"1.",
	"nul",
	"\"\\x\"",
	"\"\\ud800\"",
	"\"a\"b\"",
	"\"\x01\"",
	"\"\xC3\"",
	"tru\"e",
	"\"a\" \"b\"",
	"",
};

#define VALID 26 /* of the values */

/* Mostly of few hours, and right. */
static size_t random_time(char *out)
{
	static const char *const days[] = {"2026-07-28", "2026-07-29", "1970-01-01", "0000-01-01",
					   "9999-12-31"};
	static const char *const fractions[] = {"",  ".9", ".91",    ".919", ".919191", ".000001", ".9191919",
						".", "Z",  "+02:00", ".5Z",  ",5",      ".5x",     " "};
	const bool right = pick(8);

	return (size_t)sprintf(out, "%s%c%02u:%02u%c%02u%s", days[pick(pick(4) ? 2 : COUNT(days))],
			       pick(4) ? ' ' : 'T', pick(4) ? 11 : pick(right ? 24 : 30),
			       pick(right ? 60 : 99), pick(30) ? ':' : '.', pick(right ? 60 : 99),
			       fractions[pick(pick(3) ? 6 : COUNT(fractions))]);
}

static size_t make_record(char *out)
{
	const char *form = forms[pick(COUNT(forms))];
	const unsigned choice = pick(8) ? VALID : COUNT(values); /* most are valid */
	const unsigned sort = pick(3) ? pick(VALID) : VALID;     /* and many have values of one kind */
	size_t len = 0;

	for (; *form; form++) {
		const char *value = values[pick(4) && sort < VALID ? sort : pick(choice)];

		if (*form == '~')
			len += random_time(out + len);
		else if (*form == '%')
			len += (size_t)sprintf(out + len, "%s", value);
		else
			out[len++] = *form;
	}
	return len;
}

static size_t mutate(char *record, size_t len)
{
	static const char bytes[] = "\"\\{}[],: \t\n0a-\x80\x01";
	const size_t at = pick((unsigned)len);

	switch (pick(5)) {
	case 0:
		record[at] = bytes[pick(sizeof(bytes) - 1)];
		return len;
	case 1:
		memmove(record + at + 1, record + at, len - at);
		record[at] = bytes[pick(sizeof(bytes) - 1)];
		return len + 1;
	case 2:
		memmove(record + at, record + at + 1, len - at - 1);
		return len - 1;
	case 3:
		return at;
	default:
		memmove(record + len, record, at);
		return len + at;
	}
}

static void run_all(struct bench *kept)
{
	char record[2 * RECORD_MAX];

	for (unsigned i = 0; i < RECORDS; i++) {
		size_t len = make_record(record);

		assert_true(len < RECORD_MAX);
		bench_compare(kept, record, pick(6) ? len : mutate(record, len));
	}
}

static void test_all_sources(void **state)
{
	struct bench kept = {.arena = arena_new(0)};

	(void)state;
	assert_int_equal(source_set_load(getenv("WANGLOU_CONTENT"), bench_report, &kept, &kept.set), 0);
	assert_int_equal(kept.errors, 0);
	kept.parser = parser_new(kept.set);
	run_all(&kept);
	bench_close(&kept);
}

/* Whose recognisers ask for all that they can, and whose steps take all options. */
static const char *const sources[] = {
	"id: values\ntitle: t\nrecognise: {values: {product: [windows, 'null', '1'], category: '-'}}\nparse: "
	"[json]\n"
	"map: {user.name: User, process.name: [Image, CommandLine]}\nrename: {Image: Renamed}\n",
	"id: path\ntitle: t\nrecognise: {keys: [winlog.event_data.Image], values: {winlog.channel: ['-', "
	"Security]}}\n"
	"parse: [json: {strip: [winlog.]}]\nmap: {process.name: event_data.Image}\n",
	"id: list\ntitle: t\nrecognise: {keys: [x], values: {EventID: ['0', '1']}}\n"
	"parse: [json: {verbatim: [x]}]\nmap: {message: x}\n",
	"id: twice\ntitle: t\nrecognise: {keys: [host], priority: 40}\n"
	"parse: [json, json, json: {from: n, optional: true}]\nmap: {host.name: host.name}\n",
	"id: chain\ntitle: t\nrecognise: {keys: [chain]}\nparse: [json]\n"
	"alias: {A: {from: n, as: integer}, B: A, C: {from: chain, table: {windows: '1'}}}\n"
	"map: {message: A, user.name: [B, user], process.name: [X, C], file.name: C, event.reason: "
	"[user.name]}\n"
	"switch: {on: C, cases: {'1': {alias: {D: chain}}}, absent: {map: {event.action: D}}}\n",
	"id: times\ntitle: t\nrecognise: {keys: [local]}\nparse: [json]\nzone: '+08:00'\n"
	"map: {'@timestamp': {from: local, date: [iso8601, '%Y-%m-%d %H:%M.%S']}, "
	"event.start: {from: indian, date: iso8601, zone: '+05:30'}}\n",
	"id: pairs\ntitle: t\nrecognise: {keys: [pairs]}\nparse: [json, kv: {from: pairs}]\n"
	"map: {message: a, user.name: [n, b], process.name: b}\n",
	"id: any\ntitle: t\nrecognise: {format: json, priority: 1}\nparse: [json]\ninner: message\n",
	NULL};

/* Where no shape can be kept: the text decides. */
static const char *const text_sources[] = {
	"id: text\ntitle: t\nrecognise: {format: any, contains: tcp, priority: 60}\nparse: [json: {own_word: "
	"false}]\n",
	"id: prefix\ntitle: t\nrecognise: {format: any, prefix: '{\"n\":1', priority: 70}\nparse: [json]\n",
	"id: any\ntitle: t\nrecognise: {format: json, priority: 1}\nparse: [json]\ninner: message\n", NULL};

static void run_texts(const char *const *texts)
{
	struct bench kept;

	bench_open(&kept, texts);
	assert_int_equal(kept.errors, 0);
	run_all(&kept);
	bench_close(&kept);
}

static void test_all_recognisers(void **state)
{
	(void)state;
	run_texts(sources);
	run_texts(text_sources);
}

/* More shapes than are kept, then the first again; one too large to be kept; a sender's hint. */
static void test_many_shapes(void **state)
{
	char record[2 * RECORD_MAX];
	struct bench kept;

	(void)state;
	bench_open(&kept, sources);
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < 600; i++) {
			const int len = sprintf(record, "{\"n\":%u,\"k%u\":{\"a\":\"%u\",\"%s\":true}}", i, i,
						round, i % 2 ? "" : "b");

			bench_compare(&kept, record, (size_t)len);
		}
	for (unsigned round = 0; round < 3; round++) {
		size_t len = (size_t)sprintf(record, "{\"n\":[1");

		for (unsigned i = 0; i < 500; i++)
			len += (size_t)sprintf(record + len, ",\"%u\"", i + round);
		bench_compare(&kept, record, len + (size_t)sprintf(record + len, "]}"));
	}
	bench_close(&kept);
}

/* White space behind a value of a shape, more than stands before that value, and a record without. */
static void test_gaps(void **state)
{
	static const char *const tokens[] = {"\"\"", "\"v\"", "1", "\"\\u00e4\""};
	static const int gaps[] = {0, 1, 3, 200};
	char record[RECORD_MAX];
	struct bench kept;

	(void)state;
	bench_open(&kept, sources);
	for (unsigned i = 0; i < 200; i++) {
		const int len = sprintf(record, "{\"n\":%s%*s,\"b\":%s%*s}", tokens[pick(COUNT(tokens))],
					gaps[pick(COUNT(gaps))], "", tokens[pick(COUNT(tokens))],
					gaps[pick(COUNT(gaps))], "");

		bench_compare(&kept, record, (size_t)len);
	}
	bench_close(&kept);
}

/* A source with all that may be settled, and all that keeps something from being. */
static const char *const settling_sources[] = {
	"id: settled\ntitle: t\nrecognise: {keys: [p, q]}\nparse: [json]\ninner: inner\n"
	"alias: {late: q, r: p}\n"
	"sigma: {product: windows, service: first}\n"
	"map:\n"
	"  '@timestamp': {from: time, date: iso8601}\n"
	"  event.severity: {from: [p, q], table: {'1': '1', high: 1e1, low: x, '-': '3', 'on': '7'}}\n"
	"  event.outcome: {from: [absent, r], table: {'on': success, high: failure}, default: unknown}\n"
	"  event.reason: {from: p, as: lower, table: {'on': lower}}\n"
	"  source.ip: {from: q, table: {'on': 10.0.0.1, high: nothing}}\n"
	"  source.port: [q, r, n]\n"
	"  event.start: {from: q, table: {'on': '2026-07-28T11:44:53Z'}}\n"
	"  user.name: [q, p, user.name]\n"
	"  process.name: p\n"
	"  host.name: {from: [p, q], join: '/'}\n"
	"  rule.name: [late, p]\n"
	"  rule.id: sigma.category\n"
	"  service.name: [rule.name, n]\n"
	"  rule.category: {from: sigma.service, table: {first: one, second: two}}\n"
	"set: {event.action: none, event.kind: event}\n"
	"switch:\n"
	"  - on: p\n"
	"    cases:\n"
	"      'on|high':\n"
	"        sigma: {service: second, category: c}\n"
	"        map: {process.name: late, rule.ruleset: event.action, user.name: p}\n"
	"        set: {event.action: high}\n"
	"        switch:\n"
	"          on: q\n"
	"          cases: {'on': {set: {event.action: both}, map: {process.name: p, file.name: n}}, "
	"low: {alias: {more: p}, set: {event.type: low}}}\n"
	"          default: {set: {event.type: other}}\n"
	"      '1': {sigma: {category: ''}, set: {event.risk_score: '1.5'}}\n"
	"    default: {map: {file.path: q}}\n"
	"    absent: {set: {event.type: nothing}}\n"
	"  - on: [q, r]\n"
	"    cases: {'2': {sigma: {category: two}}, high: {map: {event.code: r}}}\n"
	"    absent: {set: {event.id: none}}\n"
	"  - on: sigma.category\n"
	"    cases: {c: {set: {event.category: c}}, two: {set: {event.category: two}}, x: {set: "
	"{event.category: x}}}\n"
	"    default: {set: {event.category: other}}\n"
	"  - on: event.action\n"
	"    cases: {both: {set: {event.dataset: both}}, high: {set: {event.action: higher}}}\n"
	"  - on: more\n"
	"    cases: {high: {map: {message: more}}}\n"
	"  - on: long\n"
	"    cases: {a: {set: {event.id: a}}, " LONG_64 ": {set: {event.id: sixty-four}}, " LONG_64
	"b: {set: {event.id: longer}}}\n",
	"id: any\ntitle: t\nrecognise: {format: json, priority: 1}\nparse: [json]\ninner: message\n", NULL};

/* Values that are deciders, each drawn of its own few. */
static const char *const decisions[] = {"\"on\"",   "\"high\"", "\"\"",       "\"-\"",      "1",
					"\"low\"",  "2",        "\"ON\"",     "\"High\"",   "\"1\"",
					"null",     "true",     "\"two\"",    "\"x\"",      "\"c\"",
					"\"a\\n\"", "\"a\"",    LONG_64_JSON, LONG_65_JSON, "\"2\""};

static const char *const settling_forms[] = {
	"{\"p\":%,\"q\":%,\"n\":\"80\",\"time\":\"~\"}",
	"{\"p\":%,\"q\":%,\"r\":%,\"category\":%}",
	"{\"q\":%,\"p\":%,\"p\":%,\"user.name\":%,\"late\":\"l\"}",
	"{\"p\":%,\"q\":%,\"category\":%,\"category\":%,\"service\":\"second\"}",
	"{\"p\":%,\"q\":%,\"long\":%,\"product\":%}",
	"{\"p\":%,\"q\":\"on\",\"inner\":\"{\\\"p\\\":\\\"on\\\",\\\"q\\\":\\\"high\\\"}\"}",
};

/* Values that stay for a while, so that plans settle; then of more kinds than there are plans. */
static void test_settled_plans(void **state)
{
	unsigned now[COUNT(settling_forms)][4] = {{0}};
	char record[RECORD_MAX];
	struct bench kept;

	(void)state;
	bench_open(&kept, settling_sources);
	assert_int_equal(kept.errors, 0);
	for (unsigned i = 0; i < 4 * RECORDS; i++) {
		const unsigned number = i / 40 % COUNT(settling_forms), hurry = i / RECORDS % 2 ? 2 : 15;
		unsigned place = 0;
		size_t len = 0;

		for (const char *form = settling_forms[number]; *form; form++) {
			unsigned *value = &now[number][place];

			if (*form == '~') {
				len += random_time(record + len);
			} else if (*form == '%') {
				if (!pick(hurry))
					*value = pick(pick(4) ? 6 : COUNT(decisions));
				len += (size_t)sprintf(record + len, "%s", decisions[*value]);
				place++;
			} else {
				record[len++] = *form;
			}
		}
		bench_compare(&kept, record, len);
	}
	bench_close(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_sources),   cmocka_unit_test(test_all_recognisers),
		cmocka_unit_test(test_many_shapes),   cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_settled_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
