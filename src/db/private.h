/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_PRIVATE_H
#define DB_PRIVATE_H
/* Inside db/: a connection, and how files come up to date. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "base/map.h"
#include "db/db.h"

#define DB_TABLES_MAX 256 /* that are told apart; what is written of further ones is not counted */

/* Some of the tables, by their place in struct db. */
struct db_tables {
	uint64_t bits[DB_TABLES_MAX / 64];
};

struct db_tx {
	struct db *db;
	sqlite3 *sqlite;
	struct map *statements; /* SQL text → struct db_rows * */
	bool busy, writes;
	struct db_tables named;   /* by the statement that is being prepared */
	struct db_tables changed; /* in this transaction */
};

struct db_rows {
	struct db_tx *tx;
	sqlite3_stmt *statement; /* NULL where preparing failed */
	int failed;              /* what db_next() returns from now on */
	int changes;             /* the connection's, when the statement began */
	struct db_tables writes;
};

struct db {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct db_tx writer, readers[DB_READERS];
	struct map *tables; /* name → its place; under the lock, as the counts */
	uint64_t written[DB_TABLES_MAX];
};

/* Which tables a statement of the writer changes (db_written.c). */
void db_watch(struct db *db);                      /* from now on */
void db_note_step(struct db_rows *rows, bool row); /* what it changed; row: there is one */
void db_note_commit(struct db_tx *tx);             /* the transaction's changes are there */

/* A code of base/err.h for what SQLite returned last. */
int db_code(sqlite3 *sqlite);

/* Fills *ret_err for people, naming the file. */
int db_explain(sqlite3 *sqlite, const char *path, struct err *ret_err);

/* Brings one module's tables up to date over the writing connection. */
int db_migrate(sqlite3 *sqlite, const char *path, const struct db_schema *schema, struct err *ret_err);

#endif
