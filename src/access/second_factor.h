/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_SECOND_FACTOR_H
#define ACCESS_SECOND_FACTOR_H
/*
 * The second factor of an account: a secret on a telephone that makes codes by time (totp.h), and ten
 * recovery codes of 125 bits for the day the telephone is lost, each good once.
 *
 * Secrets are sealed (AES-256-GCM, bound to their account) with a key that lies beside the database in a file
 * of its own: a copy of the database, such as a backup, gives nobody a second factor. Where the key is lost
 * codes cannot be checked any more, recovery codes can.
 *
 * A code is taken once; SECOND_FACTOR_FAILURES_MAX wrong ones in a row end codes until a recovery code is
 * given or the factor is set up anew, so that who has the password cannot go on guessing for months. How fast
 * one may guess is throttle.h's business.
 */
#include "access/totp.h"
#include "access/user.h"

#define RECOVERY_CODES 10
#define RECOVERY_CODE_SIZE 30 /* five groups of five, with - between, and a NUL */
#define SECOND_FACTOR_FAILURES_MAX 50
#define SECOND_FACTOR_CODE_MAX 64                /* characters of what a person may type */
#define SIGN_IN_PATIENCE (5 * INT64_C(60000000)) /* between the password and the code */
#define SIGN_INS_PER_USER 8
#define SIGN_IN_TOKEN_SIZE 65

/* Who needs one (access.second_factor); others may have one. */
enum factor_rule { FACTOR_ADMINISTRATORS, FACTOR_ALL, FACTOR_NONE };

int factor_rule_parse(struct str text, enum factor_rule *ret_rule); /* 0 or ERR_UNKNOWN */
bool factor_needed(enum factor_rule rule, enum role role);

struct secret_key {
	uint8_t bytes[32];
};

/* The key in the file, made (mode 0600) where there is none. */
int secret_key_load(const char *path, struct secret_key *ret_key, struct err *ret_err);

/* A new secret, kept as pending until second_factor_confirm(); the one in force stays until then. */
int second_factor_begin(struct db *db, const struct secret_key *key, int64_t user,
			uint8_t ret_secret[TOTP_SECRET_SIZE]);

/* The first code of the pending secret puts it in force, with new recovery codes. ERR_DENIED for a wrong
   code, ERR_UNKNOWN where nothing is pending. */
int second_factor_confirm(struct db *db, const struct secret_key *key, int64_t user, struct str code,
			  int64_t now, char ret_codes[RECOVERY_CODES][RECOVERY_CODE_SIZE]);

/* A code by time or a recovery code, in any case and with any spaces and -. ERR_DENIED for a wrong or used
   one, and where there is no factor; ERR_LIMIT after too many wrong ones. *ret_recovery: it was a recovery
   code. */
int second_factor_check(struct db *db, const struct secret_key *key, int64_t user, struct str code,
			int64_t now, bool *ret_recovery);

int second_factor_new_codes(struct db *db, int64_t user,
			    char ret_codes[RECOVERY_CODES][RECOVERY_CODE_SIZE]); /* the old ones end */
int second_factor_codes_left(struct db *db, int64_t user, int64_t *ret_count);

/* Takes the factor off, ends the account's sessions except keep's; one is due again at due. ERR_UNKNOWN where
   there is no such account. */
int second_factor_remove(struct db *db, struct str name, int64_t due, struct str keep);

/* A person whose password was right has yet to give a code: a token for it, good for SIGN_IN_PATIENCE, from
   the same address, once. */
int sign_in_begin(struct db *db, int64_t user, struct str address, int64_t now,
		  char ret_token[SIGN_IN_TOKEN_SIZE]);
int sign_in_find(struct db *db, struct str token, struct str address, int64_t now, struct user *ret_user);
int sign_in_end(struct db *db, struct str token);

#endif
