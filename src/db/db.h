/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_DB_H
#define DB_DB_H
/*
 * The business database: one SQLite file that the core process owns. Every module of the business
 * brings its own tables as a struct db_schema and shares the file.
 *
 * One connection writes, DB_READERS read; db_begin() hands a connection to one
 * thread together with a transaction, and db_end() takes both back. WAL, so
 * readers never wait for the writer; synchronous=FULL, so what was committed is
 * on disk. `wanglou user` may open the same file from another process.
 *
 * Every value is bound (DB_ARGS), never put into the text. Statements are kept
 * prepared per connection by their text.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define DB_FILE "core.db" /* in the data folder */
#define DB_READERS 4
#define DB_BUSY_SECONDS 10     /* how long another process may hold the file */
#define DB_STATEMENTS_KEPT 256 /* per connection */

struct db;
struct db_tx;   /* a connection with an open transaction */
struct db_rows; /* a running statement */

/* The tables of one module: step i leads from version i to version i + 1. Steps are never edited once
   released, only appended. */
struct db_schema {
	const char *name;
	const char *const *steps;
	size_t count;
};

/* Opens or makes the file (mode 0600) and brings the given schemas up to date, after a copy of the file
   beside it (FILE.before-NAME-VERSION) where there was something to lose. ERR_VERSION where the file is newer
   than this program, ERR_CORRUPT where it is damaged or is no database of ours. */
int db_open(const char *path, const struct db_schema *const *schemas, size_t count, struct db **ret_db,
	    struct err *ret_err);
void db_close(struct db *db); /* NULL is fine; no transaction may be open */

/* How often something was committed that changed rows of the table, since the file was opened: for those who
   tell others that there is something new. What other processes write is not counted. Any thread. */
uint64_t db_written(struct db *db, const char *table);

enum db_mode { DB_READ, DB_WRITE };

/* Waits for a connection. A reader sees one moment's state until its end. */
int db_begin(struct db *db, enum db_mode mode, struct db_tx **ret_tx);

/* Commits where result >= 0, else rolls back. Returns result, or the error of the commit. */
int db_end(struct db_tx *tx, int result);

struct db_value {
	enum { DB_NULL, DB_INTEGER, DB_TEXT, DB_BLOB } type;
	int64_t integer;
	struct str text;
};

static inline struct db_value db_integer(int64_t integer)
{
	return (struct db_value){.type = DB_INTEGER, .integer = integer};
}
static inline struct db_value db_text(struct str text)
{
	return (struct db_value){.type = DB_TEXT, .text = text};
}
static inline struct db_value db_blob(const void *bytes, size_t len)
{
	return (struct db_value){.type = DB_BLOB, .text = str_of(bytes, len)};
}

#define DB_ARGS(...)                            \
	(const struct db_value[]){__VA_ARGS__}, \
		sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NONE NULL, 0

/* Runs one statement to its end. The number of rows changed, or a negative code: ERR_DUPLICATE where a unique
   key exists already, -ENOSPC, -EIO, ERR_BUSY, ERR_CORRUPT. */
int db_run(struct db_tx *tx, const char *sql, const struct db_value *args, size_t count);

/* Starts a statement with rows; the texts bound must live until the last db_next(), which also reports what
   went wrong here. Never NULL. Left unfinished it ends with the transaction. */
struct db_rows *db_query(struct db_tx *tx, const char *sql, const struct db_value *args, size_t count);
int db_next(struct db_rows *rows); /* 1: a row is there; 0: the end; or a negative code */

/* Columns from 0; views live until the next db_next(). NULL is 0 or empty. */
int64_t db_column_integer(struct db_rows *rows, int column);
struct str db_column_text(struct db_rows *rows, int column);
struct str db_column_blob(struct db_rows *rows, int column);

/* The first column of the first row: 1, 0 where there is no row, or a negative code. */
int db_get_integer(struct db_tx *tx, const char *sql, const struct db_value *args, size_t count,
		   int64_t *ret_value);

#endif
