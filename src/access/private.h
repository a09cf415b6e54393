/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_PRIVATE_H
#define ACCESS_PRIVATE_H
/* Inside access/: rows as accounts, and the end of their sessions. */
#include "access/user.h"
#include "base/hash.h"

/* Reads a user row selected with USER_COLUMNS, the first of them at column at. */
#define USER_COLUMNS                                                                                    \
	"users.id, users.name, users.role, users.disabled, users.must_change_password, users.created, " \
	"users.password_changed, users.last_login, users.unit, users.factor_due, users.version, "       \
	"coalesce((SELECT since FROM second_factors WHERE user = users.id), 0)"
#define USER_COLUMN_COUNT 12
void user_read(struct db_rows *rows, int at, struct user *ret_user);

#define SECOND_FACTOR_GRACE (14 * INT64_C(86400000000)) /* schema.c has it too */

/* What is secret and random is kept as its SHA-256 alone. */
void hash_token(struct str token, uint8_t ret_hash[SHA256_SIZE]);

/* 256 random bits as hexadecimal digits and a NUL. */
void make_token(char ret_token[65]);

/* Ends a user's sessions inside a transaction; the one with the token's hash keep (empty: none) stays. */
int sessions_end_in(struct db_tx *tx, int64_t user, struct str keep);

#endif
