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
#define ROLE_TABLE(X)                                                \
	X(ROLE_SYSTEM_ADMINISTRATOR, 1, "system_administrator")      \
	X(ROLE_SECURITY_ADMINISTRATOR, 16, "security_administrator") \
	X(ROLE_AUDIT_ADMINISTRATOR, 4, "audit_administrator")        \
	X(ROLE_ANALYST, 2, "analyst")                                \
	X(ROLE_DUTY_OFFICER, 32, "duty_officer")                     \
	X(ROLE_UNIT_RESPONSIBLE, 64, "unit_responsible")             \
	X(ROLE_READER, 8, "reader")

enum role {
#define X(id, bit, name) id = (bit),
	ROLE_TABLE(X)
#undef X
};

#define ROLES_ADMINISTRATORS \
	(ROLE_SYSTEM_ADMINISTRATOR | ROLE_SECURITY_ADMINISTRATOR | ROLE_AUDIT_ADMINISTRATOR)

const char *role_name(enum role role);
int role_parse(struct str name, enum role *ret_role); /* 0 or ERR_UNKNOWN */

struct user {
	int64_t id;
	char name[USER_NAME_MAX + 1];
	enum role role;
	bool disabled, must_change_password;
	int64_t created, password_changed, last_login; /* µs; last_login 0: never */
	int64_t unit;                                  /* of people/, of a unit_responsible; 0: none */
	int64_t factor_since,
		factor_due; /* the second factor: set up when (0: it is not), needed from when on */
	int64_t version;    /* rises with each change of the account */
};

/* Letters, digits and . _ - @, beginning with a letter or digit. ERR_RANGE for a name or password not
   allowed, ERR_DUPLICATE where the name is taken (case does not count). */
int user_add(struct db *db, struct str name, enum role role, struct str password, bool must_change,
	     int64_t now, struct err *ret_err);

/* ERR_UNKNOWN where there is no such account. */
int user_find(struct db *db, struct str name, struct user *ret_user);

/* How many accounts have the role, disabled ones too. */
int user_count(struct db *db, enum role role, int64_t *ret_count);

/* Where there is no account yet, makes the system administrator "admin" with a generated password that must
   be changed. 1 where it did, 0 where accounts exist. */
int user_add_first(struct db *db, int64_t now, char ret_password[PASSWORD_GENERATED_SIZE],
		   struct err *ret_err);

/* In order of names; stops where visit returns non-zero. */
int user_list(struct db *db, int (*visit)(void *context, const struct user *user), void *context);

/* ERR_UNKNOWN where there is no such account. Ends the account's sessions except the one whose token is keep
   (empty: none); where none is kept, its API tokens go too. */
int user_set_password(struct db *db, struct str name, struct str password, bool must_change, struct str keep,
		      int64_t now, struct err *ret_err);

/* What is to change; NULL stays. version 0: whatever it is now. */
struct user_change {
	const enum role *role;
	const bool *disabled, *must_change_password;
	const int64_t *unit; /* of a unit_responsible alone; another role has none */
	int64_t version;
};

/* Ends the account's sessions. ERR_UNKNOWN; ERR_BUSY where the version is another; ERR_DENIED for the last
   system administrator who can still sign in, and where an account would begin or cease to be an audit
   administrator's: who is watched must not become the watcher; ERR_RANGE for a unit of another role. */
int user_change(struct db *db, struct str name, const struct user_change *change, struct err *ret_err);

int user_set_disabled(struct db *db, struct str name, bool disabled, struct err *ret_err); /* that alone */

/* Whether the password is the account's, in about the same time whether or not there is such an account. 0 or
   ERR_DENIED. Does not limit attempts: see throttle.h. */
int user_check(struct db *db, struct str name, struct str password, struct user *ret_user);

#endif
