/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "enrich/enrich.h"
#include "enrich/ranges.h"
#include "event/ip.h"

#define ZONE (8 * CLOCK_HOUR)

static char reports[2048];

static void report(void *context, const struct err *err)
{
	char text[1024];

	(void)context;
	err_format(err, text, sizeof(text));
	snprintf(reports + strlen(reports), sizeof(reports) - strlen(reports), "%.150s\n", text);
}

static int parse(const char *text, size_t len, struct assets **ret_assets, struct err *err)
{
	struct buf bytes = {0};
	int r;

	reports[0] = 0;
	buf_add(&bytes, text, len);
	r = assets_parse(bytes.ptr, bytes.len, "a.csv", ZONE, report, NULL, ret_assets, err);
	buf_done(&bytes);
	return r;
}

static struct assets *must_parse(const char *text)
{
	struct assets *assets = NULL;
	struct err err = {0};

	if (parse(text, strlen(text), &assets, &err) < 0)
		fail_msg("%s", err.message);
	return assets;
}

static int64_t time_of(const char *text)
{
	int64_t time;

	assert_int_equal(clock_parse(str_from(text), ZONE, &time), 0);
	return time;
}

static void is(const struct asset *asset, const char *wanted)
{
	struct str got = asset ? asset->name : STR("");

	if (!str_eq(got, str_from(wanted)))
		fail_msg("'%.*s', not '%s'", STR_FMT(got), wanted);
}

static void ip_is(const struct assets *assets, const char *address, const char *at, const char *wanted)
{
	uint8_t ip[16];

	assert_int_equal(ip_parse(str_from(address), ip), 0);
	is(assets_by_ip(assets, ip, time_of(at)), wanted);
}

static void test_the_narrowest_holds(void **state)
{
	struct assets *assets = must_parse("address,name,unit\r\n"
					   "10.0.0.0/8,campus,\r\n"
					   "10.1.2.0-10.1.2.99,pool,\r\n"
					   "10.1.2.50 - 10.1.3.10,other,\r\n"
					   "\"10.1.2.7\",\"door \"\"7\"\"\", 后勤处 \r\n"
					   "2001:db8::/32,six,\r\n"
					   "0.0.0.0/0,world,\n"
					   "255.255.255.255,last,");
	(void)state;
	assert_string_equal(reports, "");
	assert_int_equal(assets_count(assets), 7);
	ip_is(assets, "10.1.2.7", "2026-01-01", "door \"7\"");
	ip_is(assets, "10.1.2.8", "2026-01-01", "pool");
	ip_is(assets, "10.1.2.50", "2026-01-01", "pool"); /* 100 addresses against 217 */
	ip_is(assets, "10.1.2.99", "2026-01-01", "pool");
	ip_is(assets, "10.1.2.100", "2026-01-01", "other");
	ip_is(assets, "10.1.3.10", "2026-01-01", "other");
	ip_is(assets, "10.1.3.11", "2026-01-01", "campus");
	ip_is(assets, "11.0.0.0", "2026-01-01", "world");
	ip_is(assets, "255.255.255.255", "2026-01-01", "last");
	ip_is(assets, "2001:db8:ffff::1", "2026-01-01", "six");
	ip_is(assets, "2001:db9::1", "2026-01-01", "");
	assets_release(assets);
}

/* Pieces that reach from IPv4 into what is not, and none at all. */
static void test_at_the_borders(void **state)
{
	struct assets *assets = must_parse("address,name\n::/0,all\n10.0.0.0/8,ten\n");

	(void)state;
	ip_is(assets, "0.0.0.0", "2026-01-01", "all");
	ip_is(assets, "9.255.255.255", "2026-01-01", "all");
	ip_is(assets, "10.0.0.0", "2026-01-01", "ten");
	ip_is(assets, "10.255.255.255", "2026-01-01", "ten");
	ip_is(assets, "255.255.255.255", "2026-01-01", "all");
	ip_is(assets, "::", "2026-01-01", "all");
	ip_is(assets, "ffff::", "2026-01-01", "all");
	assets_release(assets);
	assets = must_parse("address,name\n10.0.0.1,a\n10.0.0.3,b\n");
	ip_is(assets, "10.0.0.0", "2026-01-01", "");
	ip_is(assets, "10.0.0.1", "2026-01-01", "a");
	ip_is(assets, "10.0.0.2", "2026-01-01", "");
	ip_is(assets, "10.0.0.3", "2026-01-01", "b");
	ip_is(assets, "10.0.0.4", "2026-01-01", "");
	ip_is(assets, "::1", "2026-01-01", "");
	assets_release(assets);
}

static void test_rows_hold_for_their_time(void **state)
{
	struct assets *assets = must_parse("address,name,valid_from,valid_to,mac\n"
					   "10.0.0.1,old,,2026-06-30,02:00:5e:00:53:01\n"
					   "10.0.0.1,new,2026/7/1,,02-00-5E-00-53-01\n"
					   "10.0.0.1,newest,2026-09-01T12:00:00+08:00,2026年9月2日,\n"
					   "10.0.0.0/24,net,,,\n");
	(void)state;
	assert_string_equal(reports, "");
	ip_is(assets, "10.0.0.1", "2026-06-30T23:59:59", "old");
	ip_is(assets, "10.0.0.1", "2026-07-01T00:00:00", "new");
	ip_is(assets, "10.0.0.1", "2026-09-01T11:59:59", "new");
	ip_is(assets, "10.0.0.1", "2026-09-01T12:00:00", "newest");
	ip_is(assets, "10.0.0.1", "2026-09-03T00:00:00", "new");
	is(assets_by_mac(assets, STR("0200.5E00.5301"), time_of("2026-06-30")), "old");
	is(assets_by_mac(assets, STR("0200.5E00.5301"), time_of("2026-07-01")), "new");
	is(assets_by_mac(assets, STR("0200.5E00.5302"), time_of("2026-07-01")), "");
	assets_release(assets);
}

static void test_names_of_hosts(void **state)
{
	int64_t now = time_of("2026-01-01");
	struct assets *assets = must_parse("主机名,名称\nWWW.example.edu.cn,web\nmail,post\n"
					   "a.cs.example.edu.cn,a1\na.math.example.edu.cn,a2\n");
	(void)state;
	is(assets_by_host(assets, STR("www.EXAMPLE.edu.cn."), false, now), "web");
	is(assets_by_host(assets, STR("www"), true, now), "web");
	is(assets_by_host(assets, STR("www"), false, now), "");
	is(assets_by_host(assets, STR("www.example.org"), true, now), "");
	is(assets_by_host(assets, STR("Mail.example.edu.cn"), true, now), "post");
	is(assets_by_host(assets, STR("mail.example.edu.cn"), false, now), "");
	is(assets_by_host(assets, STR("a"), true, now), ""); /* which of the two? */
	is(assets_by_host(assets, STR("a.math.example.edu.cn"), true, now), "a2");
	assets_release(assets);
}

static void test_encodings(void **state)
{
	/* 地址,单位 and 网络中心 in GB18030 */
	static const char gb[] =
		"\xb5\xd8\xd6\xb7,\xb5\xa5\xce\xbb\n10.0.0.1,\xcd\xf8\xc2\xe7\xd6\xd0\xd0\xc4\n";
	struct assets *assets;
	uint8_t ip[16];

	(void)state;
	assert_int_equal(ip_parse(STR("10.0.0.1"), ip), 0);
	assets = must_parse(gb);
	assert_true(str_eq(assets_by_ip(assets, ip, 0)->unit, STR("网络中心")));
	assets_release(assets);
	assets = must_parse("\xef\xbb\xbf"
			    "IP地址,单位\n10.0.0.1,网络中心");
	assert_true(str_eq(assets_by_ip(assets, ip, 0)->unit, STR("网络中心")));
	assets_release(assets);
}

static void test_wrong_rows_are_left_out(void **state)
{
	struct assets *assets =
		must_parse("address,name,mac,valid_from,valid_to,room\n"
			   "10.0.0.256,a,,,,\n,b,,,,\n10.0.0.9-10.0.0.1,c,,,,\n10.0.0.1,,,,,\n"
			   "10.0.0.1,d,xyz,,,\n10.0.0.1,e,,2026-13-01,,\n"
			   "10.0.0.1,f,,2026-02-01,2026-01-01,\n10.0.0.1,fine,,,,\"two\nlines\"\n"
			   "2001:db8::1-2001:db9::1,g,,,,\n");
	(void)state;
	assert_int_equal(assets_count(assets), 1);
	for (unsigned line = 1; line <= 11; line++) {
		char place[16];
		bool there;

		snprintf(place, sizeof(place), "a.csv:%u:", line);
		there = strstr(reports, place) != NULL;
		if (there != (line != 9 && line != 10))
			fail_msg("line %u: %s", line, reports);
	}
	assets_release(assets);
}

static void test_broken_files(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *why;
	} cases[] = {
		{"", 1, "empty"},
		{"address,name\n10.0.0.1,\"x\n\n", 2, "not closed"},
		{"address,name\n\n10.0.0.1,x\n10.0.0.2\n", 4, "1 fields, the first line has 2"},
		{"address,name\n10.0.0.1,a\"b\n", 2, "a quote inside"},
		{"address,name\n10.0.0.1,\"a\"b\n", 2, "behind a closing quote"},
		{"room,name\n", 1, "names no column address"},
		{"address,owner\n", 1, "names no column name"},
		{"address,ip,name\n", 1, "two columns"},
		{"address,name\n10.0.0.1,\xff\xff\n", 2, "neither in UTF-8 nor in GB 18030"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct assets *assets = NULL;
		struct err err = {0};

		assert_true(parse(cases[i].text, strlen(cases[i].text), &assets, &err) < 0);
		assert_null(assets);
		if (err.line != cases[i].line || !strstr(err.message, cases[i].why) ||
		    strcmp(err.file, "a.csv") != 0)
			fail_msg("%zu: %s:%u: %s", i, err.file, err.line, err.message);
	}
}

/* Thirty-two of one address, and not one more. */
static void test_depth(void **state)
{
	struct assets *assets = NULL;
	struct buf text = {0};
	struct err err = {0};

	(void)state;
	buf_add_str(&text, STR("address,name\n"));
	for (int i = 0; i < RANGES_DEPTH_MAX; i++)
		buf_printf(&text, "10.0.0.0-10.0.0.%d,n%d\n", i + 1, i);
	assets = must_parse(buf_cstr(&text));
	ip_is(assets, "10.0.0.1", "2026-01-01", "n0");
	ip_is(assets, "10.0.0.32", "2026-01-01", "n31");
	assets_release(assets);
	buf_add_str(&text, STR("10.0.0.0/8,one more\n"));
	assert_int_equal(parse(text.ptr, text.len, &assets, &err), ERR_LIMIT);
	buf_done(&text);
}

/* What an event gets, remembered or not, and after the register changed. */
static void test_events(void **state)
{
	struct assets *first = must_parse("address,mac,host,name,unit,valid_to\n"
					  "10.0.0.1,,,one,u1,2026-01-01\n,02:00:5e:00:53:01,,two,,\n"
					  ",,gate1,three,u3,\n10.0.0.9,,,nine,u9,\n"),
		      *second = must_parse("address,name\n10.0.0.3,other\n10.0.0.1,changed\n");
	struct enricher *enricher = enricher_new(&(struct enrich_tables){.inside = NULL});
	struct arena *arena = arena_new(0);
	const char *expected[] = {"", "one", "changed"};

	(void)state;
	for (int round = 0; round < 6; round++) {
		struct event event;

		if (round % 2 == 0)
			enricher_use_assets(enricher, round == 0 ? NULL : round == 2 ? first : second);
		event_init(&event, arena);
		event_set_integer(&event, FIELD_ID_TIMESTAMP, time_of("2026-01-01T20:00:00"));
		event_set_text(&event, FIELD_ID_SOURCE_IP, STR("10.0.0.1"));
		event_set_text(&event, FIELD_ID_DESTINATION_IP, STR("10.0.0.2"));
		event_set_text(&event, FIELD_ID_DESTINATION_MAC, STR("02-00-5e-00-53-01"));
		event_set_text(&event, FIELD_ID_HOST_NAME,
			       round == 2 ? STR("GATE1.example.edu.cn") : STR("10.0.0.9"));
		enricher_run(enricher, &event);
		assert_true(str_eq(event_text(&event, FIELD_ID_SOURCE_ASSET_NAME),
				   str_from(expected[round / 2])));
		if (round / 2 == 1) {
			assert_true(str_eq(event_text(&event, FIELD_ID_DESTINATION_ASSET_NAME), STR("two")));
			assert_null(event_get(&event, FIELD_ID_DESTINATION_ASSET_UNIT));
			assert_true(str_eq(event_text(&event, FIELD_ID_HOST_ASSET_UNIT),
					   round == 2 ? STR("u3") : STR("u9")));
		}
		event_init(&event, arena); /* a day later */
		event_set_integer(&event, FIELD_ID_TIMESTAMP, time_of("2026-01-02T00:00:00"));
		event_set_text(&event, FIELD_ID_SOURCE_IP, STR("10.0.0.1"));
		enricher_run(enricher, &event);
		assert_true(str_eq(event_text(&event, FIELD_ID_SOURCE_ASSET_NAME),
				   round / 2 == 2 ? STR("changed") : STR("")));
	}
	enricher_free(enricher);
	assets_release(first);
	assets_release(second);
	arena_free(arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_narrowest_holds),
		cmocka_unit_test(test_at_the_borders),
		cmocka_unit_test(test_rows_hold_for_their_time),
		cmocka_unit_test(test_names_of_hosts),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_wrong_rows_are_left_out),
		cmocka_unit_test(test_broken_files),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
