/* SPDX-License-Identifier: Apache-2.0 */
/* Records within records: what a carrier says stays, what is inside is recognised as if it had come alone;
   and which of them the time is from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

static const char journal[] = "id: journal\ntitle: t\nrecognise: {format: json, keys: [TAG, MESSAGE]}\n"
			      "parse: [json]\n"
			      "inner: {text: MESSAGE, program: [TAG, COMM]}\n"
			      "map:\n"
			      "  host.name: HOST\n"
			      "  process.pid: PID\n"
			      "  process.name: COMM\n"
			      "  '@timestamp': {from: USEC, date: epoch_us}\n";
static const char door[] = "id: door\ntitle: t\nrecognise: {format: syslog, program: doord}\n"
			   "parse: [{regex: '^(?<verb>\\w+) (?<user>\\w+)'}]\n"
			   "map: {user.name: user}\n";
static const char other[] = "id: other\ntitle: t\nrecognise: {format: syslog, priority: 1}\ninner: message\n";
static const char lamp[] = "id: lamp\ntitle: t\nrecognise: {format: json, keys: lamp}\nparse: [json]\n";
static const char zoned[] =
	"id: zoned\ntitle: t\nzone: '+02:00'\nrecognise: {format: syslog, program: zoned}\n";
static const char *const sources[] = {journal, door, other, lamp, zoned, NULL};

#define RECORD(tag, message)                                                                          \
	STR("{\"TAG\":\"" tag                                                                         \
	    "\",\"COMM\":\"doord-bin\",\"HOST\":\"h1\",\"PID\":\"77\",\"USEC\":\"1795341000000000\"," \
	    "\"MESSAGE\":\"" message "\"}")

static void test_program(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, sources);
	assert_int_equal(b.errors, 0);
	bench_run(&b, RECORD("doord", "opened li"));
	assert_str(b.event.source, "door");
	assert_field(&b, USER_NAME, "li");
	assert_field(&b, HOST_NAME, "h1");
	assert_field(&b, PROCESS_PID, "77");
	assert_field(&b, PROCESS_NAME, "doord-bin");
	assert_field(&b, MESSAGE, "opened li");
	assert_field(&b, TIMESTAMP, "2026-11-22T09:50:00.000000Z");
	assert_null(event_get(&b.event, FIELD_ID_EVENT_SEVERITY));
	assert_int_equal(b.event.time_origin, TIME_ZONED);
	bench_close(&b);
}

/* A program nobody knows: any syslog. What its message is may be known all the same, header and all. */
static void test_unknown_program(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, sources);
	bench_run(&b, RECORD("windowd", "opened li"));
	assert_str(b.event.source, "other");
	assert_field(&b, MESSAGE, "opened li");
	bench_run(&b, RECORD("windowd", "{\\\"lamp\\\":5}"));
	assert_str(b.event.source, "lamp");
	assert_attr(&b, "lamp", "5");
	bench_run(&b, RECORD("windowd", "<38>Nov 22 09:59:00 h2 doord[5]: shut wang"));
	assert_str(b.event.source, "door");
	assert_field(&b, USER_NAME, "wang");
	assert_field(&b, HOST_NAME, "h2");
	assert_field(&b, PROCESS_NAME, "doord");
	assert_field(&b, TIMESTAMP, "2026-11-22T09:59:00.000000Z");
	assert_int_equal(b.event.time_origin, TIME_ASSUMED);
	bench_close(&b);
}

/* Without a value under the first name the second says it; a source with a zone of its own has no header to
   read again. */
static void test_names(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, sources);
	bench_run(&b, STR("{\"TAG\":\"\",\"COMM\":\"doord\",\"MESSAGE\":\"opened li\"}"));
	assert_str(b.event.source, "door");
	bench_run(&b, RECORD("zoned", "anything"));
	assert_str(b.event.source, "zoned");
	bench_run(&b, STR("{\"TAG\":null,\"MESSAGE\":\"opened li\"}"));
	assert_str(b.event.source, "journal");
	assert_int_equal(b.event.time_origin, TIME_RECEIVED);
	bench_close(&b);
}

static void test_time_origin(void **state)
{
	static const struct {
		const char *record;
		enum time_origin origin;
	} cases[] = {
		{"<38>Nov 22 09:59:00 h doord[5]: shut wang", TIME_ASSUMED},
		{"<38>Nov 22 09:59:00 UTC: %doord: shut wang", TIME_ZONED},
		{"<38>1 2026-11-22T09:59:00Z h doord 5 - - shut wang", TIME_ZONED},
		{"<38>1 2026-11-22T09:59:00.5+08:00 h doord 5 - - shut wang", TIME_ZONED},
		{"<38>1 - h doord 5 - - shut wang", TIME_RECEIVED},
		{"2026-11-22T09:59:00+08:00 h doord[5]: shut wang", TIME_ZONED},
		{"2026-11-22T09:59:00 h doord[5]: shut wang", TIME_ASSUMED},
		{"<38>doord: shut wang", TIME_RECEIVED},
		{"{\"time\":\"2026-11-22 09:59:00\"}", TIME_ASSUMED},
		{"{\"time\":\"2026-11-22 09:59:00Z\"}", TIME_ZONED},
		{"{\"direct\":\"2026-11-22T09:59:00\"}", TIME_ASSUMED},
		{"{\"direct\":\"2026-11-22T09:59:00Z\"}", TIME_ZONED},
		{"{\"start\":\"2026-11-22T09:59:00Z\"}", TIME_RECEIVED},
		{"{\"time\":\"yesterday\"}", TIME_RECEIVED},
		{"{\"time\":\"2026-11-22T09:59:00Z\",\"message\":\"<38>Nov 22 09:59:00 h doord: shut\"}",
		 TIME_ASSUMED},
		{"{\"time\":\"2026-11-22T09:59:00\",\"message\":\"<38>1 2026-11-22T09:59:00Z h doord - - - "
		 "x\"}",
		 TIME_ZONED},
		{"{\"time\":\"2026-11-22T09:59:00Z\",\"message\":\"<38>doord: shut\"}", TIME_ZONED},
	};
	static const char any[] = "id: any\ntitle: t\nrecognise: {format: json, priority: 1}\nparse: [json]\n"
				  "inner: message\n"
				  "map:\n"
				  "  '@timestamp': {from: time, date: iso8601}\n"
				  "  event.start: start\n"
				  "switch:\n"
				  "  on: direct\n"
				  "  cases: {}\n"
				  "  default: {map: {'@timestamp': direct}}\n";
	struct bench b;

	(void)state;
	bench_open(&b, (const char *const[]){door, other, any, NULL});
	assert_int_equal(b.errors, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bench_run(&b, str_from(cases[i].record));
		if (b.event.time_origin != cases[i].origin)
			fail_msg("%s: %d instead of %d", cases[i].record, b.event.time_origin,
				 cases[i].origin);
	}
	bench_close(&b);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {"{text: a}", "{program: a}", "{text: a, program: b, more: c}",
					    "[a, b]"};
	char source[256];
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(source, sizeof(source), "id: s\ntitle: t\nrecognise: {format: json}\ninner: %s\n",
			 texts[i]);
		bench_open(&b, (const char *const[]){source, NULL});
		if (b.errors != 1)
			fail_msg("%s loads", texts[i]);
		bench_close(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program), cmocka_unit_test(test_unknown_program),
		cmocka_unit_test(test_names),   cmocka_unit_test(test_time_origin),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
