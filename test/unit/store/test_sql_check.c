/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sql_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_allowed(void **state)
{
	static const char *const allowed[] = {
		"SELECT 1",
		"select count() from events;",
		"SELECT source_ip_text, count() AS n FROM events WHERE time > 0 GROUP BY source_ip_text "
		"ORDER BY n DESC, 1",
		"WITH a AS (SELECT seq FROM events), b AS (SELECT 1) SELECT * FROM a, b",
		"SELECT * FROM (SELECT seq FROM events) AS x JOIN events AS y ON x.seq = y.seq, hosts_hour",
		"SELECT k, v FROM events ARRAY JOIN attr_keys AS k, attr_values AS v WHERE k IN ('a', 'b')",
		"SELECT 'FROM system.tables; file(''x'')' -- FROM system.tables\nFROM events_minute",
		"SELECT 1 WHERE 1 IN (SELECT seq FROM events) AND 2 IN [1, 2] AND 3 IN 3 AND 4 NOT IN (4, 5)",
		"SELECT url_path, file_name, trim(BOTH ' ' FROM message) FROM `events` LIMIT 1, 2",
		"SELECT max(seq) FROM addresses_hour UNION ALL SELECT 1 FROM address_assignments",
		"SELECT toDate(1) IN (toDate(1)), formatDateTime(now(), '%F')",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		struct err err = {0};

		if (sql_check(str_from(allowed[i]), &err) < 0)
			fail_msg("%s: %s (%u:%u)", allowed[i], err.message, err.line, err.column);
	}
}

static void test_denied(void **state)
{
	static const struct {
		const char *sql;
		unsigned line, column;
	} denied[] = {
		{"DROP TABLE events", 1, 1},
		{"SHOW TABLES", 1, 1},
		{"EXPLAIN SELECT 1", 1, 1},
		{"(SELECT 1)", 1, 1},
		{"SELECT 1; SELECT 2", 1, 11},
		{"SELECT * FROM system.tables", 1, 15},
		{"SELECT * FROM `system`.tables", 1, 15},
		{"SELECT * FROM \"INFORMATION_SCHEMA\".tables", 1, 15},
		{"SELECT 1 IN system.one", 1, 13},
		{"SELECT * FROM other.events", 1, 15},
		{"SELECT *\nFROM events,\n  secrets", 3, 3},
		{"SELECT * FROM events AS where, secrets", 1, 32},
		{"SELECT * FROM events AS array JOIN secrets", 1, 36},
		{"SELECT * FROM events `ARRAY` JOIN secrets", 1, 35},
		{"SELECT * FROM events JOIN secrets USING seq", 1, 27},
		{"SELECT * FROM (FROM secrets SELECT *)", 1, 16},
		{"SELECT (FROM secrets SELECT 1)", 1, 14},
		{"SELECT 1 IN secrets", 1, 13},
		{"SELECT 1 IN (secrets)", 1, 14},
		{"SELECT * FROM (SELECT * FROM (SELECT * FROM secrets))", 1, 45},
		{"WITH a AS (SELECT * FROM secrets) SELECT * FROM a", 1, 26},
		{"SELECT 1 UNION ALL SELECT * FROM secrets", 1, 34},
		{"SELECT * FROM events_minute_view", 1, 15},
		{"SELECT * FROM numbers(10)", 1, 15},
		{"SELECT * FROM file('/etc/passwd')", 1, 15},
		{"SELECT file('/etc/passwd')", 1, 8},
		{"SELECT * FROM url('http://a/')", 1, 15},
		{"SELECT * FROM remote('h', 'd', 't')", 1, 15},
		{"SELECT * FROM remoteSecure('h', 'd', 't')", 1, 15},
		{"SELECT * FROM executable('sh', 'CSV', 'a String')", 1, 15},
		{"SELECT * FROM merge('sys' || 'tem', '.*')", 1, 15},
		{"SELECT * FROM clusterAllReplicas('default', events)", 1, 15},
		{"SELECT * APPLY(file) FROM events", 1, 16},
		{"SELECT dictGet('d', 'a', 1)", 1, 8},
		{"SELECT joinGet('system.x', 'a', 1)", 1, 8},
		{"SELECT 1 FORMAT JSON", 1, 10},
		{"SELECT 1 INTO OUTFILE '/tmp/x'", 1, 10},
		{"SELECT 1 SETTINGS max_execution_time = 0", 1, 10},
		{"SELECT `a\\x62`", 1, 8},
		{"SELECT sleep(3)", 1, 8},
		{"SELECT 1 IN (merge('system', 'one'))", 1, 14},
		{"SELECT 1 IN (remote('h', 'd', 't'))", 1, 14},
		{"SELECT 1 IN (url('http://a/'))", 1, 14},
		{"SELECT * FROM 'events'", 1, 15},
		{"", 1, 1},
		{" -- nothing", 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
		struct err err = {0};

		if (sql_check(str_from(denied[i].sql), &err) == 0)
			fail_msg("%s is let through", denied[i].sql);
		if (err.line != denied[i].line || err.column != denied[i].column)
			fail_msg("%s: at %u:%u, %s", denied[i].sql, err.line, err.column, err.message);
	}
}

static void test_depth(void **state)
{
	char sql[300] = "SELECT ";
	struct err err = {0};

	(void)state;
	memset(sql + 7, '(', 200);
	assert_int_equal(sql_check(str_from(sql), &err), ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
