/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_PRIVATE_H
#define PEOPLE_PRIVATE_H
/* Inside people/: a database connection, and how files come up to date. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "base/map.h"
#include "people/db.h"
#include "people/user.h"

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

/* Reads a user row selected with USER_COLUMNS, the first of them at column at. */
#define USER_COLUMNS                                                                                    \
	"users.id, users.name, users.role, users.disabled, users.must_change_password, users.created, " \
	"users.password_changed, users.last_login"
#define USER_COLUMN_COUNT 8
void user_read(struct db_rows *rows, int at, struct user *ret_user);

/* Ends a user's sessions inside a transaction; the one with the token's hash keep (empty: none) stays. */
int sessions_end_in(struct db_tx *tx, int64_t user, struct str keep);

#endif
