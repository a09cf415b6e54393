/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/vec.h"
#include "db/private.h"

#define WRITER_CACHE_KIB 65536
#define READER_CACHE_KIB 16384
#define WAL_LIMIT_BYTES (64 * 1024 * 1024)

int db_code(sqlite3 *sqlite)
{
	static const struct {
		int sqlite, code;
	} codes[] = {
		{SQLITE_CONSTRAINT_UNIQUE, ERR_DUPLICATE},
		{SQLITE_CONSTRAINT_PRIMARYKEY, ERR_DUPLICATE},
		{SQLITE_CONSTRAINT, ERR_RANGE},
		{SQLITE_BUSY, ERR_BUSY},
		{SQLITE_LOCKED, ERR_BUSY},
		{SQLITE_FULL, -ENOSPC},
		{SQLITE_READONLY, -EROFS},
		{SQLITE_CANTOPEN, -ENOENT},
		{SQLITE_CORRUPT, ERR_CORRUPT},
		{SQLITE_NOTADB, ERR_CORRUPT},
		{SQLITE_PERM, -EACCES},
		{SQLITE_NOMEM, -ENOMEM},
		{SQLITE_TOOBIG, ERR_LIMIT},
	};
	int extended = sqlite3_extended_errcode(sqlite);

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].sqlite == extended || codes[i].sqlite == (extended & 0xff))
			return codes[i].code;
	return -EIO;
}

int db_explain(sqlite3 *sqlite, const char *path, struct err *ret_err)
{
	int code = sqlite ? db_code(sqlite) : -ENOMEM;
	const char *advice = code == ERR_CORRUPT
				     ? "the database is damaged; move it away and restore a copy of it"
			     : code == ERR_BUSY ? "another process holds the database"
						: "the database cannot be used";

	err_set(ret_err, code, 0, 0, "%s (%s)", advice, sqlite ? sqlite3_errmsg(sqlite) : "out of memory");
	if (ret_err)
		err_set_file(ret_err, path);
	return code;
}

/* Private to its owner from the first byte; SQLite gives -wal and -shm the same mode. */
static int make_private(const char *path, struct err *ret_err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), r = 0;

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	r = err_set(ret_err, -errno, 0, 0, "cannot open the database: %s", err_text(-errno));
	if (ret_err)
		err_set_file(ret_err, path);
	return r;
}

static int open_connection(struct db_tx *tx, const char *path, struct err *ret_err)
{
	char pragmas[512];

	if (sqlite3_open_v2(path, &tx->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return db_explain(tx->sqlite, path, ret_err);
	sqlite3_extended_result_codes(tx->sqlite, 1);
	sqlite3_busy_timeout(tx->sqlite, DB_BUSY_SECONDS * 1000);
	sqlite3_db_config(tx->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(tx->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(tx->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		 "PRAGMA journal_size_limit = %d; PRAGMA wal_autocheckpoint = 8192; PRAGMA cache_size = -%d; "
		 "PRAGMA temp_store = MEMORY; " /* the sandbox has no folder for temporary files */
		 "PRAGMA query_only = %d;",
		 WAL_LIMIT_BYTES, tx->writes ? WRITER_CACHE_KIB : READER_CACHE_KIB, !tx->writes);
	if (sqlite3_exec(tx->sqlite, pragmas, NULL, NULL, NULL) != SQLITE_OK)
		return db_explain(tx->sqlite, path, ret_err);
	tx->statements = map_new();
	must(tx->statements);
	return 0;
}

static void rows_free(struct db_rows *rows)
{
	sqlite3_finalize(rows->statement);
	free(rows);
}

static void forget_statements(struct db_tx *tx)
{
	struct str text;
	uint64_t statement;

	for (size_t cursor = 0; map_next(tx->statements, &cursor, &text, &statement);)
		rows_free((struct db_rows *)(uintptr_t)statement);
	map_free(tx->statements);
	tx->statements = NULL;
}

static void close_connection(struct db_tx *tx)
{
	if (tx->statements)
		forget_statements(tx);
	must(sqlite3_close(tx->sqlite) == SQLITE_OK);
}

static int open_all(struct db *db, const char *path, const struct db_schema *const *schemas, size_t count,
		    struct err *ret_err)
{
	int r = make_private(path, ret_err);

	if (r == 0)
		r = open_connection(&db->writer, path, ret_err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = db_migrate(db->writer.sqlite, path, schemas[i], ret_err);
	if (r == 0)
		db_watch(db);
	for (int i = 0; i < DB_READERS && r == 0; i++)
		r = open_connection(&db->readers[i], path, ret_err);
	return r;
}

int db_open(const char *path, const struct db_schema *const *schemas, size_t count, struct db **ret_db,
	    struct err *ret_err)
{
	struct db *db = calloc(1, sizeof(*db));
	int r;

	must(db);
	db->tables = map_new();
	must(db->tables);
	pthread_mutex_init(&db->lock, NULL);
	pthread_cond_init(&db->freed, NULL);
	db->writer.db = db;
	db->writer.writes = true;
	for (int i = 0; i < DB_READERS; i++)
		db->readers[i].db = db;
	r = open_all(db, path, schemas, count, ret_err);
	if (r < 0)
		db_close(db);
	else
		*ret_db = db;
	return r;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (int i = 0; i < DB_READERS; i++)
		close_connection(&db->readers[i]);
	close_connection(&db->writer); /* last: SQLite then folds the WAL into the file */
	pthread_cond_destroy(&db->freed);
	pthread_mutex_destroy(&db->lock);
	map_free(db->tables);
	free(db);
}

static struct db_tx *find_free(struct db *db, enum db_mode mode)
{
	if (mode == DB_WRITE)
		return db->writer.busy ? NULL : &db->writer;
	for (int i = 0; i < DB_READERS; i++)
		if (!db->readers[i].busy)
			return &db->readers[i];
	return NULL;
}

static void give_back(struct db_tx *tx)
{
	pthread_mutex_lock(&tx->db->lock);
	tx->busy = false;
	pthread_cond_broadcast(&tx->db->freed);
	pthread_mutex_unlock(&tx->db->lock);
}

int db_begin(struct db *db, enum db_mode mode, struct db_tx **ret_tx)
{
	struct db_tx *tx;
	int r;

	pthread_mutex_lock(&db->lock);
	while (!(tx = find_free(db, mode)))
		pthread_cond_wait(&db->freed, &db->lock);
	tx->busy = true;
	pthread_mutex_unlock(&db->lock);
	tx->changed = (struct db_tables){0};
	if (map_len(tx->statements) > DB_STATEMENTS_KEPT) {
		forget_statements(tx);
		tx->statements = map_new();
		must(tx->statements);
	}
	r = db_run(tx, mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", DB_NONE);
	if (r < 0) {
		give_back(tx);
		return r;
	}
	*ret_tx = tx;
	return 0;
}

int db_end(struct db_tx *tx, int result)
{
	int r = result;

	for (sqlite3_stmt *s = sqlite3_next_stmt(tx->sqlite, NULL); s; s = sqlite3_next_stmt(tx->sqlite, s))
		sqlite3_reset(s);
	if (result >= 0) {
		int committed = db_run(tx, "COMMIT", DB_NONE);

		r = committed < 0 ? committed : result;
		if (committed >= 0)
			db_note_commit(tx);
	}
	if (!sqlite3_get_autocommit(tx->sqlite)) /* not where SQLite rolled back by itself */
		db_run(tx, "ROLLBACK", DB_NONE);
	give_back(tx);
	return r;
}

/* The text's entry in the connection's table, prepared where it is not yet. Preparing reads the tables'
   definitions, so it can meet damage: then failed says so, and the next use tries again. */
static struct db_rows *prepare(struct db_tx *tx, const char *sql)
{
	bool added;
	uint64_t *place = map_put(tx->statements, str_from(sql), &added);
	struct db_rows *rows = added ? calloc(1, sizeof(*rows)) : (struct db_rows *)(uintptr_t)*place;

	must(rows);
	*place = (uintptr_t)rows;
	rows->tx = tx;
	rows->failed = 0;
	if (rows->statement)
		return rows;
	tx->named = (struct db_tables){0};
	if (sqlite3_prepare_v3(tx->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows->statement, NULL) !=
	    SQLITE_OK)
		rows->failed =
			sqlite3_errcode(tx->sqlite) == SQLITE_ERROR ? ERR_CORRUPT : db_code(tx->sqlite);
	rows->writes = tx->named;
	return rows;
}

static void bind(sqlite3_stmt *statement, int at, const struct db_value *value)
{
	int r = SQLITE_OK;

	if (value->type == DB_INTEGER)
		r = sqlite3_bind_int64(statement, at, value->integer);
	else if (value->type == DB_TEXT)
		r = sqlite3_bind_text64(statement, at, value->text.len ? value->text.ptr : "",
					value->text.len, SQLITE_STATIC, SQLITE_UTF8);
	else if (value->type == DB_BLOB)
		r = sqlite3_bind_blob64(statement, at, value->text.len ? value->text.ptr : "",
					value->text.len, SQLITE_STATIC);
	else
		r = sqlite3_bind_null(statement, at);
	must(r == SQLITE_OK || r == SQLITE_TOOBIG);
}

struct db_rows *db_query(struct db_tx *tx, const char *sql, const struct db_value *args, size_t count)
{
	struct db_rows *rows = prepare(tx, sql);

	if (rows->failed)
		return rows;
	sqlite3_reset(rows->statement);
	must(sqlite3_bind_parameter_count(rows->statement) == (int)count);
	for (size_t i = 0; i < count; i++)
		bind(rows->statement, (int)i + 1, &args[i]);
	rows->changes = sqlite3_total_changes(tx->sqlite);
	return rows;
}

int db_next(struct db_rows *rows)
{
	int status;

	if (rows->failed)
		return rows->failed;
	status = sqlite3_step(rows->statement);
	if (status == SQLITE_ROW || status == SQLITE_DONE)
		db_note_step(rows, status == SQLITE_ROW);
	if (status == SQLITE_ROW)
		return 1;
	if (status != SQLITE_DONE)
		rows->failed = db_code(sqlite3_db_handle(rows->statement));
	sqlite3_reset(rows->statement);
	return rows->failed;
}

int db_run(struct db_tx *tx, const char *sql, const struct db_value *args, size_t count)
{
	struct db_rows *rows = db_query(tx, sql, args, count);
	int r;

	while ((r = db_next(rows)) > 0)
		;
	return r < 0 ? r : sqlite3_changes(tx->sqlite);
}

int64_t db_column_integer(struct db_rows *rows, int column)
{
	return sqlite3_column_int64(rows->statement, column);
}

struct str db_column_text(struct db_rows *rows, int column)
{
	const void *text = sqlite3_column_text(rows->statement, column);

	return str_of(text, (size_t)sqlite3_column_bytes(rows->statement, column));
}

struct str db_column_blob(struct db_rows *rows, int column)
{
	const void *bytes = sqlite3_column_blob(rows->statement, column);

	return str_of(bytes, (size_t)sqlite3_column_bytes(rows->statement, column));
}

int db_get_integer(struct db_tx *tx, const char *sql, const struct db_value *args, size_t count,
		   int64_t *ret_value)
{
	struct db_rows *rows = db_query(tx, sql, args, count);
	int r = db_next(rows);

	if (r > 0)
		*ret_value = db_column_integer(rows, 0);
	if (r > 0)
		sqlite3_reset(rows->statement);
	return r;
}
