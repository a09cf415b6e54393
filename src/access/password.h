/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_PASSWORD_H
#define ACCESS_PASSWORD_H
/*
 * Passwords: scrypt (RFC 7914) by OpenSSL with a salt of its own for each, the
 * parameters kept with the hash so that they can be raised later. N = 2^15,
 * r = 8, p = 3 is the 32 MiB setting of OWASP's password storage advice: about a
 * tenth of a second.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define PASSWORD_LENGTH_MIN 12  /* characters */
#define PASSWORD_BYTES_MAX 1024 /* of UTF-8: 256 characters */
#define PASSWORD_SALT_SIZE 16
#define PASSWORD_HASH_SIZE 32
#define PASSWORD_GENERATED_SIZE 24 /* "xxxxx-xxxxx-xxxxx-xxxxx" and its NUL */

struct password_hash {
	uint32_t log_n, r, p;
	uint8_t salt[PASSWORD_SALT_SIZE], hash[PASSWORD_HASH_SIZE];
};

/* 0, or ERR_RANGE with what is wrong with it: too short, too long, no text, one character only, the name. */
int password_check_policy(struct str password, struct str user_name, struct err *ret_err);

void password_make(struct str password, struct password_hash *ret_hash);

/* In constant time once the hash is made. False also for parameters beyond what we would ever store. */
bool password_matches(struct str password, const struct password_hash *hash);

/* 99 bits, in groups, of an alphabet without look-alikes. */
void password_generate(char ret_password[PASSWORD_GENERATED_SIZE]);

#endif
