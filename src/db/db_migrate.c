/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "db/private.h"

/* "WLOU" in the file's header, so that a database of something else is recognised (sqlite.org/fileformat2).
 */
#define APPLICATION_ID 0x574c4f55

static int refuse(const char *path, int code, struct err *ret_err, const char *message)
{
	err_set(ret_err, code, 0, 0, "%s", message);
	if (ret_err)
		err_set_file(ret_err, path);
	return code;
}

/* The single integer a statement gives; name, if not NULL, is bound to ?1. */
static int get_integer(sqlite3 *sqlite, const char *sql, const char *name, int64_t *ret_value)
{
	sqlite3_stmt *statement = NULL;
	int status = sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL);

	if (status == SQLITE_OK && name)
		status = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	*ret_value = status == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return status == SQLITE_ROW || status == SQLITE_DONE ? 0 : -1;
}

/* A new file becomes ours; one that holds something else is left alone. */
static int claim(sqlite3 *sqlite, const char *path, struct err *ret_err)
{
	static const char make[] =
		"CREATE TABLE schema_version (module TEXT PRIMARY KEY, version INTEGER NOT NULL)"
		" STRICT, WITHOUT ROWID";
	int64_t id, tables;
	char pragma[64];

	if (get_integer(sqlite, "PRAGMA application_id", NULL, &id) < 0 ||
	    get_integer(sqlite, "SELECT count(*) FROM sqlite_schema", NULL, &tables) < 0)
		return db_explain(sqlite, path, ret_err);
	if (id == APPLICATION_ID)
		return 0;
	if (tables)
		return refuse(path, ERR_CORRUPT, ret_err,
			      "this is a database of another program; name another data folder");
	snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d", APPLICATION_ID);
	if (sqlite3_exec(sqlite, make, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(sqlite, pragma, NULL, NULL, NULL) != SQLITE_OK)
		return db_explain(sqlite, path, ret_err);
	return 0;
}

/* VACUUM INTO writes into an empty file, which we make so that nobody else can read it. */
static int back_up(sqlite3 *sqlite, const char *path, const struct db_schema *schema, int64_t version,
		   struct err *ret_err)
{
	char copy[PATH_MAX];
	sqlite3_stmt *statement = NULL;
	int fd, status;

	if (snprintf(copy, sizeof(copy), "%s.before-%s-%d", path, schema->name, (int)version + 1) >=
	    (int)sizeof(copy))
		return refuse(path, -ENAMETOOLONG, ret_err, "the path of the data folder is too long");
	unlink(copy); /* of an earlier attempt that did not get to its end */
	fd = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return refuse(copy, -errno, ret_err,
			      "cannot write a copy of the database before changing it");
	close(fd);
	status = sqlite3_prepare_v2(sqlite, "VACUUM INTO ?1", -1, &statement, NULL);
	if (status == SQLITE_OK)
		sqlite3_bind_text(statement, 1, copy, -1, SQLITE_STATIC);
	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	sqlite3_finalize(statement);
	return status == SQLITE_DONE ? 0 : db_explain(sqlite, copy, ret_err);
}

static int set_version(sqlite3 *sqlite, const struct db_schema *schema)
{
	static const char sql[] = "INSERT INTO schema_version VALUES (?1, ?2)"
				  " ON CONFLICT (module) DO UPDATE SET version = excluded.version";
	sqlite3_stmt *statement = NULL;
	int status = sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL);

	if (status == SQLITE_OK) {
		sqlite3_bind_text(statement, 1, schema->name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(statement, 2, (int64_t)schema->count);
		status = sqlite3_step(statement);
	}
	sqlite3_finalize(statement);
	return status == SQLITE_DONE ? 0 : -1;
}

/* All steps in one transaction: after a crash the file is at the old or at the new version. */
static int run_steps(sqlite3 *sqlite, const char *path, const struct db_schema *schema, int64_t version,
		     struct err *ret_err)
{
	int r = 0;

	if (sqlite3_exec(sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return db_explain(sqlite, path, ret_err);
	for (size_t i = (size_t)version; i < schema->count && r == 0; i++)
		if (sqlite3_exec(sqlite, schema->steps[i], NULL, NULL, NULL) != SQLITE_OK)
			r = db_explain(sqlite, path, ret_err);
	if (r == 0 && (set_version(sqlite, schema) < 0 ||
		       sqlite3_exec(sqlite, "COMMIT", NULL, NULL, NULL) != SQLITE_OK))
		r = db_explain(sqlite, path, ret_err);
	if (r < 0)
		sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int db_migrate(sqlite3 *sqlite, const char *path, const struct db_schema *schema, struct err *ret_err)
{
	int64_t version;
	int r = claim(sqlite, path, ret_err);

	if (r < 0)
		return r;
	if (get_integer(sqlite, "SELECT version FROM schema_version WHERE module = ?1", schema->name,
			&version) < 0)
		return db_explain(sqlite, path, ret_err);
	if (version < 0 || version > (int64_t)schema->count)
		return refuse(
			path, ERR_VERSION, ret_err,
			"the database was written by a newer wanglou; run that version, or restore a copy "
			"from before the upgrade");
	if (version == (int64_t)schema->count)
		return 0;
	if (version > 0)
		r = back_up(sqlite, path, schema, version, ret_err);
	return r < 0 ? r : run_steps(sqlite, path, schema, version, ret_err);
}
