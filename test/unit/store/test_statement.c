/* SPDX-License-Identifier: Apache-2.0 */
#include "store/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct statement read_it(const char *sql)
{
	struct statement statement;

	assert_int_equal(statement_read(str_from(sql), &statement, NULL), 0);
	return statement;
}

static void assert_str(struct str found, const char *expected)
{
	assert_int_equal(found.len, strlen(expected));
	assert_memory_equal(found.ptr, expected, found.len);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(read_it("  select 1").kind, STATEMENT_SELECT);
	assert_int_equal(read_it("/* DROP */ -- x\n# y\nWITH 1 AS x SELECT x").kind, STATEMENT_SELECT);
	assert_int_equal(read_it("(SELECT 1)").kind, STATEMENT_SELECT);
	assert_int_equal(read_it("SHOW TABLES").kind, STATEMENT_SHOW);
	assert_int_equal(read_it("DROP TABLE t").kind, STATEMENT_OTHER);
	assert_int_equal(read_it("INSERT INTO t SELECT 1").kind, STATEMENT_OTHER);
	assert_int_equal(statement_read(STR(" -- nothing\n"), &(struct statement){0}, NULL), ERR_SYNTAX);
}

static void test_format_and_semicolon(void **state)
{
	struct statement statement = read_it("SELECT 'FORMAT x' FORMAT JSON ;\n");

	(void)state;
	assert_str(statement.format, "JSON");
	assert_str(statement.text, "SELECT 'FORMAT x' FORMAT JSON ");
	assert_false(statement.several);
	assert_str(read_it("SELECT 1 FORMAT CSV SETTINGS max_threads = 1").format, "CSV");
	assert_str(read_it("SELECT 1").format, "");
	assert_true(read_it("SELECT 1; SELECT 2").several);
	assert_false(read_it("SELECT ';'; -- ; x").several);
}

static void test_insert_data(void **state)
{
	struct statement statement =
		read_it("INSERT INTO db.t (a, `b)`) FORMAT JSONEachRow\n{\"a\":\"x;y\"}");

	(void)state;
	assert_int_equal(statement.kind, STATEMENT_INSERT);
	assert_str(statement.text, "INSERT INTO db.t (a, `b)`) ");
	assert_str(statement.format, "JSONEachRow");
	assert_str(statement.data, "\n{\"a\":\"x;y\"}");
	statement = read_it("insert into t values (1, 'SELECT')");
	assert_str(statement.format, "Values");
	assert_str(statement.data, " (1, 'SELECT')");
}

static void assert_readonly(const char *sql, bool allowed)
{
	struct statement statement = read_it(sql);
	struct err err = {0};

	if ((statement_check_readonly(&statement, &err) == 0) != allowed)
		fail_msg("%s: %s", sql, allowed ? err.message : "allowed");
}

static void test_readonly(void **state)
{
	(void)state;
	assert_readonly("SELECT * FROM events WHERE message LIKE '%file%'", true);
	assert_readonly("SELECT file_path FROM events -- file\n", true);
	assert_readonly("SELECT $$ file $$, $x$ file $x$", true);
	assert_readonly("DESCRIBE events", true);
	assert_readonly("SELECT file('/etc/passwd')", false);
	assert_readonly("SELECT `file`('/etc/passwd')", false);
	assert_readonly("SELECT \"file\"('/etc/passwd')", false);
	assert_readonly("SELECT \"\\x66ile\"('/etc/passwd')", false);
	assert_readonly("SELECT “file”('/etc/passwd')", false);
	assert_readonly("SELECT file/**/('/etc/passwd')", false);
	assert_readonly("SELECT * APPLY(file) FROM t", false);
	assert_readonly("SELECT 'it\\'s', file('x')", false);
	assert_readonly("SELECT 'it''s', file('x')", false);
	assert_readonly("SELECT $x$ $$, file('x')", false);
	assert_readonly("SELECT 1 INTO OUTFILE 'x'", false);
	assert_readonly("SELECT 1 into outfile 'x'", false);
	assert_readonly("SELECT 1; DROP TABLE t", false);
	assert_readonly("SYSTEM SHUTDOWN", false);
	assert_readonly("KILL QUERY WHERE 1", false);
	assert_readonly("INSERT INTO t VALUES (1)", false);
	assert_readonly("SET readonly = 0", false);
}

static void test_broken_texts_end(void **state)
{
	static const char *const texts[] = {"'",
					    "\"",
					    "`",
					    "/*",
					    "--",
					    "$$",
					    "$",
					    "“",
					    "‘x",
					    "SELECT '\\",
					    "INSERT INTO",
					    "INSERT INTO t FORMAT",
					    "((((",
					    "SELECT 1 FORMAT",
					    ";"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct statement statement;

		statement_read(str_from(texts[i]), &statement, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_format_and_semicolon),
		cmocka_unit_test(test_insert_data),
		cmocka_unit_test(test_readonly),
		cmocka_unit_test(test_broken_texts_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
