/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/syslog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

/* Each line: what arrives, and what must be read out of it; time by RFC 3339, "" for none. */
static const struct {
	const char *text, *time, *host, *program, *pid, *sequence, *message;
	int severity;
} cases[] = {
	{"<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "2026-10-11T22:14:15Z", "mymachine", "su", "",
	 "", "'su root' failed", 2},
	{"<13>Feb  5 17:32:18 192.0.2.1 Use the BFG!", "2026-02-05T17:32:18Z", "192.0.2.1", "", "", "",
	 "Use the BFG!", 5},
	{"<13>2026-02-05T17:32:18.5+08:00 h p[1]: m", "2026-02-05T09:32:18.5Z", "h", "p", "1", "", "m", 5},
	{"<13>Feb  5 17:32:18 2026 h p: m", "2026-02-05T17:32:18Z", "h", "p", "", "", "m", 5},
	{"<13>Feb  5 2025 17:32:18 h p: m", "2025-02-05T17:32:18Z", "h", "p", "", "", "m", 5},
	{"<13>2025 Feb  5 17:32:18 h p: m", "2025-02-05T17:32:18Z", "h", "p", "", "", "m", 5},
	{"Feb  5 17:32:18 h p: m", "2026-02-05T17:32:18Z", "h", "p", "", "", "m", -1},
	{"2026-02-05T17:32:18Z h p: m", "2026-02-05T17:32:18Z", "h", "p", "", "", "m", -1},
	{"<13>Feb  5 17:32:18 prog[22]: m", "2026-02-05T17:32:18Z", "", "prog", "22", "", "m", 5},
	{"<13>Feb  5 17:32:18 h postfix/smtpd[22]: m", "2026-02-05T17:32:18Z", "h", "postfix/smtpd", "22", "",
	 "m", 5},
	{"<13>prog: m", "", "", "prog", "", "", "m", 5},
	{"<13>m without anything", "", "", "", "", "", "m without anything", 5},
	{"<13>C:\\x is a path", "", "", "", "", "", "C:\\x is a path", 5},
	{"<13>", "", "", "", "", "", "", 5},
	{"<189>45: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: c", "2026-03-01T18:46:11.123Z", "",
	 "%SYS-5-CONFIG_I", "", "45", "%SYS-5-CONFIG_I: c", 5},
	{"<189>45: r1: .Mar  1 18:46:11 UTC: %SYS-5-CONFIG_I: c", "2026-03-01T18:46:11Z", "r1",
	 "%SYS-5-CONFIG_I", "", "45", "%SYS-5-CONFIG_I: c", 5},
	{"192.0.2.9 6705: Feb 17 13:40:03.673: %A-5-B: c", "2026-02-17T13:40:03.673Z", "192.0.2.9", "%A-5-B",
	 "", "6705", "%A-5-B: c", -1},
	{"<166>Jan 18 2026 11:29:03 fw01 : %FW-6-302013: Built", "2026-01-18T11:29:03Z", "fw01",
	 "%FW-6-302013", "", "", "%FW-6-302013: Built", 6},
	{"<165>1 2026-10-11T22:14:15.003Z h app 8710 ID47 [a@1 b=\"c\"][d@1] m", "2026-10-11T22:14:15.003Z",
	 "h", "app", "8710", "", "m", 5},
	{"<165>1 - - - - - -", "", "", "", "", "", "", 5},
	{"<165>1 2026-10-11T22:14:15.003Z h app - - - \xEF\xBB\xBFm", "2026-10-11T22:14:15.003Z", "h", "app",
	 "", "", "m", 5},
	{"<13>1 is no version", "", "", "", "", "", "1 is no version", 5},
};

static void test_variants(void **state)
{
	struct date_context context = {RECEIVED, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct syslog_header h;
		int64_t time = 0;

		if (syslog_parse(str_from(cases[i].text), &context, &h) < 0)
			fail_msg("refused: %s", cases[i].text);
		assert_int_equal(h.severity, cases[i].severity);
		assert_int_equal(h.has_time, cases[i].time[0] != 0);
		if (h.has_time) {
			assert_int_equal(clock_parse(str_from(cases[i].time), 0, &time), 0);
			if (h.time != time)
				fail_msg("time of %s", cases[i].text);
		}
		assert_str(h.host, cases[i].host);
		assert_str(h.program, cases[i].program);
		assert_str(h.pid, cases[i].pid);
		assert_str(h.sequence, cases[i].sequence);
		assert_str(h.message, cases[i].message);
	}
}

static void test_what_is_none(void **state)
{
	static const char *const texts[] = {"",
					    "hello",
					    "<",
					    "<>x",
					    "<192>x",
					    "<1234>x",
					    "<1a>x",
					    "Foo 11 22:14:15 h p: m",
					    "{\"a\":1}",
					    "Oct 11 22:14 h",
					    "Oct 32 22:14:15 h p: m",
					    "word 2026-02-05T17:32:18Z x"};
	struct date_context context = {RECEIVED, 0};
	struct syslog_header h;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (syslog_parse(str_from(texts[i]), &context, &h) == 0)
			fail_msg("taken: %s", texts[i]);
}

static void test_structured_data(void **state)
{
	struct str rest = STR("[x@1 a=\"1\" b=\"q\\\"]\\]\"][y][z@2 c=\"\"]"), id = {0}, name, value;
	bool escaped;

	(void)state;
	assert_true(syslog_next_param(&rest, &id, &name, &value, &escaped));
	assert_str(id, "x@1");
	assert_str(name, "a");
	assert_str(value, "1");
	assert_false(escaped);
	assert_true(syslog_next_param(&rest, &id, &name, &value, &escaped));
	assert_str(value, "q\\\"]\\]");
	assert_true(escaped);
	assert_true(syslog_next_param(&rest, &id, &name, &value, &escaped));
	assert_str(id, "z@2");
	assert_str(value, "");
	assert_false(syslog_next_param(&rest, &id, &name, &value, &escaped));
	rest = STR("[x a=\"unended");
	assert_false(syslog_next_param(&rest, &id, &name, &value, &escaped));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_structured_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
