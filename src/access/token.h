/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_TOKEN_H
#define ACCESS_TOKEN_H
/*
 * API tokens: for programs that act for a person. "wlt_" and 256 random bits, shown once; the database keeps
 * the SHA-256. A token has a set of its owner's permissions and never more than the owner has at the moment,
 * may be for reading alone, ends after a year at most, and is worth nothing while its owner is disabled.
 * Nobody signs in with one: what PERMIT_SELF guards, and accounts, are for persons.
 */
#include "access/permission.h"

#define TOKEN_PREFIX "wlt_"
#define TOKEN_SIZE 69     /* prefix, 64 hexadecimal digits, NUL */
#define TOKEN_NAME_MAX 64 /* characters */
#define TOKEN_DAYS_MAX 365
#define TOKENS_PER_USER 32
#define TOKEN_TOUCH INT64_C(60000000) /* last_used is written at most this often */

struct api_token {
	int64_t id;
	char name[TOKEN_NAME_MAX * 4 + 1];
	uint64_t permissions; /* PERMISSION_BIT() each */
	bool read_only;
	int64_t created, expires, last_used; /* µs; last_used 0: never */
	char last_address[64];
};

/* What a token may have at most: of the role, without PERMIT_SELF and PERMIT_ACCOUNT_MANAGE. */
uint64_t token_permissions(enum role role);

/* What of *token is filled: name, permissions, read_only, expires. ERR_DUPLICATE: the user has one of that
   name; ERR_LIMIT: or has too many; ERR_RANGE for permissions or an end beyond what may be. */
int token_add(struct db *db, const struct user *user, const struct api_token *token, int64_t now,
	      char ret_token[TOKEN_SIZE]);

/* The user's tokens, the newest first; those that ended too. */
int token_list(struct db *db, int64_t user, int (*visit)(void *context, const struct api_token *token),
	       void *context);

/* Ends one. ERR_UNKNOWN where the user has none such. */
int token_remove(struct db *db, int64_t user, int64_t id);

/* Who acts, and what the token may. ERR_DENIED where it is nobody's, has ended, or the owner is disabled. */
int token_find(struct db *db, struct str text, int64_t now, struct api_token *ret_token,
	       struct user *ret_user);

/* The token just found was used. */
int token_touch(struct db *db, const struct api_token *token, struct str address, int64_t now);

#endif
