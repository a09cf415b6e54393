/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HASH_H
#define BASE_HASH_H
/*
 * Hashes: XXH3 for tables and checksums of what we wrote ourselves, SHA-256
 * (OpenSSL) for what must stand up to an adversary.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define SHA256_SIZE 32
#define SHA256_HEX_SIZE (2 * SHA256_SIZE + 1)

uint64_t hash_bytes(const void *bytes, size_t len);
uint64_t hash_bytes_seeded(const void *bytes, size_t len, uint64_t seed);
/* Wide enough to stand for the bytes themselves where nobody chooses them to collide. */
struct hash128 {
	uint64_t low, high;
};
struct hash128 hash_bytes_wide(const void *bytes, size_t len);
static inline uint64_t hash_str(struct str s)
{
	return hash_bytes(s.ptr, s.len);
}

void sha256(const void *bytes, size_t len, uint8_t ret_digest[SHA256_SIZE]);

/* Lower-case hex, NUL-terminated; out holds 2 * len + 1 bytes. */
void hex_encode(const void *bytes, size_t len, char *out);
/* 0, or ERR_SYNTAX where text is not exactly 2 * len hex digits. */
int hex_decode(struct str text, void *out, size_t len);

/* Bytes nobody can guess. Ends the process where the kernel has none to give. */
void random_bytes(void *out, size_t len);

#endif
