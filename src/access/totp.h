/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_TOTP_H
#define ACCESS_TOTP_H
/*
 * Codes by time (RFC 6238, by liboath): HMAC-SHA-1, six digits, thirty seconds, as every app on a telephone
 * expects. A secret has 160 bits. A code holds in the step of its time and in the one before and behind, for
 * clocks that differ; which step it was of is told, so that the caller takes none twice.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define TOTP_SECRET_SIZE 20
#define TOTP_BASE32_SIZE 33 /* its text and a NUL */
#define TOTP_STEP INT64_C(30000000)
#define TOTP_DRIFT 1 /* steps */
#define TOTP_DIGITS 6
#define QR_SIZE_MAX 177 /* modules of version 40 */

void totp_secret(uint8_t ret_secret[TOTP_SECRET_SIZE]);

/* RFC 4648 without padding, as people type it. */
void totp_base32(const uint8_t secret[TOTP_SECRET_SIZE], char ret_text[TOTP_BASE32_SIZE]);

/* The code of a time. */
void totp_code(const uint8_t secret[TOTP_SECRET_SIZE], int64_t now, char ret_code[TOTP_DIGITS + 1]);

/* 0 with the step the code is of, later than after; ERR_DENIED. In constant time. */
int totp_check(const uint8_t secret[TOTP_SECRET_SIZE], struct str code, int64_t now, int64_t after,
	       int64_t *ret_step);

/* otpauth://totp/…, as apps read it from a picture. */
struct str totp_uri(const uint8_t secret[TOTP_SECRET_SIZE], struct str account, struct arena *arena);

/* The picture: *ret_size lines of as many '1' (dark) and '0', one behind the other. ERR_LIMIT. */
int qr_encode(struct str text, struct arena *arena, int *ret_size, struct str *ret_modules);

#endif
