/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_SEAL_H
#define ACCESS_SEAL_H
/* Inside access/: secrets of second factors as the database keeps them: nonce, ciphertext, tag. */
#include "access/private.h"
#include "access/second_factor.h"

#define SEAL_NONCE 12
#define SEAL_TAG 16
#define SEALED_SIZE (SEAL_NONCE + TOTP_SECRET_SIZE + SEAL_TAG)

void secret_seal(const struct secret_key *key, int64_t user, const uint8_t secret[TOTP_SECRET_SIZE],
		 uint8_t ret_sealed[SEALED_SIZE]);

/* 0, or ERR_CORRUPT: damaged, of another account, or made with another key. */
int secret_open(const struct secret_key *key, int64_t user, struct str sealed,
		uint8_t ret_secret[TOTP_SECRET_SIZE]);

#endif
