/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_PRIVATE_H
#define ACCESS_PRIVATE_H
/* Inside access/: rows as accounts, and the end of their sessions. */
#include "access/user.h"

/* Reads a user row selected with USER_COLUMNS, the first of them at column at. */
#define USER_COLUMNS                                                                                    \
	"users.id, users.name, users.role, users.disabled, users.must_change_password, users.created, " \
	"users.password_changed, users.last_login"
#define USER_COLUMN_COUNT 8
void user_read(struct db_rows *rows, int at, struct user *ret_user);

/* Ends a user's sessions inside a transaction; the one with the token's hash keep (empty: none) stays. */
int sessions_end_in(struct db_tx *tx, int64_t user, struct str keep);

#endif
