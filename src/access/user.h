/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_USER_H
#define ACCESS_USER_H
/*
 * The accounts of those who use the console. Passwords are kept as scrypt
 * hashes (password.h). A change of password, role or state ends the account's
 * sessions at once. Times are passed in, µs.
 */
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "access/password.h"

#define USER_NAME_MAX 64

extern const struct db_schema access_schema;

/* One bit each, so that a route can name a set of them. */
#define ROLE_TABLE(X)                             \
	X(ROLE_ADMINISTRATOR, 1, "administrator") \
	X(ROLE_ANALYST, 2, "analyst")             \
	X(ROLE_AUDITOR, 4, "auditor")             \
	X(ROLE_VIEWER, 8, "viewer")

enum role {
#define X(id, bit, name) id = (bit),
	ROLE_TABLE(X)
#undef X
};

const char *role_name(enum role role);
int role_parse(struct str name, enum role *ret_role); /* 0 or ERR_UNKNOWN */

struct user {
	int64_t id;
	char name[USER_NAME_MAX + 1];
	enum role role;
	bool disabled, must_change_password;
	int64_t created, password_changed, last_login; /* µs; last_login 0: never */
};

/* Letters, digits and . _ - @, beginning with a letter or digit. ERR_RANGE for a name or password not
   allowed, ERR_DUPLICATE where the name is taken (case does not count). */
int user_add(struct db *db, struct str name, enum role role, struct str password, bool must_change,
	     int64_t now, struct err *ret_err);

/* Where there is no account yet, makes the administrator "admin" with a generated password that must be
   changed. 1 where it did, 0 where accounts exist. */
int user_add_first(struct db *db, int64_t now, char ret_password[PASSWORD_GENERATED_SIZE],
		   struct err *ret_err);

/* In order of names; stops where visit returns non-zero. */
int user_list(struct db *db, int (*visit)(void *context, const struct user *user), void *context);

/* ERR_UNKNOWN where there is no such account. Ends the account's sessions except the one whose token is keep
   (empty: none). */
int user_set_password(struct db *db, struct str name, struct str password, bool must_change, struct str keep,
		      int64_t now, struct err *ret_err);

/* ERR_DENIED for the last administrator who can still sign in. */
int user_set_disabled(struct db *db, struct str name, bool disabled, struct err *ret_err);

/* Whether the password is the account's, in about the same time whether or not there is such an account. 0 or
   ERR_DENIED. Does not limit attempts: see throttle.h. */
int user_check(struct db *db, struct str name, struct str password, struct user *ret_user);

#endif
