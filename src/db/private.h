/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_PRIVATE_H
#define DB_PRIVATE_H
/* Inside db/: a connection, and how files come up to date. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "base/map.h"
#include "db/db.h"

struct db_tx {
	struct db *db;
	sqlite3 *sqlite;
	struct map *statements; /* SQL text → struct db_rows * */
	bool busy, writes;
};

struct db_rows {
	sqlite3_stmt *statement; /* NULL where preparing failed */
	int failed;              /* what db_next() returns from now on */
};

struct db {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct db_tx writer, readers[DB_READERS];
};

/* A code of base/err.h for what SQLite returned last. */
int db_code(sqlite3 *sqlite);

/* Fills *ret_err for people, naming the file. */
int db_explain(sqlite3 *sqlite, const char *path, struct err *ret_err);

/* Brings one module's tables up to date over the writing connection. */
int db_migrate(sqlite3 *sqlite, const char *path, const struct db_schema *schema, struct err *ret_err);

#endif
