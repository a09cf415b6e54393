/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "access/user.h"

static char folder[64], path[80];

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/wl-db-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static const char *const steps[] = {
	"CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT) STRICT; INSERT INTO a VALUES (1, 'one');",
	"ALTER TABLE a ADD COLUMN z INTEGER NOT NULL DEFAULT 7;",
	"CREATE INDEX a_by_z ON a (z); UPDATE a SET y = y || '!';",
};
static const char *const bad_steps[] = {
	"CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT) STRICT; INSERT INTO a VALUES (1, 'one');",
	"UPDATE a SET y = 'lost'; this is no SQL;",
};

static int open_at(const char *const *list, size_t version, struct db **ret_db, struct err *ret_err)
{
	struct db_schema schema = {"letters", list, version};
	const struct db_schema *schemas[] = {&schema};

	return db_open(path, schemas, 1, ret_db, ret_err);
}

static void read_y(struct db *db, char *out, size_t size)
{
	struct db_tx *tx;
	struct db_rows *rows;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	rows = db_query(tx, "SELECT y FROM a WHERE x = 1", DB_NONE);
	assert_int_equal(db_next(rows), 1);
	snprintf(out, size, "%.*s", STR_FMT(db_column_text(rows, 0)));
	assert_int_equal(db_end(tx, 0), 0);
}

static void test_migrations_from_every_version(void **state)
{
	char text[16], copy[120];
	struct stat status;

	(void)state;
	for (size_t version = 0; version <= 3; version++) {
		struct db *db;

		unlink(path);
		if (version) {
			assert_int_equal(open_at(steps, version, &db, NULL), 0);
			db_close(db);
		}
		assert_int_equal(open_at(steps, 3, &db, NULL), 0);
		read_y(db, text, sizeof(text));
		assert_string_equal(text, "one!");
		db_close(db);
		snprintf(copy, sizeof(copy), "%s.before-letters-%zu", path, version + 1);
		assert_int_equal(stat(copy, &status), version == 0 || version == 3 ? -1 : 0);
		if (version && version < 3)
			assert_int_equal(status.st_mode & 0777, 0600);
	}
}

static void test_the_copy_is_the_old_state(void **state)
{
	char text[16], copy[120];
	struct db *db;

	(void)state;
	assert_int_equal(open_at(steps, 1, &db, NULL), 0);
	db_close(db);
	assert_int_equal(open_at(steps, 3, &db, NULL), 0);
	db_close(db);
	snprintf(copy, sizeof(copy), "%s.before-letters-2", path);
	assert_int_equal(rename(copy, path), 0);
	assert_int_equal(open_at(steps, 1, &db, NULL), 0);
	read_y(db, text, sizeof(text));
	assert_string_equal(text, "one");
	db_close(db);
}

static void test_failed_step_changes_nothing(void **state)
{
	struct err err = {0};
	char text[16];
	struct db *db;

	(void)state;
	assert_int_equal(open_at(bad_steps, 1, &db, NULL), 0);
	db_close(db);
	assert_true(open_at(bad_steps, 2, &db, &err) < 0);
	assert_non_null(strstr(err.message, "syntax error"));
	assert_int_equal(open_at(bad_steps, 1, &db, NULL), 0);
	read_y(db, text, sizeof(text));
	assert_string_equal(text, "one");
	db_close(db);
}

static void test_newer_is_refused(void **state)
{
	struct err err = {0};
	struct db *db;

	(void)state;
	assert_int_equal(open_at(steps, 3, &db, NULL), 0);
	db_close(db);
	assert_int_equal(open_at(steps, 2, &db, &err), ERR_VERSION);
	assert_non_null(strstr(err.message, "newer"));
	assert_string_equal(err.file, path);
}

static void write_file(const char *bytes, size_t len, long at, const char *mode)
{
	FILE *file = fopen(path, mode);

	assert_non_null(file);
	fseek(file, at, SEEK_SET);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static void test_damage_is_named(void **state)
{
	static char garbage[8192];
	struct err err = {0};
	struct db *db;

	(void)state;
	memset(garbage, 0x5a, sizeof(garbage));
	write_file(garbage, sizeof(garbage), 0, "w");
	assert_int_equal(open_at(steps, 3, &db, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.message, "damaged"));

	unlink(path); /* a good header, and the table of tables overwritten */
	assert_int_equal(open_at(steps, 3, &db, NULL), 0);
	db_close(db);
	write_file(garbage, 3900, 100, "r+");
	assert_int_equal(open_at(steps, 3, &db, &err), ERR_CORRUPT);
}

static void test_damage_found_later(void **state)
{
	static char garbage[4096 * 3];
	struct db_tx *tx;
	struct db *db;
	int64_t value;

	(void)state;
	assert_int_equal(open_at(steps, 3, &db, NULL), 0);
	db_close(db);
	memset(garbage, 0x5a, sizeof(garbage));
	write_file(garbage, sizeof(garbage), 4096 * 2, "r+"); /* the tables' own pages, behind page 1 and 2 */
	if (open_at(steps, 3, &db, NULL) < 0)
		return; /* found at once is as good */
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_get_integer(tx, "SELECT max(x) FROM a WHERE y <> ''", DB_NONE, &value),
			 ERR_CORRUPT);
	db_end(tx, 0);
	db_close(db);
}

static void test_other_database_is_left_alone(void **state)
{
	struct err err = {0};
	struct db *db;
	struct db_tx *tx;

	(void)state;
	assert_int_equal(open_at(steps, 1, &db, NULL), 0); /* make one, then take our mark off */
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_true(db_run(tx, "PRAGMA application_id = 5", DB_NONE) >= 0);
	assert_int_equal(db_end(tx, 0), 0);
	db_close(db);
	assert_int_equal(open_at(steps, 3, &db, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.message, "another program"));
}

static void test_rollback_and_values(void **state)
{
	static const char hostile[] = "'); DROP TABLE a; --\0tail";
	struct str text = str_of(hostile, sizeof(hostile) - 1), got;
	struct db_rows *rows;
	struct db_tx *tx;
	struct db *db;
	int64_t count = 0;

	(void)state;
	assert_int_equal(open_at(steps, 3, &db, NULL), 0);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(
		db_run(tx, "INSERT INTO a (x, y) VALUES (?1, ?2)", DB_ARGS(db_integer(2), db_text(text))), 1);
	assert_int_equal(db_run(tx, "INSERT INTO a (x, y) VALUES (2, 'again')", DB_NONE), ERR_DUPLICATE);
	assert_int_equal(db_end(tx, ERR_DUPLICATE), ERR_DUPLICATE);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_get_integer(tx, "SELECT count(*) FROM a", DB_NONE, &count), 1);
	assert_int_equal(count, 1); /* rolled back */
	db_run(tx, "INSERT INTO a (x, y) VALUES (?1, ?2)", DB_ARGS(db_integer(2), db_text(text)));
	rows = db_query(tx, "SELECT y FROM a WHERE x = ?1", DB_ARGS(db_integer(2)));
	assert_int_equal(db_next(rows), 1);
	got = db_column_text(rows, 0);
	assert_true(str_eq(got, text));
	assert_int_equal(db_end(tx, 5), 5);
	db_close(db);
}

static void test_readers_cannot_write(void **state)
{
	struct db_tx *tx;
	struct db *db;

	(void)state;
	assert_int_equal(open_at(steps, 3, &db, NULL), 0);
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_run(tx, "DELETE FROM a", DB_NONE), -30 /* EROFS */);
	db_end(tx, 0);
	db_close(db);
}

static void test_statement_cache_is_bounded(void **state)
{
	struct db_tx *tx;
	struct db *db;
	char sql[64];
	int64_t value = -1;

	(void)state;
	assert_int_equal(open_at(steps, 3, &db, NULL), 0);
	for (int i = 0; i < 3 * DB_STATEMENTS_KEPT; i++) {
		snprintf(sql, sizeof(sql), "SELECT %d", i);
		assert_int_equal(db_begin(db, DB_READ, &tx), 0);
		assert_int_equal(db_get_integer(tx, sql, DB_NONE, &value), 1);
		assert_int_equal(value, i);
		assert_int_equal(db_end(tx, 0), 0);
	}
	db_close(db);
}

static const char *const watched_steps[] = {
	"CREATE TABLE a (x INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID;"
	"CREATE TABLE b (x INTEGER PRIMARY KEY REFERENCES a (x) ON DELETE CASCADE) STRICT;"
	"CREATE TABLE c (x INTEGER PRIMARY KEY) STRICT;",
};

/* One statement in a transaction that ends with result; what was counted of a, b and c by then. */
static const char *after(struct db *db, const char *sql, int result)
{
	static char text[40];
	struct db_tx *tx;
	int64_t value;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	if (strstr(sql, "RETURNING"))
		assert_true(db_get_integer(tx, sql, DB_NONE, &value) >= 0);
	else
		assert_true(db_run(tx, sql, DB_NONE) >= 0);
	db_end(tx, result);
	snprintf(text, sizeof(text), "%d %d %d", (int)db_written(db, "a"), (int)db_written(db, "b"),
		 (int)db_written(db, "c"));
	return text;
}

static void test_what_was_written_is_known(void **state)
{
	struct db *db;

	(void)state;
	assert_int_equal(open_at(watched_steps, 1, &db, NULL), 0);
	assert_string_equal(after(db, "SELECT 1 FROM a", 0), "0 0 0");
	assert_string_equal(after(db, "INSERT INTO a VALUES (1), (2)", 0), "1 0 0");
	assert_string_equal(after(db, "INSERT INTO b VALUES (1)", 0), "1 1 0");
	assert_string_equal(after(db, "INSERT INTO c VALUES (1) RETURNING x", 0), "1 1 1");
	/* What found nothing to change, or was taken back, is none. */
	assert_string_equal(after(db, "UPDATE a SET x = 9 WHERE x = 8", 0), "1 1 1");
	assert_string_equal(after(db, "DELETE FROM c WHERE x = 8 RETURNING x", 0), "1 1 1");
	assert_string_equal(after(db, "INSERT INTO a VALUES (3)", ERR_DENIED), "1 1 1");
	/* By way of a foreign key, and by a statement that was prepared before. */
	assert_string_equal(after(db, "DELETE FROM a WHERE x = 1", 0), "2 2 1");
	assert_string_equal(after(db, "INSERT INTO a VALUES (3)", 0), "3 2 1");
	assert_int_equal(db_written(db, "nothing"), 0);
	db_close(db);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_migrations_from_every_version),
		CASE(test_the_copy_is_the_old_state),
		CASE(test_failed_step_changes_nothing),
		CASE(test_newer_is_refused),
		CASE(test_damage_is_named),
		CASE(test_damage_found_later),
		CASE(test_other_database_is_left_alone),
		CASE(test_rollback_and_values),
		CASE(test_readers_cannot_write),
		CASE(test_statement_cache_is_bounded),
		CASE(test_what_was_written_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
