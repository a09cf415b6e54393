/* SPDX-License-Identifier: Apache-2.0 */
/* An asset's identifiers as searches: each is KQL that compiles, whatever stands in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "people/identifier.h"
#include "query/kql.h"
#include "web/asset_search.h"

static void compiles(struct buf *kql)
{
	struct sql_query query = {0};
	struct err err = {0};

	if (kql_compile(buf_str(kql), 0, &query, &err) < 0)
		fail_msg("%s: %s", buf_cstr(kql), err.message);
	sql_query_done(&query);
}

static void searches_are_at(const char *identifiers, const char *sent, const char *received,
			    const char *named, int line)
{
	struct asset_search search;

	asset_search_write(str_from(identifiers), &search);
	compiles(&search.sent);
	compiles(&search.received);
	compiles(&search.named);
	if (strcmp(buf_cstr(&search.sent), sent) != 0 || strcmp(buf_cstr(&search.received), received) != 0 ||
	    strcmp(buf_cstr(&search.named), named) != 0)
		fail_msg("line %d: '%s' '%s' '%s'", line, buf_cstr(&search.sent), buf_cstr(&search.received),
			 buf_cstr(&search.named));
	assert_false(search.partial);
	asset_search_done(&search);
}
#define searches_are(identifiers, ...) searches_are_at(identifiers, __VA_ARGS__, __LINE__)

static void test_addresses(void **state)
{
	(void)state;
	searches_are("address 10.1.2.3\naddress 10.2.0.0/16\n",
		     "source.ip: 10.1.2.3 or source.ip: 10.2.0.0/16",
		     "destination.ip: 10.1.2.3 or destination.ip: 10.2.0.0/16", "");
	searches_are("address 2001:db8::/32\n", "source.ip: \"2001:db8::/32\"",
		     "destination.ip: \"2001:db8::/32\"", "");
	searches_are("address 10.1.0.1-10.1.0.9\n", "(source.ip >= 10.1.0.1 and source.ip <= 10.1.0.9)",
		     "(destination.ip >= 10.1.0.1 and destination.ip <= 10.1.0.9)", "");
	searches_are("address 2001:db8::1-2001:db8::9\n",
		     "(source.ip >= \"2001:db8::1\" and source.ip <= \"2001:db8::9\")",
		     "(destination.ip >= \"2001:db8::1\" and destination.ip <= \"2001:db8::9\")", "");
}

static void test_names(void **state)
{
	(void)state;
	searches_are("host web01.example.edu.cn\n", "", "url.domain: web01.example.edu.cn",
		     "host.name: web01.example.edu.cn or host.name: web01");
	searches_are("domain example.edu.cn\n", "",
		     "url.domain: example.edu.cn or url.domain: *.example.edu.cn", "");
	searches_are("mac 02:00:5e:00:53:01\n", "", "", "");
}

/* Another asset may have the rest of the host. */
static void test_urls(void **state)
{
	(void)state;
	searches_are("url www.example.edu.cn/jwc\n", "",
		     "(url.domain: www.example.edu.cn and url.path: /jwc*)", "");
	searches_are("url www.example.edu.cn:8443\n", "", "url.domain: www.example.edu.cn", "");
	searches_are("url 10.1.2.3/a\nurl [2001:db8::1]/a\n", "", "", "");
	searches_are("url www.example.edu.cn/a(b):\"c\"*{d}\\\n", "",
		     "(url.domain: www.example.edu.cn and url.path: /a\\(b\\)\\:\\\"c\\\"\\*\\{d\\}\\\\*)",
		     "");
}

static void test_no_more_than_a_search_takes(void **state)
{
	struct buf list = {0}, networks = {0};
	struct asset_search search;

	(void)state;
	for (int i = 0; i < 60; i++) {
		buf_printf(
			&list,
			"address 2001:db8:aaaa:bbbb:cccc:dddd:eeee:%x-2001:db8:aaaa:bbbb:cccc:dddd:ffff:%x\n",
			i, i);
		buf_printf(&networks, "%s2001:db8:%x::/48", i ? "," : "", i);
	}
	for (int i = 0; i < 60; i++)
		buf_printf(&list, "host a-host-with-a-long-name-%02d.a-department.example.edu.cn\n", i);
	asset_search_write(buf_str(&list), &search);
	assert_true(search.partial);
	buf_add_str(&search.sent, STR(" or "));
	buf_add_str(&search.sent, buf_str(&search.received));
	buf_add_str(&search.sent, STR(" or "));
	buf_add_str(&search.sent, buf_str(&search.named));
	buf_add_str(&search.sent, STR(" and not ("));
	asset_search_inside(buf_str(&networks), &search.sent);
	buf_add_char(&search.sent, ')');
	compiles(&search.sent);
	asset_search_done(&search);
	buf_done(&list);
	buf_done(&networks);
}

static void test_inside(void **state)
{
	struct buf out = {0};

	(void)state;
	asset_search_inside(STR("10.0.0.0/8, nonsense,fc00::/7"), &out);
	assert_string_equal(buf_cstr(&out), "source.ip: 10.0.0.0/8 or source.ip: \"fc00::/7\"");
	buf_clear(&out);
	asset_search_inside(STR(""), &out);
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_names),
		cmocka_unit_test(test_urls),      cmocka_unit_test(test_no_more_than_a_search_takes),
		cmocka_unit_test(test_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
