/* SPDX-License-Identifier: Apache-2.0 */
#include "query/kql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "event/ip.h"

#define NOW INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

/* The condition with every placeholder replaced by its value in brackets, so that a line says it all. */
static char *compiled(const char *text)
{
	struct sql_query query = {0};
	struct buf out = {0};
	struct err err = {0};
	size_t param = 0;
	char *shown;

	if (kql_compile(str_from(text), NOW, &query, &err) < 0)
		fail_msg("%s: %s", text, err.message);
	for (size_t i = 0; i < query.sql.len; i++) {
		if (query.sql.ptr[i] != '{') {
			buf_add_char(&out, query.sql.ptr[i]);
			continue;
		}
		if (str_eq(query.items[param].type, STR("FixedString(16)"))) {
			char ip[IP_TEXT_SIZE];

			ip_format((const uint8_t *)query.items[param].value.ptr, ip);
			buf_printf(&out, "[%s]", ip);
		} else {
			buf_printf(&out, "[%.*s]", STR_FMT(query.items[param].value));
		}
		param++;
		while (query.sql.ptr[i] != '}')
			i++;
	}
	assert_int_equal(param, query.len);
	shown = strdup(buf_cstr(&out));
	buf_done(&out);
	sql_query_done(&query);
	return shown;
}

static void assert_compiles(const char *text, const char *expected)
{
	char *shown = compiled(text);

	assert_string_equal(shown, expected);
	free(shown);
}

static void assert_refused(const char *text, int code, unsigned column, const char *part)
{
	struct sql_query query = {0};
	struct err err = {0};

	buf_add_str(&query.sql, STR("WHERE "));
	sql_bind_integer(&query, 1);
	assert_int_equal(kql_compile(str_from(text), NOW, &query, &err), code);
	assert_int_equal(err.column, column);
	if (!strstr(err.message, part))
		fail_msg("'%s' does not say '%s'", err.message, part);
	assert_string_equal(buf_cstr(&query.sql), "WHERE {p0:Int64}");
	assert_int_equal(query.len, 1);
	sql_query_done(&query);
}

static void test_empty_matches_all(void **state)
{
	(void)state;
	assert_compiles("", "(1)");
	assert_compiles("  \t\n", "(1)");
	assert_compiles("*", "((1))");
	assert_compiles("*:*", "((1))");
}

static void test_keywords(void **state)
{
	(void)state;
	assert_compiles("user.name: Root", "((lower(user_name) = [root]))");
	assert_compiles("user.name:\"a b\"", "((lower(user_name) = [a b]))");
	assert_compiles("user.name: John Smith", "((lower(user_name) = [john smith]))");
	assert_compiles("user.name: ad*", "((lower(user_name) LIKE [ad%]))");
	assert_compiles("user.name: a\\*b", "((lower(user_name) = [a*b]))");
	assert_compiles("user.name: \"a*b\"", "((lower(user_name) = [a*b]))");
	assert_compiles("user.name: 50%_x*", "((lower(user_name) LIKE [50\\%\\_x%]))");
	assert_compiles("user.name: *", "((user_name != ''))");
	assert_compiles("user.name: \"\"", "((lower(user_name) = []))");
	assert_compiles("user.name: \"'); DROP TABLE events --\"",
			"((lower(user_name) = ['); drop table events --]))");
}

static void test_escapes(void **state)
{
	(void)state;
	assert_compiles("file.path: \"C:\\temp\\new\"", "((lower(file_path) = [c:\\temp\\new]))");
	assert_compiles("file.path: \"say \\\"x\\\\\"", "((lower(file_path) = [say \"x\\]))");
	assert_compiles("file.path: C\\:\\dir\\(1\\)", "((lower(file_path) = [c:\\dir(1)]))");
	assert_compiles("user.name: \\and", "((lower(user_name) = [and]))");
	assert_compiles("user.name: a\\ b", "((lower(user_name) = [a b]))");
}

static void test_precedence(void **state)
{
	(void)state;
	assert_compiles(
		"user.name: a or user.name: b and not user.name: c",
		"((lower(user_name) = [a]) OR (lower(user_name) = [b]) AND NOT (lower(user_name) = [c]))");
	assert_compiles(
		"(user.name: a OR user.name: b) AND user.name: c",
		"(((lower(user_name) = [a]) OR (lower(user_name) = [b])) AND (lower(user_name) = [c]))");
	assert_compiles("user.name: a host.name: b",
			"((lower(user_name) = [a]) AND (lower(host_name) = [b]))");
}

static void test_groups(void **state)
{
	(void)state;
	assert_compiles(
		"user.name: (a or b and not c)",
		"(((lower(user_name) = [a]) OR (lower(user_name) = [b]) AND NOT (lower(user_name) = [c])))");
	assert_compiles("not user.name: (root or \"x y\")",
			"(NOT ((lower(user_name) = [root]) OR (lower(user_name) = [x y])))");
}

static void test_numbers(void **state)
{
	(void)state;
	assert_compiles("http.response.status_code >= 500", "((http_response_status_code >= [500]))");
	assert_compiles("source.port: 22", "((source_port = [22]))");
	assert_compiles("source.port<1024", "((source_port < [1024]))");
	assert_compiles("source.port: *", "((source_port != 0))");
	assert_compiles("event.risk_score > 2.5", "((event_risk_score > [2.5]))");
	assert_compiles("event.code >= 4624",
			"((ifNull(toFloat64OrNull(toString(event_code)) >= [4624], 0)))");
	assert_compiles("seq: 17", "((seq = [17]))");
}

static void test_dates(void **state)
{
	(void)state;
	assert_compiles("@timestamp >= \"2026-01-01\"", "((time >= [1767225600000000]))");
	assert_compiles("@timestamp > 2026-01-01", "((time >= [1767312000000000]))");
	assert_compiles("@timestamp: 2026-01-01",
			"((time >= [1767225600000000] AND time < [1767312000000000]))");
	assert_compiles("@timestamp <= now-1h", "((time < [1767222000000001]))");
	assert_compiles("@timestamp < now/d", "((time < [1767225600000000]))");
	assert_compiles("@timestamp >= \"2026-01-01T00:00:01Z\"", "((time >= [1767225601000000]))");
	assert_refused("@timestamp > yesterday", ERR_SYNTAX, 14, "now-1h");
}

static void test_addresses(void **state)
{
	(void)state;
	assert_compiles("source.ip: 192.0.2.1", "((source_ip = [192.0.2.1]))");
	assert_compiles("source.ip: 10.0.0.0/8",
			"((source_ip >= [10.0.0.0] AND source_ip <= [10.255.255.255]))");
	assert_compiles(
		"source.ip: \"2001:db8::/33\"",
		"((source_ip >= [2001:db8::] AND source_ip <= [2001:db8:7fff:ffff:ffff:ffff:ffff:ffff]))");
	assert_compiles("source.ip: 10.1.*",
			"((replaceOne(IPv6NumToString(source_ip), '::ffff:', '') LIKE [10.1.%]))");
	assert_compiles("source.ip: *", "((source_ip != toFixedString('', 16)))");
	assert_refused("source.ip: 10.0.0", ERR_SYNTAX, 12, "10.0.0.0/8");
}

static void test_prose_looks_for_words(void **state)
{
	(void)state;
	assert_compiles("message: failed password", "(((positionCaseInsensitive(message, [failed]) > 0) AND "
						    "(positionCaseInsensitive(message, [password]) > 0)))");
	assert_compiles("message: \"Failed password\"",
			"((positionCaseInsensitive(message, [Failed password]) > 0))");
	assert_compiles("message: fail*word", "(((lower(message) LIKE [%fail%word%])))");
	assert_compiles("message: a\\* b*", "(((positionCaseInsensitive(message, [a*]) > 0) AND "
					    "(lower(message) LIKE [%b%%])))");
	assert_compiles("url.path: *wp-login.php", "((lower(url_path) LIKE [%wp-login.php]))");
}

static void test_attributes(void **state)
{
	(void)state;
	assert_compiles(
		"LogonId: 0x3e7",
		"((arrayExists((k, v) -> k = [LogonId] AND lower(v) = [0x3e7], attr_keys, attr_values)))");
	assert_compiles("LogonId: *", "(has(attr_keys, [LogonId]))");
	assert_compiles("Size > 5",
			"((arrayExists((k, v) -> k = [Size] AND ifNull(toFloat64OrNull(toString(v)) > "
			"[5], 0), attr_keys, attr_values)))");
}

static void test_names_with_wildcards(void **state)
{
	char *shown = compiled("user.*: root");

	(void)state;
	assert_non_null(strstr(shown, "(lower(user_name) = [root]) OR "));
	assert_non_null(strstr(shown, "(lower(user_target_name) = [root]) OR "));
	assert_null(strstr(shown, "host_name"));
	free(shown);
	shown = compiled("*.port: 22");
	assert_non_null(strstr(shown, "(source_port = [22]) OR (source_nat_port = [22]) OR "));
	free(shown);
	shown = compiled("source.*: 192.0.2.1"); /* the port takes no address and is passed over */
	assert_non_null(strstr(shown, "(source_ip = [192.0.2.1])"));
	assert_null(strstr(shown, "source_port"));
	free(shown);
}

static void test_free_text(void **state)
{
	char *shown = compiled("mimikatz");

	(void)state;
	assert_non_null(strstr(shown, "positionCaseInsensitive(message, [mimikatz]) > 0 OR "));
	assert_non_null(
		strstr(shown, "arrayExists(v -> positionCaseInsensitive(v, [mimikatz]) > 0, attr_values)"));
	assert_null(strstr(shown, "source_ip"));
	free(shown);
	shown = compiled("192.0.2.1");
	assert_non_null(strstr(shown, "(source_ip >= [192.0.2.1] AND source_ip <= [192.0.2.1])"));
	free(shown);
}

static void test_mistakes_are_located(void **state)
{
	(void)state;
	assert_refused("user.name: (a or b", ERR_SYNTAX, 19, "')'");
	assert_refused("user.name: \"a", ERR_SYNTAX, 12, "quote");
	assert_refused("user.name:", ERR_SYNTAX, 11, "a value");
	assert_refused("a and", ERR_SYNTAX, 6, "a field, a value");
	assert_refused("and a", ERR_SYNTAX, 1, "a field, a value");
	assert_refused("a)", ERR_SYNTAX, 2, "the end");
	assert_refused("nested:{a: b}", ERR_SYNTAX, 8, "nested");
	assert_refused("source.port: x", ERR_SYNTAX, 14, "whole number");
	assert_refused("user.name: (a or host.name: b)", ERR_SYNTAX, 27, "cannot name a field");
	assert_refused("source.port > 1*", ERR_SYNTAX, 15, "'*'");
}

static void test_limits(void **state)
{
	struct buf text = {0};

	(void)state;
	for (int i = 0; i < KQL_DEPTH_MAX + 1; i++)
		buf_add_char(&text, '(');
	buf_add_str(&text, STR("a"));
	assert_refused(buf_cstr(&text), ERR_LIMIT, KQL_DEPTH_MAX + 1, "levels");
	buf_clear(&text);
	for (int i = 0; i < KQL_TERMS_MAX; i++)
		buf_add_str(&text, STR("(a) or "));
	buf_add_str(&text, STR("a"));
	assert_refused(buf_cstr(&text), ERR_LIMIT, KQL_TERMS_MAX * 7 + 1, "terms");
	buf_clear(&text);
	for (int i = 0; i < KQL_SIZE_MAX + 1; i++)
		buf_add_char(&text, 'a');
	assert_refused(buf_cstr(&text), ERR_LIMIT, 0, "bytes");
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_matches_all),
		cmocka_unit_test(test_keywords),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_prose_looks_for_words),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_names_with_wildcards),
		cmocka_unit_test(test_free_text),
		cmocka_unit_test(test_mistakes_are_located),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
